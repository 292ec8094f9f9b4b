//! The schedules as the Lambdas and the console reach them: our client, the official SDK below it, over the wire.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_scheduler::config::Credentials;
use aws_smithy_http_client::{Builder, tls};
use clock::Clock;
use jiff::Timestamp;
use local::events::Events;
use local::gateway::{Gateway, router};
use local::lambda::{Launch, Pool};
use local::machines::Machines;
use local::scheduler::{Scheduler, Target};
use local::secrets::Secrets;
use local::template::{REGION, Schedule, Template};
use schedules::{Frequency, Once, ScheduleError, Schedules};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const NAME: &str = "ponte-demo-sync-x";

/// When a bench opens.
const NOW: &str = "2026-03-01T10:00:00Z";

struct Bench {
    clock: Clock,
    schedules: Schedules,
    scheduler: Arc<Scheduler>,
    _folder: tempfile::TempDir,
    _server: JoinSet<()>,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let schedule = |name: &str| Schedule {
            name: name.to_owned(),
            expression: "rate(15 minutes)".to_owned(),
            timezone: "America/Sao_Paulo".to_owned(),
            input: json!({ "trigger": "schedule" }),
            function: NAME.to_owned(),
            enabled: true,
        };
        let of_the_template = [schedule(NAME), schedule("ponte-demo-reconcile-x"), schedule("ponte-other-x")];
        let file = folder.path().join("schedules.json");
        let clock = Clock::paused(moment(NOW));
        let scheduler = Arc::new(Scheduler::open(&file, &of_the_template, clock.clone()).expect("opened"));
        let launch = Launch {
            binaries: folder.path().to_owned(),
            logs: folder.path().to_owned(),
            environment: BTreeMap::new(),
        };
        let pool = Pool::new(&[], &launch);
        let machines = Machines::read(&Template::default(), folder.path(), pool.clone(), clock.clone());
        let router = router(Gateway {
            pool,
            secrets: Arc::new(Secrets::open(&folder.path().join("secrets.json")).expect("opened")),
            scheduler: Arc::clone(&scheduler),
            events: Events::default(),
            machines: machines.expect("none"),
            routes: Vec::new(),
            clock: clock.clone(),
            about: json!({}),
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.expect("served") });
        Self { clock, schedules: client(&address).await, scheduler, _folder: folder, _server: server }
    }
}

async fn client(endpoint: &str) -> Schedules {
    let http = Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https();
    let config = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .endpoint_url(endpoint)
        .http_client(http)
        .load()
        .await;
    Schedules::new(aws_sdk_scheduler::Client::new(&config))
}

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

#[tokio::test]
async fn a_schedule_of_the_template_is_read_and_listed_by_its_tenant() {
    let bench = Bench::new().await;

    let found = bench.schedules.get(NAME).await.expect("it is there");
    assert_eq!((found.expression.as_str(), found.zone.as_str()), ("rate(15 minutes)", "America/Sao_Paulo"));
    assert!(found.is_on && found.starts.is_none() && found.note.is_none());

    let listed = bench.schedules.list("ponte-demo-").await.expect("a list");
    let names: Vec<_> = listed.iter().map(|schedule| schedule.name.as_str()).collect();
    assert_eq!(names, ["ponte-demo-reconcile-x", NAME]);
}

#[tokio::test]
async fn a_change_of_the_frequency_keeps_the_function_and_its_event() {
    let bench = Bench::new().await;
    let before = bench.scheduler.due().into_iter().find(|due| due.name == NAME).expect("on");

    bench.schedules.change(NAME, Frequency::Every(60), bench.clock.now()).await.expect("changed");

    let after = bench.scheduler.due().into_iter().find(|due| due.name == NAME).expect("on");
    assert_eq!(bench.schedules.get(NAME).await.expect("there").expression, "rate(1 hour)");
    assert_eq!((after.target, after.input, after.zone), (before.target, before.input, before.zone));
    assert_ne!(after.recurrence, before.recurrence);
    let unfit = bench
        .schedules
        .change(NAME, Frequency::Expression("cron(0 25 * * ? *)".into()), bench.clock.now())
        .await;
    assert!(matches!(unfit, Err(ScheduleError::Unfit(_))), "{unfit:?}");
}

#[tokio::test]
async fn a_pause_has_a_reason_and_ends_by_itself_or_by_hand() {
    let bench = Bench::new().await;
    let until = moment("2026-03-02T11:00:00Z");
    let due = || bench.scheduler.due().into_iter().find(|due| due.name == NAME);

    bench.schedules.pause(NAME, "inventário", Some(until)).await.expect("paused");
    let paused = bench.schedules.get(NAME).await.expect("there");
    assert_eq!((paused.starts, paused.note.as_deref()), (Some(until), Some("inventário")));
    assert_eq!(due().and_then(|due| due.starts), Some(until));

    bench.schedules.pause(NAME, "sem prazo", None).await.expect("paused");
    assert!(!bench.schedules.get(NAME).await.expect("there").is_on);
    assert_eq!(due(), None);

    bench.schedules.resume(NAME).await.expect("resumed");
    let resumed = bench.schedules.get(NAME).await.expect("there");
    assert!(resumed.is_on && resumed.starts.is_none() && resumed.note.is_none());
    assert_eq!(due().map(|due| due.starts), Some(None));
}

#[tokio::test]
async fn a_pause_that_ended_by_itself_is_in_nobodys_way() {
    let bench = Bench::new().await;
    bench.schedules.pause(NAME, "inventário", Some(moment("2026-03-01T14:00:00Z"))).await.expect("paused");

    bench.schedules.change(NAME, Frequency::Every(60), bench.clock.now()).await.expect("changed");
    let paused = bench.schedules.get(NAME).await.expect("there");
    assert_eq!(paused.note.as_deref(), Some("inventário"), "it is paused still");
    tokio::time::pause();
    tokio::time::advance(Duration::from_hours(24)).await;
    tokio::time::resume();
    bench.schedules.change(NAME, Frequency::Every(30), bench.clock.now()).await.expect("changed");

    let changed = bench.schedules.get(NAME).await.expect("there");
    assert_eq!(changed.expression, "rate(30 minutes)");
    assert!(changed.is_on && changed.starts.is_none() && changed.note.is_none(), "{changed:?}");
}

#[tokio::test]
async fn a_run_is_continued_once_and_a_later_word_moves_it() {
    let bench = Bench::new().await;
    let mut once = Once {
        name: format!("{NAME}-continue"),
        at: moment("2026-03-01T10:00:30Z"),
        function_arn: format!("arn:aws:lambda:{REGION}:000000000000:function:{NAME}"),
        role_arn: "arn:aws:iam::000000000000:role/scheduler".to_owned(),
        dead_letters_arn: format!("arn:aws:sqs:{REGION}:000000000000:dead"),
        input: r#"{"trigger":"continue"}"#.to_owned(),
    };
    let due = || bench.scheduler.due().into_iter().find(|due| due.once);
    let first_time = || due().and_then(|due| due.recurrence.after(Timestamp::MIN));

    bench.schedules.once(&once).await.expect("made");
    assert_eq!(first_time(), Some(moment("2026-03-01T10:01:00Z")));
    once.at = moment("2026-03-01T10:10:00Z");
    bench.schedules.once(&once).await.expect("moved");

    // The minute that begins may be over when the service hears of it.
    assert_eq!(first_time(), Some(moment("2026-03-01T10:11:00Z")));
    let continued = due().expect("one");
    assert_eq!(
        (continued.target, continued.input),
        (Target::Function(NAME.to_owned()), json!({ "trigger": "continue" }))
    );
    assert_eq!(bench.scheduler.due().iter().filter(|due| due.once).count(), 1);
}

#[tokio::test]
async fn a_schedule_that_is_not_there_is_unknown() {
    let bench = Bench::new().await;

    let unknown = bench.schedules.get("ponte-demo-sync-nothing").await;

    assert!(matches!(unknown, Err(ScheduleError::Unknown(name)) if name == "ponte-demo-sync-nothing"));
}
