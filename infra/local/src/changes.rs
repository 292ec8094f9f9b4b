//! Keeping in step, to be seen: three things change in the simulated Omie, as people change them, and each is watched
//! until it is in the simulated Máxima. Nothing is done for them: the schedules bring them.

use std::time::Duration;

use clock::{Clock, later};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;
use simulators::{MaximaSim, OmieSim, Registry, Simulators};

use crate::words::{decimal, hour, money};

/// How often Máxima is looked at, on this machine's clock.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// A night's reading of everything comes within a day; one that has not by then is not coming.
const PATIENCE: Duration = Duration::from_hours(26);

/// A change that was made in Omie, and how to see that it has arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What changed, from what to what.
    what: String,
    made: Timestamp,
    /// The row of Máxima, its member, and what it holds in the end.
    resource: &'static str,
    key: String,
    member: &'static str,
    wanted: Value,
}

/// Makes the changes: a price, a customer who may not be invoiced, a product that is no more. One for which the
/// account has no fitting record is left out; what sellers have ordered stays as it is.
pub fn make(simulators: &Simulators, clock: &Clock) -> Vec<Change> {
    let Simulators { omie, maxima } = simulators;
    let now = clock.now();
    // The last product goes; the price is that of the first one that has any.
    [price(omie, maxima, now), customer(omie, maxima, now), product(omie, maxima, now)]
        .into_iter()
        .flatten()
        .collect()
}

fn price(omie: &OmieSim, maxima: &MaximaSim, made: Timestamp) -> Option<Change> {
    const MEMBER: &str = "nValorTabela";
    let tables = omie.ids(Registry::TabelasPreco);
    let products = omie.ids(Registry::Produtos);
    let pairs = products.iter().flat_map(|product| tables.iter().map(move |table| (product, table)));
    let (product, table) = pairs
        .map(|(product, table)| (product.as_str(), table.as_str()))
        .find(|(product, table)| maxima.row("TabelasPrecos", &format!("{product}/{table}")).is_some())?;
    let id = format!("{table}/{product}");
    let before = decimal(&omie.record(Registry::ItensTabela, &id)?[MEMBER])?;
    let after = before + Decimal::ONE;
    let wanted: Value = serde_json::from_str(&after.to_string()).ok()?;
    omie.set(Registry::ItensTabela, &id, MEMBER, wanted.clone()).ok()?;
    Some(Change {
        what: format!("preço do produto {product} na tabela {table}: {} → {}", money(before), money(after)),
        made,
        resource: "TabelasPrecos",
        key: format!("{product}/{table}"),
        member: "Pvenda",
        wanted,
    })
}

fn customer(omie: &OmieSim, maxima: &MaximaSim, made: Timestamp) -> Option<Change> {
    let free = |id: &String| maxima.row("Clientes", id).is_some_and(|row| row["Bloqueio"] == "N");
    let key = omie.ids(Registry::Clientes).into_iter().filter(free).find(|id| !is_ordered(maxima, id))?;
    omie.set(Registry::Clientes, &key, "bloquear_faturamento", "S".into()).ok()?;
    Some(Change {
        what: format!("faturamento do cliente {key}: liberado → bloqueado"),
        made,
        resource: "Clientes",
        key,
        member: "Bloqueio",
        wanted: "S".into(),
    })
}

fn product(omie: &OmieSim, maxima: &MaximaSim, made: Timestamp) -> Option<Change> {
    const MEMBER: &str = "Enviarforcavendas";
    let sold = |id: &String| maxima.row("Produtos", id).is_some_and(|row| row[MEMBER] == "S");
    let key =
        omie.ids(Registry::Produtos).into_iter().rev().filter(sold).find(|id| !is_ordered(maxima, id))?;
    omie.remove(Registry::Produtos, &key).ok()?;
    Some(Change {
        what: format!("produto {key}: removido do cadastro"),
        made,
        resource: "Produtos",
        key,
        member: MEMBER,
        wanted: "N".into(),
    })
}

/// Whether a seller's order names the record; identities are too long to be anything else in it.
fn is_ordered(maxima: &MaximaSim, id: &str) -> bool {
    maxima.orders().iter().any(|order| order.object.to_string().contains(id))
}

/// Waits until every change is in Máxima and says when each arrives; whether all did.
pub async fn watch(changes: Vec<Change>, maxima: &MaximaSim, clock: &Clock, said: impl Fn(&str)) -> bool {
    let machine_time = Clock::system();
    let mut missing = changes;
    let last = later(clock.now(), PATIENCE);
    loop {
        missing.retain(|change| {
            let is_there = change.is_in(maxima);
            if is_there {
                said(&format!(
                    "✔ {} no Omie às {}; na Máxima às {}",
                    change.what,
                    hour(change.made),
                    hour(clock.now())
                ));
            }
            !is_there
        });
        if missing.is_empty() {
            return true;
        }
        if clock.now() > last {
            for change in missing {
                said(&format!("✘ não chegou à Máxima: {}", change.what));
            }
            return false;
        }
        machine_time.sleep(LOOK_EVERY).await;
    }
}

impl Change {
    /// What was done in Omie, and when.
    pub fn made(&self) -> String {
        format!("{} no Omie às {}", self.what, hour(self.made))
    }

    fn is_in(&self, maxima: &MaximaSim) -> bool {
        let found = maxima.row(self.resource, &self.key).map(|mut row| row[self.member].take());
        found.is_some_and(|found| {
            found == self.wanted || decimal(&found).is_some_and(|found| Some(found) == decimal(&self.wanted))
        })
    }
}
