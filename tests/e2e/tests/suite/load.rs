//! Check 1: the initial load, and the same load again.

use e2e::{Ended, World};
use simulators::Preset;

#[tokio::test(start_paused = true)]
async fn every_record_is_in_maxima_or_in_quarantine() {
    let world = World::new(Preset::Small).await;

    assert_eq!(world.load().await, Ended::Finished);

    assert_eq!(world.differences().await, Vec::<String>::new());
    let awkward = world.quarantined::<sales::entities::Cliente>().await;
    assert!(!awkward.is_empty(), "the dataset holds customers that cannot be sent");
}

#[tokio::test(start_paused = true)]
async fn a_second_load_writes_nothing() {
    let world = World::new(Preset::Small).await;
    world.load().await;
    let written = world.rows_written();

    assert_eq!(world.load().await, Ended::Finished);

    assert_eq!(world.rows_written(), written);
    assert_eq!(world.differences().await, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_change_in_omie_is_one_write() {
    let world = World::new(Preset::Small).await;
    world.load().await;
    let (written, banks) = (world.rows_written(), simulators::Registry::Bancos);
    world
        .partners
        .omie
        .set(banks, "001", "nome", "BANCO DO BRASIL SA".into())
        .expect("the dataset has bank 001");

    world.load().await;

    assert_eq!(world.rows_written(), written + 1);
    assert_eq!(world.differences().await, Vec::<String>::new());
}
