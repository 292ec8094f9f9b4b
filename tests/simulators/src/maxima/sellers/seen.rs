//! What a test reads of an order or a new customer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One message the seller saw under an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Critique {
    /// When it arrived, virtual time.
    pub at: Timestamp,
    /// The order's status with it; nothing when it stated none.
    pub status: Option<u8>,
    /// `EnumTipoCritica`, as text.
    pub tipo: String,
    /// `EnumPosicaoPedido`, as text.
    pub posicao: String,
    /// What it says: its items' descriptions, joined by "; ".
    pub text: String,
    /// Its number; nothing when it had none, which is a violation.
    pub numcritica: Option<i64>,
}

/// An order as the seller sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OrderSeen {
    /// `CodigoPedidoNuvem`.
    pub id: u64,
    /// `NumPedido`: the app's own number, which two sellers may share.
    pub numped: String,
    /// 1 order, 2 quotation.
    pub kind: u8,
    /// `contracts/maxima.md` §7.4.
    pub status: u8,
    /// What the seller sent.
    pub object: Value,
    /// The ERP's number, as the last result that had one stated it.
    pub numpederp: Option<String>,
    /// Every message in the order of its arrival; one told again changes nothing.
    pub critiques: Vec<Critique>,
    /// `Posicao` of the order's header in HistoricosPedidosCapas; nothing without header.
    pub position: Option<String>,
    /// The letter the app's timeline shows: the header's when every member it must have is filled,
    /// `Dtaberturapedpalm` too, else the one the last message stands for (§7.6).
    pub timeline: Option<String>,
    /// The order shows as being on its way for ever: a message arrived that was no JSON (§7.3.1).
    pub in_transit: bool,
    /// How many results arrived that had arrived before, to the letter.
    pub repeats: u64,
    /// How many messages said nothing that the one before had not said, under a new number.
    pub unchanged: u64,
    /// What was done to it that the contract forbids.
    pub violations: Vec<String>,
}

/// One answer the seller saw about a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerAnswer {
    /// When it arrived, virtual time.
    pub at: Timestamp,
    /// 4 created, 14 (or 5, 7) refused.
    pub status: u8,
    /// `Codigo`: the ERP's identity, empty when there is none.
    pub codigo: String,
    /// `CriticaImportacao`.
    pub text: String,
}

/// A new or changed customer as the seller sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CustomerSeen {
    /// `CodigoClienteNuvem`.
    pub id: u64,
    /// `contracts/maxima.md` §7.4.
    pub status: u8,
    /// `Codigo`: the ERP's identity, empty while there is none.
    pub codigo: String,
    /// The object as it is now.
    pub object: Value,
    /// Every answer in the order of its arrival.
    pub answers: Vec<CustomerAnswer>,
    /// How many answers arrived that had arrived before, to the letter.
    pub repeats: u64,
    /// What was done to it that the contract forbids.
    pub violations: Vec<String>,
}
