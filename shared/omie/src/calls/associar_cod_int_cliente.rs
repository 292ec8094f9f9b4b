//! AssociarCodIntCliente (`contracts/omie.md §8.10`).

use partner_http::Effect;
use serde::Serialize;

use crate::{Call, ClienteStatus};

/// Gives a client that Omie has the integrator's key, and changes nothing else of it.
///
/// Not [`Effect::Repeatable`], although the same key twice is the same key: no write is repeated blindly
/// (`contracts/omie.md §3.1`), and [`ConsultarCliente`](crate::ConsultarCliente) by the key tells what happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssociarCodIntCliente {
    /// The client.
    pub codigo_cliente_omie: i64,
    /// Its key from now on, up to 60 characters.
    pub codigo_cliente_integracao: String,
}

impl Call for AssociarCodIntCliente {
    const PATH: &'static str = "geral/clientes/";
    const METHOD: &'static str = "AssociarCodIntCliente";
    const EFFECT: Effect = Effect::AskFirst;
    type Reply = ClienteStatus;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_request_is_the_contracts() {
        let request = AssociarCodIntCliente {
            codigo_cliente_omie: 5_366_578_999,
            codigo_cliente_integracao: "88771".into(),
        };

        let sent = serde_json::to_value(request).unwrap();

        assert_eq!(
            sent,
            json!({"codigo_cliente_omie": 5_366_578_999_i64, "codigo_cliente_integracao": "88771"})
        );
    }
}
