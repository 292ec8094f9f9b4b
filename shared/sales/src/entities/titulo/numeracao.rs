//! Who gets which number, for good.
//!
//! A number is a title's once a document says so, and nothing is sent under a number before that:
//!
//! ```text
//! titulo-chave   <numtransvenda>-<prest>  → the title that has it     put only where there is none
//! titulo-numero  <nCodTitulo>             → its number of our own     put only where there is none
//! titulo-numero  proximo                  → next number of our own    moved by compare-and-swap
//! ```
//!
//! Two titles never have one number, because the first document is one per number; one title never has two,
//! because its own document is one per title, and the number of its sale is told by Omie. What a crash, a lost
//! answer or a second run leaves behind is at worst a number that nobody has. Afterwards the title's facts in the
//! ledger tell its number, whatever Omie says of the sale, and none of this is asked again.
//!
//! The titles of a page are asked for at once, and for them too only the documents decide: they start in the order
//! of the page, and of two that want one number the faster has it. Numbers of our own follow the page.

use std::collections::{HashMap, HashSet};

use engine::{Documents, Entity as _, Entry, Expected, Key, Ledger, StateError};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::numero::{instalment, of_the_sale};
use super::{CANCELADO, Fato, Numero, Titulo, status};

const CHAVE: &str = "titulo-chave";
const NUMERO: &str = "titulo-numero";
const PROXIMO: &str = "proximo";
/// The first number of our own (mapping §13.14).
const PRIMEIRO: i64 = 2_000_000_001;
/// Somebody else moved the counter this often in a row: it is their turn, we come back later.
const TRIES: u32 = 16;
/// So many titles wait for the store at once.
const AT_ONCE: usize = 16;

/// What is known of a title's number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) numero: Option<Numero>,
    /// Whether Máxima has the title, or may have it after a crash.
    pub(super) ja_enviado: bool,
}

/// Who has a number, and what was first seen of it.
#[derive(Serialize, Deserialize)]
struct Owner {
    titulo: i64,
    #[serde(default)]
    dtvencorig: Option<Date>,
}

/// The numbers of these titles. One that is not wanted or is cancelled gets none: it has one, or it was never sent.
pub(super) async fn numbered<S: Ledger + Documents>(
    state: &S,
    titulos: &[omie::Titulo],
    is_wanted: impl Fn(&omie::Titulo, Option<&Entry>) -> bool,
) -> Result<HashMap<i64, Known>, StateError> {
    let mut met = HashSet::with_capacity(titulos.len());
    // Twice on a page is once.
    let titulos: Vec<&omie::Titulo> = titulos.iter().filter(|titulo| met.insert(id(titulo))).collect();
    let keys: Vec<Key> = titulos.iter().map(|titulo| id(titulo).into()).collect();
    let ledger = state.known(Titulo::NAME, &keys).await?;
    let (mut known, mut untold) = (HashMap::with_capacity(titulos.len()), Vec::new());
    for (titulo, key) in titulos.into_iter().zip(&keys) {
        let entry = ledger.get(key);
        match told(entry) {
            None if is_wanted(titulo, entry) => untold.push((titulo, entry)),
            numero => {
                let ja_enviado = entry.is_some_and(Entry::is_accepted);
                known.insert(id(titulo), Known { numero, ja_enviado });
            }
        }
    }
    // Of several that name one number the first in Omie's order has it, on every run: the others look afterwards.
    let mut wanted = HashSet::new();
    let (first, later): (Vec<_>, Vec<_>) = untold.into_iter().partition(|(titulo, _)| {
        of_the_sale(&titulo.cabec).is_none_or(|sale| wanted.insert(name(&natural(titulo, sale))))
    });
    let mut open = Vec::new();
    for some in [first, later] {
        let finding = some.iter().map(|(titulo, entry)| find(state, titulo, *entry)).collect();
        let found = at_once(finding).await?;
        for ((titulo, _), found) in some.into_iter().zip(found) {
            match found {
                Some(found) => drop(known.insert(id(titulo), found)),
                None => open.push(titulo),
            }
        }
    }
    for (id, numero) in of_our_own(state, open).await? {
        known.insert(id, Known { numero: Some(numero), ja_enviado: false });
    }
    Ok(known)
}

fn id(titulo: &omie::Titulo) -> i64 {
    titulo.cabec.cod_titulo
}

/// What each of them gives, in their order. They start in it too.
async fn at_once<T>(
    // Collected: of a closure that borrows, rustc cannot tell that the future may move between threads.
    asked: Vec<impl Future<Output = Result<T, StateError>>>,
) -> Result<Vec<T>, StateError> {
    stream::iter(asked).buffered(AT_ONCE).try_collect().await
}

/// The number that the ledger tells.
fn told(entry: Option<&Entry>) -> Option<Numero> {
    Fato::read(entry?.facts.as_ref()).map(|fato| fato.numero)
}

/// The number that the title has all the same, or that of its sale; none when it must get a new one of our own.
async fn find<S: Documents>(
    state: &S,
    titulo: &omie::Titulo,
    entry: Option<&Entry>,
) -> Result<Option<Known>, StateError> {
    let in_maxima = entry.is_some_and(Entry::is_accepted);
    let is_cancelled = status(titulo) == CANCELADO;
    let of_the_sale = of_the_sale(&titulo.cabec).map(|sale| natural(titulo, sale));
    // Facts are forgotten when a title is let go, and a crash may come before they are written.
    if (is_cancelled || entry.is_some() || of_the_sale.is_none())
        && let Some(numero) = own(state, titulo).await?
    {
        return Ok(Some(Known { numero: Some(numero), ja_enviado: in_maxima || is_cancelled }));
    }
    let Some(of_the_sale) = of_the_sale else {
        return Ok(is_cancelled.then_some(Known { numero: None, ja_enviado: in_maxima }));
    };
    if is_cancelled {
        let numero = owned(state, titulo, of_the_sale).await?;
        let ja_enviado = in_maxima || numero.is_some();
        return Ok(Some(Known { numero, ja_enviado }));
    }
    let numero = match claim(state, titulo, of_the_sale).await? {
        // It is another title's.
        None => own(state, titulo).await?,
        claimed => claimed,
    };
    Ok(numero.map(|numero| Known { numero: Some(numero), ja_enviado: in_maxima }))
}

fn natural(titulo: &omie::Titulo, numtransvenda: i64) -> Numero {
    Numero { numtransvenda, prest: instalment(&titulo.cabec), dtvencorig: titulo.cabec.dt_venc }
}

/// Takes the number for the title; none when another title has it.
async fn claim(
    state: &impl Documents,
    titulo: &omie::Titulo,
    numero: Numero,
) -> Result<Option<Numero>, StateError> {
    let owner = Owner { titulo: id(titulo), dtvencorig: numero.dtvencorig };
    if create(state, CHAVE, &name(&numero), &owner).await? {
        return Ok(Some(numero));
    }
    owned(state, titulo, numero).await
}

/// The number as the title first had it, if it is the title's.
async fn owned(
    state: &impl Documents,
    titulo: &omie::Titulo,
    numero: Numero,
) -> Result<Option<Numero>, StateError> {
    let Some(Owner { titulo: owner, dtvencorig }) = read(state, CHAVE, &name(&numero)).await? else {
        return Ok(None);
    };
    let is_ours = owner == id(titulo);
    Ok(is_ours.then(|| Numero { dtvencorig: dtvencorig.or(numero.dtvencorig), ..numero }))
}

/// The number of our own that the title has.
async fn own(state: &impl Documents, titulo: &omie::Titulo) -> Result<Option<Numero>, StateError> {
    read(state, NUMERO, &id(titulo).to_string()).await
}

/// New numbers of our own, from one block for all, in the order of the titles. Who gets none because his turns out
/// to be somebody's has a turn with those of the next block.
async fn of_our_own(
    state: &impl Documents,
    mut open: Vec<&omie::Titulo>,
) -> Result<Vec<(i64, Numero)>, StateError> {
    let mut given = Vec::with_capacity(open.len());
    while !open.is_empty() {
        let numbers = block(state, open.len()).await?;
        let taking = open.iter().zip(numbers).map(|(titulo, number)| take(state, titulo, number));
        let taken = at_once(taking.collect()).await?;
        let mut left = Vec::new();
        for (titulo, numero) in open.into_iter().zip(taken) {
            match numero {
                Some(numero) => given.push((id(titulo), numero)),
                None => left.push(titulo),
            }
        }
        open = left;
    }
    Ok(given)
}

/// The title's own number: this one, unless somebody has it, or the one that another run gave it meanwhile.
async fn take(
    state: &impl Documents,
    titulo: &omie::Titulo,
    number: i64,
) -> Result<Option<Numero>, StateError> {
    if is_in_use(state, number).await? {
        return Ok(None);
    }
    let Some(numero) = claim(state, titulo, natural(titulo, number)).await? else { return Ok(None) };
    let id = id(titulo).to_string();
    if create(state, NUMERO, &id, &numero).await? {
        return Ok(Some(numero));
    }
    // Another run was faster: the title has that number, and ours is nobody's.
    let theirs = own(state, titulo).await?;
    theirs.map(Some).ok_or_else(|| StateError::Conflict { what: format!("{NUMERO} {id}") })
}

/// Whether an order of Omie has this number, whatever the instalment.
async fn is_in_use(state: &impl Documents, number: i64) -> Result<bool, StateError> {
    Ok(!state.list(CHAVE, &format!("{number}-"), 1).await?.is_empty())
}

/// Takes `size` numbers from the counter. What of them is not used is lost, and there are enough.
async fn block(state: &impl Documents, size: usize) -> Result<std::ops::Range<i64>, StateError> {
    let size = i64::try_from(size).unwrap_or(1);
    for _ in 0..TRIES {
        let stored = state.get(NUMERO, PROXIMO).await?;
        let expected = stored.as_ref().map_or(Expected::Absent, |at| Expected::Version(at.version));
        let first = match stored {
            Some(at) => parsed::<i64>(NUMERO, PROXIMO, at.body["proximo"].clone())?,
            None => PRIMEIRO,
        };
        match state.put(NUMERO, PROXIMO, &json!({"proximo": first + size}), expected, None).await {
            Err(StateError::Conflict { .. }) => {}
            moved => return moved.map(|_| first..first + size),
        }
    }
    Err(StateError::Conflict { what: format!("{NUMERO} {PROXIMO}") })
}

fn name(numero: &Numero) -> String {
    format!("{}-{}", numero.numtransvenda, numero.prest)
}

/// Writes the document unless there is one already; whether it did.
async fn create(
    state: &impl Documents,
    kind: &str,
    id: &str,
    body: &impl Serialize,
) -> Result<bool, StateError> {
    let body = serde_json::to_value(body).expect("texts, numbers and dates are JSON");
    match state.put(kind, id, &body, Expected::Absent, None).await {
        Ok(_) => Ok(true),
        Err(StateError::Conflict { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn read<T: for<'de> Deserialize<'de>>(
    state: &impl Documents,
    kind: &str,
    id: &str,
) -> Result<Option<T>, StateError> {
    let stored = state.get(kind, id).await?;
    stored.map(|document| parsed(kind, id, document.body)).transpose()
}

fn parsed<T: for<'de> Deserialize<'de>>(kind: &str, id: &str, body: Value) -> Result<T, StateError> {
    serde_json::from_value(body).map_err(|source| StateError::Malformed {
        what: format!("document {kind}/{id}"),
        source: source.into(),
    })
}

#[cfg(test)]
mod tests;
