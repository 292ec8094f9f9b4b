//! Orders of the app: the pending ones, and what became of them (`contracts/maxima.md` §7.1, §7.3, §7.6).

use http::Method;
use jiff::civil::DateTime;
use partner_http::{CallError, Effect, Fault};

use super::{
    critica::{StatusPedido, critique_json, status_json},
    reading::{Object, Unreadable},
    rows::{UnreadableRow, rows},
};
use crate::{
    batch,
    client::{Ask, Door, Maxima, malformed},
};

/// A pending order as the cloud lists it (§7.1). The order itself is
/// [`PedidoMaxima::parse`](super::PedidoMaxima::parse) of `objeto_json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PedidoNaNuvem {
    /// Id of the cloud, up to 20 digits.
    pub id_pedido: String,
    /// Number in the app.
    pub numped: Option<String>,
    /// Status (§7.4).
    pub status: Option<i64>,
    /// Last update.
    pub data: Option<DateTime>,
    /// Last critique, text or JSON.
    pub critica: Option<String>,
    /// 1 order, 2 quotation.
    pub tipopedido: Option<i64>,
    /// Seller in the ERP.
    pub codusur: Option<String>,
    /// User of Máxima.
    pub codusuario: Option<String>,
    /// Number of the last critique: a new one must be larger.
    pub numcritica: Option<i64>,
    /// The order object, JSON; or why this row is no order that can be read. Around it the row is what it is: its
    /// seller is answered by that.
    pub objeto_json: Result<String, Unreadable>,
}

const ENDPOINT: &str = "StatusPedidos";

/// Version of the order paths; the data paths have their own (§1).
const V1: Door = Door::Outbound("v1");

/// Received, sent to the API, sent to the ERP, approved; orders, not quotations (§7.1).
const PENDING: &str = "/0,1,2,9/1";

impl Maxima {
    /// Every order that waits for a result, in one answer: the cloud knows no pages (§7.1). Fetching moves an order
    /// to status 2, and it is listed until a result is posted; so a listing that was lost comes again.
    ///
    /// A row that cannot even be named stands among the others as what it is.
    pub async fn pending_orders(&self) -> Result<Vec<Result<PedidoNaNuvem, UnreadableRow>>, CallError> {
        let ask = Ask {
            door: V1,
            verb: Method::GET,
            endpoint: ENDPOINT.to_owned(),
            rest: PENDING.to_owned(),
            effect: Effect::Read,
            body: bytes::Bytes::new(),
        };
        rows(&self.send(&ask).await?, "id_pedido", order).map_err(|why| malformed(&ask, why))
    }

    /// Posts results and changes of orders (§7.3). The same content under the same `numcritica`: doing it twice is
    /// the same.
    ///
    /// [`Fault::Refused`] when the cloud refuses the content, also an order that it does not know;
    /// [`Fault::Duplicate`] when it has that `numcritica` already: give a new one and post again. Of several none
    /// counts as stored when one is refused: post the orders apart then. Everything else passes, and is posted
    /// again as it is. [`Fault::Malformed`], before anything is sent, when an order has no id.
    pub async fn post_order_status(&self, statuses: &[StatusPedido]) -> Result<(), CallError> {
        self.put_statuses(ENDPOINT, statuses, status_json).await
    }

    /// Posts later changes of orders to the endpoint that the dictionary names for them, `StatusCriticas` (§7.6):
    /// for a tenant who is set so. Otherwise as [`post_order_status`](Self::post_order_status).
    pub async fn post_critique(&self, statuses: &[StatusPedido]) -> Result<(), CallError> {
        self.put_statuses("StatusCriticas", statuses, critique_json).await
    }

    async fn put_statuses(
        &self,
        endpoint: &str,
        statuses: &[StatusPedido],
        json: fn(&StatusPedido) -> String,
    ) -> Result<(), CallError> {
        let records: Vec<String> = statuses.iter().map(json).collect();
        for batch in batch::pack(&records, batch::LIMITS) {
            let ask = put(V1, endpoint, batch.body);
            if statuses[batch.range].iter().any(|status| status.id_pedido.trim().is_empty()) {
                return Err(malformed(&ask, "um retorno sem o id do pedido"));
            }
            self.put_result(&ask).await?;
        }
        Ok(())
    }

    /// Sends a result; that what it is about is unknown is a refusal.
    pub(super) async fn put_result(&self, ask: &Ask) -> Result<(), CallError> {
        match self.send(ask).await {
            Err(mut error) => {
                if let Fault::NotFound { text } = error.fault {
                    error.fault = Fault::Refused { text };
                }
                Err(error)
            }
            Ok(_) => Ok(()),
        }
    }
}

/// An update of the outbound API.
pub(super) fn put(door: Door, endpoint: &str, body: bytes::Bytes) -> Ask {
    Ask {
        door,
        verb: Method::PUT,
        endpoint: endpoint.to_owned(),
        rest: String::new(),
        // What an order or a customer has become, it becomes again.
        effect: Effect::Repeatable,
        body,
    }
}

fn order(row: &Object<'_>) -> Result<PedidoNaNuvem, Unreadable> {
    Ok(PedidoNaNuvem {
        id_pedido: row.text("id_pedido")?.ok_or_else(|| row.unreadable("id_pedido", "está vazio"))?,
        // What only informs may be anything.
        numped: row.text("numped").ok().flatten(),
        status: row.integer("status").ok().flatten(),
        data: row.moment("data"),
        critica: row.inner("critica").ok(),
        tipopedido: row.integer("tipopedido").ok().flatten(),
        codusur: row.text("codusur").ok().flatten(),
        codusuario: row.text("codusuario").ok().flatten(),
        numcritica: row.integer("numcritica").ok().flatten(),
        // What may be a quotation is not taken for an order.
        objeto_json: row.integer("tipopedido").and_then(|_| row.inner("objeto_json")),
    })
}
