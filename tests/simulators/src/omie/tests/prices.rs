//! Prices of a table.

use super::*;

async fn items(sim: &OmieSim, table: u64, more: Value) -> (u16, Value) {
    let mut param = json!({ "nCodTabPreco": table });
    for (name, value) in more.as_object().expect("members") {
        param[name] = value.clone();
    }
    ask(sim, "ListarTabelaItens", param).await
}

#[tokio::test(start_paused = true)]
async fn prices_are_listed_table_by_table_under_its_header() {
    let sim = account();
    let products = sim.count(Registry::Produtos);

    let (_, body) = items(&sim, 11_489_512_601, json!({ "nRegPorPagina": 50 })).await;
    let (_, second) = items(&sim, 11_489_512_601, json!({ "nPagina": 2, "nRegPorPagina": 50 })).await;

    let header = &body["listaTabelaPreco"];
    assert_eq!((&header["nCodTabPreco"], &header["cNome"]), (&json!(11_489_512_601_u64), &json!("ATACADO")));
    assert_eq!((&body["nTotRegistros"], &body["nTotPaginas"]), (&json!(products), &json!(2)));
    assert_eq!(header["itensTabela"].as_array().map(Vec::len), Some(50));
    assert_eq!(second["listaTabelaPreco"]["itensTabela"].as_array().map(Vec::len), Some(10));
    assert!(header["itensTabela"][0].get("nCodTabPreco").is_none(), "the header alone names the table");
}

#[tokio::test(start_paused = true)]
async fn some_accounts_answer_prices_at_the_root() {
    let sim = account();
    sim.configure(|options| options.items_at_root = true);

    let (_, body) = items(&sim, 6_001, json!({})).await;

    assert!(body.get("listaTabelaPreco").is_none());
    assert_eq!(body["itensTabela"].as_array().map(Vec::len), Some(61), "one of them of a removed product");
}

#[tokio::test(start_paused = true)]
async fn an_empty_table_and_an_unknown_one_are_faults_and_none_at_all_is_not_simulated() {
    let sim = account();
    let (_, empty) = sim.awkward()["tabela_vazia"].clone();

    let (_, body) = items(&sim, empty.parse().expect("a number"), json!({})).await;
    let (_, unknown) = items(&sim, 1, json!({})).await;
    let (status, _) = ask(&sim, "ListarTabelaItens", json!({ "nPagina": 1 })).await;

    assert_eq!((code(&body), code(&unknown)), ("SOAP-ENV:Client-5113", "SOAP-ENV:Client-105"));
    assert_eq!(status, 501);
}

#[tokio::test(start_paused = true)]
async fn the_same_product_costs_something_else_in_another_table() {
    let sim = account();
    let id = sim.ids(Registry::Produtos)[0].clone();

    let price = |table: &str| {
        sim.record(Registry::ItensTabela, &format!("{table}/{id}")).expect("it is there")["nValorTabela"]
            .clone()
    };

    assert_ne!(price("6001"), price("11489512601"));
}

#[tokio::test(start_paused = true)]
async fn a_changed_price_is_in_the_window_of_its_day_and_no_other_is() {
    let sim = account();
    let id = sim.ids(Registry::Produtos)[4].clone();
    let today = json!({ "dDtAltDe": "21/11/2025", "dDtAltAte": "21/11/2025", "lApenasItens": true });

    let (_, before) = items(&sim, 6_001, today.clone()).await;
    pass(&sim, 61).await;
    sim.set(Registry::ItensTabela, &format!("6001/{id}"), "nValorTabela", json!(77.5)).expect("it is there");
    let (_, after) = items(&sim, 6_001, today.clone()).await;
    let (_, other) = items(&sim, 11_489_512_601, today).await;

    assert_eq!(code(&before), "SOAP-ENV:Client-5113", "an empty window is a fault");
    let rows = &after["listaTabelaPreco"]["itensTabela"];
    assert_eq!((&after["nTotRegistros"], &rows[0]["nValorTabela"]), (&json!(1), &json!(77.5)));
    assert_eq!(rows[0]["itemInfo"]["dAltItem"], "21/11/2025");
    assert_eq!(code(&other), "SOAP-ENV:Client-5113");
}

#[tokio::test(start_paused = true)]
async fn a_changed_table_brings_all_its_prices_unless_only_items_are_wanted() {
    let sim = account();
    sim.set(Registry::TabelasPreco, "6001", "cNome", json!("PADRAO NOVO")).expect("it is there");

    let (_, all) = items(&sim, 6_001, json!({ "dDtAltDe": "21/11/2025" })).await;
    let (_, items_only) = items(&sim, 6_001, json!({ "dDtAltDe": "21/11/2025", "lApenasItens": true })).await;

    assert_eq!(all["nTotRegistros"], 61);
    assert_eq!(code(&items_only), "SOAP-ENV:Client-5113");
}

#[tokio::test(start_paused = true)]
async fn prices_without_dates_are_those_of_the_last_days() {
    let sim = account();
    sim.configure(|options| options.hide_old_when_undated = true);

    let (_, undated) = items(&sim, 6_001, json!({})).await;
    let ever = json!({ "dDtIncDe": "01/01/2000", "dDtIncAte": "31/12/2099" });
    let (_, all) = items(&sim, 6_001, ever).await;

    assert_eq!(all["nTotRegistros"], 61);
    assert!(undated["nTotRegistros"].as_u64().is_none_or(|total| total < 61), "{undated}");
}

#[tokio::test(start_paused = true)]
async fn a_removed_table_takes_its_prices_along() {
    let sim = account();
    let before = sim.count(Registry::ItensTabela);

    sim.remove(Registry::TabelasPreco, "6001").expect("it is there");

    assert_eq!(sim.count(Registry::ItensTabela), before - 61);
}
