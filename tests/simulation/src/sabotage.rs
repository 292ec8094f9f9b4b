//! Programs with a mistake: the simulation must notice each.

use serde_json::Value;

use crate::mistake::Mistake;
use crate::table::Spoil;
use crate::world::ORDER;

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
    /// The seller's words are left out.
    DropNote,
    /// What the seller changes is not looked at.
    IgnoreChanges,
    /// That the seller has called it off is not looked at.
    IgnoreCancellation,
}

impl Sabotage {
    /// All of them.
    pub const ALL: [Self; 15] = [
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
        Self::DropNote,
        Self::IgnoreChanges,
        Self::IgnoreCancellation,
    ];

    /// What it does to whatever is filed.
    pub(crate) fn spoil(self) -> Option<Spoil> {
        Some(match self {
            Self::ForgetSending => |kind, after| Self::ForgetSending.touch(kind, &mut after.body),
            Self::DropOutbox => |kind, after| Self::DropOutbox.touch(kind, &mut after.body),
            Self::ForgetRefusals => |kind, after| Self::ForgetRefusals.touch(kind, &mut after.body),
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
            Self::DropNote => Mistake::Saying(|order| take(order, "observacoes")),
            Self::IgnoreChanges => Mistake::OnlyTheFirst,
            Self::IgnoreCancellation => Mistake::NeverCancelled,
            Self::ForgetSending | Self::DropOutbox | Self::ForgetRefusals => return None,
        })
    }

    fn touch(self, kind: &str, body: &mut Value) {
        if kind != ORDER {
            return;
        }
        match self {
            Self::ForgetSending if body["stage"] == "sending" => body["stage"] = "new".into(),
            Self::DropOutbox => {
                body["owed"]["critique"].take();
            }
            Self::ForgetRefusals => {
                body["refusals"] = Value::Array(Vec::new());
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
