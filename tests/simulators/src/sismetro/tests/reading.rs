//! The read API (`contracts/sismetro.md` §4, §7, §9).

use super::*;

#[tokio::test(start_paused = true)]
async fn a_record_is_found_by_its_number() {
    let both = both();
    opened(&both, 1).await;

    let (status, found) = ask(&both.sismetro, get("/SS/findBySs?ss=1287001")).await;

    let record = &found["resultList"][0];
    assert_eq!((status, &found["valid"], &record["idSs"]), (200, &json!(true), &json!(1_287_001)));
    assert_eq!(
        (&record["status"], &record["evolucao"]),
        (&json!("ABERTA"), &json!("AGUARDANDO AGENDAMENTO"))
    );
    assert!(record["descricaoSs"].as_str().is_some_and(|text| text.starts_with("Pedido 48213 - ")));
    assert!(record["url"].as_str().is_some_and(|url| url.contains("os=1287001")));
    assert_eq!(record["dataEncerramento"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_number_and_another_unit_find_nothing() {
    let both = both();
    opened(&both, 1).await;
    both.sismetro.configure(|options| {
        options.units.insert("202".to_owned(), "outra".to_owned());
    });
    let other = Request::get("/SS/findBySs?ss=1287001").header("unit", "202").header("key", "outra");

    let unknown = ask(&both.sismetro, get("/SS/findBySs?ss=77")).await;
    both.sismetro.configure(|options| options.unknown_is_404 = true);
    let other = ask(&both.sismetro, other.body(Bytes::new()).expect("a request")).await;

    assert_eq!((unknown.0, &unknown.1["valid"]), (200, &json!(false)));
    assert_eq!((other.0, &other.1["valid"]), (404, &json!(false)));
    assert_eq!(both.sismetro.log().pop().map(|call| call.outcome), Some(Outcome::NotFound));
}

#[tokio::test(start_paused = true)]
async fn what_is_copied_into_the_ss_is_an_option() {
    let both = both();
    opened(&both, 1).await;
    let text = || both.sismetro.record(1_287_001).expect("it is there").to_string();
    let id = both.senior.orders()[0].id.clone();

    assert!(text().contains("48213") && !text().contains(&id));
    both.sismetro.configure(|options| options.copied = Copied::NumberAndId);
    assert!(text().contains(&id));
    both.sismetro.configure(|options| {
        (options.copied, options.equipment_copied, options.url_in_record) = (Copied::Nothing, false, false);
    });
    assert!(!text().contains("48213") && !text().contains("idPatrimonio") && !text().contains("url"));
}

#[tokio::test(start_paused = true)]
async fn pages_are_of_ten_in_either_order() {
    let both = both();
    opened(&both, 23).await;
    let sim = &both.sismetro;
    let first = |page: &Value| wire::integer(&page["resultList"][0]["idSs"]);

    let (_, oldest) = ask(sim, get("/SS/listAll?page=01")).await;
    sim.configure(|options| options.newest_first = true);
    let (_, newest) = ask(sim, get("/SS/listAll?page=01")).await;
    let (_, last) = ask(sim, get("/SS/listAll?page=03")).await;
    let one_digit = ask(sim, get("/SS/listAll?page=1")).await;

    assert_eq!((first(&oldest), first(&newest)), (Some(1_287_001), Some(1_287_023)));
    assert_eq!((&last["totalPages"], last["resultList"].as_array().map(Vec::len)), (&json!("3"), Some(3)));
    assert_eq!(one_digit.0, 400);
}

#[tokio::test(start_paused = true)]
async fn an_eleventh_read_in_a_minute_is_refused() {
    let both = both();
    let sim = &both.sismetro;
    for _ in 0..10 {
        assert_eq!(ask(sim, get("/SS/findBySs?ss=1")).await.0, 200);
    }

    let refused = sim.handle(get("/SS/findBySs?ss=1")).await.expect("an answer");
    sim.configure(|options| options.retry_after = false);
    let bare = sim.handle(get("/SS/findBySs?ss=1")).await.expect("an answer");
    sim.0.gate.clock.sleep(Duration::from_mins(1)).await;
    let again = ask(sim, get("/SS/findBySs?ss=1")).await.0;

    assert_eq!((refused.status().as_u16(), refused.headers().get("retry-after").is_some()), (429, true));
    assert_eq!((bare.status().as_u16(), bare.headers().get("retry-after").is_some()), (429, false));
    assert_eq!((again, sim.verdict().total("rate_limited")), (200, 2));
}

#[tokio::test(start_paused = true)]
async fn the_register_of_equipment_is_listed() {
    let both = both();

    let (_, page) = ask(&both.sismetro, get("/Patrimonio/listAll?page=05")).await;

    assert_eq!((&page["totalPages"], page["resultList"].as_array().map(Vec::len)), (&json!(5), Some(2)));
    assert!(page["resultList"][0]["idPatrimonio"].is_i64());
}
