//! Reads Lambda: the only file, with those below it, that names the SDK's crate for Lambda.
//!
//! What the collector concludes: a function that a complete list lacks does not exist, nor does one of which AWS says so
//! where the list is refused. One that is listed and then said not to exist is unread, but for these: AWS says of
//! a function without a policy that there is no such thing, so the policy is absent; and so it says of one whose
//! asynchronous invocation nobody set anything for.

mod configuration;
mod event_invoke;
mod function;
mod mapping;
mod url;

use super::{FUNCTION, URL, plan};
use crate::aws::Asker;
use crate::model::{Arn, Needs};
use crate::services::Gathered;
use aws_sdk_lambda::Client;
use futures_util::future::join;

/// How many calls are under way at once.
const AT_ONCE: usize = 8;

/// What the calls of one region share.
struct Context<'a> {
    asker: &'a Asker<'a>,
    client: Client,
    region: &'a str,
}

impl Context<'_> {
    /// The ARN of something of the account in the region.
    fn arn(&self, resource: &str) -> Arn {
        let session = self.asker.session();
        Arn::new(session.partition(), "lambda", self.region, &session.caller().account, resource)
    }

    /// The ARN of the function called `name`.
    fn function_arn(&self, name: &str) -> Arn {
        self.arn(&format!("function:{name}"))
    }
}

/// The regions in which `needs` name something of Lambda.
pub(crate) fn regions(needs: &Needs) -> impl Iterator<Item = &str> {
    plan::regions(needs).into_iter()
}

/// Reads what `needs` name of Lambda in `region`.
pub(crate) async fn collect(asker: &Asker<'_>, needs: &Needs, region: &str) -> Gathered {
    let context = Context { asker, client: asker.session().lambda(region), region };
    let (mut gathered, mappings) = join(functions_and_urls(&context, needs), mapping::collect(&context, needs)).await;
    gathered.extend(mappings);
    gathered
}

/// Reads the functions, and the URLs of those that are wanted with theirs.
async fn functions_and_urls(context: &Context<'_>, needs: &Needs) -> Gathered {
    let mut gathered = Gathered::default();
    let (functions, urls) = (needs.of(FUNCTION, context.region), needs.of(URL, context.region));
    if functions.is_none() && urls.is_none() {
        return gathered;
    }
    let list = function::list(context).await;
    if let Some(wanted) = functions {
        function::gather(context, wanted, &list, &mut gathered).await;
    }
    if let Some(wanted) = urls {
        url::gather(context, wanted, &list, &mut gathered).await;
    }
    gathered
}
