//! A tenant's table as it is after a year: what the console's sample has, many times over.

use anyhow::{Context, Result};
use clock::Clock;
use console::audit;
use engine::{
    Cases as _, Documents as _, Entry, Expected, Filing, Fingerprint, FlowState, Key, Memory, Quarantined,
};
use jiff::{Timestamp, ToSpan as _};
use sales::history;
use serde_json::{Value, json};

use super::sample;

/// Documents of the sample that are copied as they are.
const DOCUMENTS: [&str; 12] = [
    "settings",
    "settings-versao",
    "setup",
    "setup-lista",
    "load",
    "load-step",
    "run",
    "last-turn",
    "omie-block",
    "so-settings",
    "so-filial",
    "auditoria",
];
/// Entities, each with its share of the ledger in per cent.
const LEDGER: [(&str, u64); 6] = [
    ("precos", 50),
    ("clientes", 15),
    ("produtos", 10),
    ("estoques", 10),
    ("titulos", 10),
    ("historicos", 5),
];
/// Entities whose records are kept out.
const KEPT_OUT: [&str; 4] = ["clientes", "produtos", "titulos", "estoques"];
/// Jobs that have run.
const JOBS: [&str; 5] = ["produtos", "precos", "clientes", "estoques", "titulos"];
/// Records written together.
const BATCH: usize = 500;

/// How many records of each sort.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) ledger: u64,
    pub(super) orders: u64,
    pub(super) services: u64,
    pub(super) runs: u64,
    pub(super) kept_out: u64,
    pub(super) audit: u64,
}

impl Size {
    /// Of so many records, in the proportions of a tenant that sells.
    pub(super) fn of(records: u64) -> Self {
        let part = |hundredths: u64| records * hundredths / 100;
        Self {
            ledger: part(60),
            orders: part(20),
            services: part(5),
            runs: part(5),
            kept_out: part(5),
            audit: part(5),
        }
    }
}

/// Fills the table: the sample, and `size` of its like.
pub(super) async fn fill<S: FlowState>(state: &S, clock: &Clock, size: Size) -> Result<()> {
    let sample = Memory::new(clock.clone());
    sample::fill(&sample, clock).await;
    for kind in DOCUMENTS {
        for (id, document) in sample.list(kind, "", usize::MAX).await? {
            state.put(kind, &id, &document.body, Expected::Any, None).await?;
        }
    }
    ledger(state, size.ledger).await?;
    orders(state, &sample, size.orders).await?;
    services(state, &sample, size.services).await?;
    kept_out(state, size.kept_out).await?;
    audit(state, size.audit).await?;
    runs(state, &sample, size.runs).await
}

/// A moment of the year, the `nth` of `count`, the latest first.
fn moment(nth: u64, count: u64) -> Result<Timestamp> {
    const YEAR: u64 = 360 * 24 * 60;
    let minutes = YEAR * nth / count.max(1);
    Ok(sample::noon().checked_sub(i64::try_from(minutes)?.minutes())?)
}

async fn ledger<S: FlowState>(state: &S, count: u64) -> Result<()> {
    for (entity, share) in LEDGER {
        let mut entries = Vec::with_capacity(BATCH);
        for nth in 0..count * share / 100 {
            let fingerprint = Some(Fingerprint::of(&(entity, nth)));
            let facts = Some(json!({ "nome": format!("{entity} {nth}"), "codigo": nth }));
            entries.push((
                Key::from(format!("{}", 5_366_000_000 + nth)),
                Entry { fingerprint, facts, ..Entry::default() },
            ));
            if entries.len() == BATCH {
                state.record(entity, &entries).await?;
                entries.clear();
            }
        }
        state.record(entity, &entries).await?;
    }
    Ok(())
}

/// The cases of the sample, by their ids.
async fn cases(sample: &Memory, kind: &str, ids: impl Iterator<Item = String>) -> Result<Vec<Value>> {
    let mut found = Vec::new();
    for id in ids {
        found.push(sample.case(kind, &id).await?.with_context(|| format!("{kind} {id}"))?.filing.body);
    }
    Ok(found)
}

async fn orders<S: FlowState>(state: &S, sample: &Memory, count: u64) -> Result<()> {
    let kind = sales::orders::KIND;
    let like = cases(sample, kind, (0..48).map(|nth: u64| (900_100_200 + nth).to_string())).await?;
    for nth in 0..count {
        let body = &like[usize::try_from(nth)? % like.len()];
        let mut order: sales::orders::Order = serde_json::from_value(body.clone())?;
        // The sample's own come first.
        let is_sample = nth < like.len() as u64;
        if !is_sample {
            order.id = (910_000_000 + count - nth).to_string();
            order.since = moment(nth, count)?;
            if let Some(erp) = &mut order.erp {
                (erp.codigo_pedido, erp.numero) =
                    (i64::try_from(6_000_000_000 + nth)?, i64::try_from(10_000 + nth)?);
            }
        }
        // One in fifty still waits for somebody; the others are done.
        if order.due.is_some() && !is_sample && !nth.is_multiple_of(50) {
            order.due = None;
        }
        let (filing, body) = (order.filing(), serde_json::to_value(&order)?);
        let filing = Filing { body, due: filing.due, marks: filing.marks, expires: filing.expires };
        state.file(kind, &order.id, None, filing).await?;
    }
    for nth in 0..9_u64 {
        let id = (88_770 + nth).to_string();
        let case = sample.case(sales::customers::KIND, &id).await?.context("a customer of the sample")?;
        state.file(sales::customers::KIND, &id, None, case.filing).await?;
    }
    Ok(())
}

async fn services<S: FlowState>(state: &S, sample: &Memory, count: u64) -> Result<()> {
    let kind = service_orders::KIND;
    let like = cases(sample, kind, (0..24).map(|nth: u64| format!("5b1f6f0e-{nth:04}"))).await?;
    for nth in 0..count {
        let body = &like[usize::try_from(nth)? % like.len()];
        let mut order: service_orders::Order = serde_json::from_value(body.clone())?;
        if nth >= like.len() as u64 {
            order.id = format!("6c2a0000-{nth:06}");
            order.since = moment(nth, count)?;
        }
        let (filing, body) = (order.filing(), serde_json::to_value(&order)?);
        let filing = Filing { body, due: filing.due, marks: filing.marks, expires: filing.expires };
        state.file(kind, &order.id, None, filing).await?;
    }
    Ok(())
}

async fn kept_out<S: FlowState>(state: &S, count: u64) -> Result<()> {
    let each = count / KEPT_OUT.len() as u64;
    for entity in KEPT_OUT {
        let mut records = Vec::new();
        for nth in 0..each {
            let why = engine::Why {
                field: ["cidade", "inscricao_estadual", "nome_fantasia"][usize::try_from(nth % 3)?]
                    .to_owned(),
                value: format!("valor {nth}"),
                rule: "obrigatório na Máxima e vazio no Omie: preencha no cadastro".to_owned(),
                needs: None,
            };
            let (since, last) = (moment(nth, each)?, sample::noon());
            let record = Quarantined {
                why: vec![why],
                fingerprint: None,
                refused: nth.is_multiple_of(4),
                since,
                last,
                attempts: 3,
            };
            records.push((Key::from(format!("{}", 5_366_000_000 + nth)), record));
        }
        for records in records.chunks(BATCH) {
            state.quarantine(entity, records).await?;
        }
    }
    Ok(())
}

async fn audit<S: FlowState>(state: &S, count: u64) -> Result<()> {
    for nth in 0..count {
        let entry = audit::Entry {
            v: audit::Entry::VERSION,
            at: moment(nth, count)?,
            name: "Maria Souza".to_owned(),
            session: "s".to_owned(),
            source: "203.0.113.7".to_owned(),
            action: "pausou o agendamento".to_owned(),
            target: "/jobs/produtos/sync-produtos/pausar".to_owned(),
            reason: Some("manutenção do Omie na madrugada".to_owned()),
            result: audit::Outcome::Done,
            detail: "pausado até amanhã".to_owned(),
        };
        entry.write(state, &format!("r{nth:06}")).await?;
    }
    Ok(())
}

async fn runs<S: FlowState>(state: &S, sample: &Memory, count: u64) -> Result<()> {
    let like = history::runs(sample, "produtos", 6).await?;
    let (_, like) = like.into_iter().next_back().context("a run of the sample")?;
    for nth in 0..count {
        let job = JOBS[usize::try_from(nth)? % JOBS.len()];
        // Those of the sample are the latest.
        let started = moment(nth, count)?.checked_sub(24.hours())?;
        let run = engine::RunRecord { entity: job.to_owned(), started, ..like.clone() };
        let place = history::record(job, started);
        state.put(&place.kind, &place.id, &serde_json::to_value(&run)?, Expected::Any, None).await?;
    }
    Ok(())
}
