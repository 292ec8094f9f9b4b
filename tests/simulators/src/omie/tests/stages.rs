//! The stages of orders.

use super::orders::order;
use super::*;

const TODAY: &str = "21/11/2025";

fn window(from: &str, to: &str) -> Value {
    json!({ "nPagina": 1, "nRegPorPagina": 100, "cOrdenarPor": "DATAHORA", "dDtInicial": TODAY, "cHrInicial": from,
        "dDtFinal": TODAY, "cHrFinal": to })
}

fn rows(body: &Value) -> Vec<(String, String)> {
    let rows = body["etapasPedido"].as_array().cloned().unwrap_or_default();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| (text(row, "cCodIntPed"), text(row, "cEtapa"))).collect()
}

async fn two_orders(sim: &OmieSim) {
    ask(sim, "IncluirPedido", order(sim, "900100201")).await;
    pass(sim, 60).await;
    ask(sim, "IncluirPedido", order(sim, "900100202")).await;
    pass(sim, 60).await;
    sim.set_stage("900100201", "20").expect("it is there");
    pass(sim, 60).await;
    sim.set_stage("900100201", "50").expect("it is there");
    sim.set_stage("900100202", "50").expect("it is there");
}

#[tokio::test(start_paused = true)]
async fn every_change_of_a_stage_is_a_row_in_the_order_it_happened() {
    let sim = account();
    two_orders(&sim).await;

    let (_, body) = ask(&sim, "ListarEtapasPedido", window("09:00:00", "09:59:59")).await;

    let wanted = [
        ("900100201", "10"),
        ("900100202", "10"),
        ("900100201", "20"),
        ("900100201", "50"),
        ("900100202", "50"),
    ];
    assert_eq!(rows(&body), wanted.map(|(code, stage)| (code.to_owned(), stage.to_owned())));
    assert_eq!((&body["nTotRegistros"], &body["etapasPedido"][0]["cNumero"]), (&json!(5), &json!("100001")));
    let mut paged = window("09:00:00", "09:59:59");
    (paged["nPagina"], paged["nRegPorPagina"]) = (json!(2), json!(2));
    assert_eq!(rows(&ask(&sim, "ListarEtapasPedido", paged).await.1)[0].1, "20");
    let mut backwards = window("09:00:00", "09:59:59");
    backwards["cOrdemDecrescente"] = json!("S");
    assert_eq!(rows(&ask(&sim, "ListarEtapasPedido", backwards).await.1)[4].1, "10");
}

#[tokio::test(start_paused = true)]
async fn a_window_is_of_the_stage_and_both_its_ends_belong_to_it() {
    let sim = account();
    two_orders(&sim).await;
    let (_, all) = ask(&sim, "ListarEtapasPedido", window("09:00:00", "09:59:59")).await;
    let moment = all["etapasPedido"][2]["cHrEtapa"].as_str().expect("an hour").to_owned();

    let (_, one) = ask(&sim, "ListarEtapasPedido", window(&moment, &moment)).await;

    assert_eq!(rows(&one), [("900100201".to_owned(), "20".to_owned())]);
    let (status, none) = ask(&sim, "ListarEtapasPedido", window("23:00:00", "23:59:59")).await;
    assert_eq!((status, code(&none)), (500, "SOAP-ENV:Client-5113"));
}

#[tokio::test(start_paused = true)]
async fn stages_are_filtered_by_order_and_by_stage() {
    let sim = account();
    two_orders(&sim).await;
    let id = sim.order("900100202").expect("it is there")["cabecalho"]["codigo_pedido"].clone();

    assert_eq!(rows(&ask(&sim, "ListarEtapasPedido", json!({ "nCodPed": id })).await.1).len(), 2);
    assert_eq!(rows(&ask(&sim, "ListarEtapasPedido", json!({ "cCodIntPed": "900100201" })).await.1).len(), 3);
    let of_stage = json!({ "cEtapa": "20", "cCodIntPed": "900100201" });
    assert_eq!(rows(&ask(&sim, "ListarEtapasPedido", of_stage).await.1).len(), 1);
    let (_, unknown) = ask(&sim, "ListarEtapasPedido", json!({ "status": "20" })).await;
    assert_eq!(code(&unknown), "SOAP-ENV:Client-5001");
}

#[tokio::test(start_paused = true)]
async fn rows_show_what_the_order_is_now() {
    let sim = account();
    two_orders(&sim).await;
    pass(&sim, 1).await;
    let number = sim.invoice("900100201").expect("it is there");
    sim.give_back("900100201").expect("it is there");
    sim.cancel("900100202").expect("it is there");

    let (_, body) = ask(&sim, "ListarEtapasPedido", window("09:00:00", "09:59:59")).await;

    let first = &body["etapasPedido"][0];
    assert_eq!((&first["cEtapa"], &first["faturamento"]["cFaturado"]), (&json!("10"), &json!("S")));
    assert_eq!(
        (&first["faturamento"]["cNumNFE"], &first["devolucao"]["cDevolvido"]),
        (&json!(number), &json!("S"))
    );
    let second = &body["etapasPedido"][1];
    assert_eq!(
        (&second["cancelamento"]["cCancelado"], &second["cancelamento"]["dDtCanc"]),
        (&json!("S"), &json!(TODAY))
    );
    assert_eq!(
        rows(&body).last(),
        Some(&("900100201".to_owned(), "60".to_owned())),
        "a cancellation is no stage"
    );
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_gets_a_row_when_the_account_is_of_that_kind() {
    let sim = account();
    sim.configure(|options| options.cancellation_rows = true);
    two_orders(&sim).await;
    sim.cancel("900100202").expect("it is there");

    let (_, body) = ask(&sim, "ListarEtapasPedido", json!({ "cCodIntPed": "900100202" })).await;

    assert_eq!(rows(&body).iter().map(|(_, stage)| stage.as_str()).collect::<Vec<_>>(), ["10", "50", "50"]);
}

#[tokio::test(start_paused = true)]
async fn an_order_of_before_has_the_stage_it_is_in_and_an_edit_of_something_else_is_no_stage() {
    let sim = account();
    let (_, id) = sim.awkward()["pedido_do_aplicativo"].clone();
    sim.set(Registry::Pedidos, &id, "observacoes.obs_venda", json!("Ligar antes")).expect("it is there");

    let (_, one) = ask(&sim, "ListarEtapasPedido", json!({ "cCodIntPed": "900100200" })).await;
    assert_eq!(rows(&one), [("900100200".to_owned(), "20".to_owned())]);
    assert_ne!(one["etapasPedido"][0]["dDtEtapa"], TODAY);
    sim.set(Registry::Pedidos, &id, "cabecalho.etapa", json!("50")).expect("it is there");
    pass(&sim, 60).await;

    let (_, two) = ask(&sim, "ListarEtapasPedido", json!({ "cCodIntPed": "900100200" })).await;
    assert_eq!((rows(&two).len(), &two["etapasPedido"][1]["dDtEtapa"]), (2, &json!(TODAY)));
}

#[tokio::test(start_paused = true)]
async fn a_deleted_order_takes_its_stages_along() {
    let sim = account();
    two_orders(&sim).await;
    sim.delete("900100201").expect("it is there");

    let (_, body) = ask(&sim, "ListarEtapasPedido", window("09:00:00", "09:59:59")).await;

    assert!(rows(&body).iter().all(|(code, _)| code == "900100202"));
    assert!(sim.set_stage("900100201", "50").is_err(), "it is gone");
}

#[tokio::test(start_paused = true)]
async fn the_wizard_gets_its_categories_accounts_and_stages() {
    let sim = account();

    let (_, categories) =
        ask(&sim, "ListarCategorias", json!({ "pagina": 1, "filtrar_por_tipo": "R" })).await;
    let (_, accounts) =
        ask(&sim, "ListarContasCorrentes", json!({ "pagina": 1, "filtrar_apenas_ativo": "S" })).await;
    let (_, stages) = ask(&sim, "ListarEtapasFaturamento", json!({ "pagina": 1 })).await;

    let listed = categories["categoria_cadastro"].as_array().expect("rows");
    assert!(listed.iter().any(|row| row["codigo"] == "1.01.03"));
    assert!(listed.iter().all(|row| row["totalizadora"] == "N" && row["conta_inativa"] == "N"));
    assert_eq!(accounts["ListarContasCorrentes"][0]["nCodCC"], 5_366_579_915_u64);
    assert_eq!(accounts["total_de_registros"], 4, "without the old one");
    assert_eq!(stages["cadastros"][0], json!({}));
    assert_eq!(
        stages["cadastros"][2]["etapas"][5],
        json!({ "cCodigo": "50", "cDescricao": "Faturar", "cDescrPadrao": "Faturar", "cInativo": "N" })
    );
    assert_eq!(stages["registros"], 12, "stages are counted, not operations");
}

#[tokio::test(start_paused = true)]
async fn a_stage_may_be_listed_late() {
    let sim = account();
    sim.configure(|options| options.stage_rows_after = Duration::from_mins(1));
    ask(&sim, "IncluirPedido", order(&sim, "900100201")).await;
    let listed = async |to: &str| rows(&ask(&sim, "ListarEtapasPedido", window("09:00:00", to)).await.1);
    pass(&sim, 30).await;
    assert_eq!(listed("09:59:58").await, [], "it is there, and is not listed yet");
    pass(&sim, 31).await;

    assert_eq!(listed("09:59:59").await, [("900100201".to_owned(), "10".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_may_come_without_its_hour() {
    let sim = account();
    sim.configure(|options| options.cancellation_hours = false);
    ask(&sim, "IncluirPedido", order(&sim, "900100201")).await;
    sim.cancel("900100201").expect("it is there");

    let (_, body) = ask(&sim, "ListarEtapasPedido", window("09:00:00", "09:59:59")).await;

    let cancelled = &body["etapasPedido"][0]["cancelamento"];
    assert_eq!((&cancelled["cCancelado"], &cancelled["dDtCanc"]), (&json!("S"), &json!(TODAY)));
    assert_eq!(cancelled.get("cHrCanc"), None);
}
