//! The functions behind the local gateway: their real binaries, the embedded DynamoDB, the secrets. Nobody works what
//! the webhooks store: the bus takes the events and starts nothing, so that the processor is the webhooks'.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::body::Body;
use clock::{Clock, until};
use http::Request;
use local::cli::{Integration, Options};
use local::events::Events;
use local::folder::Folder;
use local::gateway::{Gateway, router};
use local::lambda::{Launch, Pool};
use local::machines::Machines;
use local::scheduler::Scheduler;
use local::secrets::Secrets;
use local::stack::{Counterparts, TENANT, environment, project_template};
use local::template::{Function, Route, Template};
use local::virtual_time::VirtualTime;
use local::{cargo_build, dynamodb};
use serde_json::{Value, json};
use store::Store;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// The function that does nothing, and its route.
pub(super) const BARE: &str = "bench-bare";
pub(super) const BARE_PATH: &str = "/bare";

/// Everything that answers.
pub(super) struct Place<P> {
    router: axum::Router,
    pool: Pool,
    pub(super) store: Store,
    pub(super) partners: P,
    /// What the credentials say, for who plays the partner.
    pub(super) credentials: Value,
    clock: Clock,
    _folder: Folder,
    _servers: JoinSet<()>,
}

/// Builds the binaries beside this one, in its profile; says where they are.
pub(super) async fn binaries(is_brief: bool) -> Result<PathBuf> {
    let own = std::env::current_exe().context("where this program is")?;
    let folder = own.parent().context("this program is in a folder")?.to_owned();
    let root = project_template();
    let root = root.parent().context("the project has a folder")?;
    // Apart: built together they could share features that they do not have alone.
    let which = [Integration::SeniorSismetro, Integration::OmieMaxima];
    let ours = which.iter().take(if is_brief { 1 } else { 2 }).flat_map(|which| which.packages());
    for package in ours.copied().chain(["bench"]) {
        cargo_build::build(root, &[package], &folder, |_| ()).await?;
    }
    Ok(folder)
}

impl<P: Counterparts> Place<P> {
    pub(super) async fn open(which: Integration, binaries: &Path) -> Result<Self> {
        let options = match which {
            Integration::SeniorSismetro => Options::read(["ponte", "senior-sismetro", "--idle"])?,
            Integration::OmieMaxima => Options::read(["ponte", "--idle", "--preset", "small"])?,
        };
        let folder = Folder::open(None, false)?;
        let time = VirtualTime::resume(&folder.clock(), 1.0, None)?;
        let (clock, mut servers) = (time.clock(), JoinSet::new());
        let template = template::<P>()?;
        let table = template.tables.first().context("the template has a table")?.name.clone();
        let partners = P::open(&options, &folder, &clock, &mut servers).await?;
        let (tables, gateway) = (listener().await?, listener().await?);
        let (tables_at, gateway_at) = (address(&tables)?, address(&gateway)?);
        servers.spawn(dynamodb::serve(tables, dynamodb::open(&folder.tables(), &template.tables)?));
        let store = Store::new(dynamodb::client(&tables_at).await, &table, clock.clone());
        let secrets = Secrets::open(&folder.secrets())?;
        partners.set_up(&store, &secrets, &template).await?;
        let secret = template.credentials().next().context("the template has credentials")?;
        let credentials = secrets.text(&secret.name).context("they were set up")?;
        let credentials = serde_json::from_str(&credentials)?;
        let environment = environment(&tables_at, &gateway_at, &time.variable());
        let launch = Launch { binaries: binaries.to_owned(), logs: folder.logs(), environment };
        let pool = Pool::new(&template.functions, &launch);
        let missing = pool.missing_binaries();
        ensure!(missing.is_empty(), "these binaries are missing: {missing:?}");
        let router = router(Gateway {
            pool: pool.clone(),
            secrets: Arc::new(secrets),
            scheduler: Arc::new(Scheduler::open(&folder.schedules(), &[], clock.clone())?),
            events: Events::default(),
            machines: Machines::read(&Template::default(), folder.path(), pool.clone(), clock.clone())?,
            routes: template.routes,
            clock: clock.clone(),
            about: json!({}),
        });
        let served = router.clone();
        servers.spawn(async move { drop(axum::serve(gateway, served).await) });
        Ok(Self { router, pool, store, partners, credentials, clock, _folder: folder, _servers: servers })
    }

    /// How long the answer to one request took, which must be a 2xx.
    pub(super) async fn ask(
        &self,
        path: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<Duration> {
        let mut request = Request::post(path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(body.to_vec()))?;
        let from = self.clock.now();
        let response = self.router.clone().oneshot(request).await?;
        let took = until(from, self.clock.now());
        ensure!(response.status().is_success(), "{path} was answered with {}", response.status());
        Ok(took)
    }

    /// Ends the function's processes: the next request is a cold start.
    pub(super) async fn cool(&self, function: &str) -> Result<()> {
        Ok(self.pool.kill(function).await?)
    }

    pub(super) async fn end(self) {
        self.pool.end().await;
    }
}

/// Ours, and the function that does nothing.
fn template<P: Counterparts>() -> Result<Template> {
    let given = [("Tenant", TENANT)].into_iter().chain(P::PARAMETERS.iter().copied());
    let given: BTreeMap<_, _> = given.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut template = Template::read(&project_template(), &given)?;
    template.functions.push(Function {
        name: BARE.to_owned(),
        binary: "bare".to_owned(),
        memory_mb: 512,
        timeout: Duration::from_secs(30),
        environment: BTreeMap::new(),
    });
    template.routes.push(Route {
        method: "POST".to_owned(),
        path: BARE_PATH.to_owned(),
        function: BARE.to_owned(),
    });
    Ok(template)
}

async fn listener() -> Result<TcpListener> {
    Ok(TcpListener::bind(("127.0.0.1", 0)).await?)
}

fn address(listener: &TcpListener) -> Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}
