//! AWS itself: the session, the read-only ledger, what one call gave, recording and replay.
//!
//! Knows how a request is sent, guarded, counted, recorded and answered, and what a failure means. Does not know what
//! any answer says: that is the collectors' part, in `services`.

mod ask;
mod body;
mod clock;
mod endpoint;
mod failure;
mod ledger;
mod nulls;
mod pace;
mod probe;
mod recording;
mod redact;
mod replay;
mod session;
mod settings;
mod start;
mod throttling;
mod transport;
mod xml;

pub(crate) use ask::{Asker, Refusal, gap};
pub(crate) use clock::{now, utc_seconds};
pub use ledger::{SESSION_OPERATIONS, session_policy};
pub(crate) use pace::Pace;
pub use pace::Paces;
pub(crate) use probe::sorted_json;
pub use recording::{Entry, Recorded, Recording, RecordingError};
pub use session::Session;
pub use settings::{AssumeRole, Settings, Source, Timing};
pub use start::StartError;
pub use transport::{Answers, Outcome, Request};
