//! AlterarCliente (`contracts/omie.md §8.10`).

use partner_http::Effect;
use serde::{Serialize, Serializer};

use crate::{Call, ClienteInteiro, ClienteStatus, NovoCliente};

/// Changes a client: the whole record as it was read, with the changes in it.
///
/// The members of sub-objects are changed one by one, and tags are added to those that are there. What Omie
/// computes or no longer wants is left out. When the city changes, the IBGE code of the one before is left out too.
///
/// Not [`Effect::Repeatable`], although twice the same record is the same record: between our two tries a person may
/// have changed it in Omie, and the second would undo that. After an unclear answer the record is read again.
#[derive(Clone, Debug)]
pub struct AlterarCliente {
    record: ClienteInteiro,
    changes: NovoCliente,
}

impl AlterarCliente {
    /// Puts `changes` into `record`, which was read a moment ago.
    pub fn of(record: ClienteInteiro, changes: NovoCliente) -> Self {
        Self { record, changes }
    }
}

impl Serialize for AlterarCliente {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error;

        // What is wrong may be the partner's data: it is not said.
        let whole = self.record.changed(&self.changes);
        whole.map_err(|_| S::Error::custom("the record cannot be written"))?.serialize(to)
    }
}

impl Call for AlterarCliente {
    const PATH: &'static str = "geral/clientes/";
    const METHOD: &'static str = "AlterarCliente";
    const EFFECT: Effect = Effect::AskFirst;
    type Reply = ClienteStatus;
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{Recomendacoes, Tag};

    const RECORD: &str = r#"{"codigo_cliente_omie":5366578999,"codigo_cliente_integracao":"","razao_social":"PADARIA NOVA LTDA",
     "cidade":"GOIANIA (GO)","cidade_ibge":"5208707","valor_limite_credito":1234567890123.10,"complemento":null,
     "pessoa_fisica":"N","exterior":"N","importado_api":"S","bloqueado":"N","logradouro":"AV","info":{"dInc":"10/01/2024"},
     "tags":[{"tag":"cliente"},{"tag":"ATACADO"}],"recomendacoes":{"numero_parcelas":"A03","gerar_boletos":"S","tipo_assinante":null},
     "dadosBancarios":{"agencia":"canary"},"nif":"x"}"#;

    fn record() -> ClienteInteiro {
        partner_http::decode("omie", "ConsultarCliente", RECORD.as_bytes()).unwrap()
    }

    fn sent(changes: NovoCliente) -> String {
        serde_json::to_string(&AlterarCliente::of(record(), changes)).unwrap()
    }

    fn tag(text: &str) -> Tag {
        Tag { tag: Some(text.into()) }
    }

    #[test]
    fn the_whole_record_travels_without_what_must_not_be_sent() {
        let sent: Value = serde_json::from_str(&sent(NovoCliente::default())).unwrap();

        assert_eq!(
            sent,
            json!({
                "codigo_cliente_omie": 5_366_578_999_i64, "razao_social": "PADARIA NOVA LTDA",
                "cidade": "GOIANIA (GO)", "cidade_ibge": "5208707", "valor_limite_credito": 1_234_567_890_123.1,
                "tags": [{"tag": "cliente"}, {"tag": "ATACADO"}],
                "recomendacoes": {"numero_parcelas": "A03", "gerar_boletos": "S"},
                "dadosBancarios": {"agencia": "canary"}, "nif": "x",
            })
        );
    }

    #[test]
    fn decimals_of_the_record_keep_their_digits() {
        assert!(sent(NovoCliente::default()).contains(r#""valor_limite_credito":1234567890123.10}"#));
    }

    #[test]
    fn changes_are_put_in_member_by_member() {
        let changes = NovoCliente {
            codigo_cliente_integracao: Some("88771".into()),
            cidade: Some("5201405".into()),
            tags: vec![tag("Cliente"), tag("Varejo")],
            recomendacoes: Some(Recomendacoes {
                numero_parcelas: Some("000".into()),
                codigo_vendedor: Some(7),
                ..Default::default()
            }),
            ..Default::default()
        };

        let sent: Value = serde_json::from_str(&sent(changes)).unwrap();

        assert_eq!(sent["codigo_cliente_integracao"], "88771");
        assert_eq!((&sent["cidade"], sent.get("cidade_ibge")), (&json!("5201405"), None));
        assert_eq!(sent["tags"], json!([{"tag": "cliente"}, {"tag": "ATACADO"}, {"tag": "Varejo"}]));
        assert_eq!(
            sent["recomendacoes"],
            json!({"numero_parcelas": "000", "gerar_boletos": "S", "codigo_vendedor": 7})
        );
    }

    #[test]
    fn what_we_read_of_the_record_is_there_too() {
        let cliente = record().cliente().unwrap();

        assert_eq!(
            (cliente.codigo_cliente_omie, record().codigo_cliente_omie()),
            (5_366_578_999, 5_366_578_999)
        );
        assert_eq!(cliente.razao_social.as_deref(), Some("PADARIA NOVA LTDA"));
    }

    #[test]
    fn the_record_is_not_shown() {
        let shown = format!("{:?}", AlterarCliente::of(record(), NovoCliente::default()));

        assert!(
            shown.contains("5366578999") && !shown.contains("canary") && !shown.contains("PADARIA"),
            "{shown}"
        );
    }

    #[test]
    fn a_record_without_its_id_is_no_answer() {
        for body in ["{}", r#"{"codigo_cliente_omie":"x"}"#, r#"{"codigo_cliente_omie":null}"#, "[]"] {
            let read = partner_http::decode::<ClienteInteiro>("omie", "ConsultarCliente", body.as_bytes());
            assert!(read.is_err(), "{body}");
        }
    }
}
