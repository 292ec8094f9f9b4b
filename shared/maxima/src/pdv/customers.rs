//! New customers of the app: the pending ones, and what became of them (`contracts/maxima.md` §8).

use bytes::Bytes;
use http::Method;
use jiff::civil::DateTime;
use partner_http::{CallError, Effect};
use serde::{Deserialize, Serialize};

use super::{
    orders::put,
    reading::{Object, Unreadable},
    rows::{UnreadableRow, rows},
};
use crate::{
    batch,
    client::{Ask, Door, Maxima, malformed},
};

/// A pending customer as the cloud lists it (§8). The customer itself is
/// [`ClienteMaximaCadastro::parse`](super::ClienteMaximaCadastro::parse) of `objeto_json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClienteNaNuvem {
    /// Id of the cloud.
    pub id_cliente: i64,
    /// Last update.
    pub data: Option<DateTime>,
    /// Status, as of orders (§7.4).
    pub status: Option<i64>,
    /// The customer object, JSON. To be kept: what is posted back is this text, [`patched`](super::patched).
    pub objeto_json: String,
}

/// What became of a customer. Its own serde form is for keeping what is still owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusCliente {
    /// Id of the cloud.
    pub id_cliente: i64,
    /// 4 created; refused is 14 in the SDK, 5 or 7 in the dictionary, a setting of the tenant (§10.5).
    pub status: u8,
    /// The received text, [`patched`](super::patched).
    pub objeto_json: String,
}

const ENDPOINT: &str = "StatusClientes";

/// Version of the customer paths.
const V3: Door = Door::Outbound("v3");

const PENDING: &str = "/0,1,2,9";

impl Maxima {
    /// Every customer that waits for a result, in one answer (§8). A row that cannot be read stands among the
    /// others as what it is.
    pub async fn pending_customers(&self) -> Result<Vec<Result<ClienteNaNuvem, UnreadableRow>>, CallError> {
        let ask = Ask {
            door: V3,
            verb: Method::GET,
            endpoint: ENDPOINT.to_owned(),
            rest: PENDING.to_owned(),
            effect: Effect::Read,
            body: Bytes::new(),
        };
        rows(&self.send(&ask).await?, "id_cliente", customer).map_err(|why| malformed(&ask, why))
    }

    /// Posts what became of customers (§8). Doing it twice is the same; its faults are those of
    /// [`post_order_status`](Self::post_order_status).
    pub async fn post_customer_status(&self, statuses: &[StatusCliente]) -> Result<(), CallError> {
        let records: Vec<String> = statuses.iter().map(json).collect();
        for batch in batch::pack(&records, batch::LIMITS) {
            self.put_result(&put(V3, ENDPOINT, batch.body)).await?;
        }
        Ok(())
    }
}

fn customer(row: &Object<'_>) -> Result<ClienteNaNuvem, Unreadable> {
    let id_cliente = row.integer("id_cliente")?;
    Ok(ClienteNaNuvem {
        id_cliente: id_cliente.ok_or_else(|| row.unreadable("id_cliente", "está vazio"))?,
        data: row.moment("data"),
        status: row.integer("status").ok().flatten(),
        objeto_json: row.inner("objeto_json")?,
    })
}

fn json(status: &StatusCliente) -> String {
    #[derive(Serialize)]
    struct OnTheWire<'a> {
        #[serde(rename = "Id_cliente")]
        id: i64,
        #[serde(rename = "Status")]
        status: u8,
        #[serde(rename = "Objeto_json")]
        objeto_json: &'a str,
    }
    let StatusCliente { id_cliente, status, objeto_json } = status;
    serde_json::to_string(&OnTheWire { id: *id_cliente, status: *status, objeto_json })
        .expect("texts and numbers are JSON")
}
