//! The console as a browser reaches it, behind the runner: doors, session, assets, and a job that really runs.

use std::process::{Command, Stdio};
use std::time::Duration;

use clock::later;
use serde_json::Value;

use e2e::{Got, Ponte, runner};

use crate::binaries::files_below;

/// The addresses of what a page refers to.
fn refers_to(page: &Got, start: &str) -> Vec<String> {
    let parts = page.body.split(['"', '\'']).filter(|part| part.starts_with(start));
    parts.map(str::to_owned).collect()
}

/// The value of the hidden field that every form carries.
fn csrf(page: &Got) -> String {
    let field = page.body.split("name=\"csrf\"").nth(1).expect("a form");
    field.split("value=\"").nth(1).and_then(|value| value.split('"').next()).expect("a value").to_owned()
}

/// Signs in; the cookie of the session.
fn sign_in(console: &Ponte) -> String {
    let form = format!("nome=Maria&chave={}", console.operate);
    let entered = console.post("/console/entrar", "", &form);
    assert_eq!(entered.status, 303, "{}", entered.body);
    let cookie = entered.header("set-cookie").to_owned();
    for part in ["Path=/console", "HttpOnly", "SameSite=Strict"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Secure"), "a browser would not send it to http://127.0.0.1: {cookie}");
    cookie.split(';').next().expect("name and value").to_owned()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Nobody gets in without signing in, every page says what a browser may do with it, and what it refers to is there.
#[test]
fn the_door_of_a_fresh_tenant_is_closed_to_strangers_and_leads_to_the_wizard() {
    let data = tempfile::tempdir().expect("a folder");
    let console = Ponte::start_in(data.path(), &["--fresh", "--preset", "small", "--speed", "400"]);

    let outside = console.get("/console/jobs", "");
    assert_eq!(
        (outside.status, outside.header("location")),
        (303, "/console/entrar?volta=%2Fconsole%2Fjobs")
    );
    let door = console.get("/console/entrar", "");
    assert_eq!(door.status, 200, "{}", door.body);
    for (name, part) in [
        ("content-security-policy", "default-src 'none'"),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    ] {
        assert!(door.header(name).contains(part), "{name}: {}", door.header(name));
    }
    let assets = refers_to(&door, "/console/assets/");
    assert!(assets.len() >= 3, "{assets:?}");
    for asset in assets {
        let got = console.get(&asset, "");
        assert!(got.status == 200 && !got.body.is_empty(), "{asset}: {}", got.status);
        assert!(got.header("cache-control").contains("immutable"), "{asset}");
    }
    assert_eq!(console.post("/console/entrar", "", "nome=Maria&chave=errada-errada-errada").status, 401);
    assert_eq!(console.ask("DELETE", "/console/entrar", &[], "").status, 405);

    let cookie = sign_in(&console);
    let first = console.get("/console", &cookie);
    assert_eq!((first.status, first.header("location")), (303, "/console/configuracao/maxima"));
    let maxima = console.get("/console/configuracao/maxima", &cookie);
    let wrong = format!("csrf={}&login=ninguem&password=errada", csrf(&maxima));
    let refused = console.post("/console/configuracao/maxima", &cookie, &wrong);
    assert_eq!(refused.status, 422, "the simulated partner was asked, and refused: {}", refused.body);

    // A person's hour is theirs, however fast the tenant's time goes.
    let clock = console.clock();
    runtime().block_on(clock.sleep(Duration::from_hours(1) + Duration::from_mins(5)));
    assert_eq!(console.get("/console/configuracao/maxima", &cookie).status, 200, "the session is over");
}

/// A tenant that has been loaded: the console shows the template's schedules, and "run now" runs the function.
#[test]
fn a_job_is_listed_and_runs_when_it_is_told_to() {
    let data = tempfile::tempdir().expect("a folder");
    let mut load = Command::new(runner());
    load.args(["--once", "--no-build", "--port", "0", "--preset", "small", "--speed", "200", "--data"]);
    let loaded = load.arg(data.path()).stdin(Stdio::null()).output().expect("the runner starts");
    assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stdout));
    let console = Ponte::start_in(data.path(), &["--preset", "small", "--speed", "60"]);
    let cookie = sign_in(&console);

    let listed: Value =
        serde_json::from_str(&console.get("/schedules?NamePrefix=ponte-demo-", "").body).expect("JSON");
    let schedules = listed["Schedules"].as_array().expect("a list").len();
    let jobs = console.get("/console/jobs", &cookie);
    let pages: std::collections::BTreeSet<_> = refers_to(&jobs, "/console/jobs/").into_iter().collect();
    assert!(schedules >= 12 && pages.len() >= 12, "{schedules} schedules, {} jobs", pages.len());

    // Cities are read at two in the morning: by itself that comes after a day.
    let page = console.get("/console/jobs/cidades", &cookie);
    assert!(page.body.contains("02:00"), "{}", page.body);
    let before = runs(&page);
    let form = format!("csrf={}&motivo=conferir", csrf(&page));
    let asked = console.post("/console/jobs/cidades/rodar", &cookie, &form);
    assert_eq!((asked.status, asked.header("location")), (303, "/console/jobs/cidades"), "{}", asked.body);

    let clock = console.clock();
    let last = later(clock.now(), Duration::from_hours(2));
    let runtime = runtime();
    while runs(&console.get("/console/jobs/cidades", &cookie)) == before {
        assert!(clock.now() < last, "it was not run");
        runtime.block_on(clock.sleep(Duration::from_secs(30)));
    }
    assert!(console.starts("ponte-demo-sync-cidades") >= 1);
    let told = console.get("/console/auditoria", &cookie).body;
    assert!(told.contains("Maria") && told.contains("conferir"), "{told}");
}

/// Nothing is simulated, nothing is asked of anybody before the set-up, and what the folder keeps of secrets is sealed.
#[test]
fn a_pilot_with_real_partners_says_so_and_keeps_its_secrets_sealed() {
    let data = tempfile::tempdir().expect("a folder");
    let pilot = Ponte::start_in(data.path(), &["--real"]);
    let key = pilot.operate.clone();
    assert_eq!(key.len(), 43, "as long as a deployment's");

    let cookie = sign_in(&pilot);
    let page = pilot.get("/console/configuracao/maxima", &cookie);
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("Piloto neste computador: Omie e Máxima de verdade"), "{}", page.body);
    for path in ["/_ponte", "/_ponte/parceiros", "/_ponte/omie/branch", "/schedules"] {
        assert_eq!(pilot.get(path, "").status, 403, "{path}");
    }
    let target = [("x-amz-target", "secretsmanager.GetSecretValue")];
    let stranger = pilot.ask("POST", "/", &target, r#"{"SecretId":"ponte/demo/console"}"#);
    assert_eq!(stranger.status, 403, "{}", stranger.body);
    drop(pilot);

    for file in files_below(data.path()) {
        let kept = String::from_utf8_lossy(&std::fs::read(&file).expect("readable")).into_owned();
        assert!(!kept.contains(&key) && !kept.contains("\"operate\""), "{}", file.display());
    }
    let again = Ponte::start_in(data.path(), &["--real"]);
    assert_eq!(again.operate, key);
    assert_eq!(
        again.get("/console/configuracao/maxima", &cookie).status,
        200,
        "the keys are the same, so is the session"
    );
    drop(again);
    let simulated =
        Command::new(runner()).args(["--no-build", "--port", "0", "--data"]).arg(data.path()).output();
    let complained = String::from_utf8_lossy(&simulated.expect("it runs").stderr).into_owned();
    assert!(complained.contains("é de parceiros de verdade"), "{complained}");
}

/// The runs that a job's page refers to.
fn runs(page: &Got) -> usize {
    refers_to(page, "/console/jobs/cidades/runs/").len()
}
