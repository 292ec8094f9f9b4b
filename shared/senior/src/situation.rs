//! The situation of an order or of one of its items (`contracts/senior-x.md` §9.3).

use std::{collections::BTreeMap, fmt};

use crate::fold::squeezed;

/// Where an order stands in the ERP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Situacao {
    /// 1, Aberto Total: may be billed.
    OpenTotal,
    /// 2, Aberto Parcial: may be billed.
    OpenPartial,
    /// 3, Suspenso.
    Suspended,
    /// 4, Liquidado: billed.
    Settled,
    /// 5, Cancelado.
    Cancelled,
    /// 6, Aguardando Integração: billing is blocked, and so is cancelling by a user.
    AwaitingIntegration,
    /// 7, Em Transmissão.
    Transmitting,
    /// 8, Preparação Análise ou NF.
    InPreparation,
    /// 9, Não Fechado.
    NotClosed,
    /// What the ERP wrote and nobody has explained yet; empty when it wrote nothing. Not billable.
    Unknown(String),
}

use Situacao::{
    AwaitingIntegration, Cancelled, InPreparation, NotClosed, OpenPartial, OpenTotal, Settled, Suspended,
    Transmitting, Unknown,
};

/// Name for the options, code and label of the previous generation, other words that mean it; all squeezed.
const WORDS: &[(Situacao, &str, &str, &[&str])] = &[
    (OpenTotal, "open_total", "1", &["abertototal", "opentotal", "aberto", "open"]),
    (OpenPartial, "open_partial", "2", &["abertoparcial", "openpartial", "partiallyopen"]),
    (Suspended, "suspended", "3", &["suspenso", "suspended"]),
    (Settled, "settled", "4", &["liquidado", "settled", "faturado", "billed"]),
    (Cancelled, "cancelled", "5", &["cancelado", "cancelled", "canceled"]),
    (
        AwaitingIntegration,
        "awaiting_integration",
        "6",
        &["aguardandointegracao", "awaitingintegration", "waitingintegration", "waitingforintegration"],
    ),
    (Transmitting, "transmitting", "7", &["emtransmissao", "transmitting"]),
    (InPreparation, "in_preparation", "8", &["preparacaoanaliseounf", "inpreparation", "empreparacao"]),
    (NotClosed, "not_closed", "9", &["naofechado", "notclosed"]),
];

impl Situacao {
    /// Reads what the ERP wrote: a code as number or text, a Portuguese label or an English word, in any case and
    /// with or without accents. `map` (the knob `situation_map`) is asked first. Never fails.
    pub fn parse(raw: &str, map: &BTreeMap<String, String>) -> Self {
        let squeezed = squeezed(raw);
        let named = map.iter().find(|(word, _)| same(&squeezed, &self::squeezed(word)));
        named
            .and_then(|(_, name)| Self::named(name))
            .or_else(|| Self::by_word(&squeezed))
            .unwrap_or_else(|| Unknown(raw.trim().to_owned()))
    }

    /// The situation that the options call so, e.g. `awaiting_integration`.
    pub fn named(name: &str) -> Option<Self> {
        WORDS.iter().find(|(_, known, ..)| *known == name).map(|(situation, ..)| situation.clone())
    }

    /// What the options call it; `unknown` for [`Situacao::Unknown`].
    pub fn name(&self) -> &'static str {
        WORDS.iter().find(|(situation, ..)| situation == self).map_or("unknown", |(_, name, ..)| name)
    }

    /// Whether the ERP lets an order in this situation be billed.
    pub fn is_billable(&self) -> bool {
        matches!(self, OpenTotal | OpenPartial)
    }

    /// All names that the options may use.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(_, name, ..)| *name)
    }

    fn by_word(squeezed: &str) -> Option<Self> {
        // The label of the one situation that matters may go on: "Aguardando integração (WMS)".
        if squeezed.starts_with("aguardandointegracao") {
            return Some(AwaitingIntegration);
        }
        let found =
            WORDS.iter().find(|(_, _, code, words)| same(squeezed, code) || words.contains(&squeezed));
        found.map(|(situation, ..)| situation.clone())
    }
}

impl fmt::Display for Situacao {
    /// The ERP's own label.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            OpenTotal => "Aberto Total",
            OpenPartial => "Aberto Parcial",
            Suspended => "Suspenso",
            Settled => "Liquidado",
            Cancelled => "Cancelado",
            AwaitingIntegration => "Aguardando Integração",
            Transmitting => "Em Transmissão",
            InPreparation => "Preparação Análise ou NF",
            NotClosed => "Não Fechado",
            Unknown(raw) if raw.is_empty() => "não informada",
            Unknown(raw) => raw,
        })
    }
}

/// Equal, or the same code: `06` is 6.
fn same(one: &str, other: &str) -> bool {
    let code = |text: &str| text.parse::<u32>().ok();
    one == other || code(one).is_some_and(|number| code(other) == Some(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(raw: &str) -> Situacao {
        Situacao::parse(raw, &BTreeMap::new())
    }

    #[test]
    fn each_situation_is_read_by_code_label_and_word() {
        for (raws, situation) in [
            (["1", "Aberto Total", "OPEN_TOTAL"], OpenTotal),
            (["2", "aberto parcial", "OpenPartial"], OpenPartial),
            (["03", "SUSPENSO", "suspended"], Suspended),
            (["4", "Liquidado", "SETTLED"], Settled),
            (["5", "cancelado", "canceled"], Cancelled),
            (["6", "Aguardando integração (WMS)", "AGUARDANDO_INTEGRACAO"], AwaitingIntegration),
            (["7", "Em Transmissão", "TRANSMITTING"], Transmitting),
            (["8", "Preparação Análise ou NF", "IN_PREPARATION"], InPreparation),
            (["9", "Nao fechado", "NotClosed"], NotClosed),
        ] {
            for raw in raws {
                assert_eq!(parse(raw), situation, "{raw}");
            }
            assert_eq!(Situacao::named(situation.name()), Some(situation));
        }
    }

    #[test]
    fn what_nobody_has_explained_is_kept_and_not_billable() {
        for raw in ["10", "Em análise", "", "16", "aguardando"] {
            let situation = parse(raw);
            assert_eq!(situation, Unknown(raw.to_owned()));
            assert!(!situation.is_billable());
        }
    }

    #[test]
    fn the_map_of_the_tenant_comes_before_ours() {
        let map = BTreeMap::from([
            ("WAITING_OS".into(), "awaiting_integration".into()),
            ("6".into(), "settled".into()),
        ]);

        assert_eq!(Situacao::parse("waiting os", &map), AwaitingIntegration);
        assert_eq!(Situacao::parse("6", &map), Settled);
        assert_eq!(Situacao::parse("5", &map), Cancelled);
    }
}
