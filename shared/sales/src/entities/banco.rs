//! Banco: banks (mapping §4.6). Cash boxes, wallets and card administrators of the same list are not banks.

use engine::{Entity, Key, Mapped};

use super::reasons::Reasons;
use crate::synced::FromOmie;
use crate::text::txt;

/// A bank.
pub struct Banco;

impl Entity for Banco {
    const NAME: &'static str = "bancos";
    const AFTER: &'static [&'static str] = &[];
    type Record = omie::Banco;
    type Row = maxima::Banco;
    type Refs = ();

    fn key(banco: &omie::Banco) -> Key {
        txt(banco.codigo.as_str(), 10).unwrap_or_default().into()
    }

    fn map(banco: omie::Banco, (): &()) -> Mapped<maxima::Banco> {
        if !banco.tipo.as_deref().is_some_and(|tipo| tipo.trim().eq_ignore_ascii_case("CB")) {
            return Mapped::Skip("não é conta bancária (tipo diferente de CB)");
        }
        let mut reasons = Reasons::default();
        let row = maxima::Banco {
            codbanco: reasons.required("codigo", txt(banco.codigo.as_str(), 10), MEND),
            nome: reasons.required("nome", txt(banco.nome.as_deref(), 200), MEND),
        };
        reasons.verdict(row)
    }

    // No retirement: Máxima's banks have no mark.
}

impl FromOmie for Banco {
    type Listing = omie::ListarBancos;
}

const MEND: &str = "a tabela de bancos é do próprio Omie; informe o suporte do Omie";

#[cfg(test)]
mod tests {
    use super::super::testing::{record, rejected_fields, row};
    use super::*;

    #[test]
    fn a_bank_is_sent_as_it_is() {
        let banco: omie::Banco = record(r#"{"codigo":"104","nome":"CAIXA ECONOMICA FEDERAL","tipo":"CB"}"#);

        assert_eq!(Banco::key(&banco), "104".into());
        assert_eq!(
            row(Banco::map(banco, &())),
            maxima::Banco { codbanco: "104".into(), nome: "CAIXA ECONOMICA FEDERAL".into() }
        );
    }

    #[test]
    fn only_bank_accounts_are_banks() {
        for tipo in [r#""CX""#, r#""CV""#, r#""AC""#, r#""""#, "null"] {
            let banco = record(&format!(r#"{{"codigo":"999","nome":"CAIXINHA","tipo":{tipo}}}"#));

            assert!(matches!(Banco::map(banco, &()), Mapped::Skip(_)), "{tipo}");
        }
    }

    #[test]
    fn a_bank_without_name_is_rejected() {
        let banco = record(r#"{"codigo":"1","tipo":"cb"}"#);

        assert_eq!(rejected_fields(Banco::map(banco, &())), ["nome"]);
    }
}
