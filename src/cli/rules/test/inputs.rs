//! What a file of cases draws on: rules and saved accounts, in files beside it.

use super::super::super::Failure;
use super::super::super::bounded::read_text;
use super::super::super::given::types;
use super::super::super::saved;
use crate::cases::{Inputs, Saved};
use crate::model::Account;
use crate::rules::{Diagnostics, Origin, Request, Rules, Whereabouts, load};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The largest saved account that is read, in bytes.
const LARGEST: u64 = 256 << 20;

/// What stands in files.
pub(super) struct FromFiles {
    folder: PathBuf,
    origin: Origin,
}

impl FromFiles {
    /// What the file of cases `path` draws on, which names its `rules` or stands beside them.
    pub(super) fn new(path: &Path, rules: Option<&str>) -> Self {
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let origin = match rules.map(Origin::named) {
            Some(Origin::File(file)) => Origin::File(folder.join(file)),
            Some(builtin) => builtin,
            None => {
                let name = path.to_string_lossy();
                let ending = if name.ends_with(".yml") { ".yml" } else { ".yaml" };
                let stem = name.strip_suffix(ending).and_then(|name| name.strip_suffix(".test")).unwrap_or(&name);
                let beside = [".yaml", ".yml"].map(|ending| PathBuf::from(format!("{stem}{ending}")));
                let [first, second] = beside;
                Origin::File(if !first.exists() && second.exists() { second } else { first })
            }
        };
        Self { folder, origin }
    }

    /// Refuses cases whose rules are not there.
    pub(super) fn check(&self, suite: &str) -> Result<(), Failure> {
        match &self.origin {
            Origin::File(path) if !path.exists() => Err(Failure::usage(
                format!("{suite} is about {}, which is not there", path.display()),
                "say which rules it is about: `rules: FILE`, relative to the file of cases",
            )),
            _ => Ok(()),
        }
    }
}

impl Inputs for FromFiles {
    fn rules(&mut self, parameters: &BTreeMap<String, String>) -> Result<Rules, Diagnostics> {
        load(&Request { origin: self.origin.clone(), parameters, complete: true, types: types() })
    }

    fn saved(&mut self, form: Saved, path: &str, rules: &Rules) -> Result<(Account, Whereabouts), String> {
        let path = self.folder.join(path);
        if path.exists() && !path.is_file() {
            return Err("it is not a file".to_owned());
        }
        match form {
            Saved::Snapshot => {
                let snapshot = saved::snapshot(&path).map_err(|failure| failure.what())?;
                let place = Whereabouts {
                    account: Some(snapshot.account.caller.account.clone()),
                    partition: snapshot.partition.clone(),
                    region: snapshot.region.clone(),
                };
                Ok((snapshot.into_account(&rules.needs(&place)), place))
            }
            Saved::Recording => recording(&read_text(&path, LARGEST, "").map_err(|failure| failure.what())?, rules),
        }
    }
}

/// The account that the recording in `text` answers for.
#[cfg(feature = "live")]
fn recording(text: &str, rules: &Rules) -> Result<(Account, Whereabouts), String> {
    use super::super::super::scan::read_account;
    use crate::aws::{Recording, Source};
    let recording = Recording::parse(text).map_err(|error| error.to_string())?;
    let needs = |place: &Whereabouts| rules.needs(place);
    let region = rules.region.as_deref();
    let read = read_account(&needs, Source::Replay(recording), region, None, (false, true));
    let (account, _, place) = read.map_err(|failure| failure.what())?;
    Ok((account, place))
}

/// The SDK, which reads recordings, is left out of this build.
#[cfg(not(feature = "live"))]
fn recording(_: &str, _: &Rules) -> Result<(Account, Whereabouts), String> {
    Err("this Plimsoll was built without the feature `live`, which reads recordings".to_owned())
}
