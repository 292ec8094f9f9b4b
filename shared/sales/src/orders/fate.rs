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

impl Posicao {
    /// As Máxima's history writes it (`contracts/maxima.md` §7.6).
    pub fn letter(self) -> &'static str {
        match self {
            Self::P => "P",
            Self::L => "L",
            Self::M => "M",
            Self::F => "F",
            Self::C => "C",
        }
    }
}

/// Where an order stands and what is said about it. A stored format: a new member must be optional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// The position.
    pub posicao: Posicao,
    /// "Pedido cancelado", "Etapa: Faturar", "Etapa: Faturado. NF 12345".
    pub text: String,
    /// The latest stamp of what it was read from, in Omie's time; none for what is known from the include alone.
    /// An older one changes nothing: notices and pages come in any order.
    pub moment: Option<DateTime>,
    /// The stamp of the latest cancellation that the stages showed and the order itself denied: it is not asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied: Option<DateTime>,
}

impl Fate {
    /// What is known once `sighting` was read too. An older one changes nothing, except that it may add the invoice to
    /// what is known: the header, which does not name it, may have been read before.
    pub(super) fn after(&self, sighting: &Sighting) -> Self {
        let denied = self.denied.max(sighting.denied);
        let posicao = sighting.posicao.unwrap_or(self.posicao);
        // One without a stamp, which is older than any that has one.
        let is_older = sighting.moment < self.moment;
        let adds = posicao == self.posicao
            && sighting.text.strip_prefix(self.text.as_str()).is_some_and(|more| more.starts_with(INVOICE));
        if is_older && !adds {
            return Self { denied, ..self.clone() };
        }
        Self { posicao, text: sighting.text.clone(), moment: self.moment.max(sighting.moment), denied }
    }

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
    /// The latest stamp on it, in Omie's time; none where what it was read from has none. Never a time of ours: our
    /// clock may be ahead of Omie's, and what happens there next would seem to have happened before.
    pub moment: Option<DateTime>,
    /// The stamp of a cancellation that the stages show and the order itself denies.
    pub denied: Option<DateTime>,
}

/// What stands before the number of an invoice.
pub(crate) const INVOICE: &str = ". NF ";
