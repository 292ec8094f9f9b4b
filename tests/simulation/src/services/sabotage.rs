//! Programs with a mistake: the simulation must notice each.

use engine::Filing;
use serde_json::{Value, json};

use crate::services::world::ORDER;
use crate::table::Spoil;

/// A mistake that a program could make with the record of a service order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// That an SS may have been asked for is not written down, so that it is asked for again.
    OpenTwice,
    /// What a callback says is taken for what Sismetro says.
    ReleaseEarly,
    /// The note is taken for written before it is.
    SkipNote,
    /// Why an order is parked is not written down.
    ForgetReason,
    /// When an order whose release is unclear is looked at again is not written down.
    LoseDue,
}

impl Sabotage {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::OpenTwice, Self::ReleaseEarly, Self::SkipNote, Self::ForgetReason, Self::LoseDue];

    /// What it does to whatever is filed.
    pub(crate) fn spoil(self) -> Spoil {
        match self {
            Self::OpenTwice => |kind, after| Self::OpenTwice.touch(kind, after),
            Self::ReleaseEarly => |kind, after| Self::ReleaseEarly.touch(kind, after),
            Self::SkipNote => |kind, after| Self::SkipNote.touch(kind, after),
            Self::ForgetReason => |kind, after| Self::ForgetReason.touch(kind, after),
            Self::LoseDue => |kind, after| Self::LoseDue.touch(kind, after),
        }
    }

    fn touch(self, kind: &str, after: &mut Filing) {
        if kind != ORDER {
            return;
        }
        let body = &mut after.body;
        match self {
            Self::OpenTwice if body["state"] == "opening" => body["state"] = json!("received"),
            Self::ReleaseEarly if body["outcome"].is_object() => body["outcome"]["verified"] = json!(true),
            Self::SkipNote if body["state"] == "opened" => body["note_done"] = json!(true),
            Self::ForgetReason => {
                body["attention"] = Value::Null;
                after.marks.retain(|mark| mark.name != "motivo");
            }
            Self::LoseDue if body["state"] == "releasing" && body["release"]["sent"] == 1 => after.due = None,
            _ => {}
        }
    }
}
