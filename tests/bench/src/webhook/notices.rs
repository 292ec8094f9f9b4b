//! Omie: a notice of an order (`contracts/omie.md` §9).

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use engine::Cases as _;
use jiff::Timestamp;
use local::cli::Integration;
use local::stack::TENANT;
use local::tenant::Partners;

use super::place::{BARE, BARE_PATH, Place};
use super::times::Times;
use super::{AT_ONCE, Plan, WARMING, against_nothing};
use crate::table::{Goal, Line};

/// Omie itself waits 7 s; the issue asks for an answer within one, of a function that is there or is not.
const ANSWERED: Duration = Duration::from_secs(1);
/// The kind of the cases.
const KIND: &str = "webhook";

/// Omie's notices, each another one.
struct Notices {
    path: String,
    app_key: String,
    told: usize,
}

impl Notices {
    fn next(&mut self) -> Vec<u8> {
        self.told += 1;
        let number = self.told;
        let body = serde_json::json!({
            "messageId": format!("{number:08x}-0000-4000-8000-{number:012x}"),
            "topic": "VendaProduto.EtapaAlterada",
            "event": { "codIntPedido": "", "idPedido": 11_500_000_000_u64 + number as u64, "etapa": "20",
                "etapaDescr": "Separar Estoque", "numeroPedido": number.to_string() },
            "author": { "email": "pessoa@exemplo.com.br", "name": "Pessoa do ERP", "userId": 1 },
            "appKey": self.app_key, "appHash": "exemplo-abc", "origin": "omie-connect-2.0"
        });
        body.to_string().into_bytes()
    }
}

pub(super) async fn run(binaries: &Path, plan: &Plan) -> Result<Vec<Line>> {
    let place = Place::<Partners>::open(Integration::OmieMaxima, binaries).await?;
    let text = |path: &str| place.credentials.pointer(path).and_then(|text| text.as_str()).map(str::to_owned);
    let secret = text("/webhook").context("the webhook has a secret")?;
    let app_key = text("/omie/app_key").context("Omie has a key")?;
    let mut notices = Notices { path: format!("/webhooks/omie/{secret}"), app_key, told: 0 };
    let mut lines = one_by_one(&place, &mut notices, plan.one_by_one).await?;
    lines.push(together(&place, &mut notices, plan.together).await?);
    lines.push(cold(&place, &mut notices, plan.cold).await?);
    lines.push(stored(&place, notices.told).await?);
    place.end().await;
    Ok(lines)
}

async fn one_by_one(place: &Place<Partners>, notices: &mut Notices, count: usize) -> Result<Vec<Line>> {
    let (mut took, mut bare) = (Times::default(), Times::default());
    for nth in 0..WARMING + count {
        let body = notices.next();
        let alone = place.ask(BARE_PATH, &[], &body).await?;
        let answered = place.ask(&notices.path, &[], &body).await?;
        if nth >= WARMING {
            bare.add(alone);
            took.add(answered);
        }
    }
    Ok(vec![
        took.line("webhook: omie-webhook, warm, one by one", Some(ANSWERED)),
        against_nothing("omie-webhook", &took, &bare),
    ])
}

/// Bursts: the first of them starts the processes and does not count.
async fn together(place: &Place<Partners>, notices: &mut Notices, bursts: usize) -> Result<Line> {
    let mut took = Times::default();
    for nth in 0..=bursts {
        let bodies: Vec<_> = (0..AT_ONCE).map(|_| notices.next()).collect();
        let answers = bodies.iter().map(|body| place.ask(&notices.path, &[], body));
        for answered in futures_util::future::try_join_all(answers).await? {
            if nth > 0 {
                took.add(answered);
            }
        }
    }
    Ok(took.line(&format!("webhook: omie-webhook, warm, {AT_ONCE} at once"), Some(ANSWERED)))
}

async fn cold(place: &Place<Partners>, notices: &mut Notices, count: usize) -> Result<Line> {
    let mut took = Times::default();
    for _ in 0..count {
        place.cool(BARE).await?;
        place.cool(&format!("ponte-{TENANT}-omie-webhook")).await?;
        let body = notices.next();
        took.add(place.ask(&notices.path, &[], &body).await?);
    }
    Ok(took.line("webhook: omie-webhook, cold", Some(ANSWERED)))
}

/// What was answered is stored, once each.
async fn stored(place: &Place<Partners>, wanted: usize) -> Result<Line> {
    let count = place.store.due(KIND, Timestamp::MAX, wanted + 1).await?.len();
    let goal = Goal { text: format!("{wanted}"), is_met: count == wanted, binds: true };
    Ok(Line {
        goal: Some(goal),
        ..Line::part("webhook: notices stored, one for each delivery", count.to_string())
    })
}
