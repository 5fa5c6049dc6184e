//! Looks for what is missing in the other regions of the partition: on demand alone, since it takes the calls of a scan
//! once more for each of them.
//!
//! What a region answers by an error, because the account has not enabled it or may not ask there, says nothing. Only
//! what is found is kept.

use super::fetch;
use crate::aws::Session;
use crate::model::{Account, Call, Needs, regions_of};
use std::collections::BTreeSet;

/// How many regions are asked at once.
const AT_ONCE: usize = 4;

/// Something that is missing where it was looked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// Its type.
    pub type_name: &'static str,
    /// The region in which it was looked for.
    pub region: String,
    /// Its name.
    pub name: String,
}

/// Looks for all that is `missing` of `account` in the other regions, and notes in the account where one of that type and
/// name is. `progress` is told each call that is done and how many are.
pub async fn locate(
    session: &Session,
    needs: &Needs,
    missing: &BTreeSet<Missing>,
    account: &mut Account,
    progress: &(dyn Fn(usize, &Call) + Sync),
) {
    for regions in regions_of(session.partition()).chunks(AT_ONCE) {
        let mut asked = Needs::disclosing(needs.disclosure.clone());
        for region in regions {
            for one in missing.iter().filter(|one| one.region != *region) {
                asked.named(one.type_name, region, &one.name, []);
            }
        }
        if asked.is_empty() {
            continue;
        }
        let found = fetch(session, &asked, progress).await;
        for resource in &found.resources {
            let same = |one: &&Missing| one.type_name == resource.type_name && one.name == resource.name;
            for one in missing.iter().filter(same).filter(|one| one.region != resource.region) {
                let key = (one.type_name.to_owned(), one.name.clone());
                account.elsewhere.entry(key).or_default().insert(resource.region.clone());
            }
        }
        account.answers.extend(found.answers);
    }
}
