//! Reading one order (`contracts/senior-x.md` §10.2).

use bytes::Bytes;
use http::Method;
use partner_http::{CallError, Effect, Fault};
use serde_json::json;

use crate::{
    client::{Ask, Senior, failed},
    json::Tree,
    options::OrderRead,
    order::Pedido,
    urls::Endpoint,
};

use super::{checked, malformed, parsed, whole};

const NAME: &str = "getOrder";

/// Where the order may stand in its answer.
const PLACES: &[&str] = &["", "/order", "/pedido", "/result", "/data", "/contents/0"];

impl Senior {
    /// Whether orders can be read at all: the knob `order_read` is not `none`.
    pub fn reads(&self) -> bool {
        self.options().order_read != OrderRead::None
    }

    /// The order, or nothing when the ERP does not know it. An answer without the id that was asked for is
    /// [`Fault::Malformed`]: what it says must not be taken for this order's. With `order_read = none` nothing is sent
    /// and the fault is [`Fault::Misconfigured`].
    pub async fn pedido(&self, id: &str) -> Result<Option<Pedido>, CallError> {
        if !self.reads() {
            let text = "`order_read` é `none`: a leitura de pedidos está desligada".to_owned();
            return Err(failed(NAME, Fault::Misconfigured { text }));
        }
        let Some(body) = self.order_body(id).await? else { return Ok(None) };
        let answer = parsed(NAME, &body)?;
        let read = |tree: &Tree<'_>| Pedido::read(tree, self.options());
        read(order_in(&answer, id)?).map(Some).ok_or_else(|| malformed(NAME, "a resposta não é um pedido"))
    }

    /// The answer as it came; nothing when there is no such order.
    pub(super) async fn order_body(&self, id: &str) -> Result<Option<Bytes>, CallError> {
        checked(NAME, id)?;
        let (verb, body) = match self.options().order_read {
            OrderRead::Ecommerce => (Method::POST, json!({"id": id}).to_string().into()),
            OrderRead::Apis | OrderRead::Entity | OrderRead::None => (Method::GET, Bytes::new()),
        };
        let ask = Ask {
            name: NAME,
            endpoint: Endpoint::Order,
            verb,
            id,
            query: Vec::new(),
            effect: Effect::Read,
            body,
            resource: match self.options().order_read {
                OrderRead::Ecommerce => "res://senior.com.br/erpx/ecommerce/actions/manageOrders",
                OrderRead::Apis | OrderRead::Entity | OrderRead::None => {
                    "erpx_com_ven/pedido (Visualizar pedidos)"
                }
            },
            inside: Some(whole),
        };
        match self.send(&ask).await {
            Ok(body) if body.trim_ascii().is_empty() || body.trim_ascii() == b"null" => Ok(None),
            Ok(body) => Ok(Some(body)),
            Err(error) if matches!(error.fault, Fault::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The order `id` in an answer.
pub(super) fn order_in<'t, 'a>(answer: &'t Tree<'a>, id: &str) -> Result<&'t Tree<'a>, CallError> {
    let is_it = |tree: &Tree<'_>| {
        tree.member("id").and_then(crate::scalar::text).is_some_and(|found| found.eq_ignore_ascii_case(id))
    };
    let found = PLACES.iter().filter_map(|place| answer.at(place)).find(|tree| is_it(tree));
    found.ok_or_else(|| malformed(NAME, "a resposta não traz o pedido que foi pedido"))
}
