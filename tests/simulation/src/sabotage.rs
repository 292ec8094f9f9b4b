//! Programs with a mistake: the simulation must notice each.

use serde_json::Value;

use crate::table::Spoil;
use crate::world::ORDER;

/// A mistake that a program could make with the record of an order: the simulation must notice each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// That an include may have left is not written down, so that nobody asks before it is sent again.
    ForgetSending,
    /// What is owed to the seller is not written down.
    DropOutbox,
    /// What Omie refused is not written down.
    ForgetRefusals,
}

impl Sabotage {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ForgetSending, Self::DropOutbox, Self::ForgetRefusals];

    /// What it does to whatever is filed.
    pub(crate) fn spoil(self) -> Spoil {
        match self {
            Self::ForgetSending => |kind, after| Self::ForgetSending.touch(kind, &mut after.body),
            Self::DropOutbox => |kind, after| Self::DropOutbox.touch(kind, &mut after.body),
            Self::ForgetRefusals => |kind, after| Self::ForgetRefusals.touch(kind, &mut after.body),
        }
    }

    fn touch(self, kind: &str, body: &mut Value) {
        if kind != ORDER {
            return;
        }
        match self {
            Self::ForgetSending if body["stage"] == "sending" => body["stage"] = "new".into(),
            Self::ForgetSending => {}
            Self::DropOutbox => {
                body["owed"]["critique"].take();
            }
            Self::ForgetRefusals => {
                body["refusals"] = Value::Array(Vec::new());
            }
        }
    }
}
