//! Orders and lists (`contracts/senior-x.md` §5, §9, §10).

use super::*;

#[tokio::test(start_paused = true)]
async fn the_example_is_the_contract_s() {
    let (sim, id) = waiting();
    let caller = Caller::of(&sim).await;

    let (status, order) =
        caller.ask("GET", &format!("/erpx_com_ven/pedido/apis/order/{id}"), Value::Null).await;

    assert_eq!((status, id.as_str()), (200, "5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10"));
    assert_eq!((&order["number"], &order["situation"]), (&json!(48_213), &json!("AGUARDANDO_INTEGRACAO")));
    assert_eq!((&order["company"]["code"], &order["branch"]["code"]), (&json!(1), &json!(3)));
    assert_eq!(
        (&order["issueDate"], &order["items"][0]["service"]["code"]),
        (&json!("2026-11-20"), &json!("SV-CALIB-01"))
    );
}

#[tokio::test(start_paused = true)]
async fn every_way_of_reading_has_its_own_names() {
    let (sim, id) = waiting();
    let caller = Caller::of(&sim).await;
    let entity =
        caller.ask("GET", &format!("/erpx_com_ven/pedido/entities/e120ped/{id}"), Value::Null).await.1;
    let shop = caller.ask("POST", "/erpx/ecommerce/getOrder", json!({ "id": id })).await.1;
    let unknown = caller.ask("GET", "/erpx_com_ven/pedido/entities/e120ped/x", Value::Null).await.0;

    assert_eq!((&entity["numPed"], &entity["e070fil"]["codFil"]), (&json!(48_213), &json!(3)));
    assert_eq!(entity["items"][0]["codSer"], "SV-CALIB-01");
    assert_eq!(
        (&shop["orderNumber"], &shop["orderStatus"]),
        (&json!("48213"), &json!("AGUARDANDO_INTEGRACAO"))
    );
    assert_eq!(unknown, 404);
}

#[tokio::test(start_paused = true)]
async fn a_situation_is_written_in_five_ways() {
    let (sim, id) = waiting();
    let caller = Caller::of(&sim).await;
    let path = format!("/erpx_com_ven/pedido/apis/order/{id}");
    let mut seen = Vec::new();
    for words in [
        SituationWords::Capitals,
        SituationWords::Label,
        SituationWords::Code,
        SituationWords::CodeAsText,
        SituationWords::English,
    ] {
        sim.configure(|options| options.situations = words);
        seen.push(caller.ask("GET", &path, Value::Null).await.1["situation"].clone());
    }

    let wanted = json!(["AGUARDANDO_INTEGRACAO", "Aguardando integração", 6, "6", "AwaitingIntegration"]);
    assert_eq!(json!(seen), wanted);
}

#[tokio::test(start_paused = true)]
async fn observations_come_by_page_and_only_for_one_order() {
    let (sim, id) = waiting();
    let caller = Caller::of(&sim).await;
    for nth in 0..12 {
        caller.note(&id, &format!("observação {nth}")).await;
    }
    let list = |rest: &str| {
        format!("/erpx_com_ven/pedido/entities/e120obs?filter=e120ped.id%20eq%20%27{id}%27{rest}")
    };

    let first = caller.ask("GET", &list(""), Value::Null).await.1;
    let second = caller.ask("GET", &list("&offset=1&size=5"), Value::Null).await.1;
    let nobody = caller
        .ask("GET", "/erpx_com_ven/pedido/entities/e120obs?filter=e120ped.id%20eq%20'x'", Value::Null)
        .await
        .1;
    let unfiltered = caller.ask("GET", "/erpx_com_ven/pedido/entities/e120obs", Value::Null).await.0;

    assert_eq!((&first["totalPages"], &first["totalElements"]), (&json!(2), &json!(12)));
    assert_eq!(first["contents"].as_array().map(Vec::len), Some(10));
    assert_eq!(second["contents"][0]["obsPed"], "observação 5", "offset is a page");
    assert_eq!((&nobody["totalElements"], unfiltered), (&json!(0), 400));
}

#[tokio::test(start_paused = true)]
async fn waiting_orders_are_listed() {
    let sim = tenant();
    let caller = Caller::of(&sim).await;
    for kind in [EquipmentKind::New, EquipmentKind::Absent, EquipmentKind::Existing] {
        let id = sim.place(sample_service_order(kind, &mut fastrand::Rng::with_seed(1)));
        sim.close(&id).expect("it can be closed");
    }
    let path =
        "/erpx_com_ven/pedido/entities/e120ped?filter=sitPed%20eq%206&orderby=numPed&offset=0&size=100";

    let (_, page) = caller.ask("GET", path, Value::Null).await;

    let numbers: Vec<&Value> =
        page["contents"].as_array().expect("rows").iter().map(|order| &order["numPed"]).collect();
    assert_eq!(numbers, [&json!(48_213), &json!(48_215)], "without equipment nothing waits");
}
