//! Titles and orders.

use super::*;
use crate::dataset::text_of;

async fn titles(sim: &OmieSim, param: Value) -> Value {
    ask(sim, "PesquisarLancamentos", param).await.1
}

async fn orders(sim: &OmieSim, param: Value) -> Value {
    ask(sim, "ListarPedidos", param).await.1
}

#[tokio::test(start_paused = true)]
async fn receivables_and_payables_are_told_apart() {
    let sim = account();

    let received = titles(&sim, json!({ "cNatureza": "R" })).await;
    let paid = titles(&sim, json!({ "cNatureza": "P" })).await;
    let wrong = titles(&sim, json!({ "cNatureza": "X" })).await;

    let total = |body: &Value| body["nTotRegistros"].as_u64().expect("a count");
    assert_eq!(total(&received) + total(&paid), sim.count(Registry::Titulos));
    assert!(total(&paid) > 0);
    assert_eq!(wrong["faultstring"], "ERROR: O valor da tag [cNatureza] é inválido!");
}

#[tokio::test(start_paused = true)]
async fn stamps_of_a_title_travel_only_when_asked_for() {
    let sim = account();

    let without = titles(&sim, json!({})).await;
    let with = titles(&sim, json!({ "lDadosCad": true })).await;
    let wrong = titles(&sim, json!({ "lDadosCad": "S" })).await;

    assert!(without["titulosEncontrados"][9]["cabecTitulo"].get("info").is_none());
    assert!(with["titulosEncontrados"][9]["cabecTitulo"]["info"]["dInc"].is_string());
    assert_eq!(wrong["faultstring"], "ERROR: O valor da tag [lDadosCad] é inválido!", "a true boolean");
}

#[tokio::test(start_paused = true)]
async fn a_title_is_in_the_window_of_what_happened_to_it() {
    let sim = account();
    let (_, open) = sim.awkward()["titulo_boleto_gerado"].clone();
    let today = |name: &str| json!({ format!("{name}De"): "21/11/2025", format!("{name}Ate"): "21/11/2025" });

    for name in ["dDtInc", "dDtAlt", "dDtCanc"] {
        assert_eq!(code(&titles(&sim, today(name)).await), "SOAP-ENV:Client-5113", "{name}: nothing yet");
    }
    pass(&sim, 61).await;
    sim.set(Registry::Titulos, &open, "cabecTitulo.cStatus", json!("CANCELADO")).expect("it is there");

    let (changed, cancelled) = (titles(&sim, today("dDtAlt")).await, titles(&sim, today("dDtCanc")).await);
    assert_eq!((&changed["nTotRegistros"], &cancelled["nTotRegistros"]), (&json!(1), &json!(1)));
    let head = &cancelled["titulosEncontrados"][0]["cabecTitulo"];
    assert_eq!((&head["cStatus"], &head["dDtCanc"]), (&json!("CANCELADO"), &json!("21/11/2025")));
    assert_eq!(code(&titles(&sim, today("dDtInc")).await), "SOAP-ENV:Client-5113");
}

#[tokio::test(start_paused = true)]
async fn two_windows_of_titles_hold_together() {
    let sim = account();

    let due = json!({ "dDtVencDe": "21/11/2025", "cStatus": "ATRASADO" });
    let all = titles(&sim, json!({ "dDtVencDe": "21/11/2025" })).await;

    assert_eq!(code(&titles(&sim, due).await), "SOAP-ENV:Client-5113", "none is late before it is due");
    assert!(all["nTotRegistros"].as_u64().is_some_and(|total| total > 1), "{all}");
}

#[tokio::test(start_paused = true)]
async fn a_removed_title_is_among_the_deleted_ones() {
    let sim = account();
    let id = sim.ids(Registry::Titulos)[40].clone();
    let window = json!({ "dDtInicial": "21/11/2025", "dDtFinal": "21/11/2025" });
    let (_, before) = ask(&sim, "PesquisarExcluidos", window.clone()).await;
    pass(&sim, 3_600).await;

    sim.remove(Registry::Titulos, &id).expect("it is there");
    let (_, after) = ask(&sim, "PesquisarExcluidos", window).await;

    assert_eq!(code(&before), "SOAP-ENV:Client-5113");
    let row = &after["titulosExcluidos"][0];
    assert_eq!((row["nCodTitulo"].to_string(), &row["cHoraExc"]), (id.clone(), &json!("10:00:00")));
    assert!(sim.record(Registry::Titulos, &id).is_none());
}

#[tokio::test(start_paused = true)]
async fn deleted_titles_may_no_longer_be_offered() {
    let sim = account();
    sim.configure(|options| options.deleted_titles = false);

    let (status, body) = ask(&sim, "PesquisarExcluidos", json!({ "dDtInicial": "01/01/2025" })).await;

    assert_eq!((status, code(&body)), (500, "SOAP-ENV:Client-5001"));
    assert_eq!(sim.verdict().faults("PesquisarExcluidos", "not_offered"), 1);
}

#[tokio::test(start_paused = true)]
async fn without_a_flag_orders_are_cut_by_the_day_they_are_expected() {
    let sim = account();
    let (_, id) = sim.awkward()["pedido_faturado"].clone();
    sim.set(Registry::Pedidos, &id, "cabecalho.data_previsao", json!("25/12/2030")).expect("it is there");
    let far = |flag: &str| {
        let mut param = json!({ "filtrar_por_data_de": "01/12/2030", "filtrar_por_data_ate": "31/12/2030",
            "filtrar_por_hora_de": "08:00:00", "filtrar_por_hora_ate": "09:00:00" });
        if !flag.is_empty() {
            param[flag] = json!("S");
        }
        param
    };

    let expected = orders(&sim, far("")).await;

    assert_eq!(expected["total_de_registros"], 1);
    for flag in ["filtrar_apenas_inclusao", "filtrar_apenas_alteracao"] {
        assert_eq!(code(&orders(&sim, far(flag)).await), "SOAP-ENV:Client-5113", "{flag}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_day_alone_begins_today() {
    let sim = account();
    let expected: Vec<String> = sim
        .records(Registry::Pedidos)
        .iter()
        .filter_map(|order| order["cabecalho"]["data_previsao"].as_str().map(str::to_owned))
        .filter(|day| ["21", "22", "23", "24", "25", "26", "27", "28", "29", "30"].contains(&&day[..2]))
        .filter(|day| day.ends_with("/11/2025"))
        .collect();

    let body = orders(&sim, json!({ "filtrar_por_data_ate": "31/12/2099" })).await;

    assert_eq!(body["total_de_registros"].as_u64(), Some(expected.len() as u64));
    assert!(!expected.is_empty());
}

#[tokio::test(start_paused = true)]
async fn with_a_flag_orders_are_cut_by_the_instant_of_that_event() {
    let sim = account();
    let id = sim.ids(Registry::Pedidos)[10].clone();
    pass(&sim, 3_600).await;
    sim.set(Registry::Pedidos, &id, "cabecalho.etapa", json!("50")).expect("it is there");
    let at = |flag: &str, hour: &str| {
        json!({ "filtrar_por_data_de": "21/11/2025", "filtrar_por_hora_de": hour,
            "filtrar_por_data_ate": "21/11/2025", "filtrar_por_hora_ate": "23:59:59", flag: "S" })
    };

    let changed = orders(&sim, at("filtrar_apenas_alteracao", "10:00:00")).await;
    let later = orders(&sim, at("filtrar_apenas_alteracao", "10:00:01")).await;
    let included = orders(&sim, at("filtrar_apenas_inclusao", "00:00:00")).await;

    assert_eq!((&changed["total_de_registros"], code(&later)), (&json!(1), "SOAP-ENV:Client-5113"));
    assert_eq!(code(&included), "SOAP-ENV:Client-5113");
}

#[tokio::test(start_paused = true)]
async fn orders_come_as_asked_up_to_a_hundred_and_fifty_when_nothing_is_asked() {
    let sim = account();

    let usual = orders(&sim, json!({ "pagina": 1 })).await;
    let most = orders(&sim, json!({ "pagina": 1, "registros_por_pagina": 500 })).await;
    let few = orders(&sim, json!({ "pagina": 2, "registros_por_pagina": 20 })).await;

    assert_eq!(
        (&usual["registros"], &most["registros"], &few["registros"]),
        (&json!(50), &json!(60), &json!(20))
    );
}

#[tokio::test(start_paused = true)]
async fn orders_are_filtered_by_what_became_of_them() {
    let sim = account();
    let (_, id) = sim.awkward()["pedido_cancelado"].clone();

    let cancelled = orders(&sim, json!({ "status_pedido": "CANCELADO", "registros_por_pagina": 100 })).await;
    let between = json!({ "data_cancelamento_de": "17/11/2025", "data_cancelamento_ate": "17/11/2025" });
    let that_day = orders(&sim, between).await;
    let wrong = orders(&sim, json!({ "status_pedido": "ABERTO" })).await;

    let rows = cancelled["pedido_venda_produto"].as_array().expect("rows");
    assert!(rows.iter().all(|row| row["infoCadastro"]["cancelado"] == "S"));
    let kept =
        rows.iter().find(|row| text_of(&row["cabecalho"]["codigo_pedido"]) == id).expect("it is there");
    assert_eq!(kept["cabecalho"]["etapa"], "20", "a cancelled order keeps its stage");
    assert!(that_day["total_de_registros"].as_u64().is_some_and(|total| total > 0));
    assert_eq!(wrong["faultstring"], "ERROR: O valor da tag [status_pedido] é inválido!");
}

#[tokio::test(start_paused = true)]
async fn a_summary_of_orders_has_no_items_and_no_totals() {
    let sim = account();

    let body = orders(&sim, json!({ "apenas_resumo": "S" })).await;

    for row in body["pedido_venda_produto"].as_array().expect("rows") {
        assert!(
            row.get("det").is_none() && row.get("total_pedido").is_none() && row["cabecalho"].is_object()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn members_that_look_right_are_refused_by_orders() {
    let sim = account();

    for member in ["cancelado", "filtrar_por_etapa", "codigo_cliente"] {
        assert_eq!(code(&orders(&sim, json!({ member: "S" })).await), "SOAP-ENV:Client-5001", "{member}");
    }
}
