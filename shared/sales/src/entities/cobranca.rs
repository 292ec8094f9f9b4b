//! Cobranca: payment means (mapping §4.4).

use std::collections::BTreeSet;

use engine::{Entity, Key, Mapped, Retirement, State};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

use super::reasons::Reasons;
use super::{BNF, BONIFICACAO, Refs, change};
use crate::settings::{Settings, SetupError};
use crate::synced::FromOmie;
use crate::text::txt;

/// A payment means.
pub struct Cobranca;

/// A means that no seller may choose, but titles and history may name (mapping §13.15).
const NOT_TO_BE_CHOSEN: i64 = 99;

/// Which means may be chosen.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CobrancaRefs {
    with_account: BTreeSet<String>,
    bonificacao: bool,
}

impl Refs for CobrancaRefs {
    async fn load(_: &impl State, settings: &Settings, _: Date) -> Result<Self, SetupError> {
        let with_account = settings.contas.keys().cloned().collect();
        Ok(Self { with_account, bonificacao: settings.bonificacao })
    }
}

impl Entity for Cobranca {
    const NAME: &'static str = "cobrancas";
    const AFTER: &'static [&'static str] = &[];
    type Record = omie::MeioPagamento;
    type Row = maxima::Cobranca;
    type Refs = CobrancaRefs;

    fn key(meio: &omie::MeioPagamento) -> Key {
        txt(meio.codigo.as_str(), 50).unwrap_or_default().into()
    }

    fn map(meio: omie::MeioPagamento, refs: &CobrancaRefs) -> Mapped<maxima::Cobranca> {
        let mut reasons = Reasons::default();
        let codcob = reasons.required("codigo", txt(meio.codigo.as_str(), 50), MEND);
        let cobranca = reasons.required("descricao", txt(meio.descricao.as_deref(), 30), MEND);
        let nivelvenda = if refs.with_account.contains(&codcob) { 1 } else { NOT_TO_BE_CHOSEN };
        reasons.verdict(maxima::Cobranca { codcob, cobranca, nivelvenda, ..Kind::of(&meio.codigo).row() })
    }

    fn guaranteed(_: u64, refs: &CobrancaRefs) -> Vec<(Key, maxima::Cobranca)> {
        let bonus = || maxima::Cobranca {
            codcob: BNF.to_owned(),
            cobranca: BONIFICACAO.to_owned(),
            ..Kind::of(BNF).row()
        };
        refs.bonificacao.then(|| (BNF.into(), bonus())).into_iter().collect()
    }

    /// Titles and history may go on naming it.
    fn retirement(key: &Key, _: Option<&Value>, _: &CobrancaRefs) -> Retirement {
        change(json!({"Codcob": key, "Nivelvenda": NOT_TO_BE_CHOSEN}))
    }
}

impl FromOmie for Cobranca {
    type Listing = omie::ListarMeiosPagamento;
}

const MEND: &str = "a tabela de meios de pagamento é do próprio Omie; informe o suporte do Omie";

/// What Máxima asks about a means and Omie's code implies.
struct Kind {
    tipocobranca: &'static str,
    tipovenda: &'static str,
    boleto: &'static str,
    cartao: &'static str,
}

impl Kind {
    const fn new(tipocobranca: &'static str, tipovenda: &'static str) -> Self {
        Self { tipocobranca, tipovenda, boleto: "N", cartao: "N" }
    }

    /// The table of the mapping §4.4; codes are those of the NF-e (`contracts/omie.md` §8.5).
    fn of(codigo: &str) -> Self {
        match codigo.trim() {
            "01" | "10" | "11" | "12" | "13" | "19" | "90" => Self::new("D", "VV"),
            "02" => Self::new("CH", "VP"),
            "03" => Self { cartao: "S", ..Self::new("C", "VP") },
            "04" => Self { cartao: "S", ..Self::new("C", "VV") },
            "15" => Self { boleto: "S", ..Self::new("B", "VP") },
            "16" | "17" | "18" => Self::new("T", "VV"),
            BNF => Self::new("DU", "VV"),
            _ => Self::new("DU", "VP"),
        }
    }

    fn row(self) -> maxima::Cobranca {
        maxima::Cobranca {
            tipocobranca: self.tipocobranca,
            tipovenda: self.tipovenda,
            boleto: self.boleto,
            cartao: self.cartao,
            ..maxima::Cobranca::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::testing::{changed, record, rejected_fields, row};
    use super::*;

    fn refs() -> CobrancaRefs {
        CobrancaRefs { with_account: ["01".to_owned(), "15".to_owned()].into(), bonificacao: true }
    }

    fn mapped(codigo: &str) -> maxima::Cobranca {
        row(Cobranca::map(record(&format!(r#"{{"codigo":"{codigo}","descricao":"x"}}"#)), &refs()))
    }

    #[test]
    fn boleto_is_a_term_sale_with_boleto() {
        let meio: omie::MeioPagamento = record(r#"{"codigo":"15","descricao":"Boleto Bancário"}"#);

        assert_eq!(Cobranca::key(&meio), "15".into());
        assert_eq!(
            row(Cobranca::map(meio, &refs())),
            maxima::Cobranca {
                codcob: "15".into(),
                cobranca: "Boleto Bancário".into(),
                nivelvenda: 1,
                vlminpedido: Decimal::ZERO,
                prazomaximovenda: 999,
                tipovenda: "VP",
                tipocobranca: "B",
                cartao: "N",
                boleto: "S",
                cobrancabroker: "N",
            }
        );
    }

    #[test]
    fn every_code_has_the_kind_of_the_mapping() {
        let rows = [
            (&["01", "10", "11", "12", "13", "19", "90"][..], ["D", "VV", "N", "N"]),
            (&["02"], ["CH", "VP", "N", "N"]),
            (&["03"], ["C", "VP", "N", "S"]),
            (&["04"], ["C", "VV", "N", "S"]),
            (&["05", "99", "77"], ["DU", "VP", "N", "N"]),
            (&["15"], ["B", "VP", "S", "N"]),
            (&["16", "17", "18"], ["T", "VV", "N", "N"]),
        ];
        for (codes, expected) in rows {
            for code in codes {
                let row = mapped(code);
                assert_eq!([row.tipocobranca, row.tipovenda, row.boleto, row.cartao], expected, "{code}");
            }
        }
    }

    #[test]
    fn a_means_without_account_is_sent_but_cannot_be_chosen() {
        assert_eq!([mapped("01").nivelvenda, mapped("17").nivelvenda], [1, 99]);
    }

    #[test]
    fn a_means_that_is_gone_cannot_be_chosen_any_more() {
        let retirement = Cobranca::retirement(&"17".into(), None, &refs());

        assert_eq!(changed(retirement), json!({"Codcob": "17", "Nivelvenda": 99}));
    }

    #[test]
    fn a_long_description_is_cut_to_30_and_none_is_rejected() {
        let long = record(r#"{"codigo":"17","descricao":"Pagamento Instantâneo (PIX) - Dinâmico"}"#);

        assert_eq!(row(Cobranca::map(long, &refs())).cobranca, "Pagamento Instantâneo (PIX) -");
        assert_eq!(rejected_fields(Cobranca::map(record(r#"{"codigo":"17"}"#), &refs())), ["descricao"]);
    }

    #[test]
    fn bonus_orders_bring_their_own_means() {
        let rows = Cobranca::guaranteed(0, &refs());
        let bonus = &rows[0].1;

        assert_eq!((rows.len(), &rows[0].0), (1, &"BNF".into()));
        assert_eq!([bonus.tipocobranca, bonus.tipovenda, bonus.boleto, bonus.cartao], ["DU", "VV", "N", "N"]);
        assert_eq!((bonus.codcob.as_str(), bonus.nivelvenda), ("BNF", 1), "it must be possible to choose it");
        assert!(Cobranca::guaranteed(0, &CobrancaRefs::default()).is_empty(), "not wanted");
    }
}
