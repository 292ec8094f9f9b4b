//! Releasing an order for billing (`contracts/senior-x.md` §10.5).

use http::Method;
use partner_http::{CallError, Effect, Fault};
use serde_json::json;

use crate::{
    client::{Ask, Senior},
    json, scalar,
    urls::Endpoint,
};

use super::checked;

const NAME: &str = "updateOrderStatusIntegration";

impl Senior {
    /// Says that the integration's step is done, which lifts the billing block. Call it only while the order waits: a
    /// second call could finish another step. After [`Fault::Unclear`] read the order before anything else; a success
    /// that does not name the order, as §10.5 has it, is unclear too.
    pub async fn release(&self, id: &str) -> Result<(), CallError> {
        checked(NAME, id)?;
        let ask = Ask {
            name: NAME,
            endpoint: Endpoint::Release,
            verb: Method::POST,
            id,
            query: Vec::new(),
            effect: Effect::AskFirst,
            body: json!({"id": id}).to_string().into(),
            resource: "res://senior.com.br/erpx_com_ven/pedido/actions/updateOrderStatusIntegration (Processar)",
            inside: Some(inside),
        };
        self.send(&ask).await.map(drop)
    }
}

/// An answer about another order, or about none, says nothing about this one: taken for a release, it would leave the
/// order blocked with nobody looking.
fn inside(id: &str, _: u16, body: &[u8]) -> Result<(), Fault> {
    let answer = json::parse_bytes(body).ok();
    let named = answer.and_then(|answer| answer.member("id").and_then(scalar::text));
    let is_ours = named.is_some_and(|named| named.eq_ignore_ascii_case(id));
    if is_ours { Ok(()) } else { Err(Fault::Unclear) }
}
