//! Two mistakes at once: each is told, and neither hides the other.

use crate::case::{BOTH, Case, WITH_BOUNDARIES};
use crate::names::{ANNOUNCER, API, LOGS, PUBLISH, STREAM, WRITE, WRITER};
use crate::step::Step;

/// The cases.
pub(super) const CASES: &[Case] = &[
    Case {
        name: "two mistakes: no queue, and a policy on the wrong role",
        steps: &[
            Step::DeleteQueue,
            Step::Detach { role: WRITER, policy: WRITE },
            Step::Attach { role: ANNOUNCER, policy: WRITE },
        ],
        changes: &[
            ("announcer-permissions", "announcer-role", "fail"),
            ("queue-exists", "queue", "fail"),
            ("writer-role-policies", "writer-role", "fail"),
            ("writer-stores-orders", "writer → orders", "fail"),
            ("api-feeds-queue", "post → queue", "blocked"),
            ("queue-no-key", "queue", "blocked"),
            ("queue-others", "queue", "blocked"),
            ("queue-receivers", "queue", "blocked"),
            ("queue-senders", "queue", "blocked"),
            ("queue-standard", "queue", "blocked"),
            ("queue-triggers-writer", "queue → writer", "blocked"),
            ("writer-permissions", "writer-role", "blocked"),
        ],
        says: &[],
        on: BOTH,
    },
    Case {
        name: "two mistakes on one role: a missing policy, and a boundary",
        steps: &[Step::DeletePolicy(STREAM), Step::Boundary { role: ANNOUNCER, policy: PUBLISH }],
        changes: &[
            ("roles-unbounded", "announcer-role", "fail"),
            ("stream-policy-exists", "stream-policy", "fail"),
            ("stream-triggers-announcer", "orders → announcer", "fail"),
            ("announcer-permissions", "announcer-role", "blocked"),
            ("announcer-role-policies", "announcer-role", "blocked"),
            ("stream-policy-content", "stream-policy", "blocked"),
        ],
        says: &[],
        on: WITH_BOUNDARIES,
    },
    Case {
        name: "two mistakes that hide each other: a missing role, and its missing policy",
        steps: &[Step::DeleteRole(WRITER), Step::Detach { role: API, policy: LOGS }],
        changes: &[
            ("api-role-policies", "api-role", "fail"),
            ("writer-role-exists", "writer-role", "fail"),
            ("avoidable-star", "writer-role", "blocked"),
            ("function-roles-trust", "writer-role", "blocked"),
            ("queue-others", "queue", "blocked"),
            ("queue-receivers", "queue", "blocked"),
            ("queue-triggers-writer", "queue → writer", "blocked"),
            ("roles-unbounded", "writer-role", "blocked"),
            ("writer-permissions", "writer-role", "blocked"),
            ("writer-role-policies", "writer-role", "blocked"),
            ("writer-runs-as", "writer", "blocked"),
            ("writer-stores-orders", "writer → orders", "blocked"),
            ("avoidable-star", "api-role", "pass"),
        ],
        says: &[],
        on: BOTH,
    },
];
