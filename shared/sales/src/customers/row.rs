//! The row of `Clientes` of a customer that has just come to Omie: with the catalogue's own map and target, and into
//! the ledger as the catalogue's run would, so that the next run finds it in step (`contracts/maxima.md` §8). What is
//! not fit for Máxima is left to that run, which shows why.

use engine::{
    Delivery, Entity as _, Entry, Fingerprint, FlowState, Key, Mapped, StateError, Target as _, WriteError,
};
use omie::Call as _;
use partner_http::CallError;

use super::Customers;
use super::machine::Rowed;
use super::why;
use crate::branch::reasons;
use crate::entities::{Cliente, ClienteRefs, Refs as _};
use crate::praca::day_in_sao_paulo;
use crate::settings::SetupError;
use crate::synced::FromOmie as _;
use crate::target::Cloud;
use crate::waiting::{BUSY, SOON, wait};

/// Why no row was written.
enum Unwritten {
    Left(String),
    Call(CallError),
    State,
}

impl From<StateError> for Unwritten {
    fn from(_: StateError) -> Self {
        Self::State
    }
}

impl From<CallError> for Unwritten {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

pub(super) async fn bring<S: FlowState>(customers: &Customers<'_, S>, codigo: i64) -> Rowed {
    let key = Key::from(codigo);
    let record = match read(customers, &key).await {
        Ok(record) => record,
        Err(rowed) => return rowed,
    };
    let Ok(known) = customers.state.known(Cliente::NAME, std::slice::from_ref(&key)).await else {
        return Rowed::Unread { why: BUSY.to_owned(), after: SOON };
    };
    let before = known.into_values().next().unwrap_or_default();
    let facts = Cliente::facts(&record);
    let written = write(customers, &key, record, &before).await;
    // Its facts are known from now on, with a row or without one.
    let entry = match &written {
        Ok(fingerprint) => Entry { fingerprint: Some(fingerprint.clone()), facts, ..Entry::default() },
        Err(_) => Entry { facts, absent: None, ..before.clone() },
    };
    if entry != before && customers.state.record(Cliente::NAME, &[(key.clone(), entry)]).await.is_err() {
        return Rowed::Unread { why: BUSY.to_owned(), after: SOON };
    }
    match written {
        Ok(_) => match customers.state.clear(Cliente::NAME, &[key]).await {
            Ok(()) => Rowed::Done,
            Err(_) => Rowed::Unwritten { why: BUSY.to_owned(), after: SOON },
        },
        Err(Unwritten::Left(why)) => Rowed::Left(why),
        Err(Unwritten::Call(error)) => Rowed::Unwritten { why: why(&error), after: wait(&error) },
        Err(Unwritten::State) => Rowed::Unwritten { why: BUSY.to_owned(), after: SOON },
    }
}

/// The record as the catalogue reads it.
async fn read<S: FlowState>(customers: &Customers<'_, S>, key: &Key) -> Result<omie::Cliente, Rowed> {
    let listing = Cliente::by_keys(std::slice::from_ref(key)).unwrap_or_default();
    let page = customers.tenant.omie.list(&listing, 1);
    let page = customers.spared(omie::ListarClientes::METHOD, page).await;
    let page = page.map_err(|error| Rowed::Unread { why: why(&error), after: wait(&error) })?;
    let found = page.items.into_iter().find(|cliente| Cliente::key(cliente) == *key);
    found.ok_or_else(|| match page.unreadable.first() {
        Some(row) => Rowed::Left(format!("valor ilegível em {} ({})", row.path, row.problem)),
        None => Rowed::Left("o Omie ainda não lista o cliente".to_owned()),
    })
}

/// Writes the row unless Máxima has it as it is, and gives its fingerprint.
async fn write<S: FlowState>(
    customers: &Customers<'_, S>,
    key: &Key,
    record: omie::Cliente,
    before: &Entry,
) -> Result<Fingerprint, Unwritten> {
    let today = day_in_sao_paulo(customers.clock.now());
    let refs = ClienteRefs::load(customers.state, &customers.tenant.settings, today).await;
    let refs = refs.map_err(|error| match error {
        SetupError::State(_) => Unwritten::State,
        SetupError::Incomplete(problems) => {
            Unwritten::Left(problems.into_iter().map(|problem| problem.text).collect::<Vec<_>>().join("; "))
        }
    })?;
    let row = match Cliente::map(record, &refs) {
        Mapped::Row(row) => row,
        Mapped::Skip(why) | Mapped::Gone(why) => return Err(Unwritten::Left(why.to_owned())),
        Mapped::Reject(why) => return Err(Unwritten::Left(reasons(&why))),
    };
    let fingerprint = Fingerprint::of(&row);
    if before.is_in_use() && before.fingerprint.as_ref() == Some(&fingerprint) {
        return Ok(fingerprint);
    }
    let cloud = Cloud::new(&customers.tenant.maxima);
    let violated: Vec<_> = cloud.check(std::slice::from_ref(&row)).await?.into_iter().flatten().collect();
    if !violated.is_empty() {
        return Err(Unwritten::Left(reasons(&violated)));
    }
    let delivery = Delivery { key, row: &row, fingerprint: &fingerprint, known: before.is_accepted() };
    match cloud.write(&[delivery]).await {
        Ok(()) => Ok(fingerprint),
        Err(WriteError::Refused(text)) => Err(Unwritten::Left(text)),
        Err(WriteError::Call(error)) => Err(Unwritten::Call(error)),
    }
}
