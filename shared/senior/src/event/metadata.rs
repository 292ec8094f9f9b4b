//! What a delivery says about itself, all of it optional (`contracts/senior-x.md` §7.3).

use crate::{json::Tree, order::first, scalar};

/// What an envelope says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Metadata {
    pub(super) tenant: Option<String>,
    pub(super) event_name: Option<String>,
    pub(super) event_id: Option<String>,
    pub(super) occurred_at: Option<String>,
}

impl Metadata {
    /// Looks from the outside in. Inside the payload only what can be nothing else counts: there `id` and `name` are
    /// the order's.
    pub(super) fn read(around: &[&Tree<'_>], payload: &Tree<'_>) -> Self {
        let look = |outside: &[&str], inside: &[&str]| {
            let found = around.iter().find_map(|tree| first(tree, outside, scalar::text));
            found.or_else(|| first(payload, inside, scalar::text))
        };
        let named = |outside: &[&str], inside: &[&str]| {
            let found = around.iter().find_map(|tree| first(tree, outside, name));
            found.or_else(|| first(payload, inside, name))
        };
        let tenant = ["/tenant", "/tenantName", "/tenantDomain"];
        Self {
            tenant: look(&tenant, &tenant),
            event_name: named(
                &["/event", "/eventName", "/name", "/primitive"],
                &["/event", "/eventName", "/primitive"],
            ),
            event_id: look(&["/eventId", "/messageId", "/id"], &["/eventId", "/messageId"]),
            occurred_at: look(&["/timestamp", "/createdAt", "/eventDate"], &["/timestamp", "/eventDate"]),
        }
    }
}

/// A text that is no name: under `event` the event itself may stand, as text (§7.3).
fn name(tree: &Tree<'_>) -> Option<String> {
    scalar::text(tree).filter(|text| !text.starts_with(['{', '[']))
}
