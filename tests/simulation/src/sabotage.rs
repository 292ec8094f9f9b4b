//! Programs with a mistake: the simulation must notice each.

use engine::Filing;
use serde_json::Value;

use crate::mistake::Mistake;
use crate::secrets::CANARY;
use crate::table::Spoil;
use crate::world::{CUSTOMER, NOTICE, ORDER};

/// A mistake that a program could make with an order: the simulation must notice each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// That an include may have left is not written down, so that nobody asks before it is sent again.
    ForgetSending,
    /// What is owed to the seller is not written down.
    DropOutbox,
    /// What Omie refused is not written down.
    ForgetRefusals,
    /// One quantity is doubled on the way to Omie.
    DoubleQuantity,
    /// The last of several items is left out.
    DropItem,
    /// The price is another one.
    OtherPrice,
    /// The freight is left out.
    DropFreight,
    /// The fee of the boletos is left out.
    DropFee,
    /// Everybody pays the fee of a boleto.
    FeeForEverybody,
    /// The order is somebody else's.
    OtherCustomer,
    /// It is paid at once.
    OtherPlan,
    /// The money goes into another account.
    OtherAccount,
    /// It is a sale of another kind.
    OtherCategory,
    /// The goods come from wherever Omie takes them.
    DropLocation,
    /// The seller's words are left out.
    DropNote,
    /// What the seller changes is not looked at.
    IgnoreChanges,
    /// That the seller has called it off is not looked at.
    IgnoreCancellation,
    /// A notice that was acknowledged is never looked at.
    LoseNotice,
    /// When something happened to an order in Omie is not written down.
    ForgetMoment,
    /// When Omie was asked is not written down.
    ForgetAsking,
    /// Why something is held is not written down.
    ForgetReason,
    /// A secret is in the reason.
    TellSecret,
    /// That Omie blocks a method is not written down.
    ForgetBlock,
    /// What is written down of a block is not looked at.
    IgnoreBlock,
    /// "Too many requests" is taken for trouble that passes in seconds.
    Hurry,
}

impl Sabotage {
    /// All of them.
    pub const ALL: [Self; 25] = [
        Self::ForgetSending,
        Self::DropOutbox,
        Self::ForgetRefusals,
        Self::DoubleQuantity,
        Self::DropItem,
        Self::OtherPrice,
        Self::DropFreight,
        Self::DropFee,
        Self::FeeForEverybody,
        Self::OtherCustomer,
        Self::OtherPlan,
        Self::OtherAccount,
        Self::OtherCategory,
        Self::DropLocation,
        Self::DropNote,
        Self::IgnoreChanges,
        Self::IgnoreCancellation,
        Self::LoseNotice,
        Self::ForgetMoment,
        Self::ForgetAsking,
        Self::ForgetReason,
        Self::TellSecret,
        Self::ForgetBlock,
        Self::IgnoreBlock,
        Self::Hurry,
    ];

    /// Words of the problem that it must be noticed by: another check may be the first to notice it, and its own is to
    /// notice it too.
    pub fn noticed_by(self) -> &'static str {
        match self {
            Self::ForgetSending => "sent again without proof",
            Self::DropOutbox => "its seller sees status",
            Self::ForgetRefusals => "a payload that was refused was sent again",
            Self::DoubleQuantity => "the quantity of item",
            Self::DropItem => "items: ",
            Self::OtherPrice => "the price of item",
            Self::DropFreight => "the freight",
            Self::DropFee | Self::FeeForEverybody => "the boleto fee",
            Self::OtherCustomer => "the customer",
            Self::OtherPlan => "the plan",
            Self::OtherAccount => "the account",
            Self::OtherCategory => "the category",
            Self::DropLocation => "the stock location",
            Self::DropNote => "the note",
            Self::IgnoreChanges => "its seller does not know that it was changed in vain",
            Self::IgnoreCancellation => "delivered as cancelled",
            Self::LoseNotice => "the notice was acknowledged",
            Self::ForgetMoment => "which was not so any more",
            Self::ForgetAsking => "was said twice within a minute",
            Self::ForgetReason => "without a reason",
            Self::TellSecret => "a secret in a stored",
            Self::ForgetBlock => "did not write down that Omie blocks",
            Self::IgnoreBlock => "was to wait 1",
            Self::Hurry => "was to wait 60 s",
        }
    }

    /// What it does to whatever is filed.
    pub(crate) fn spoil(self) -> Option<Spoil> {
        Some(match self {
            Self::ForgetSending => |kind, after| Self::ForgetSending.touch(kind, after),
            Self::DropOutbox => |kind, after| Self::DropOutbox.touch(kind, after),
            Self::ForgetRefusals => |kind, after| Self::ForgetRefusals.touch(kind, after),
            Self::LoseNotice => |kind, after| Self::LoseNotice.touch(kind, after),
            Self::ForgetMoment => |kind, after| Self::ForgetMoment.touch(kind, after),
            Self::ForgetAsking => |kind, after| Self::ForgetAsking.touch(kind, after),
            Self::ForgetReason => |kind, after| Self::ForgetReason.touch(kind, after),
            Self::TellSecret => |kind, after| Self::TellSecret.touch(kind, after),
            _ => return None,
        })
    }

    /// What it does to what is said and heard.
    pub(crate) fn mistake(self) -> Option<Mistake> {
        Some(match self {
            Self::DoubleQuantity => {
                Mistake::Saying(|order| twice(&mut order["det"][0]["produto"]["quantidade"]))
            }
            Self::OtherPrice => {
                Mistake::Saying(|order| twice(&mut order["det"][0]["produto"]["valor_unitario"]))
            }
            Self::DropItem => Mistake::Saying(|order| {
                if let Some(items) = order["det"].as_array_mut().filter(|items| items.len() > 1) {
                    items.pop();
                }
            }),
            Self::DropFreight => Mistake::Saying(|order| take(&mut order["frete"], "valor_frete")),
            Self::DropFee => Mistake::Saying(|order| take(&mut order["frete"], "outras_despesas")),
            Self::FeeForEverybody => Mistake::Saying(|order| order["frete"]["outras_despesas"] = 7.5.into()),
            // One of the tiny account.
            Self::OtherCustomer => Mistake::Saying(|order| {
                order["cabecalho"]["codigo_cliente"] = 11_489_512_176_u64.into();
            }),
            Self::OtherPlan => Mistake::Saying(|order| {
                if order["lista_parcelas"].is_null() {
                    order["cabecalho"]["codigo_parcela"] = "000".into();
                }
            }),
            Self::OtherAccount => Mistake::Saying(|order| {
                order["informacoes_adicionais"]["codigo_conta_corrente"] = 5_366_579_916_u64.into();
            }),
            Self::OtherCategory => Mistake::Saying(|order| {
                order["informacoes_adicionais"]["codigo_categoria"] = "1.01.01".into();
            }),
            Self::DropLocation => Mistake::Saying(|order| {
                take(&mut order["det"][0]["inf_adic"], "codigo_local_estoque");
            }),
            Self::DropNote => Mistake::Saying(|order| take(order, "observacoes")),
            Self::IgnoreChanges => Mistake::OnlyTheFirst,
            Self::IgnoreCancellation => Mistake::NeverCancelled,
            Self::Hurry => Mistake::NeverTooMany,
            _ => return None,
        })
    }

    fn touch(self, kind: &str, after: &mut Filing) {
        let body = &mut after.body;
        let (is_order, is_held) = (kind == ORDER, body["stage"] == "held");
        match self {
            Self::ForgetSending if is_order && body["stage"] == "sending" => body["stage"] = "new".into(),
            Self::DropOutbox if is_order => {
                body["owed"]["critique"].take();
            }
            Self::ForgetRefusals if is_order => body["refusals"] = Value::Array(Vec::new()),
            Self::LoseNotice if kind == NOTICE => after.due = None,
            Self::ForgetMoment if is_order => take(&mut body["fate"], "moment"),
            Self::ForgetAsking if is_order || kind == CUSTOMER => take(body, "asked"),
            Self::ForgetReason if is_held => take(body, "why"),
            Self::TellSecret => {
                if let Some(why) = body["why"].as_str() {
                    body["why"] = format!("{why} ({CANARY})").into();
                }
            }
            _ => {}
        }
    }
}

fn twice(amount: &mut Value) {
    *amount = (amount.as_f64().unwrap_or_default() * 2.0).into();
}

fn take(object: &mut Value, member: &str) {
    if let Some(members) = object.as_object_mut() {
        members.remove(member);
    }
}
