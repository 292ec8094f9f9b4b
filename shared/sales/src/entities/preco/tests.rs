use engine::{Entry, Fingerprint, Ledger as _};
use jiff::civil::date;
use rust_decimal::Decimal;

use super::super::accepted::Accepted;
use super::super::testing::{TODAY, gone, learn, memory, record, rejected_fields, row, settings};
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
        produtos: [PRODUCT].into_iter().collect(),
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

#[test]
fn a_product_that_maxima_has_not_is_skipped_without_error() {
    let refs = PrecoRefs { produtos: Accepted::default(), ..refs() };

    assert!(matches!(Preco::map(item_of(6001), &refs), Mapped::Skip(_)));
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
    assert!(today.produtos.contains(PRODUCT));
    let mark = |refs: &PrecoRefs| serde_json::to_string(refs).expect("JSON");
    assert_ne!(mark(&today), mark(&later), "a table that comes or goes is a reason to read everything");
}

#[tokio::test]
async fn without_any_table_the_stand_in_serves() {
    let state = memory();

    let refs = PrecoRefs::load(&state, &settings(), TODAY).await.expect("loaded");

    assert!(refs.sem_tabelas && Praca::records(&state).await.expect("read").is_empty());
}
