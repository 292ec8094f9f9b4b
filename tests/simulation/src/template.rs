//! What the catalogue leaves behind, made once: the ledger of a tiny tenant after its initial load.

use std::sync::{Arc, OnceLock};

use e2e::{Ended, World};
use engine::{Entry, Key, Ledger, Memory};
use jiff::Timestamp;
use sales::catalog;
use simulators::{Dataset, Options, Preset};

/// The ledger by entity, and the account it is of.
pub(crate) struct Template {
    ledger: Vec<(&'static str, Vec<(Key, Entry)>)>,
    pub(crate) dataset: Arc<Dataset>,
}

static TEMPLATE: OnceLock<Template> = OnceLock::new();

/// The template; the first caller waits until the load has run.
pub(crate) fn template() -> &'static Template {
    TEMPLATE.get_or_init(|| {
        // The caller may be inside a runtime of its own.
        let made = std::thread::spawn(|| {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_time().start_paused(true).build().expect("a runtime");
            runtime.block_on(load())
        });
        made.join().expect("the tiny account can be loaded")
    })
}

async fn load() -> Template {
    let world = World::with(|clock| Options::new(Preset::Tiny, 0, clock)).await;
    let ended = world.load().await;
    assert_eq!(ended, Ended::Finished, "the tiny account can be loaded");
    let mut ledger = Vec::new();
    for entity in catalog::catalog().iter().flat_map(|job| job.entities) {
        let entries = world.state.scan(entity, None, usize::MAX).await.expect("a readable ledger");
        ledger.push((*entity, entries));
    }
    let dataset = Arc::new(Dataset::generate(Preset::Tiny, 0, Timestamp::UNIX_EPOCH));
    Template { ledger, dataset }
}

impl Template {
    /// Writes the ledger into a new memory.
    pub(crate) async fn pour(&self, memory: &Memory) {
        for (entity, entries) in &self.ledger {
            memory.record(entity, entries).await.expect("a memory without faults");
        }
    }
}
