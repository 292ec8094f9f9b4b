//! Orders that are sent: what is accepted, what is refused and in which words.

use super::*;
use crate::dataset::Registry;

/// The request of `contracts/omie.md` §8.23, with what this account has.
pub(super) fn order(sim: &OmieSim, code: &str) -> Value {
    let first = |registry: Registry, at: usize| sim.ids(registry)[at].parse::<u64>().expect("a number");
    let active = |registry: Registry| {
        let records = sim.records(registry).into_iter();
        let usable = |record: &Value| record["inativo"] != "S";
        let mut id =
            records.filter(usable).map(|record| crate::dataset::text_of(&record[registry.id_fields()[0]]));
        id.find_map(|id| id.parse::<u64>().ok()).expect("one in use")
    };
    json!({
        "cabecalho": { "codigo_pedido_integracao": code, "codigo_cliente": active(Registry::Clientes),
            "data_previsao": "23/11/2025", "etapa": "10", "codigo_parcela": "A03" },
        "det": [{ "ide": { "codigo_item_integracao": "1" },
            "produto": { "codigo_produto": active(Registry::Produtos), "quantidade": 12, "valor_unitario": 8.5,
                "tipo_desconto": "P", "percentual_desconto": 0 },
            "inf_adic": { "codigo_local_estoque": 4401 } }],
        "frete": { "modalidade": "0", "valor_frete": 15.0, "outras_despesas": 7.5 },
        "informacoes_adicionais": { "codigo_categoria": "1.01.03", "codigo_conta_corrente": 5_366_579_915_u64,
            "consumidor_final": "N", "enviar_email": "N", "codVend": first(Registry::Vendedores, 0),
            "meio_pagamento": "15" },
        "observacoes": { "obs_venda": "Entregar pela manha" }
    })
}

/// The order of the contract with one member changed.
fn with(sim: &OmieSim, path: &str, value: Value) -> Value {
    let mut order = order(sim, "900100201");
    crate::dataset::put(&mut order, path, value);
    order
}

fn text(body: &Value) -> &str {
    body["faultstring"].as_str().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn the_worked_example_is_accepted_and_adds_up_to_the_cent() {
    let sim = account();

    let (status, body) = ask(&sim, "IncluirPedido", order(&sim, "900100201")).await;

    assert_eq!((status, &body["codigo_status"]), (200, &json!("0")), "{body}");
    assert_eq!(body["numero_pedido"].as_str().map(str::len), Some(15), "padded with zeros");
    let (_, read) = ask(&sim, "ConsultarPedido", json!({ "codigo_pedido_integracao": "900100201" })).await;
    let held = &read["pedido_venda_produto"];
    assert_eq!(held["total_pedido"]["valor_total_pedido"], 124.5);
    assert_eq!(held["total_pedido"]["valor_mercadorias"], 102);
    assert!(held["total_pedido"].get("valor_descontos").is_none(), "zeros are left out");
    assert_eq!(held["infoCadastro"]["uInc"], "WEBSERVICE");
    assert_eq!(
        (&held["infoCadastro"]["dInc"], &held["infoCadastro"]["hInc"]),
        (&json!("21/11/2025"), &json!("09:00:00"))
    );
    assert_eq!(held["cabecalho"]["origem_pedido"], "API");
    assert_eq!(held["cabecalho"]["codigo_pedido"], body["codigo_pedido"]);
    assert_eq!(held["cabecalho"]["numero_pedido"], "100001");
    let parcels = held["lista_parcelas"]["parcela"].as_array().expect("three instalments");
    assert_eq!(
        parcels.iter().map(|parcel| parcel["valor"].clone()).collect::<Vec<_>>(),
        [41.5, 41.5, 41.5].map(|value| json!(value))
    );
    assert_eq!(parcels[0]["data_vencimento"], "23/12/2025");
}

#[tokio::test(start_paused = true)]
async fn a_new_order_is_in_the_history_at_once() {
    let sim = account();
    ask(&sim, "IncluirPedido", order(&sim, "900100201")).await;

    let window = json!({ "filtrar_por_data_de": "21/11/2025", "filtrar_por_data_ate": "21/11/2025", "filtrar_apenas_inclusao": "S" });
    let (_, body) = ask(&sim, "ListarPedidos", window).await;

    assert_eq!(body["total_de_registros"], 1);
    let row = &body["pedido_venda_produto"][0];
    assert_eq!(row["cabecalho"]["codigo_pedido_integracao"], "900100201");
    assert!(row.get("_info").is_none(), "what is kept beside a record is never listed");
}

#[tokio::test(start_paused = true)]
async fn an_integration_code_is_taken_once() {
    let sim = account();
    assert_eq!(ask(&sim, "IncluirPedido", order(&sim, "900100201")).await.0, 200);
    let mut other = order(&sim, "900100201");
    other["det"][0]["produto"]["quantidade"] = json!(13);

    let (_, body) = ask(&sim, "IncluirPedido", other).await;

    assert_eq!(code(&body), "SOAP-ENV:Client-102");
    assert_eq!(text(&body), "ERROR: Pedido já cadastrado para o Código de Integração [900100201] !");
    assert_eq!(sim.orders_created()["900100201"], 1);
    let (_, of_before) = ask(&sim, "IncluirPedido", order(&sim, "900100200")).await;
    assert_eq!(code(&of_before), "SOAP-ENV:Client-102", "orders of the dataset have codes too");
}

#[tokio::test(start_paused = true)]
async fn an_identical_write_is_1100_for_a_minute_and_a_duplicate_afterwards() {
    let sim = account();
    let sent = order(&sim, "900100201");
    assert_eq!(ask(&sim, "IncluirPedido", sent.clone()).await.0, 200);
    pass(&sim, 30).await;

    let (_, body) = ask(&sim, "IncluirPedido", sent.clone()).await;
    assert_eq!(code(&body), "SOAP-ENV:Client-1100");
    assert!(text(&body).ends_with("tentar novamente às 09:01:00"), "{body}");
    pass(&sim, 30).await;

    assert_eq!(code(&ask(&sim, "IncluirPedido", sent).await.1), "SOAP-ENV:Client-102");
}

#[tokio::test(start_paused = true)]
async fn a_refused_write_may_be_repeated_at_once() {
    let sim = account();
    let wrong = with(&sim, "cabecalho.codigo_parcela", json!("Z99"));

    for _ in 0..2 {
        assert!(text(&ask(&sim, "IncluirPedido", wrong.clone()).await.1).contains("Parcela não cadastrada"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_registered_is_named() {
    let sim = account();
    for (path, value, wanted, words) in [
        (
            "cabecalho.codigo_cliente",
            json!(4_999_999_999_u64),
            "Client-105",
            "Cliente não cadastrado para o Código [4999999999]",
        ),
        ("det.0.produto.codigo_produto", json!(77), "Client-105", "Produto não cadastrado"),
        ("informacoes_adicionais.codigo_categoria", json!("9.99"), "Client-102", "Categoria não cadastrada"),
        (
            "informacoes_adicionais.codigo_conta_corrente",
            json!(5),
            "Client-102",
            "Conta corrente não cadastrada",
        ),
        ("informacoes_adicionais.codVend", json!(5), "Client-102", "Vendedor não cadastrado"),
        (
            "informacoes_adicionais.meio_pagamento",
            json!("77"),
            "Client-102",
            "Meio de pagamento não cadastrado",
        ),
        ("cabecalho.codigo_parcela", json!("Z99"), "Client-102", "Parcela não cadastrada"),
        ("det.0.inf_adic.codigo_local_estoque", json!(5), "Client-1070", "Local de estoque não cadastrado"),
    ] {
        pass(&sim, 60).await;
        let (status, body) = ask(&sim, "IncluirPedido", with(&sim, path, value)).await;
        assert_eq!((status, code(&body)), (500, format!("SOAP-ENV:{wanted}").as_str()), "{path}");
        assert!(text(&body).contains(words), "{body}");
    }
    assert!(sim.orders_created().is_empty());
}

#[tokio::test(start_paused = true)]
async fn each_rule_of_an_order_is_kept() {
    let sim = account();
    let item = order(&sim, "")["det"][0].clone();
    for (path, value, wanted, words) in [
        ("cabecalho.numero_pedido", json!("1507"), "Client-102", "[numero_pedido]"),
        (
            "cabecalho.cor",
            json!("azul"),
            "Client-5001",
            "Tag [cor] não faz parte da estrutura do tipo complexo [cabecalho]",
        ),
        ("cabecalho.data_previsao", json!("20/11/2025"), "Client-102", "data atual"),
        ("cabecalho.data_previsao", json!("01/01/1900"), "Client-104", "1900"),
        (
            "cabecalho.data_previsao",
            json!(""),
            "Client-102",
            "O preenchimento da tag [data_previsao] é obrigatório",
        ),
        ("cabecalho.etapa", json!("60"), "Client-105", "10, 20, 30, 40, 50"),
        ("det", json!([]), "Client-102", "[det]"),
        ("det", json!([item, item]), "Client-102", "Item já cadastrado"),
        ("det", json!(vec![item.clone(); 200]), "Client-102", "199"),
        ("det.0.ide.codigo_item_integracao", json!("200"), "Client-102", "[codigo_item_integracao]"),
        ("det.0.produto.quantidade", json!(0), "Client-102", "O preenchimento da tag [quantidade]"),
        ("det.0.produto.valor_unitario", json!("8,50"), "Client-102", "[valor_unitario]"),
        ("frete", json!({ "valor_frete": 15 }), "Client-102", "O preenchimento da tag [modalidade]"),
        ("informacoes_adicionais.meio_pagamento", json!("99"), "Client-102", "[descr_meio_pagamento]"),
        ("cabecalho.codigo_parcela", json!("999"), "Client-102", "[lista_parcelas]"),
    ] {
        pass(&sim, 60).await;
        let (_, body) = ask(&sim, "IncluirPedido", with(&sim, path, value)).await;
        assert_eq!(code(&body), format!("SOAP-ENV:{wanted}"), "{path}: {body}");
        assert!(text(&body).contains(words), "{path}: {body}");
    }
    assert!(sim.orders_created().is_empty());
}

#[tokio::test(start_paused = true)]
async fn instalments_of_999_make_the_total_and_a_hundred_percent() {
    let sim = account();
    let parcel = |nth: u32, value: f64, percent: f64| json!({ "numero_parcela": nth, "valor": value, "percentual": percent, "data_vencimento": "23/12/2025" });
    let sent = |parcels: Value| {
        let mut order = with(&sim, "cabecalho.codigo_parcela", json!("999"));
        order["cabecalho"]["qtde_parcelas"] = json!(2);
        order["lista_parcelas"] = json!({ "parcela": parcels });
        order
    };
    for (parcels, words) in [
        (json!([parcel(1, 124.5, 100.0)]), "[qtde_parcelas]"),
        (json!([parcel(1, 62.25, 50.0), parcel(2, 62.25, 49.0)]), "100"),
        (
            json!([parcel(1, 62.25, 50.0), parcel(2, 62.24, 50.0)]),
            "[124.49] é diferente do total do pedido [124.50]",
        ),
    ] {
        let (_, body) = ask(&sim, "IncluirPedido", sent(parcels)).await;
        assert!(text(&body).contains(words), "{body}");
    }

    let right = sent(json!([parcel(1, 62.25, 50.0), parcel(2, 62.25, 50.0)]));
    assert_eq!(ask(&sim, "IncluirPedido", right).await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn a_discount_of_the_header_is_spread_over_the_items() {
    let sim = account();
    let mut sent = order(&sim, "900100201");
    let mut second = sent["det"][0].clone();
    second["ide"]["codigo_item_integracao"] = json!("2");
    (second["produto"]["quantidade"], second["produto"]["valor_unitario"]) = (json!(1), json!(51));
    sent["det"].as_array_mut().expect("items").push(second);
    sent["cabecalho"]["tipo_desconto_pedido"] = json!("V");
    sent["cabecalho"]["valor_desconto_pedido"] = json!(10);
    assert_eq!(ask(&sim, "IncluirPedido", sent).await.0, 200);

    let held = sim.order("900100201").expect("it is there");

    let discount = |nth: usize| held["det"][nth]["produto"]["valor_desconto"].clone();
    assert_eq!((discount(0), discount(1)), (json!(6.67), json!(3.33)));
    assert_eq!(held["total_pedido"]["valor_descontos"], 10);
    assert_eq!(held["total_pedido"]["valor_total_pedido"], 165.5, "153 - 10 + 15 + 7.50");
}

#[tokio::test(start_paused = true)]
async fn an_order_is_found_by_each_of_its_three_names_and_by_no_other() {
    let sim = account();
    let (_, body) = ask(&sim, "IncluirPedido", order(&sim, "900100201")).await;

    for key in [
        json!({ "codigo_pedido": body["codigo_pedido"] }),
        json!({ "codigo_pedido_integracao": "900100201" }),
        json!({ "numero_pedido": body["numero_pedido"] }),
    ] {
        let (_, found) = ask(&sim, "ConsultarPedido", key).await;
        assert_eq!(found["pedido_venda_produto"]["cabecalho"]["codigo_pedido"], body["codigo_pedido"]);
    }
    let (_, missing) = ask(&sim, "ConsultarPedido", json!({ "codigo_pedido_integracao": "900100299" })).await;
    assert_eq!(code(&missing), "SOAP-ENV:Client-105");
    assert_eq!(text(&missing), "ERROR: Pedido não cadastrado para o Código de Integração [900100299] !");
    let (_, empty) = ask(&sim, "ConsultarPedido", json!({})).await;
    assert!(text(&empty).contains("é obrigatório"));
}

#[tokio::test(start_paused = true)]
async fn the_status_of_an_order_names_its_invoice() {
    let sim = account();
    ask(&sim, "IncluirPedido", order(&sim, "900100201")).await;
    let number = sim.invoice("900100201").expect("it is there");

    let (_, body) = ask(&sim, "StatusPedido", json!({ "codigo_pedido_integracao": "900100201" })).await;

    assert_eq!(
        (&body["etapa"], &body["faturada"], &body["cancelada"]),
        (&json!("60"), &json!("S"), &json!("N"))
    );
    assert_eq!(body["ListaNfe"][0]["numero_nfe"], json!(number));
    assert_eq!(body["valor_total_pedido"], 124.5);
}

#[tokio::test(start_paused = true)]
async fn an_order_moves_among_the_stages_before_its_invoice() {
    let sim = account();
    ask(&sim, "IncluirPedido", order(&sim, "900100201")).await;
    let move_to = |stage: &str| json!({ "codigo_pedido_integracao": "900100201", "etapa": stage });

    assert_eq!(ask(&sim, "TrocarEtapaPedido", move_to("20")).await.0, 200);
    assert!(text(&ask(&sim, "TrocarEtapaPedido", move_to("60")).await.1).contains("não pode ser movido"));
    assert_eq!(code(&ask(&sim, "TrocarEtapaPedido", move_to("99")).await.1), "SOAP-ENV:Client-105");
    sim.invoice("900100201").expect("it is there");
    assert!(text(&ask(&sim, "TrocarEtapaPedido", move_to("30")).await.1).contains("não pode ser movido"));

    assert_eq!(ask(&sim, "TrocarEtapaPedido", move_to("70")).await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn only_an_order_that_was_not_invoiced_is_deleted_and_none_is_cancelled_twice() {
    let sim = account();
    ask(&sim, "IncluirPedido", order(&sim, "900100201")).await;
    ask(&sim, "IncluirPedido", order(&sim, "900100202")).await;
    sim.invoice("900100202").expect("it is there");

    assert_eq!(ask(&sim, "ExcluirPedido", json!({ "codigo_pedido_integracao": "900100201" })).await.0, 200);
    let (_, body) = ask(&sim, "ExcluirPedido", json!({ "codigo_pedido_integracao": "900100202" })).await;
    assert!(text(&body).contains("faturado"));
    assert!(sim.order("900100201").is_none());
    assert_eq!(
        ask(&sim, "CancelarPedidoVenda", json!({ "cCodIntPed": "900100202" })).await.1["cCodStatus"],
        "0"
    );
    pass(&sim, 60).await;
    let (_, body) = ask(&sim, "CancelarPedidoVenda", json!({ "cCodIntPed": "900100202" })).await;
    assert!(text(&body).contains("já está cancelado"));
    assert_eq!(
        ask(&sim, "IncluirPedido", order(&sim, "900100201")).await.1["codigo_status"],
        "0",
        "its code is free again"
    );
    assert_eq!(sim.orders_created()["900100201"], 2, "and the count does not forget");
}
