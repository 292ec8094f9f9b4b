//! Check 3: a company without its state registration.

use e2e::{Ended, World};
use sales::branch::MissingField;
use simulators::{Fault, Options, Preset};

async fn incomplete() -> World {
    World::with(|clock| Options { branch_incomplete: true, ..Options::new(Preset::Small, 7, clock) }).await
}

#[tokio::test(start_paused = true)]
async fn an_incomplete_branch_interrupts_the_load_and_is_named() {
    let world = incomplete().await;

    let Ended::Interrupted(problems) = world.load().await else {
        panic!("the gate is open");
    };

    let missing: Vec<_> = problems.iter().flat_map(|problem| problem.missing.clone()).collect();
    assert_eq!(missing, [MissingField::InscricaoEstadual]);
    let screen = sales::branch::screen(&problems);
    assert!(screen.contains("inscricao_estadual"), "{screen}");
    assert_eq!(world.partners.maxima.count("Filiais"), 0);
    assert_eq!(world.partners.maxima.count("Usuaris"), 0, "nothing that refers to the branch is loaded");
}

#[tokio::test(start_paused = true)]
async fn rechecking_without_a_fix_stays_interrupted() {
    let world = incomplete().await;
    world.load().await;

    assert!(matches!(world.load().await, Ended::Interrupted(_)));
}

#[tokio::test(start_paused = true)]
async fn after_the_fix_the_load_continues_to_its_end() {
    let world = incomplete().await;
    world.load().await;
    world.partners.omie.fix_branch();

    assert_eq!(world.load().await, Ended::Finished);

    assert_eq!(world.differences().await, Vec::<String>::new());
    assert!(world.quarantined::<sales::entities::Filial>().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_branch_that_maxima_refused_is_sent_again_when_somebody_rechecks() {
    let world = World::new(Preset::Small).await;
    let refusal = Fault::Reject { text: "filial recusada por teste".to_owned(), status: 400 };
    world.partners.maxima.faults().next("POST Filiais", refusal, 1);
    let Ended::Interrupted(problems) = world.load().await else { panic!("the gate is open") };
    assert!(sales::branch::screen(&problems).contains("filial recusada por teste"), "{problems:?}");

    assert_eq!(world.load().await, Ended::Finished);
}
