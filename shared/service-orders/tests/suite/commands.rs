//! Operators' commands, as they come in (flow §9).

use serde_json::json;
use service_orders::State;

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
        (json!({"op": "redrive", "order_id": ORDER, "reason": "x", "command_id": "c"}), "awaiting_execution"),
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
async fn lists_show_where_orders_are_and_what_to_do() {
    let world = World::new();
    world.hears(&event(ORDER)).await;

    let list = world.told(json!({"op": "list", "state": "received"})).await.expect("listed");
    let all = world.told(json!({"op": "list"})).await.expect("listed");

    assert_eq!(list["orders"][0]["order_id"], json!(ORDER));
    assert_eq!(all["orders"].as_array().map(Vec::len), Some(1));
}
