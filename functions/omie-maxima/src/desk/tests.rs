use engine::{Filing, Memory};
use jiff::Timestamp;
use sales::orders::{Order, Row, Stage};
use serde_json::{Value, json};

use super::*;

fn clock() -> Clock {
    Clock::paused("2026-03-02T14:00:00Z".parse().expect("a moment"))
}

async fn held(state: &Memory, now: Timestamp) {
    let mut order = Order::new("900100200", Row::default(), "como veio".to_owned(), now);
    (order.stage, order.why) = (Stage::Held, Some("falta a categoria".into()));
    let filing = order.filing();
    let body = serde_json::to_value(&order).expect("JSON");
    let filing = Filing { body, due: None, marks: filing.marks, expires: filing.expires };
    state.file(Kind::Pedidos.stored(), "900100200", None, filing).await.expect("filed");
}

/// Omie has the order 1507 and no other.
async fn agreed(_: &str, numero: i64) -> Result<InErp, String> {
    match numero {
        1507 => Ok(InErp { codigo_pedido: 5_366_599_001, numero }),
        _ => Err(format!("o Omie não tem pedido com o número {numero}")),
    }
}

async fn ask(state: &Memory, clock: &Clock, command: Value, woken: Result<(), String>) -> Value {
    let command = serde_json::from_value(command).expect("a command");
    let answer =
        answered(Kind::Pedidos, state, clock, command, (agreed, async |_| woken)).await.expect("answered");
    serde_json::to_value(Answered::Desk(Box::new(answer))).expect("JSON")
}

#[tokio::test(start_paused = true)]
async fn what_is_found_can_be_shown_and_told_a_word() {
    let clock = clock();
    let state = Memory::new(clock.clone());
    held(&state, clock.now()).await;

    let found = ask(&state, &clock, json!({"op": "search", "text": "retido"}), Ok(())).await;
    assert_eq!((&found["done"], &found["found"][0]["id"]), (&json!(true), &json!("900100200")));
    let shown = ask(&state, &clock, json!({"op": "show", "id": "900100200"}), Ok(())).await;
    assert_eq!(shown["timeline"]["stations"][2]["note"], "retido: falta a categoria");
    let verbs: Vec<_> = shown["timeline"]["actions"].as_array().expect("actions").iter().collect();
    assert_eq!(verbs.iter().map(|action| &action["verb"]).collect::<Vec<_>>(), ["retry", "refuse", "adopt"]);

    let retry = json!({"op": "retry", "id": "900100200", "actor": "Maria", "reason": "categoria informada"});
    let told = ask(&state, &clock, retry, Ok(())).await;
    assert_eq!(told["text"], "anotado; o pedido 900100200 está: novo");
    let cause = &told["timeline"]["steps"][1]["cause"];
    assert_eq!(cause, "Maria pediu nova tentativa: categoria informada");
}

#[tokio::test(start_paused = true)]
async fn a_word_stands_though_no_partner_can_be_opened() {
    let clock = clock();
    let state = Memory::new(clock.clone());
    held(&state, clock.now()).await;

    let refuse =
        json!({"op": "refuse", "id": "900100200", "actor": "Maria", "reason": "cliente inadimplente"});
    let told = ask(&state, &clock, refuse, Err("faltam as credenciais".into())).await;

    assert_eq!((&told["done"], &told["record"]["stage"]), (&json!(true), &json!("recusado")));
    let text = told["text"].as_str().expect("a text");
    assert!(text.ends_with("; o restante fica para o próximo turno: faltam as credenciais"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_done_says_why_and_wakes_nobody() {
    let clock = clock();
    let state = Memory::new(clock.clone());
    held(&state, clock.now()).await;
    let adopt = json!({"op": "adopt", "id": "900100200", "actor": "M", "reason": "r", "numero": 0});
    let other = json!({"op": "adopt", "id": "900100200", "actor": "M", "reason": "r", "numero": 1508});
    for (command, why) in [
        (json!({"op": "retry", "id": "900100200", "actor": "Maria"}), "diga o motivo"),
        (json!({"op": "refuse", "id": "900100200", "reason": "x"}), "diga quem decide"),
        (adopt, "informe o número"),
        (other, "o Omie não tem pedido com o número 1508"),
        (json!({"op": "show", "id": "1"}), "não encontrado"),
        (json!({"op": "search", "text": "padaria"}), "não entendi “padaria”"),
        (json!({"op": "search", "after": "x"}), "a continuação da busca é inválida"),
    ] {
        let command = serde_json::from_value(command).expect("a command");
        let woken = async |_: &str| panic!("nothing was filed");
        let answer =
            answered(Kind::Pedidos, &state, &clock, command, (agreed, woken)).await.expect("answered");
        assert!(!answer.done && answer.text.starts_with(why), "{answer:?}");
    }
}

#[test]
fn a_schedule_s_event_asks_nothing_of_the_desk_and_a_wrong_command_is_refused() {
    let command = |event: Value| serde_json::from_value::<DeskCommand>(event);

    assert!(command(json!({"op": "delete", "id": "1"})).is_err());
    assert!(command(json!({"op": "retry"})).is_err(), "whose?");
    let turn = Answered::from(TurnAnswer::default());
    assert_eq!(serde_json::to_value(turn).expect("JSON"), json!({"more": false}), "as without a desk");
}
