//! Stock and its locations.

use super::*;
use crate::dataset::text_of;

#[tokio::test(start_paused = true)]
async fn all_positions_come_fifty_a_page_whatever_is_asked() {
    let sim = account();

    let ask_all = json!({ "cExibeTodos": "S", "nRegPorPagina": 100, "dDataPosicao": "21/11/2025" });
    let (_, body) = ask(&sim, "ListarPosEstoque", ask_all).await;
    let (_, few) = ask(&sim, "ListarPosEstoque", json!({ "cExibeTodos": "S", "nRegPorPagina": 5 })).await;

    assert_eq!((&body["nRegistros"], &body["nTotPaginas"]), (&json!(50), &json!(2)));
    assert_eq!((&body["nTotRegistros"], &body["dDataPosicao"]), (&json!(61), &json!("21/11/2025")));
    assert_eq!(few["nRegistros"], 50);
}

#[tokio::test(start_paused = true)]
async fn products_without_movement_come_only_when_all_are_wanted() {
    let sim = account();
    let (_, still) = sim.awkward()["estoque_sem_movimento"].clone();
    let still = still.split('/').nth(1).expect("a product").to_owned();

    let (_, moved) = ask(&sim, "ListarPosEstoque", json!({ "nRegPorPagina": 100 })).await;

    let rows = moved["produtos"].as_array().expect("rows");
    assert!(rows.len() < 61 && rows.iter().all(|row| text_of(&row["nCodProd"]) != still));
    assert_eq!(moved["nTotRegistros"], rows.len());
}

#[tokio::test(start_paused = true)]
async fn stock_is_of_the_default_location_unless_another_is_named() {
    let sim = account();
    let (_, damaged) = sim.awkward()["local_sem_venda"].clone();
    let other: u64 = damaged.parse().expect("a number");
    sim.add(
        Registry::PosicoesEstoque,
        json!({ "codigo_local_estoque": other, "nCodProd": 77, "nSaldo": 3, "nCMC": 2 }),
    );
    let asked = |location: Value| ask(&sim, "ListarPosEstoque", location);

    let (_, default) = asked(json!({ "cExibeTodos": "S", "codigo_local_estoque": 0 })).await;
    let (_, named) = asked(json!({ "cExibeTodos": "S", "codigo_local_estoque": other })).await;
    let (_, both) =
        asked(json!({ "cExibeTodos": "S", "lista_local_estoque": format!("4401, {other}") })).await;
    let (_, all) = asked(json!({ "cExibeTodos": "S", "lista_local_estoque": "TODOS" })).await;
    let (_, unknown) = asked(json!({ "cExibeTodos": "S", "codigo_local_estoque": 9 })).await;

    assert_eq!(
        (&default["nTotRegistros"], &default["produtos"][0]["codigo_local_estoque"]),
        (&json!(61), &json!(4_401))
    );
    assert_eq!((&named["nTotRegistros"], &named["produtos"][0]["nCodProd"]), (&json!(1), &json!(77)));
    assert_eq!((&both["nTotRegistros"], &all["nTotRegistros"]), (&json!(62), &json!(62)));
    assert_eq!(code(&unknown), "SOAP-ENV:Client-1070");
}

#[tokio::test(start_paused = true)]
async fn stock_may_be_asked_of_some_products() {
    let sim = account();
    let id: u64 = sim.ids(Registry::Produtos)[3].parse().expect("a number");

    let some = json!({ "cExibeTodos": "S", "lista_produtos": [{ "nCodProd": id }, { "nCodProd": 1 }] });
    let (_, body) = ask(&sim, "ListarPosEstoque", some).await;

    assert_eq!((&body["nTotRegistros"], &body["produtos"][0]["nCodProd"]), (&json!(1), &json!(id)));
}

#[tokio::test(start_paused = true)]
async fn stock_takes_one_call_at_a_time() {
    let sim = account();
    let page = |nth: u32| json!({ "nPagina": nth, "cExibeTodos": "S" });

    let (first, second) =
        tokio::join!(ask(&sim, "ListarPosEstoque", page(1)), ask(&sim, "ListarPosEstoque", page(2)));

    assert_eq!((first.0, code(&second.1)), (200, "SOAP-ENV:Client-1880"));
}

#[tokio::test(start_paused = true)]
async fn locations_say_whether_they_sell() {
    let sim = account();

    let (_, body) = ask(&sim, "ListarLocaisEstoque", json!({ "filtrar_por_data_de": "01/01/2000" })).await;

    let rows = body["locaisEncontrados"].as_array().expect("rows");
    let selling = |row: &&Value| row["dispVenda"] == "S" && row["inativo"] == "N";
    assert_eq!((rows.len(), rows.iter().filter(selling).count()), (3, 1));
}
