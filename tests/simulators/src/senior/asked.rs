//! What a request asks of Senior: both styles of URL (`contracts/senior-x.md` §1) give the same operations.

use bytes::Bytes;
use http::{Method as Verb, Request};

use crate::services::gate::Refusal;
use crate::services::wire;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Login,
    Refresh,
    /// `GET apis/order/{id}`.
    OrderOfApi,
    /// `GET entities/e120ped/{id}`.
    OrderOfEntity,
    /// `POST /erpx/ecommerce/getOrder`.
    OrderOfShop,
    /// `GET entities/e120ped`.
    ListOrders,
    /// `PUT` or `PATCH apis/order/{id}`.
    WriteOrder,
    ListObservations,
    /// `POST entities/e120obs`.
    AddToEntity,
    /// `POST apis/orderObservation`.
    AddToApi,
    Release,
    Cancel,
}

impl Operation {
    /// The name in faults, verdict and log.
    pub(super) fn method(self) -> &'static str {
        match self {
            Self::Login => "loginWithKey",
            Self::Refresh => "refreshToken",
            Self::OrderOfApi | Self::OrderOfEntity | Self::OrderOfShop => "getOrder",
            Self::ListOrders => "listOrders",
            Self::WriteOrder => "updateOrder",
            Self::ListObservations => "listObservations",
            Self::AddToEntity | Self::AddToApi => "addObservation",
            Self::Release => "updateOrderStatusIntegration",
            Self::Cancel => "cancelOrders",
        }
    }

    pub(super) fn is_anonymous(self) -> bool {
        matches!(self, Self::Login | Self::Refresh)
    }
}

/// A request that was read.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(super) operation: Operation,
    /// Whether it came by the public gateway, which needs `client_id`.
    pub(super) by_gateway: bool,
    /// The id in the path.
    pub(super) id: String,
    pub(super) request: Request<Bytes>,
}

impl Asked {
    pub(super) fn read(request: Request<Bytes>) -> Result<Self, Refusal> {
        let path = request.uri().path().to_owned();
        let (by_gateway, anonymous, path) = styled(&path);
        let parts: Vec<String> = path.split('/').map(wire::decoded).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let verb = request.method().clone();
        let found = if by_gateway { gateway(&verb, &parts) } else { bridge(&verb, anonymous, &parts) };
        let found = found.or_else(|| resource(&verb, anonymous, &parts));
        let Some((operation, id)) = found else {
            let text = format!("{verb} {} não existe", request.uri().path());
            return Err(Refusal::new("unknown_endpoint", 404, text));
        };
        let id = id.to_owned();
        Ok(Self { operation, by_gateway, id, request })
    }
}

/// Whether the path is the gateway's, whether it is anonymous, and what is behind base and style.
fn styled(path: &str) -> (bool, bool, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    // `/t/{tenant of the platform}/bridge/1.0`, unless the base URL is the bridge itself.
    let bridge =
        path.strip_prefix("t/").and_then(|rest| rest.split_once("/bridge/1.0/")).map(|(_, rest)| rest);
    let inner = bridge.unwrap_or(path);
    if let Some(rest) = inner.strip_prefix("rest/") {
        return (false, false, rest);
    }
    if let Some(rest) = inner.strip_prefix("anonymous/rest/") {
        return (false, true, rest);
    }
    (bridge.is_none(), false, inner)
}

fn gateway<'a>(verb: &Verb, parts: &[&'a str]) -> Option<(Operation, &'a str)> {
    let operation = match (verb.as_str(), parts) {
        (
            "POST",
            ["platform", "authentication", "anonymous", "loginWithKey"]
            | ["platform", "authentication", "anonymous", "actions", "loginWithKey"],
        ) => Operation::Login,
        ("POST", ["platform", "authentication", "refreshToken"]) => Operation::Refresh,
        ("POST", ["erpx_com_ven", "pedido", "updateOrderStatusIntegration"]) => Operation::Release,
        ("POST", ["erpx_com_ven", "pedido", "cancelOrders"]) => Operation::Cancel,
        ("POST", ["erpx", "ecommerce", "getOrder"]) => Operation::OrderOfShop,
        _ => return None,
    };
    Some((operation, ""))
}

fn bridge<'a>(verb: &Verb, anonymous: bool, parts: &[&'a str]) -> Option<(Operation, &'a str)> {
    let operation = match (verb.as_str(), anonymous, parts) {
        ("POST", true, ["platform", "authentication", "actions", "loginWithKey"]) => Operation::Login,
        ("POST", false, ["platform", "authentication", "actions", "refreshToken"]) => Operation::Refresh,
        ("POST", false, ["erpx_com_ven", "pedido", "actions", "updateOrderStatusIntegration"]) => {
            Operation::Release
        }
        ("POST", false, ["erpx_com_ven", "pedido", "actions", "cancelOrders"]) => Operation::Cancel,
        ("POST", false, ["erpx", "ecommerce", "queries", "getOrder"]) => Operation::OrderOfShop,
        _ => return None,
    };
    Some((operation, ""))
}

/// Entities and resources, which have the same path in both styles.
fn resource<'a>(verb: &Verb, anonymous: bool, parts: &[&'a str]) -> Option<(Operation, &'a str)> {
    let ["erpx_com_ven", "pedido", rest @ ..] = parts else { return None };
    match (verb.as_str(), rest) {
        _ if anonymous => None,
        ("GET", ["apis", "order", id]) => Some((Operation::OrderOfApi, id)),
        ("PUT" | "PATCH", ["apis", "order", id]) => Some((Operation::WriteOrder, id)),
        ("POST", ["apis", "orderObservation"]) => Some((Operation::AddToApi, "")),
        ("GET", ["entities", "e120ped", id]) => Some((Operation::OrderOfEntity, id)),
        ("GET", ["entities", "e120ped"]) => Some((Operation::ListOrders, "")),
        ("GET", ["entities", "e120obs"]) => Some((Operation::ListObservations, "")),
        ("POST", ["entities", "e120obs"]) => Some((Operation::AddToEntity, "")),
        _ => None,
    }
}
