//! What is kept out says why, and is let go when somebody has looked at it.

use e2e::{Ended, World};
use engine::{Entity, Quarantine as _, Wanted};
use sales::entities::Produto;
use sales::quarantine::{Selection, causes, release};
use simulators::{Fault, Preset};

const PRODUTOS: &str = Produto::NAME;

/// A world in which Máxima has refused every product once.
async fn refused() -> World {
    let world = World::new(Preset::Small).await;
    let refusal = Fault::Reject { text: "produto recusado por teste".to_owned(), status: 400 };
    world.partners.maxima.faults().next("POST Produtos", refusal.clone(), 1_000);
    world.partners.maxima.faults().next("PUT Produtos", refusal, 1_000);
    assert!(matches!(world.load().await, Ended::Failed { step, .. } if step == "sync-produtos"));
    world.partners.maxima.faults().clear();
    world
}

async fn held(world: &World) -> usize {
    world.state.in_quarantine(PRODUTOS, 1_000).await.expect("readable").len()
}

#[tokio::test(start_paused = true)]
async fn every_reason_says_the_field_the_rule_and_what_to_do_in_portuguese() {
    let world = World::new(Preset::Small).await;
    world.load().await;

    for entity in sales::catalog::catalog().iter().flat_map(|job| job.entities) {
        for group in causes(&world.state, entity).await.expect("readable") {
            assert!(!group.field.is_empty() && group.count > 0, "{entity}: {group:?}");
            assert!(group.rule.chars().count() > 15, "{entity}: {group:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_record_rests_for_an_hour_unless_it_is_released() {
    let world = refused().await;
    let all = held(&world).await;
    assert!(all > 40, "the cloud refused them");
    world.rest().await;

    world.keep_by_name(PRODUTOS, Wanted::Full).await;
    assert_eq!(held(&world).await, all, "the same row would only be refused again");

    let one = world.state.in_quarantine(PRODUTOS, 1_000).await.expect("readable");
    let (key, _) = one.iter().find(|(_, held)| held.refused).expect("a refused one");
    let selection = Selection::Keys(vec![key.to_string()]);
    assert_eq!(release(&world.state, PRODUTOS, &selection).await.expect("released"), 1);
    world.rest().await;
    world.keep_by_name(PRODUTOS, Wanted::Changes).await;
    assert_eq!(held(&world).await, all - 1);
}

#[tokio::test(start_paused = true)]
async fn records_are_released_by_cause_and_all_together() {
    let world = refused().await;
    let before = held(&world).await;
    let groups = causes(&world.state, PRODUTOS).await.expect("readable");
    let refusal = groups.iter().find(|group| group.rule.contains("recusado por teste")).expect("the refusal");
    let selection = Selection::Cause { field: refusal.field.clone(), rule: refusal.rule.clone() };

    let released = release(&world.state, PRODUTOS, &selection).await.expect("released");
    world.rest().await;
    world.keep_by_name(PRODUTOS, Wanted::Changes).await;

    assert_eq!(released, refusal.count);
    let left = u64::try_from(held(&world).await).expect("a small number");
    assert_eq!(left + released, u64::try_from(before).expect("a small number"));
    assert_eq!(release(&world.state, PRODUTOS, &Selection::All).await.expect("released"), left);
}
