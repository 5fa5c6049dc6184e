//! Reads topics and subscriptions: the only file, with those below it, that names the SDK's crate for SNS.
//!
//! A topic that a complete list lacks does not exist. Where the list is refused, a topic that rules name is asked for by
//! the ARN that follows from its name; SNS tells one that does not exist (`NotFound`) from one that it refuses to show.

mod attributes;
mod subscriptions;
mod topics;

use super::{SUBSCRIPTION, TOPIC};
use crate::aws::Asker;
use crate::model::{Arn, Needs};
use crate::services::Gathered;
use aws_sdk_sns::Client;

/// How many things are read at once.
const AT_ONCE: usize = 8;

/// What the calls of one scan of a region share.
struct Context<'a> {
    asker: &'a Asker<'a>,
    client: Client,
    region: &'a str,
}

impl Context<'_> {
    /// The ARN of the account's own topic called `name`.
    fn topic(&self, name: &str) -> Arn {
        let session = self.asker.session();
        Arn::new(session.partition(), "sns", self.region, &session.caller().account, name)
    }
}

/// Reads what `needs` name of SNS in `region`.
pub(crate) async fn collect(asker: &Asker<'_>, needs: &Needs, region: &str) -> Gathered {
    let mut gathered = Gathered::default();
    let context = Context { asker, client: asker.session().sns(region), region };
    if let Some(wanted) = needs.of(TOPIC, region) {
        topics::gather(&context, wanted, &mut gathered).await;
    }
    if let Some(wanted) = needs.of(SUBSCRIPTION, region) {
        // What hangs on a topic that was looked for and not found need not be asked for.
        let looked_for = |name: &str| needs.of(TOPIC, region).is_some_and(|topics| topics.includes(name));
        let found = |name: &str| gathered.resources.iter().any(|topic| topic.name == name);
        let topics = wanted.children.keys().filter(|name| found(name) || !looked_for(name)).cloned().collect();
        subscriptions::gather(&context, wanted, topics, &mut gathered).await;
    }
    gathered
}
