//! Observations in the three ways an ERP may want them.

use partner_http::Fault;
use senior::{NoteWriter, OrderFieldVerb, SeniorOptions, note_lines};
use serde_json::json;

use crate::erp::{Mishap, ORDER, answer, connected, connected_with, credentials, options};

fn writing(note_writer: NoteWriter) -> SeniorOptions {
    SeniorOptions { note_writer, ..options() }
}

#[tokio::test(start_paused = true)]
async fn what_is_written_is_found_again_by_equality() {
    for writer in [NoteWriter::Entity, NoteWriter::Apis, NoteWriter::OrderField] {
        let (senior, _) = connected_with(writing(writer), credentials());
        let link = format!("https://br.sismetro.com/printSS.php?os=1287593&token={}", "T".repeat(300));
        let lines = note_lines("1287593", Some(&link));
        assert_eq!(lines.len(), 2);

        for line in &lines {
            senior.add_observacao(ORDER, line).await.expect("written");
        }

        assert_eq!(senior.observacoes(ORDER).await, Ok(lines), "{writer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn each_writer_has_its_path_and_its_body() {
    for (writer, name, path, body) in [
        (
            NoteWriter::Entity,
            "POST e120obs",
            "/erpx_com_ven/pedido/entities/e120obs",
            json!({"e120ped": {"id": ORDER}, "obsPed": "Sismetro SS 7"}),
        ),
        (
            NoteWriter::Apis,
            "POST orderObservation",
            "/erpx_com_ven/pedido/apis/orderObservation",
            json!({"order": {"id": ORDER}, "text": "Sismetro SS 7"}),
        ),
        (
            NoteWriter::OrderField,
            "PATCH order",
            &format!("/erpx_com_ven/pedido/apis/order/{ORDER}"),
            json!({"observation": "Sismetro SS 7"}),
        ),
    ] {
        let (senior, erp) = connected_with(writing(writer), credentials());

        senior.add_observacao(ORDER, "Sismetro SS 7").await.expect("written");

        let seen = &erp.seen(name)[0];
        assert_eq!((seen.uri.as_str(), seen.json()), (path, body));
    }
}

#[tokio::test(start_paused = true)]
async fn a_tenant_may_have_its_own_body() {
    let template = json!({"pedido": "{id}", "obsPed": "{text}", "tipObs": "I", "ordem": 1});
    let options = SeniorOptions { note_body: Some(template), ..options() };
    let (senior, erp) = connected_with(options, credentials());

    senior.add_observacao(ORDER, "{id} \"x\"").await.expect("written");

    let expected = json!({"pedido": ORDER, "obsPed": "{id} \"x\"", "tipObs": "I", "ordem": 1});
    assert_eq!(erp.seen("POST e120obs")[0].json(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_lost_note_is_unclear_and_not_written_twice() {
    let (senior, erp) = connected();
    erp.next("POST e120obs", [Mishap::LoseAnswer]);

    let error = senior.add_observacao(ORDER, "Sismetro SS 7").await.expect_err("lost");

    assert_eq!(error.fault, Fault::Unclear);
    assert_eq!(erp.notes(), ["Sismetro SS 7"]);
    assert_eq!(senior.observacoes(ORDER).await, Ok(vec!["Sismetro SS 7".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn a_line_of_the_order_leaves_its_other_lines() {
    for (verb, name) in [(OrderFieldVerb::Patch, "PATCH order"), (OrderFieldVerb::Put, "PUT order")] {
        let options = SeniorOptions { order_field_verb: verb, ..writing(NoteWriter::OrderField) };
        let (senior, erp) = connected_with(options, credentials());
        let order = format!(r#"{{"id":"{ORDER}","observation":"Atender pela manhã","total":380.00}}"#);
        erp.next("GET order", [answer(200, order)]);

        senior.add_observacao(ORDER, "Sismetro SS 7").await.expect("written");

        let body = &erp.seen(name)[0].body;
        let member = r#""observation":"Atender pela manhã\nSismetro SS 7""#;
        let whole = match verb {
            OrderFieldVerb::Patch => format!("{{{member}}}"),
            OrderFieldVerb::Put => format!(r#"{{"id":"{ORDER}","total":380.00,{member}}}"#),
        };
        assert_eq!(*body, whole);
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_order_text_is_refused_and_never_cut() {
    let (senior, erp) = connected_with(writing(NoteWriter::OrderField), credentials());
    erp.set_order(json!({"id": ORDER, "observation": "é".repeat(985)}));

    senior.add_observacao(ORDER, "Sismetro SS 7").await.expect("999 characters fit");
    let error = senior.add_observacao(ORDER, "x").await.expect_err("one more does not");

    assert!(matches!(&error.fault, Fault::Refused { text } if text.contains("999")), "{error}");
    assert_eq!(erp.seen("PATCH order").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn all_pages_of_observations_are_read_and_paging_counts_pages() {
    let (senior, erp) = connected();
    let page = |text: &str| answer(200, json!({"totalPages": 2, "contents": [{"obsPed": text}]}).to_string());
    erp.next("GET e120obs", [page(" um "), page("dois")]);

    assert_eq!(senior.observacoes(ORDER).await, Ok(vec!["um".to_owned(), "dois".to_owned()]));

    let uris: Vec<String> = erp.seen("GET e120obs").into_iter().map(|seen| seen.uri).collect();
    for (page, uri) in uris.iter().enumerate() {
        let query = format!("filter=e120ped.id%20eq%20%27{ORDER}%27&offset={page}&size=100");
        assert_eq!(*uri, format!("/erpx_com_ven/pedido/entities/e120obs?{query}"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_without_totals_ends_and_one_without_end_is_refused() {
    let (senior, erp) = connected();
    erp.next("GET e120obs", [answer(200, r#"[{"text":"um"}]"#)]);
    assert_eq!(senior.observacoes(ORDER).await, Ok(vec!["um".to_owned()]));

    let endless = json!({"totalPages": 1_000_000, "contents": [{"text": "x"}]}).to_string();
    erp.next("GET e120obs", vec![answer(200, endless); 60]);
    let error = senior.observacoes(ORDER).await.expect_err("no end");
    assert!(matches!(error.fault, Fault::Malformed { .. }), "{error}");
}
