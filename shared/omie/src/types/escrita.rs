//! What Omie answers to writes (`contracts/omie.md §8.10, §8.23`).
//!
//! Whether the write failed is decided before these are read: [`classify_write`](crate::faults::classify_write).

use serde::Deserialize;

use crate::formats;

/// An order that Omie has taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct PedidoIncluido {
    /// Identity of the order.
    #[serde(deserialize_with = "formats::id")]
    pub codigo_pedido: i64,
    /// The integrator's key, as it was sent; empty when the answer leaves it out.
    #[serde(default, deserialize_with = "formats::text_or_empty")]
    pub codigo_pedido_integracao: String,
    /// Number on the screen: an integer in text, padded with zeros or not; empty when the answer leaves it out.
    #[serde(default, deserialize_with = "formats::text_or_empty")]
    pub numero_pedido: String,
}

impl PedidoIncluido {
    /// The number on the screen without its zeros (`contracts/omie-maxima-mapping.md §6.1`).
    pub fn numero(&self) -> Option<i64> {
        self.numero_pedido.trim().parse().ok()
    }
}

/// What became of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ClienteStatus {
    /// Identity of the client.
    #[serde(deserialize_with = "formats::id")]
    pub codigo_cliente_omie: i64,
    /// The integrator's key.
    #[serde(default, deserialize_with = "formats::text")]
    pub codigo_cliente_integracao: Option<String>,
    /// `0`: any other is a failure, and never gets here.
    #[serde(default, deserialize_with = "formats::text")]
    pub codigo_status: Option<String>,
    /// What Omie says about it.
    #[serde(default, deserialize_with = "formats::text")]
    pub descricao_status: Option<String>,
}
