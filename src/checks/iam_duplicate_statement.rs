//! `iam-duplicate-statement`: statements that the others of their document make superfluous.

use super::written::{Told, each_document};
use super::{Analysis, Case, Judged};
use crate::iam::check::{Kind, statements};
use crate::model::{Check, Reads, Severity, Verdict};
use crate::reach::Gathered;

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "iam-duplicate-statement",
        title: "No statement says only what others of its document say",
        finds: "Each statement that allows, or denies, nothing that other statements of the same document do not allow or deny as well; of two that say the same, the later one. Each document is judged where it is written: the inline policies of a role, user or group, and the document of a managed policy.\n\n\
            Whether it is so is decided over every request, conditions included. It is looked for where the actions and resources of a statement stand in those of others, as they are written or as patterns, so that one which others cover in a more roundabout way is not found. What another document says is not part of it: it may be detached.",
        matters: "Whoever narrows one of the two believes that the grant is gone. It also uses up characters, of which a policy has few.",
        mend: "IAM console > the policy > Edit > JSON: remove the statement.",
        severity: Severity::Info,
        controls: &[],
        reads: Reads::Documents,
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    each_document(case, "each statement adds something", tell)
}

fn tell(document: &Gathered) -> Vec<(String, Told)> {
    let mut said = Vec::new();
    for (policy, _) in document.policies() {
        for finding in statements(policy, Kind::Identity) {
            match (finding.code, &finding.statement) {
                ("adds-nothing", Some(place)) => {
                    said.push((place.to_string(), Told::plain(Verdict::Fail, finding.message)));
                }
                ("not-all-compared", None) => {
                    said.push((policy.origin.name.clone(), Told::plain(Verdict::Unknown, finding.message)));
                }
                _ => {}
            }
        }
    }
    said
}
