//! What the maps need to know, as other entities left it in the ledger.

use anyhow::Result;
use clock::Clock;
use engine::{Entity, Entry, Fingerprint, Key, Ledger, Memory};
use jiff::civil::{Date, date};
use sales::entities::{Departamento, Filial, Preco, PrecoRefs, Produto, ProdutoRefs, Refs};
use sales::settings::Settings;

use crate::records;

const TODAY: Date = date(2025, 2, 2);

pub(crate) async fn product_refs() -> Result<ProdutoRefs> {
    let state = Memory::new(Clock::system());
    let families: Vec<_> = (0..records::FAMILIES).map(records::family).collect();
    accept::<Filial>(&state, &[records::branch()]).await?;
    accept::<Departamento>(&state, &families).await?;
    Ok(<Produto as Entity>::Refs::load(&state, &Settings::default(), TODAY).await?)
}

pub(crate) async fn price_refs() -> Result<PrecoRefs> {
    let state = Memory::new(Clock::system());
    let products: Vec<_> = (0..records::PRODUCTS).map(records::product).collect();
    accept::<Produto>(&state, &products).await?;
    Ok(<Preco as Entity>::Refs::load(&state, &Settings::default(), TODAY).await?)
}

/// Leaves these records in the ledger as Máxima has accepted them.
async fn accept<E: Entity>(state: &Memory, records: &[E::Record]) -> Result<()> {
    let fingerprint = Some(Fingerprint::of(&"accepted"));
    let entry =
        |record| Entry { fingerprint: fingerprint.clone(), facts: E::facts(record), ..Entry::default() };
    let entries: Vec<(Key, Entry)> = records.iter().map(|record| (E::key(record), entry(record))).collect();
    Ok(state.record(E::NAME, &entries).await?)
}
