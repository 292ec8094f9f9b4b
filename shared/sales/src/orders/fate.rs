//! What happened to an order in Omie, as the seller is to see it (mapping §7.1).

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Posicao {
    /// Pendente.
    P,
    /// Liberado.
    L,
    /// Montado.
    M,
    /// Faturado.
    F,
    /// Cancelado.
    C,
}

/// Where an order stands and what is said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// The position.
    pub posicao: Posicao,
    /// "Pedido cancelado", "Etapa: Faturar", "Etapa: Faturado. NF 12345".
    pub text: String,
    /// The latest stamp of what it was read from, in Omie's time; none for what is known from the include alone.
    /// An older one changes nothing: notices and pages come in any order.
    pub moment: Option<DateTime>,
}

impl Fate {
    /// Whether the seller would read the same.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        self.posicao == other.posicao && self.text == other.text
    }
}

/// What Omie shows of an order at some moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The position; none when nobody has placed its stage.
    pub posicao: Option<Posicao>,
    /// What the seller reads.
    pub text: String,
    /// The latest stamp on it, in Omie's time.
    pub moment: DateTime,
}
