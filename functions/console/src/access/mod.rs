//! Who gets in, and what they may do.

mod door;
mod keys;
mod session;
mod throttle;

pub use door::{Denied, Entered, enter};
pub use keys::{Keys, NoKeys};
pub use session::{Session, is_revoked, revoke};

use serde::{Deserialize, Serialize};

/// What somebody who has signed in may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Look.
    Read,
    /// Look and change.
    Operate,
}

impl Role {
    /// For the operator.
    pub fn label(self) -> &'static str {
        match self {
            Self::Read => "somente leitura",
            Self::Operate => "operador",
        }
    }
}
