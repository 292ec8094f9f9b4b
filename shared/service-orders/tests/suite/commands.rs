//! Operators' commands, as they come in (flow §9).

use partner_http::Secret;
use serde_json::json;
use service_orders::{AccountKeys, Reason, State};

use super::world::{ORDER, World, event};

#[tokio::test(start_paused = true)]
async fn a_command_is_obeyed_once_and_says_so() {
    let world = World::new();
    world.hears(&event(ORDER)).await;
    let close =
        json!({"op": "close", "order_id": ORDER, "state": "skipped", "reason": "teste", "command_id": "c-1"});

    let first = world.told(close.clone()).await.expect("obeyed");
    let second = world.told(close).await.expect("known");

    assert_eq!((first["state"].as_str(), first.get("duplicate")), (Some("skipped"), None));
    assert_eq!(second["duplicate"], json!(true));
}

#[tokio::test(start_paused = true)]
async fn a_command_that_does_not_fit_changes_nothing_and_says_why() {
    let world = World::new();
    world.hears(&event(ORDER)).await;
    world.works().await;
    for (command, why) in [
        (
            json!({"op": "redrive", "order_id": ORDER, "reason": "x", "command_id": "c"}),
            "aguardando execução",
        ),
        (json!({"op": "redrive", "order_id": "none", "reason": "x", "command_id": "c"}), "não há registro"),
        (json!({"op": "redrive", "order_id": ORDER, "reason": " ", "command_id": "c"}), "motivo"),
        (json!({"op": "redrive", "order_id": ORDER, "command_id": "c"}), "reason"),
        (json!({"op": "nonsense"}), "inválido"),
        (
            json!({"op": "close", "order_id": ORDER, "state": "opened", "reason": "x", "command_id": "c"}),
            "encerre",
        ),
        (
            json!({"op": "attach_ss", "order_id": ORDER, "ss_number": "1a", "reason": "x", "command_id": "c"}),
            "dígitos",
        ),
    ] {
        let refused = world.told(command.clone()).await.expect_err("refused").to_string();
        assert!(refused.contains(why), "{command}: {refused}");
    }
    assert_eq!(world.state_of(ORDER).await, State::AwaitingExecution);
}

#[tokio::test(start_paused = true)]
async fn an_ss_that_a_person_attaches_goes_its_way() {
    let world = World::new();
    world.partners.data().lose = Some(("open", true));
    world.partners.data().copies = false;
    world.hears(&event(ORDER)).await;
    world.works_for(std::time::Duration::from_mins(30)).await;
    assert_eq!(world.state_of(ORDER).await, State::NeedsAttention);

    let attach = json!({"op": "attach_ss", "order_id": ORDER, "ss_number": "1287001", "reason": "achada",
        "command_id": "c-1"});
    world.told(attach).await.expect("obeyed");
    world.works().await;

    assert_eq!(world.state_of(ORDER).await, State::AwaitingExecution);
    assert_eq!(world.partners.data().notes.len(), 1);
    assert_eq!(world.partners.count("open"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_ss_that_is_another_orders_is_not_attached() {
    let world = World::new();
    world.partners.data().orders.insert("o-2".to_owned(), "AGUARDANDO_INTEGRACAO");
    world.hears(&event(ORDER)).await;
    world.hears(&event("o-2")).await;
    world.works().await;
    let theirs = world.order("o-2").await.ss.expect("an SS").number;
    let attach = |number: &str, command: &str| json!({"op": "attach_ss", "order_id": ORDER, "ss_number": number, "reason": "achada", "command_id": command});

    let refused = world.told(attach(&theirs, "c-1")).await.expect_err("refused").to_string();

    assert_eq!(refused, format!("a SS {theirs} já é do pedido 48213 (o-2)"));
    assert_ne!(world.order(ORDER).await.ss.expect("an SS").number, theirs);
    world.told(attach("777", "c-2")).await.expect("nobody's");
    assert_eq!(world.order(ORDER).await.ss.expect("an SS").number, "777");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_said_of_a_branch_stays_and_null_gives_back_the_tenants() {
    let world = World::new();
    let set = async |command: &str, more: serde_json::Value| {
        let mut body = json!({"op": "set_branch", "company_code": 1, "branch_code": 3, "reason": "x",
            "command_id": command});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        world.told(body).await
    };
    let refused = set("c-1", json!({"account": "principal"})).await.expect_err("new").to_string();
    assert!(refused.contains("active"), "{refused}");
    set(
        "c-2",
        json!({"active": true, "account": "principal", "cancel_strategy": "release_then_cancel",
        "open_body_mode": "mapped"}),
    )
    .await
    .expect("obeyed");

    let kept = set("c-3", json!({"active": false})).await.expect("obeyed");
    let cleared = set("c-4", json!({"account": null, "open_body_mode": null})).await.expect("obeyed");

    let of = |told: &serde_json::Value| {
        ["active", "account", "cancel_strategy", "open_body_mode"].map(|name| told["branch"][name].clone())
    };
    assert_eq!(of(&kept), [json!(false), json!("principal"), json!("release_then_cancel"), json!("mapped")]);
    assert_eq!(of(&cleared), [json!(false), json!(null), json!("release_then_cancel"), json!(null)]);
    assert!(set("c-5", json!({"account": " "})).await.is_err(), "no name");
}

#[tokio::test(start_paused = true)]
async fn a_replayed_event_is_whose_and_which_its_headers_say() {
    let mut world = World::new();
    let headers =
        [("x-webhook-secret", super::world::WEBHOOK), ("X-Tenant", "outra"), ("x-event-id", "ev-1")];
    let body = event(ORDER).to_string();
    assert_eq!(world.hears_with(&headers, body.as_bytes()).await.kind, "quarantined");
    let kept = service_orders::delivery::Delivery::in_quarantine(&world.state, 10).await.expect("read");
    let replay = |command: &str| json!({"op": "replay_event", "delivery": kept[0].0, "reason": "conferido", "command_id": command});

    let refused = world.told(replay("c-1")).await.expect_err("another tenant's").to_string();
    assert!(refused.contains("regras gerais das OS"), "{refused}");

    world.settings.senior.tenant_aliases.push("outra".to_owned());
    world.told(replay("c-2")).await.expect("obeyed");
    assert_eq!(world.order(ORDER).await.payload.digest, "ev-1");
    assert_eq!(world.hears_with(&headers, body.as_bytes()).await.kind, "duplicate");
}

#[tokio::test(start_paused = true)]
async fn a_refused_order_that_is_closed_again_opens_with_the_new_data() {
    let world = World::new();
    world.partners.data().down = Some(("open", 422));
    world.hears(&event(ORDER)).await;
    world.works().await;
    assert_eq!(world.order(ORDER).await.attention, Some(Reason::OpenRefused));
    world.partners.data().down = None;
    let mut corrected = event(ORDER);
    corrected["customer"]["email"] = json!("manutencao@example.com");
    world.hears(&corrected).await;
    world.works().await;
    assert_eq!(world.state_of(ORDER).await, State::NeedsAttention, "a person decides when");

    let redrive = json!({"op": "redrive", "order_id": ORDER, "reason": "corrigido", "command_id": "c-1"});
    world.told(redrive).await.expect("obeyed");
    world.works().await;

    assert_eq!(world.state_of(ORDER).await, State::AwaitingExecution);
    assert_eq!(world.partners.data().opened[0].2, corrected.to_string());
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_needs_no_order_is_dismissed_and_weighs_on_nobody() {
    let world = World::new();
    world.is_called(&super::world::completed(99)).await;
    world.works().await;
    let unmatched = async || {
        let told = world.told(json!({"op": "unmatched"})).await.expect("listed");
        told["callbacks"].as_array().expect("a list").clone()
    };
    assert!(unmatched().await.is_empty(), "its order may still come");
    world.works_for(std::time::Duration::from_hours(25)).await;
    let found = unmatched().await;
    assert_eq!((found.len(), &found[0]["ss"]), (1, &json!("99")));
    let dismiss = |id: &str, command: &str| {
        json!({"op": "dismiss_callback", "callback": id,
        "reason": "aberta à mão", "command_id": command})
    };
    assert!(world.told(dismiss("nada", "c-0")).await.is_err(), "there is none");

    let id = found[0]["id"].as_str().expect("an id");
    world.told(dismiss(id, "c-1")).await.expect("obeyed");

    let told = engine::Cases::case(&world.state, service_orders::notice::KIND, id).await.expect("read");
    let told = told.expect("it is kept").filing;
    assert_eq!((&told.body["told"], told.due), (&json!("dispensado por ana: aberta à mão"), None));
    assert!(unmatched().await.is_empty());
    assert_eq!(service_orders::watch::summary(&world.state).await.expect("read").unmatched, 0);
    assert_eq!(world.told(dismiss(id, "c-1")).await.expect("known")["duplicate"], json!(true));
    let refused = world.told(dismiss(id, "c-2")).await.expect_err("it is over").to_string();
    assert_eq!(refused, "este aviso não está mais sem pedido");
}

#[tokio::test(start_paused = true)]
async fn orders_are_listed_by_their_alarm() {
    let world = World::new();
    let mut unrecognised = event("o-2");
    unrecognised.as_object_mut().expect("an object").retain(|name, _| !name.contains("quipment"));
    for body in [event(ORDER), unrecognised] {
        world.hears(&body).await;
    }
    let ids = async |more: serde_json::Value| {
        let mut list = json!({"op": "list"});
        list.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let told = world.told(list).await.expect("listed");
        let lines = told["orders"].as_array().expect("a list").clone();
        lines.iter().map(|line| line["order_id"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };

    assert_eq!(ids(json!({"alarm": "equipment_unrecognised"})).await, ["o-2"]);
    assert_eq!(ids(json!({"alarm": "equipment_unrecognised", "state": "received"})).await, ["o-2"]);
    assert!(ids(json!({"alarm": "equipment_unrecognised", "state": "skipped"})).await.is_empty());
    assert!(ids(json!({"alarm": "ss_not_found"})).await.is_empty());
    assert_eq!(ids(json!({})).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn lists_show_where_orders_are_and_what_to_do() {
    let world = World::new();
    world.hears(&event(ORDER)).await;

    let list = world.told(json!({"op": "list", "state": "received"})).await.expect("listed");
    let all = world.told(json!({"op": "list"})).await.expect("listed");

    assert_eq!(list["orders"][0]["order_id"], json!(ORDER));
    assert_eq!(all["orders"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(start_paused = true)]
async fn the_account_of_its_branch_counts_until_an_ss_was_asked_for() {
    let mut world = World::new();
    let wrong = AccountKeys { unit: "418".to_owned(), key: Secret::new("CANARY-wrong-key") };
    world.credentials.sismetro.insert("errada".to_owned(), wrong);
    world.restart();
    let branch = |account: &str, command: &str| {
        json!({"op": "set_branch", "company_code": 1, "branch_code": 3, "active": true, "account": account,
            "reason": "conta", "command_id": command})
    };
    let redrive = |command: &str| json!({"op": "redrive", "order_id": ORDER, "reason": "conta certa", "command_id": command});
    world.told(branch("sem segredo", "c-1")).await.expect("obeyed");
    world.hears(&event(ORDER)).await;
    world.works().await;
    assert_eq!(world.order(ORDER).await.attention, Some(Reason::AccountMissing));

    world.told(branch("errada", "c-2")).await.expect("obeyed");
    world.told(redrive("c-3")).await.expect("obeyed");
    world.works().await;
    let order = world.order(ORDER).await;
    assert_eq!((order.attention, order.account.as_deref()), (Some(Reason::SismetroAuth), Some("errada")));

    world.told(branch("principal", "c-4")).await.expect("obeyed");
    world.told(redrive("c-5")).await.expect("obeyed");
    world.works().await;
    let order = world.order(ORDER).await;
    assert_eq!((order.state, order.account.as_deref()), (State::AwaitingExecution, Some("principal")));
}
