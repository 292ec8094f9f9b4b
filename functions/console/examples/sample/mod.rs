//! A tenant in the middle of its day, made through the libraries: for tests, and for looking at pages.

mod orders;
pub(crate) mod runs;
pub(crate) mod services;
pub(crate) mod setup;

use std::time::Duration;

use clock::Clock;
use engine::{Documents as _, Expected, Key, Memory, Quarantine as _, Quarantined, Why};
use jiff::Timestamp;
use sales::load;
use sales::settings::Settings;
use sales::settings::versions::{self, Signature};
use serde_json::json;

/// Monday, 2 March 2026, 11:00 in São Paulo.
pub(crate) fn noon() -> Timestamp {
    "2026-03-02T14:00:00Z".parse().expect("a moment")
}

/// So many minutes before that.
pub(crate) fn before(minutes: u64) -> Timestamp {
    noon().checked_sub(Duration::from_mins(minutes)).expect("a moment")
}

/// Text that is escaped wherever it comes out.
pub(crate) const HOSTILE: &str = "<script>alert('oi')</script> & \"Cia\"";

/// Fills the table. Nothing in it depends on chance.
pub(crate) async fn fill(state: &Memory, clock: &Clock) {
    load::open(state, "carga-1", before(60 * 24 * 20)).await.expect("opened");
    load::finish(state, "carga-1", before(60 * 24 * 20 - 90)).await.expect("finished");
    settings(state).await;
    runs::fill(state, clock).await;
    orders::fill(state).await;
    services::fill(state, clock).await;
    quarantine(state).await;
    block(state).await;
    setup::fill(state).await;
}

/// The parameters, saved twice.
async fn settings(state: &Memory) {
    let contas = [("01".to_owned(), 1_234_567), ("15".to_owned(), 1_234_568)].into();
    let first = Settings { contas, vendedor_padrao: Some("8801".to_owned()), ..Settings::default() };
    versions::save(&first, state, Expected::Absent, Signature::new("João Lima", before(60 * 24 * 21)))
        .await
        .expect("saved");
    let second = Settings { vendedor_padrao: Some(HOSTILE.to_owned()), ..first };
    let second =
        Settings { vendedor_padrao: second.vendedor_padrao.map(|text| text.replace('"', "'")), ..second };
    let reason = "a nova vendedora <script>";
    let signature = Signature { reason: Some(reason), ..Signature::new(HOSTILE, before(90)) };
    versions::save(&second, state, Expected::Version(1), signature).await.expect("saved");
}

/// Records of three entities, for six reasons.
pub(crate) async fn quarantine(state: &Memory) {
    let missing = "obrigatório na Máxima e vazio no Omie: preencha no cadastro do cliente";
    let no_city = "a cidade não está na Máxima: confira o município do endereço no Omie";
    let of = |rule: &str, field: &str, n: u64| {
        let why = Why { field: field.to_owned(), value: String::new(), rule: rule.to_owned(), needs: None };
        held(vec![why], n)
    };
    let mut clients = Vec::new();
    for n in 0..37 {
        clients.push((Key::from(format!("{}", 5_366_000_100_u64 + n)), of(missing, "inscricao_estadual", n)));
    }
    for n in 0..12 {
        clients.push((Key::from(format!("{}", 5_366_000_500_u64 + n)), of(no_city, "cidade", n)));
    }
    let hostile = Why {
        field: "nome_fantasia".to_owned(),
        value: HOSTILE.to_owned(),
        rule: format!("não aceito: {HOSTILE}"),
        needs: None,
    };
    clients.push((Key::from(HOSTILE), held(vec![hostile], 3)));
    state.quarantine("clientes", &clients).await.expect("stored");
    let products: Vec<_> = (0..9_u64)
        .map(|n| {
            (
                Key::from(format!("{}", 7_700_100 + n)),
                of("informe a unidade do produto no Omie", "unidade", n),
            )
        })
        .collect();
    state.quarantine("produtos", &products).await.expect("stored");
}

fn held(why: Vec<Why>, n: u64) -> Quarantined {
    let (since, last) = (before(60 * 24 * (n % 9 + 1)), before(20 + n));
    Quarantined {
        why,
        fingerprint: None,
        refused: n.is_multiple_of(4),
        since,
        last,
        attempts: u32::try_from(n + 1).expect("few"),
    }
}

/// Omie blocks a method; written as `sales` writes it, which keeps the name to itself.
async fn block(state: &Memory) {
    let until = clock::later(noon(), Duration::from_secs(1_234));
    let body = json!({ "until": until });
    state
        .put("omie-block", "1f2e3d4c/ListarPosEstoque", &body, Expected::Any, Some(until))
        .await
        .expect("stored");
}
