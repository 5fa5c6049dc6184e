//! What an account is, and what a report on it says: plain values, no I/O.
//!
//! Everything else in the crate depends on this module, and it depends on nothing in the crate. A property is a
//! [`Read`]: known, absent, or unread with the [`Gap`] that says why. A [`Kind`] describes a type of resource; the
//! resources themselves carry their properties as a [`Value`], so that the rules language, the reports and a
//! comparison need no code for any kind.

mod accepted;
mod account;
mod arn;
mod call;
mod check;
mod compared;
mod day;
mod disclosure;
mod grading;
mod kind;
mod mechanism;
mod need;
mod properties;
mod regions;
mod report;
mod secret;
mod show;
mod since;
mod standing;
mod truth;
mod value;

pub use accepted::{FindingWaiver, WaiverMatter, WaiverNote, WaiverStatus, WaiversHead};
pub use account::{Account, Answer, Caller, Listing, Presence, Resource};
pub use arn::{Arn, InvalidArn, is_region_name, partition_of_region};
pub use call::{Call, Condition, Gap, Operation, PlannedCall, Reason, not_read};
pub use check::{Beside, Check, Control, Reads};
pub use compared::{ComparedPolicy, ShownStatement, StatementPair};
pub use day::{days_between, is_day, utc_seconds};
pub use disclosure::{Disclosure, REDACTED};
pub use grading::{Audience, Grading, Said, UnknownPoints};
pub use kind::{ArnRule, Field, Kind, Origin, Parent, Scope, Shape};
pub use mechanism::{
    Actor, FUNCTION, Hop, MAPPING, MECHANISMS, METHOD, Mechanism, QUEUE, ROLE, SUBSCRIPTION, TABLE, TOPIC,
};
pub use need::{Needs, Wanted};
pub use properties::{PolicyDocument, Read, Set, Timestamp};
pub use regions::regions_of;
pub use report::{
    Beyond, Counts, Finding, Foreign, Hundredths, Instead, NotChecked, Part, Place, Points, Report, ReportGap,
    ReportedFlow, ReportedResource, RulesHead, Severity, Verdict,
};
pub use secret::SecretShape;
pub(crate) use show::is_harmful;
pub use show::{called, harmless};
pub use since::{BaselineHead, How, Settled, Since, Was};
pub use standing::{GROUP, IdentityPolicies, MANAGED_POLICY, OwnPolicy, Standing, USER};
pub use truth::Truth;
pub use value::{Value, to_value};
