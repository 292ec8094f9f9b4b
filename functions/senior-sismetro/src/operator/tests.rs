use engine::{Faults, Harm, Memory, Moment};

use super::*;

const ORDER: &str = "5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10";

fn secret() -> Secret {
    let credentials = json!({
        "senior": {"access_key": "CANARYaccess", "secret": "CANARYapp", "client_id": "CANARYclient"},
        "sismetro": {"principal": {"unit": "417", "key": "CANARYoutboundkey0123456789abcde"}},
        "webhook": "CANARY".repeat(16),
    });
    Secret::new(credentials.to_string())
}

struct House {
    clock: Clock,
    faults: Faults,
    state: Memory,
}

impl House {
    fn bare() -> Self {
        let clock = Clock::paused("2026-11-22T08:00:00Z".parse().expect("an instant"));
        let faults = Faults::default();
        Self { state: Memory::with_faults(clock.clone(), faults.clone()), faults, clock }
    }

    /// With settings, and one order in `received`.
    async fn new() -> Self {
        let house = Self::bare();
        let settings = json!({"default_branch_active": true, "default_account": "principal",
            "senior": {"tenant_name": "acme"}});
        let answer = house.told(json!({"op": "configure", "settings": settings})).await;
        assert!(answer.done, "{}", answer.text);
        let (settings, _) = Settings::load(&house.state).await.expect("read").expect("stored");
        let credentials = Credentials::parse(secret().expose()).expect("good credentials");
        let shown = credentials.inbound.senior[0].expose().to_owned();
        let headers = [("x-webhook-secret".to_owned(), shown)];
        let body =
            json!({"order": {"id": ORDER, "number": 48_213}, "equipment": {"id": "88121"}}).to_string();
        let inbound = service_orders::inbound::Inbound {
            method: "POST",
            path: "/webhooks/senior/service-order-finished",
            headers: &headers,
            body: body.as_bytes(),
        };
        let answer =
            service_orders::inbound::senior(&house.state, &house.clock, &settings, &credentials, inbound)
                .await;
        assert_eq!(answer.status, 200);
        house
    }

    async fn obeys(&self, so: Value) -> Result<(OperatorAnswer, bool), Failure> {
        let told = Told { so, actor: "ana".to_owned() };
        Box::pin(obeyed(&self.state, &self.clock, Some(&secret()), told)).await
    }

    async fn told(&self, so: Value) -> OperatorAnswer {
        self.obeys(so).await.expect("no failure").0
    }
}

fn about(op: &str, more: &Value) -> Value {
    let mut command =
        json!({"op": op, "order_id": ORDER, "reason": "teste", "command_id": format!("c-{op}")});
    merge(&mut command, more.clone());
    command
}

#[tokio::test(start_paused = true)]
async fn an_unknown_word_says_which_there_are() {
    let house = House::new().await;
    for (so, said) in [
        (json!({"op": "nonsense"}), "comando desconhecido \"nonsense\": use um destes: status, list"),
        (json!({}), "informe o comando (op): status, list"),
        (json!("redrive"), "informe o comando (op)"),
        (json!({"op": "find"}), "comando inválido em \"find\""),
        (json!({"op": "status", "x": 1}), "comando inválido em \"status\""),
        (json!({"op": "redrive", "order_id": ORDER, "reason": "x"}), "comando inválido"),
        (about("redrive", &json!({"order_id": "none"})), "não há registro de \"none\""),
        (about("redrive", &json!({})), "este comando não se aplica"),
    ] {
        let (answer, wakes) = house.obeys(so.clone()).await.expect("no failure");
        assert!(!answer.done && !wakes && answer.text.contains(said), "{so}: {}", answer.text);
    }
}

#[tokio::test(start_paused = true)]
async fn every_word_is_obeyed() {
    let replay = {
        let house = House::new().await;
        house.told(about("show", &json!({"reason": null, "command_id": null}))).await.result["deliveries"][0]
            ["id"]
            .clone()
    };
    let words = [
        json!({"op": "status"}),
        json!({"op": "list"}),
        json!({"op": "list", "state": "received", "limit": 5}),
        json!({"op": "find", "text": "48213"}),
        json!({"op": "show", "order_id": ORDER}),
        json!({"op": "quarantine"}),
        json!({"op": "branches"}),
        json!({"op": "settings"}),
        json!({"op": "configure", "settings": {"scan_pages": 2}}),
        about("set_branch", &json!({"order_id": null, "company_code": 1, "branch_code": 3, "active": true})),
        about("replay_event", &json!({"order_id": null, "delivery": replay})),
        about("attach_ss", &json!({"ss_number": "1287001"})),
        about("force_outcome", &json!({"outcome": "completed"})),
        about("close", &json!({"state": "released"})),
    ];
    for word in words {
        let house = House::new().await;
        if word["op"] == "force_outcome" {
            house.told(about("attach_ss", &json!({"ss_number": "1287001"}))).await;
        }
        let answer = house.told(word.clone()).await;
        assert!(answer.done && answer.text.is_empty(), "{word}: {}", answer.text);
        assert!(!answer.result.to_string().contains("CANARY"), "{word}: {}", answer.result);
    }
}

#[tokio::test(start_paused = true)]
async fn every_word_that_there_is_has_somebody_who_obeys_it() {
    let house = House::new().await;
    for word in WORDS {
        let answer = house.told(json!({"op": word, "strange": 1})).await;
        // Whoever reads it knows the word, and not the member.
        assert!(!answer.done && !answer.text.contains("unknown variant"), "{word}: {}", answer.text);
        assert!(answer.text.contains("inválido"), "{word}: {}", answer.text);
    }
}

#[tokio::test(start_paused = true)]
async fn a_word_that_makes_work_wakes_the_worker_and_its_repetition_does_not() {
    let house = House::new().await;
    let attach = about("attach_ss", &json!({"ss_number": "1287001"}));

    let (first, wakes) = house.obeys(attach.clone()).await.expect("obeyed");
    let (second, again) = house.obeys(attach).await.expect("known");

    assert_eq!((first.result["state"].as_str(), wakes, again), (Some("opened"), true, false));
    assert_eq!(second.result["duplicate"], json!(true));
}

#[tokio::test(start_paused = true)]
async fn an_order_is_found_by_number_and_by_ss_and_by_id() {
    let house = House::new().await;
    house.told(about("attach_ss", &json!({"ss_number": "1287001"}))).await;

    for text in ["48213", "1287001", ORDER] {
        let found = house.told(json!({"op": "find", "text": text})).await;
        assert_eq!(found.result["orders"].as_array().map(Vec::len), Some(1), "{text}");
        assert_eq!(found.result["orders"][0]["order_id"], ORDER, "{text}");
    }
    assert_eq!(house.told(json!({"op": "find", "text": "9"})).await.result, json!({"orders": []}));
    assert!(!house.told(json!({"op": "find", "text": " "})).await.done);
}

#[tokio::test(start_paused = true)]
async fn settings_are_changed_member_by_member_and_never_to_something_wrong() {
    let house = House::new().await;
    let configure = |settings: Value| house.told(json!({"op": "configure", "settings": settings}));

    let changed = configure(json!({"scan_pages": 2, "sismetro": {"reads_per_minute": 5}})).await;
    let wrong = configure(json!({"scan_pages": 99, "nonsense": 1})).await;
    let back = configure(json!({"scan_pages": null})).await;

    assert_eq!(changed.result["settings"]["scan_pages"], 2);
    assert_eq!(changed.result["settings"]["senior"]["tenant_name"], "acme", "what is not named stays");
    assert!(!wrong.done && wrong.text.contains("nonsense"), "{}", wrong.text);
    assert_eq!(back.result["settings"]["scan_pages"], 6);
    assert_eq!(back.result["settings"]["sismetro"]["reads_per_minute"], 5);
    assert_eq!(house.told(json!({"op": "settings"})).await.result["scan_pages"], 6);
}

#[tokio::test(start_paused = true)]
async fn before_there_are_settings_the_status_says_what_is_missing() {
    let house = House::bare();

    let status = house.told(json!({"op": "status"})).await;
    let list = house.told(json!({"op": "list"})).await;
    let unnamed = house.told(json!({"op": "configure", "settings": {}})).await;

    assert_eq!(status.result["missing"], json!(["a integração ainda não tem parâmetros: comando configure"]));
    assert!(!list.done && list.text.contains("configure"), "{}", list.text);
    assert!(unnamed.text.contains("senior.tenant_name"), "{}", unnamed.text);
    let told = Told { so: json!({"op": "status"}), actor: String::new() };
    let unread =
        obeyed(&house.state, &house.clock, Some(&Secret::new("{}")), told).await.expect("no failure");
    assert!(unread.0.result["missing"][1].as_str().is_some_and(|text| text.contains("segredo")));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_is_a_failure_to_try_again() {
    let house = House::new().await;
    house.faults.strike(2, Moment::Before, Harm::Fail);

    let failure = house.obeys(about("close", &json!({"state": "skipped"}))).await.expect_err("it failed");

    assert_eq!(failure.error_type, "RetryLater");
}
