use std::sync::Arc;

use engine::{Entry, Fingerprint, Ledger as _, Memory, Quarantine as _, Quarantined, Question, Scope};
use jiff::Timestamp;
use jiff::civil::date;
use rust_decimal::Decimal;
use serde_json::json;

use super::super::testing::{
    TODAY, a_morning, gone, learn, let_go, memory, reasons, record, rejected_fields, row, settings,
};
use super::super::wire::Wire;
use super::super::{Praca, Refs as _};
use super::*;

const ITEM: &str = include_str!("../../../testdata/item_de_tabela.json");
const ATACADO: &str = include_str!("../../../testdata/tabela_atacado_com_validade.json");
const PRODUCT: i64 = 5_366_578_297;

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn in_force(desconto_maximo: Option<&str>) -> TabelaAtiva {
    TabelaAtiva { desconto_maximo: desconto_maximo.map(decimal) }
}

fn refs() -> PrecoRefs {
    PrecoRefs {
        tabelas: [(6001, in_force(Some("10"))), (6002, in_force(None))].into(),
        sem_tabelas: false,
        tributo: "1".into(),
        encerradas: [6003].into(),
        produtos: [(PRODUCT, Standing::Accepted)].into_iter().collect(),
    }
}

fn item_of(table: i64) -> omie::ItemTabela {
    omie::ItemTabela { cod_tab_preco: Some(table), ..record(ITEM) }
}

fn priced(table: i64, price: &str) -> maxima::TabelaPreco {
    let item = omie::ItemTabela { valor_tabela: Some(decimal(price)), ..item_of(table) };
    row(Preco::map(item, &refs()))
}

#[test]
fn an_item_of_a_table_is_a_price_in_its_region() {
    assert_eq!(
        row(Preco::map(item_of(6001), &refs())),
        maxima::TabelaPreco {
            codprod: "5366578297".into(),
            numregiao: "6001".into(),
            pvenda: decimal("8.9"),
            pvenda1: decimal("8.9"),
            ptabela: decimal("8.9"),
            perdescmax: decimal("10"),
            codst: "1".into(),
            dtultaltpvenda: Some(date(2025, 1, 31).at(18, 30, 0, 0)),
        }
    );
}

/// Acceptance check 5 of the mapping §11.
#[test]
fn the_same_product_in_two_tables_has_two_rows_and_two_prices() {
    let keys = [6001, 6002].map(|table| Preco::key(&item_of(table)));
    let (padrao, atacado) = (priced(6001, "8.90"), priced(6002, "7.50"));

    assert_eq!(keys, ["5366578297/6001".into(), "5366578297/6002".into()]);
    assert_eq!((padrao.numregiao.as_str(), padrao.pvenda), ("6001", decimal("8.9")));
    assert_eq!((atacado.numregiao.as_str(), atacado.pvenda), ("6002", decimal("7.5")));
}

#[test]
fn the_item_tells_the_greatest_discount_and_the_table_where_it_does_not() {
    let discount = |table, tem_desconto, desc_maximo: Option<&str>| {
        let desc_maximo = desc_maximo.map(decimal);
        let item = omie::ItemTabela { tem_desconto, desc_maximo, ..item_of(table) };
        row(Preco::map(item, &refs())).perdescmax.to_string()
    };

    assert_eq!(discount(6001, Some(true), Some("7.5")), "7.5");
    assert_eq!(discount(6001, Some(true), None), "10", "allowed, but not how much");
    assert_eq!(discount(6001, Some(false), Some("7.5")), "0", "not allowed");
    assert_eq!([discount(6001, None, Some("7.5")), discount(6002, None, None)], ["10", "0"]);
}

#[test]
fn a_price_that_became_zero_is_let_go_and_not_sent() {
    let item = omie::ItemTabela { valor_tabela: Some(Decimal::ZERO), ..item_of(6001) };

    assert!(gone(Preco::map(item, &refs())).contains("preço zero"));
}

#[test]
fn an_unknown_or_negative_price_is_rejected() {
    for price in [None, Some(decimal("-1"))] {
        let item = omie::ItemTabela { valor_tabela: price, ..item_of(6001) };
        assert_eq!(rejected_fields(Preco::map(item, &refs())), ["nValorTabela"], "{price:?}");
    }
}

/// The references when the product stands so.
fn with(standing: Standing) -> PrecoRefs {
    PrecoRefs { produtos: [(PRODUCT, standing)].into_iter().collect(), ..refs() }
}

#[test]
fn the_price_of_a_product_that_is_left_out_is_skipped_and_not_kept() {
    let left_out = with(Standing::LeftOut);

    assert!(matches!(Preco::map(item_of(6001), &left_out), Mapped::Skip(_)));
    assert_eq!(Preco::facts_with(&item_of(6001), &left_out), None);
}

#[test]
fn the_price_of_a_product_that_may_come_waits_and_says_so() {
    let awaited = with(Standing::Awaited);

    let why = reasons(Preco::map(item_of(6001), &awaited));

    assert_eq!((why.len(), why[0].field.as_str(), why[0].value.as_str()), (1, "nCodProd", "5366578297"));
    assert!(why[0].rule.starts_with("produto ainda não está na Máxima"), "{why:?}");
    assert_eq!(why[0].needs, None, "that would have every price read again");
    assert_eq!(
        Preco::facts_with(&item_of(6001), &awaited),
        Some(json!({
            "valor": "8.9", "tem_desconto": true, "desconto_maximo": "10",
            "dia": "2025-01-31", "hora": "18:30:00",
        }))
    );
}

#[test]
fn what_cannot_be_sent_anyway_does_not_wait() {
    let free = omie::ItemTabela { valor_tabela: Some(Decimal::ZERO), ..item_of(6001) };

    assert!(gone(Preco::map(free.clone(), &with(Standing::Awaited))).contains("preço zero"));
    assert_eq!(Preco::facts_with(&free, &with(Standing::Awaited)), None);
    assert_eq!(Preco::facts_with(&item_of(6001), &refs()), None, "and what is sent is not kept");
}

/// A ledger and a quarantine in which these items wait.
async fn waiting(items: &[omie::ItemTabela]) -> Memory {
    let (state, refs) = (memory(), with(Standing::Awaited));
    for item in items {
        let key = Preco::key(item);
        let entry = Entry { facts: Preco::facts_with(item, &refs), ..Entry::default() };
        state.record(Preco::NAME, &[(key.clone(), entry)]).await.expect("stored");
        let (since, last) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        let why = reasons(Preco::map(item.clone(), &refs));
        let held = Quarantined { why, fingerprint: None, refused: false, since, last, attempts: 1 };
        state.quarantine(Preco::NAME, &[(key, held)]).await.expect("stored");
    }
    state
}

#[tokio::test]
async fn a_price_that_has_waited_is_the_one_that_was_read_and_omie_is_asked_nothing() {
    let state = waiting(&[item_of(6001)]).await;
    let omie: Arc<Wire> = Wire::new(|_, _| (500, json!({})));
    let (omie_client, refs) = (omie.omie(), refs());
    let source = Precos::open(&omie_client, &state, &refs).await.expect("read");

    assert_eq!(source.parts(a_morning()), ["espera", "6001", "6002"]);
    assert_eq!(source.parts(Scope::Full), ["6001", "6002"], "there it is listed");
    let question = Question { scope: a_morning(), part: "espera".into(), page: 1 };
    let page = source.page(&question).await.expect("a page");

    assert_eq!((page.total_pages, page.total_records), (1, 1));
    let [item] = &page.records[..] else { panic!("one item") };
    assert_eq!(row(Preco::map(item.clone(), &refs)), row(Preco::map(item_of(6001), &refs)));
    assert_eq!(omie.story(), [""; 0]);
}

#[tokio::test]
async fn what_still_waits_or_is_of_a_table_out_of_force_stays_where_it_is() {
    let state = waiting(&[item_of(6001), item_of(6003)]).await;
    let parts = async |refs: &PrecoRefs| {
        let omie = Wire::new(|_, _| (500, json!({}))).omie();
        Precos::open(&omie, &state, refs).await.expect("read").parts(a_morning())
    };

    assert_eq!(parts(&with(Standing::Awaited)).await, ["6001", "6002"]);
    let only_6003 = waiting(&[item_of(6003)]).await;
    let omie = Wire::new(|_, _| (500, json!({}))).omie();
    let refs = refs();
    let source = Precos::open(&omie, &only_6003, &refs).await.expect("read");
    assert_eq!(source.parts(a_morning()), ["6001", "6002"]);
}

#[test]
fn an_item_without_table_has_no_name() {
    assert!(Preco::key(&record(ITEM)).is_empty());
}

#[test]
fn the_prices_of_a_table_out_of_force_ended_and_others_are_gone() {
    let absence = |key: &str, refs: &PrecoRefs| Preco::absence(&key.into(), None, refs);
    let without_tables = PrecoRefs { sem_tabelas: true, ..refs() };

    assert_eq!(absence("1/6003", &refs()), Absence::Ended);
    assert_eq!(absence("1/6001", &refs()), Absence::Gone, "the table is in force and does not have it");
    assert_eq!(absence("1/7777", &refs()), Absence::Gone, "a table we know nothing of");
    assert_eq!(absence("1/0", &refs()), Absence::Ended, "the stand-in gives way to the tables");
    assert_eq!(absence("1/0", &without_tables), Absence::Gone);
}

#[test]
fn a_price_is_deleted_by_both_members_of_its_key() {
    let Retirement::Delete(members) = Preco::retirement(&"5366578297/6001".into(), None, &refs()) else {
        panic!("a price is deleted");
    };

    let members = Value::Object(members);
    assert_eq!(members, serde_json::json!({"Codprod": "5366578297", "Numregiao": "6001"}));
}

#[tokio::test]
async fn the_tables_in_force_today_are_those_that_the_regions_left_behind() {
    let state = memory();
    let off = record(r#"{"nCodTabPreco":6001,"cNome":"PADRAO","cAtiva":"N"}"#);
    learn::<Regiao>(&state, &[off, record(ATACADO)]).await;
    let accepted = Entry { fingerprint: Some(Fingerprint::of(&1)), ..Entry::default() };
    state.record(Produto::NAME, &[(PRODUCT.into(), accepted)]).await.expect("stored");
    let on = async |today| PrecoRefs::load(&state, &settings(), today).await.expect("loaded");

    let (today, later) = (on(TODAY).await, on(date(2025, 4, 1)).await);

    assert_eq!(today.tabelas.keys().collect::<Vec<_>>(), [&6002]);
    assert_eq!((today.is_over(6001), today.is_over(6002)), (true, false));
    assert!(later.tabelas.is_empty() && later.is_over(6002) && !later.sem_tabelas);
    assert_eq!(today.produtos.standing(PRODUCT), Standing::Accepted);
    let mark = |refs: &PrecoRefs| serde_json::to_string(refs).expect("JSON");
    assert_ne!(mark(&today), mark(&later), "a table that comes or goes is a reason to read everything");
}

#[tokio::test]
async fn without_any_table_the_stand_in_serves() {
    let state = memory();

    let refs = PrecoRefs::load(&state, &settings(), TODAY).await.expect("loaded");

    assert!(refs.sem_tabelas && Praca::records(&state).await.expect("read").is_empty());
}

#[tokio::test]
async fn the_prices_of_a_table_that_was_deleted_end_with_its_region() {
    let state = memory();
    let_go::<Regiao>(&state, "6001").await;

    let refs = PrecoRefs::load(&state, &settings(), TODAY).await.expect("loaded");

    assert_eq!(Preco::absence(&"1/6001".into(), None, &refs), Absence::Ended);
    assert_eq!(Preco::absence(&"1/7777".into(), None, &refs), Absence::Gone);
}
