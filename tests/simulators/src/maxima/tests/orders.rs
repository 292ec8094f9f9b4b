//! Orders: listed, answered, told of.

use super::selling::{Erp, result, with_critique};
use super::*;

const FIRST: i64 = 2_025_020_210_000_512;
const SECOND: i64 = 2_025_020_210_010_512;
const LISTED: &str = "v1/StatusPedidos/0,1,2,9/1";
const TOLD: &str = "v1/StatusPedidos";
const ID: u64 = 900_100_200;

/// The worked example, listed.
async fn listed() -> Erp {
    let erp = Erp::new().await;
    assert_eq!(erp.sim.seller().place_order(worked_example()), ID);
    assert_eq!(erp.rows(LISTED).await.len(), 1);
    erp
}

#[tokio::test(start_paused = true)]
async fn the_worked_example_is_listed_and_answered_as_the_contract_prints_it() {
    let erp = Erp::new().await;
    erp.sim.seller().place_order(worked_example());

    let rows = erp.rows("v1/StatusPedidos/0,1,2,9/1,2").await;
    let row = &rows[0];
    assert_eq!((&row["id_pedido"], &row["numped"], &row["status"]), (&json!(ID), &json!(416), &json!(1)));
    assert_eq!((&row["tipopedido"], &row["codusur"]), (&json!(1), &json!("4567890123")));
    assert_eq!((&row["codusuario"], &row["critica"]), (&json!(3_021), &Value::Null));
    let object: Value = serde_json::from_str(row["objeto_json"].as_str().expect("text")).expect("JSON in it");
    assert_eq!(object, worked_example());

    assert_eq!(erp.put(TOLD, result(FIRST, 4, "Pendente", "Pedido importado com sucesso!")).await, "");
    let seen = erp.sim.order(ID).expect("it is there");
    assert_eq!((seen.status, seen.numpederp.as_deref()), (4, Some("1507")));
    assert_eq!(seen.critiques.len(), 1);
    assert_eq!(seen.critiques[0].text, "Pedido importado com sucesso!");
    assert_eq!(seen.critiques[0].numcritica, Some(FIRST));
    assert_eq!(seen.timeline.as_deref(), Some("P"));
    assert_eq!(erp.sim.violations(), Vec::<String>::new());
    assert!(erp.rows(LISTED).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn listing_hands_an_order_over_and_goes_on_listing_it_until_a_result() {
    let erp = Erp::new().await;
    let seller = erp.sim.seller();
    let ids = [0, 1, 9, 8].map(|status| {
        let id = seller.place_order(worked_example());
        seller.set_status(id, status).expect("it is there");
        id
    });
    let quotation = json!({ "EhOrcamento": true, "CodUsuario": "1", "TipoVenda": { "Codigo": 1 } });
    let quotation = seller.place_order(quotation);

    assert_eq!(erp.rows("v1/StatusPedidos/1/1").await.len(), 1, "only what is asked");
    assert_eq!(erp.rows(LISTED).await.len(), 3);
    assert!(ids[..3].iter().all(|id| erp.sim.order(*id).is_some_and(|order| order.status == 2)));
    assert_eq!(erp.sim.order(ids[3]).expect("it is there").status, 8, "nobody asked for it");
    assert_eq!(erp.rows(LISTED).await.len(), 3, "handed over is not answered");
    let quotations = erp.rows("v1/StatusPedidos/0,1,2,9/2").await;
    assert_eq!(quotations.len(), 1);
    assert_eq!((&quotations[0]["id_pedido"], &quotations[0]["tipopedido"]), (&json!(quotation), &json!(2)));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_hands_the_order_over_all_the_same() {
    let erp = Erp::new().await;
    erp.sim.seller().place_order(worked_example());

    erp.sim.faults().next("GET StatusPedidos", Fault::LostAnswer, 1);
    let lost = erp.sim.handle(erp.request("GET", LISTED, &Value::Null)).await;
    assert_eq!(lost.expect_err("the answer is lost"), AnswerLost);
    assert_eq!(erp.sim.order(ID).expect("it is there").status, 2);

    erp.sim.faults().next("PUT StatusPedidos", Fault::LostAnswer, 1);
    let row = json!([result(FIRST, 4, "Pendente", "Pedido importado com sucesso!")]);
    let lost = erp.sim.handle(erp.request("PUT", TOLD, &row)).await;
    assert_eq!(lost.expect_err("the answer is lost"), AnswerLost);
    assert_eq!(erp.sim.order(ID).expect("it is there").status, 4, "carried out");
    erp.sim.faults().next("StatusPedidos", Fault::Html, 1);
    assert_eq!(erp.ask("PUT", TOLD, row.clone()).await.0, 503, "any verb");
    assert_eq!(erp.ask("PUT", TOLD, row).await.0, 200);

    let seen = erp.sim.order(ID).expect("it is there");
    assert_eq!((seen.critiques.len(), seen.repeats), (1, 1), "the very same body again is fine");
    assert_eq!(erp.sim.violations(), Vec::<String>::new());
    assert_eq!(erp.sim.verdict().calls("PUT StatusPedidos"), 3);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_a_result_is_refused_and_changes_nothing() {
    let erp = listed().await;
    let good = || result(FIRST, 4, "Pendente", "ok");
    let set = |name: &str, value: Value| {
        let mut row = good();
        row[name] = value;
        row
    };
    for (row, wanted) in [
        (set("Id_pedido", json!("7")), "o pedido 7 não existe"),
        (set("Id_pedido", Value::Null), "Id_pedido é obrigatório"),
        (set("Numpederp", json!("1507.0")), "Numpederp deve ser um inteiro"),
        (set("Numpederp", json!("000000000001507")), "Numpederp deve ser um inteiro"),
        (set("Numpederp", json!(1_507.0)), "Numpederp deve ser um inteiro"),
        (set("Numcritica", json!(20_250_202_100_005_i64)), "Numcritica deve ser yyyyMMddHHmmssSS"),
        (set("Numcritica", json!(2_025_130_210_000_512_i64)), "Numcritica deve ser yyyyMMddHHmmssSS"),
        (set("Status", json!("4")), "Status deve ser um número"),
        (set("Status", json!(1)), "só a Máxima atribui"),
        (set("Codigo", json!(1)), "o campo Codigo não existe"),
        (set("Critica", json!({})), "Critica deve ser texto"),
        (set("Critica", json!("{\"NumPedido\":\"416\"")), "não é um objeto JSON"),
        (
            with_critique(good(), |critique| critique["CodigoPedidoNuvem"] = "".into()),
            "sem CodigoPedidoNuvem",
        ),
        (with_critique(good(), |critique| critique["Tipo"] = 0.into()), "Tipo deve ser texto"),
        (with_critique(good(), |critique| critique["Tipo"] = "Ok".into()), "recebeu \"Ok\""),
        (with_critique(good(), |critique| critique["PosicaoPedidoERP"] = 2.into()), "deve ser texto"),
        (
            with_critique(good(), |critique| critique["PosicaoPedidoERP"] = Value::Null),
            "sem PosicaoPedidoERP",
        ),
        (with_critique(good(), |critique| critique["Itens"] = json!([])), "sem Itens"),
    ] {
        let error = erp.put(TOLD, row).await;
        assert!(error.contains(wanted), "{error} / {wanted}");
    }
    let two = json!([good(), set("Id_pedido", json!("7"))]);
    assert_eq!(erp.ask("PUT", TOLD, two).await.0, 400, "a batch is taken whole or not at all");

    let seen = erp.sim.order(ID).expect("it is there");
    assert_eq!((seen.status, seen.critiques.len()), (2, 0));
    assert_eq!(erp.sim.violations(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_broken_critique_freezes_the_order_where_it_is_not_refused() {
    let erp = listed().await;
    erp.sim.configure(|options| options.broken_critique_in_transit = true);
    let mut row = result(FIRST, 4, "Pendente", "ok");
    row["Critica"] = "{\"Descricao\":\"aspas \"sem\" escape\"}".into();

    assert_eq!(erp.put(TOLD, row).await, "");
    erp.put(TOLD, result(SECOND, 4, "Liberado", "ok")).await;

    let seen = erp.sim.order(ID).expect("it is there");
    assert!(seen.in_transit);
    assert_eq!((seen.timeline, seen.critiques.len()), (None, 1));
    assert!(erp.sim.violations()[0].contains("não é um objeto JSON"));
}

#[tokio::test(start_paused = true)]
async fn a_number_must_grow_unless_the_body_is_the_same() {
    let erp = listed().await;
    erp.put(TOLD, result(SECOND, 4, "Pendente", "um")).await;
    erp.put(TOLD, result(SECOND, 4, "Pendente", "um")).await;
    assert!(erp.sim.violations().is_empty());

    erp.put(TOLD, result(SECOND, 4, "Liberado", "dois")).await;
    erp.put(TOLD, result(FIRST, 4, "Montado", "três")).await;

    let violations = erp.sim.violations();
    assert_eq!(violations.len(), 2, "{violations:?}");
    assert!(violations.iter().all(|text| text.contains("não é maior que") && text.contains("900100200")));
}

#[tokio::test(start_paused = true)]
async fn what_contradicts_the_order_is_a_violation() {
    let erp = listed().await;
    let mut wrong = result(FIRST, 4, "Pendente", "ok");
    (wrong["Codusuario"], wrong["Numped"], wrong["Condvenda"]) = (json!("1"), json!("417"), json!(5));
    (wrong["Tipocritica"], wrong["Tipopedido"], wrong["Codusur"]) = (json!(2), json!(2), json!("9"));
    let wrong = with_critique(wrong, |critique| {
        critique["NumCritica"] = 1.into();
        critique["Tipo"] = "Erro".into();
        critique["Novo"] = 1.into();
        critique["Cancelado"] = "N".into();
    });

    assert_eq!(erp.put(TOLD, wrong).await, "");

    let told = erp.sim.violations().join("\n");
    for wanted in [
        "Codusuario é 3021 e veio 1",
        "Numped é 416 e veio 417",
        "Condvenda é 1 e veio 5",
        "Tipopedido é 1 e veio 2",
        "Codusur é 4567890123 e veio 9",
        "Status 4 com Tipocritica 2",
        "Critica: NumCritica é",
        "Tipo Erro não combina",
        "Critica: Novo não existe",
        "Critica: Cancelado deve ser verdadeiro ou falso",
    ] {
        assert!(told.contains(wanted), "{wanted}\n{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_is_imported_once_and_has_one_number() {
    let erp = listed().await;
    erp.put(TOLD, result(FIRST, 4, "Pendente", "ok")).await;
    let mut twice = with_critique(result(SECOND, 4, "Pendente", "ok"), |c| c["NumPedidoERP"] = "1508".into());
    twice["Numpederp"] = "1508".into();
    erp.put(TOLD, twice).await;
    erp.put(TOLD, result(SECOND + 1, 5, "Desconhecido", "erro")).await;

    let told = erp.sim.violations().join("\n");
    assert!(told.contains("era o pedido 1507 do ERP e agora é o 1508"), "{told}");
    assert!(told.contains("Status 5 depois de importado"), "{told}");
    assert_eq!(erp.sim.order(ID).expect("it is there").unchanged, 1, "the second message said nothing new");
}

#[tokio::test(start_paused = true)]
async fn a_result_nobody_downloaded_is_a_violation() {
    let erp = Erp::new().await;
    erp.sim.seller().place_order(worked_example());

    erp.put(TOLD, result(FIRST, 4, "Pendente", "ok")).await;

    assert!(erp.sim.violations()[0].contains("ninguém baixou"));
}

#[tokio::test(start_paused = true)]
async fn a_refused_order_is_edited_and_sent_again_under_its_own_identity() {
    let erp = listed().await;
    let seller = erp.sim.seller();
    assert!(seller.edit_and_resend(ID, |_| ()).is_err(), "the ERP has it");
    erp.put(TOLD, result(FIRST, 5, "Desconhecido", "sem crédito")).await;
    assert!(erp.rows(LISTED).await.is_empty());

    seller.edit_and_resend(ID, |order| order["Observacao"] = "menos".into()).expect("it was refused");
    erp.put(TOLD, result(FIRST, 5, "Desconhecido", "sem crédito")).await;
    assert_eq!(
        erp.sim.order(ID).expect("it is there").status,
        5,
        "a repeat of the old result refuses what it does not speak of"
    );
    assert!(erp.rows(LISTED).await.is_empty(), "and the correction is not shown");
    seller.edit_and_resend(ID, |_| ()).expect("the seller sends it once more");
    let rows = erp.rows(LISTED).await;
    assert!(rows[0]["objeto_json"].as_str().is_some_and(|text| text.contains("menos")));
    assert_eq!(rows[0]["numcritica"], FIRST, "the last critique stays with it");
    erp.put(TOLD, result(SECOND, 5, "Desconhecido", "sem crédito")).await;
    seller.edit_and_resend(ID, |_| ()).expect("it was refused again");
    erp.rows(LISTED).await;
    erp.put(TOLD, result(SECOND + 1, 4, "Pendente", "ok")).await;

    let seen = erp.sim.order(ID).expect("it is there");
    assert_eq!((seen.status, seen.numped.as_str(), seen.critiques.len()), (4, "416", 3));
    assert_eq!((seen.unchanged, seen.repeats), (0, 1));
    assert_eq!(erp.sim.violations(), Vec::<String>::new());
    assert!(seller.edit_and_resend(ID, |_| ()).is_err(), "it is imported");
    assert!(seller.cancel_order(ID).is_err(), "it is imported");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_order_is_sent_as_cancelled_and_a_refused_one_is_over() {
    let erp = listed().await;
    let other = erp.sim.seller().place_order(worked_example());
    erp.sim.seller().cancel_order(ID).expect("it is on its way");

    let rows = erp.rows(LISTED).await;
    assert_eq!(rows.len(), 2);
    assert!(rows[0]["objeto_json"].as_str().is_some_and(|text| text.contains("\"Cancelado\":true")));
    erp.sim.seller().set_status(other, 5).expect("it is there");
    erp.sim.seller().cancel_order(other).expect("it was refused");
    assert_eq!(erp.sim.order(other).expect("it is there").status, 7);
}

#[tokio::test(start_paused = true)]
async fn later_changes_are_told_by_either_method() {
    let erp = listed().await;
    let short = |number: i64, position: &str, said: &str| {
        let Value::Object(mut row) = result(number, 4, position, said) else { return Value::Null };
        row.retain(|name, _| {
            !["Tipopedido", "Codusuario", "Codusur", "Numped", "Condvenda"].contains(&name.as_str())
        });
        Value::Object(row)
    };
    erp.put("v1/StatusCriticas", short(FIRST, "Pendente", "ok")).await;
    assert!(erp.sim.violations()[0].contains("StatusCriticas antes da importação"));
    erp.sim.faults().next("PUT StatusCriticas", Fault::Html, 1);
    assert_eq!(erp.ask("PUT", "v1/StatusCriticas", json!([])).await.0, 503);

    assert_eq!(erp.put("v1/StatusCriticas", short(SECOND, "Faturado", "NF 12345")).await, "");
    let refused = erp.put("v1/StatusCriticas", result(SECOND + 1, 4, "Faturado", "ok")).await;

    assert!(refused.contains("não existe"), "{refused}");
    assert_eq!(erp.sim.order(ID).expect("it is there").timeline.as_deref(), Some("F"));
    assert_eq!(erp.sim.violations().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_header_of_one_order_needs_an_upsert_and_then_takes_its_position_alone() {
    let erp = listed().await;
    erp.put(TOLD, result(FIRST, 4, "Pendente", "ok")).await;
    let header = json!({
        "Numped": 1_507, "Data": "2025-02-02T09:58:00", "Vltotal": 124.5, "Vltabela": 106.8, "Vlatend": 124.5,
        "Vlfrete": 15, "Condvenda": 1, "Codcli": "5366578425", "Codusur": "4567890123",
        "Codfilial": "3456789012", "Posicao": "P", "Numtransvenda": 1_507, "Codcob": "15", "Codplpag": "A03",
        "Origemped": "F", "Numpedrca": 416
    });
    let item = json!({ "Numped": 1_507, "Numseq": 1, "Codprod": "5366578297", "Qt": 12, "Pvenda": 8.5, "Ptabela": 8.9 });
    let (headers, items) = ("v3/HistoricosPedidosCapas", "v3/HistoricosPedidosItens");

    assert!(erp.put(headers, header.clone()).await.contains("registro não encontrado"));
    erp.sim.configure(|options| options.upsert_put = true);
    assert!(erp.put(items, item.clone()).await.contains("dependência"), "the header comes first");
    assert_eq!(erp.put(headers, header).await, "");
    assert_eq!(erp.put(items, item).await, "");
    erp.sim.configure(|options| options.upsert_put = false);
    assert_eq!(erp.put(headers, json!({ "Numped": 1_507, "Posicao": "F" })).await, "");

    let seen = erp.sim.order(ID).expect("it is there");
    assert_eq!((seen.position.as_deref(), seen.timeline.as_deref()), (Some("F"), Some("P")), "not yet whole");
    erp.put(headers, json!({ "Numped": 1_507, "Dtaberturapedpalm": "2025-02-02T09:58:00" })).await;
    assert_eq!(erp.sim.order(ID).expect("it is there").timeline.as_deref(), Some("F"));
    assert_eq!(erp.sim.row("HistoricosPedidosCapas", "1507").expect("it is there")["Vltotal"], 124.5);
}

#[tokio::test(start_paused = true)]
async fn rows_may_come_in_capitals_with_numbers_as_text() {
    let erp = Erp::new().await;
    erp.sim.seller().place_order(worked_example());
    erp.sim.configure(|options| options.odd_rows = true);

    let rows = erp.rows(LISTED).await;

    assert_eq!(rows[0]["ID_PEDIDO"], "900100200");
    assert_eq!(rows[0]["TIPOPEDIDO"], "1");
    assert!(rows[0]["OBJETO_JSON"].is_string());
}

#[tokio::test(start_paused = true)]
async fn other_versions_and_paths_do_not_exist() {
    let erp = Erp::new().await;

    for path in ["v3/StatusPedidos/1/1", "v1/StatusPedidos/1", "v1/StatusPedidos/a/1", "v2/StatusClientes/1"]
    {
        assert_eq!(erp.ask("GET", path, Value::Null).await.0, 404, "{path}");
    }
    assert_eq!(erp.ask("POST", "v1/StatusPedidos", json!([])).await.0, 404);
    let nobody = Request::get("/api/v1/StatusPedidos/1/1").body(Bytes::new()).expect("a request");
    assert_eq!(erp.sim.handle(nobody).await.expect("an answer").status(), 401);
}

#[tokio::test(start_paused = true)]
async fn orders_are_placed_and_read_over_the_control_interface() {
    let erp = Erp::new().await;

    let (_, placed) = erp.control("POST", "order", json!({ "object": worked_example() })).await;
    assert_eq!(placed, json!({ "id_pedido": ID }));
    let (_, placed) = erp.control("POST", "order", json!({ "kind": "pix", "seed": 3 })).await;
    assert_eq!(placed["id_pedido"], ID + 1);
    assert_eq!(erp.control("POST", "order", json!({ "kind": "nenhum" })).await.0, 400);
    let (_, one) = erp.control("GET", &format!("order/{ID}"), Value::Null).await;
    assert_eq!((&one["numped"], &one["status"]), (&json!("416"), &json!(1)));
    let (_, all) = erp.control("GET", "orders", Value::Null).await;
    assert_eq!(all.as_array().map(Vec::len), Some(2));
    assert_eq!(erp.control("GET", "order/1", Value::Null).await.0, 404);
    assert_eq!(erp.control("GET", "violations", Value::Null).await.1, json!([]));

    let resend = format!("order/{ID}/resend");
    assert_eq!(erp.control("POST", &resend, json!({ "members": { "Observacao": "outra" } })).await.0, 200);
    assert_eq!(erp.sim.order(ID).expect("it is there").object["Observacao"], "outra");
    assert_eq!(erp.control("POST", &format!("order/{ID}/cancel"), Value::Null).await.0, 200);
    assert_eq!(erp.sim.order(ID).expect("it is there").object["Cancelado"], true);
    assert_eq!(erp.control("POST", "order/1/cancel", Value::Null).await.0, 409);
    assert_eq!(erp.control("POST", "nada", json!({})).await.0, 404);
}
