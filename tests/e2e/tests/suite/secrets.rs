//! Check 16: no secret leaves the process, whatever fails.

use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};

use e2e::{Ended, World};
use engine::{Documents as _, Ledger as _, Quarantine as _};
use simulators::{Fault, Preset};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

/// What the process knows: the partners' credentials, and what Omie's address of our webhook holds.
pub(crate) const SECRETS: [&str; 5] = [
    simulators::APP_KEY,
    simulators::APP_SECRET,
    simulators::LOGIN,
    simulators::PASSWORD,
    e2e::WEBHOOK_SECRET,
];

#[derive(Clone, Default)]
pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    /// Everything so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no panic while writing").clone()).expect("text")
    }
}

/// From now on all logs of this thread, until the guard is dropped.
pub(crate) fn logged() -> (Captured, DefaultGuard) {
    let logged = Captured::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(logged.clone()).finish();
    (logged, tracing::subscriber::set_default(subscriber))
}

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic while writing").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A partner that repeats what it was sent, secrets and all.
pub(crate) fn echo() -> Fault {
    let text = format!("recusado para {}", SECRETS.join(" e "));
    Fault::Reject { text, status: 500 }
}

#[tokio::test(start_paused = true)]
async fn a_partner_that_repeats_our_secrets_gives_none_away() {
    let (logged, _guard) = logged();
    let world = World::new(Preset::Small).await;
    world.partners.omie.faults().next("ListarBancos", echo(), 1);
    world.partners.maxima.faults().next("POST Usuaris", echo(), 1);

    let ended = world.load().await;
    let again = world.load().await;

    assert!(matches!(ended, Ended::Failed { .. }), "{ended:?}");
    let told = format!("{ended:?} {again:?} {}", everything_stored(&world).await);
    let logged = logged.text();
    assert!(told.contains("recusado para"), "the partner's text is told: {told}");
    for secret in SECRETS {
        assert!(!told.contains(secret), "told: {told}");
        assert!(!logged.contains(secret), "logged");
    }
}

async fn everything_stored(world: &World) -> String {
    let mut text = String::new();
    for kind in ["load", "load-step", "run", "watermark", "settings", "checkpoint"] {
        let documents = world.state.list(kind, "", 1_000).await.expect("readable");
        write!(text, "{documents:?}").expect("a String takes any text");
    }
    for entity in sales::catalog::catalog().iter().flat_map(|job| job.entities) {
        let held = world.state.in_quarantine(entity, 1_000).await.expect("readable");
        let facts = world.state.all_facts(entity).await.expect("readable");
        write!(text, "{held:?} {facts:?}").expect("a String takes any text");
    }
    text
}
