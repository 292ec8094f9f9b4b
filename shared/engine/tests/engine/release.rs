//! Records that an operator lets try again.

use engine::{CauseGroup, Entity, Key, Quarantine, Quarantined, Why, causes, release, watermark};
use jiff::Timestamp;

use crate::world::{Item, World};

const JOB: &str = "itens";

/// Three rows that the partner refuses and one that cannot be mapped, tried once.
async fn tried() -> World {
    let world = World::of(&["bad!", "worse!", "worst!", "", "a"]);
    world.run().await.expect("nothing fails");
    assert_eq!(world.memory.in_quarantine(Item::NAME, 10).await.expect("readable").len(), 4);
    world
}

/// The keys that were offered since there were `before` batches.
fn offered(world: &World, before: usize) -> Vec<String> {
    let mut keys: Vec<String> = world.target.writes().split_off(before).into_iter().flatten().collect();
    keys.sort();
    keys.dedup();
    keys
}

#[tokio::test(start_paused = true)]
async fn what_is_released_does_not_rest_and_the_others_do() {
    for (keys, released, sent) in [
        (Some(vec![2]), 1, vec!["+2"]),
        (Some(vec![1, 3, 4]), 3, vec!["+1", "+3"]),
        (None, 4, vec!["+1", "+2", "+3"]),
    ] {
        let world = tried().await;
        assert!(watermark(&world.memory, JOB).await.expect("readable").is_some());
        let batches = world.target.writes().len();
        let keys: Option<Vec<Key>> = keys.map(|keys| keys.into_iter().map(Key::from).collect());

        let count = release(&world.memory, JOB, Item::NAME, keys.as_deref()).await.expect("writable");

        assert_eq!(count, released);
        assert_eq!(watermark(&world.memory, JOB).await.expect("readable"), None, "everything is read next");
        world.run().await.expect("nothing fails");
        assert_eq!(offered(&world, batches), sent);
        assert!(watermark(&world.memory, JOB).await.expect("readable").is_some(), "once");
        let held = world.memory.in_quarantine(Item::NAME, 10).await.expect("readable");
        assert_eq!(held.len(), 4, "they are as bad as before");
        assert!(held.iter().all(|(_, held)| held.since < held.last || held.attempts == 1));
    }
}

#[tokio::test(start_paused = true)]
async fn releasing_what_is_not_held_changes_nothing() {
    let world = tried().await;
    let before = watermark(&world.memory, JOB).await.expect("readable");

    let count =
        release(&world.memory, JOB, Item::NAME, Some(&[5.into(), 99.into()])).await.expect("readable");

    assert_eq!(count, 0);
    assert_eq!(watermark(&world.memory, JOB).await.expect("readable"), before);
}

#[test]
fn causes_are_grouped_by_field_and_rule_the_most_frequent_first() {
    let held = |why: Vec<Why>| Quarantined {
        why,
        fingerprint: None,
        refused: false,
        since: Timestamp::UNIX_EPOCH,
        last: Timestamp::UNIX_EPOCH,
        attempts: 1,
    };
    let long = |value: &str| Why::new("Nome", value, "no máximo 10 caracteres");
    let records = [
        (Key::from(1), held(vec![Why::missing("UF")])),
        (Key::from(2), held(vec![long("um nome comprido"), Why::missing("UF")])),
        (Key::from(3), held(vec![long("outro nome comprido")])),
        (Key::from(4), held(vec![Why::missing("Nome")])),
    ];

    let groups = causes(&records);

    let group = |field: &str, rule: String, count, example: i64| CauseGroup {
        field: field.to_owned(),
        rule,
        count,
        example: example.into(),
    };
    let missing = Why::missing("").rule;
    let expected = [
        group("Nome", long("").rule, 2, 2),
        group("Nome", missing.clone(), 1, 4),
        group("UF", missing, 1, 1),
    ];
    assert_eq!(groups[0], expected[0], "a value is no cause");
    assert_eq!(groups.len(), 3);
    assert!(expected.iter().all(|group| groups.contains(group)), "{groups:?}");
}
