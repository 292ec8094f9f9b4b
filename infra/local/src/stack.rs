//! The whole tenant, up and running.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use clock::Clock;
use serde_json::{Value, json};
use store::Store;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::asl::{Ended, Trail};
use crate::cli::Options;
use crate::console::Console;
use crate::dynamodb::{self, TablesError};
use crate::events::Events;
use crate::firing::Firing;
use crate::folder::{Folder, FolderError, Tenancy};
use crate::gateway::{self, Gateway};
use crate::lambda::{Launch, Pool};
use crate::machines::{MachineError, Machines};
use crate::scheduler::{self, Scheduler};
use crate::secrets::Secrets;
use crate::template::{REGION, Template, TemplateError};
use crate::tenant::{self, Partners, SetupError};
use crate::vault::{Vault, VaultError, random_text};
use crate::virtual_time::VirtualTime;

/// What a tenant has besides AWS: its partners, simulated, and what its operator has set up for them.
pub trait Counterparts: Sized {
    /// The template's parameters that switch it on, and others off.
    const PARAMETERS: &'static [(&'static str, &'static str)];

    /// Opens both partners on free ports, answered by `servers`.
    fn open(
        options: &Options,
        folder: &Folder,
        clock: &Clock,
        servers: &mut JoinSet<()>,
    ) -> impl Future<Output = Result<Self, SetupError>>;

    /// Writes the secret and the settings. What an operator has changed since the last run is kept; only the partners'
    /// addresses follow their ports.
    fn set_up(
        &self,
        store: &Store,
        secrets: &Secrets,
        template: &Template,
    ) -> impl Future<Output = Result<(), SetupError>>;

    /// Leaves that to an operator, who does it in the console: only what a deployment would have is there, and where the
    /// partners are.
    fn leave_to_wizard(
        &self,
        store: &Store,
        secrets: &Secrets,
        template: &Template,
    ) -> impl Future<Output = Result<(), SetupError>>;

    /// The partners' names, in lower case, and their addresses; none of real ones.
    fn addresses(&self) -> Vec<(&'static str, &str)>;

    /// What a person types into the console so that these partners let us in; nothing of real ones.
    fn logins(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// What somebody does on the partners' own screens, below `/_ponte`; what is drawn, from `seed`.
    fn screens(&self, seed: u64) -> Router {
        let _ = seed;
        Router::new()
    }

    /// What the partners tell by themselves goes to `gateway` from now on, for as long as `servers` live; with a wizard,
    /// to where a person registers.
    fn listen(&self, gateway: &str, by_wizard: bool, servers: &mut JoinSet<()>);
}

/// The tenant of the local runner, as in `samconfig.toml`.
pub const TENANT: &str = "demo";

/// Everything that runs. Dropping it kills the Lambdas and closes every port.
pub struct Stack<P = Partners> {
    /// The template.
    pub template: Template,
    /// The tenant's time.
    pub time: VirtualTime,
    /// The functions.
    pub pool: Pool,
    /// The state machines.
    pub machines: Machines,
    /// The table.
    pub store: Store,
    /// The simulated partners.
    pub partners: P,
    /// The schedules.
    pub scheduler: Arc<Scheduler>,
    /// The waves of the initial load, each a list of steps; empty when its definition names none.
    pub waves: Vec<Vec<String>>,
    /// `http://127.0.0.1:<port>` of the gateway.
    pub address: String,
    /// Where everything listens, as `GET /_ponte` says.
    pub about: Value,
    /// The operator's console; none where the template has none.
    pub console: Option<Console>,
    /// Whose the partners are, and who sets the tenant up.
    pub tenancy: Tenancy,
    folder: Folder,
    _servers: JoinSet<()>,
}

/// Why the tenant is not up. Each is one sentence for the person who started it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody else listens there.
    #[error("a porta {0} está ocupada: feche o programa que a usa ou escolha outra com --port")]
    PortTaken(u16),
    /// No port could be opened.
    #[error("não consegui abrir uma porta: {0}")]
    Port(#[source] io::Error),
    /// A function's binary is not there.
    #[error("falta o binário {}: compile sem --no-build ou indique a pasta com --bin-dir", .0.display())]
    NoBinary(PathBuf),
    /// A file of the state cannot be read or written.
    #[error("não consegui ler ou gravar o estado: {0}")]
    State(#[source] io::Error),
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The credentials of real partners.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A state machine.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// A schedule.
    #[error(transparent)]
    Schedule(#[from] scheduler::OpenError),
    /// The tables.
    #[error(transparent)]
    Tables(#[from] TablesError),
    /// Partners, settings, secrets.
    #[error(transparent)]
    Setup(#[from] SetupError),
}

/// Binds the gateway's port; 0 is any free one.
pub async fn bind(port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind(("127.0.0.1", port)).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => StartError::PortTaken(port),
        _ => StartError::Port(error),
    })
}

/// The template of this project: the one beside the workspace this runner was built in.
pub fn project_template() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::canonicalize(&root).unwrap_or(root).join("template.yaml")
}

/// The folder of the functions' binaries: where the runner's own is, unless told otherwise.
pub fn binaries(options: &Options) -> PathBuf {
    let own = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.to_owned()));
    options.bin_dir.clone().or(own).unwrap_or_default()
}

impl<P: Counterparts> Stack<P> {
    /// Brings the tenant up behind `gateway`: table, secrets, partners; and sets it up, unless that is the console's.
    pub async fn start(options: &Options, gateway: TcpListener) -> Result<Self, StartError> {
        let Plan { template, root, waves } = Plan::read(options, P::PARAMETERS)?;
        let folder = Folder::open(options.data.as_deref(), options.fresh)?;
        let tenancy = folder.claim(options.tenancy(), options.asks_for_nothing_else())?;
        let time = time(options, &folder, tenancy).map_err(StartError::State)?;
        let (clock, address) = (time.clock(), address(&gateway)?);
        let mut servers = JoinSet::new();
        let partners = P::open(options, &folder, &clock, &mut servers).await?;
        let (store, tables_at) = open_tables(&template, &folder, &clock, tenancy, &mut servers).await?;
        let secrets = secrets(options, &folder, tenancy)?;
        let scheduler = Arc::new(Scheduler::open(&folder.schedules(), &template.schedules, clock.clone())?);
        begin(&partners, tenancy, &store, &secrets, &template).await?;
        let console = Console::open(&template, &secrets, tenancy, &address).map_err(StartError::State)?;
        let pass = (tenancy == Tenancy::Real).then(|| random_text(20));
        let mut given = environment(&tables_at, &address, &time.variable());
        given.extend(pass.iter().flat_map(|pass| of_a_pilot(options, pass)));
        let pool = functions(options, &template, &folder, given)?;
        let machines = Machines::read(&template, &root, pool.clone(), clock.clone())?;
        let about = about(&template, &folder, &time, &partners, [&address, &tables_at]);
        let router = gateway::router(Gateway {
            pool: pool.clone(),
            secrets: Arc::new(secrets),
            scheduler: Arc::clone(&scheduler),
            events: Events::new(template.rules.clone()),
            machines: machines.clone(),
            routes: template.routes.clone(),
            clock,
            about: about.clone(),
        });
        let router = router.merge(partners.screens(options.seed));
        servers.spawn(serve(gateway, router, pass));
        servers.spawn(time.clone().keep());
        if !options.idle && !options.dry_run {
            partners.listen(&address, tenancy.is_by_wizard(), &mut servers);
        }
        Ok(Self {
            template,
            time,
            pool,
            machines,
            store,
            partners,
            scheduler,
            waves,
            address,
            about,
            console,
            tenancy,
            folder,
            _servers: servers,
        })
    }

    /// The tenant's clock.
    pub fn clock(&self) -> Clock {
        self.time.clock()
    }

    /// The folder of the functions' output.
    pub fn logs(&self) -> PathBuf {
        self.folder.logs()
    }

    /// What fires the schedules, and the state machines that the console asks for.
    pub fn firing(&self) -> Firing {
        Firing {
            scheduler: Arc::clone(&self.scheduler),
            pool: self.pool.clone(),
            machines: self.machines.clone(),
            store: self.store.clone(),
            clock: self.clock(),
        }
    }

    /// The name of the initial load's machine.
    pub fn load_machine(&self) -> &str {
        let machine = self.machines.names().find(|name| name.ends_with("initial-load"));
        machine.unwrap_or("initial-load")
    }

    /// Ends the Lambdas in order, then everything else.
    pub async fn end(self) {
        self.pool.end().await;
    }
}

impl Stack {
    /// Where the simulated Omie sends its webhooks, with the secret in the path.
    pub fn webhook_url(&self) -> String {
        tenant::webhook_url(&self.address)
    }

    /// Runs the initial load to its end, or continues the one that is not finished.
    pub async fn load(&self, trail: Trail) -> Result<Ended, MachineError> {
        self.execute(json!({}), trail).await
    }

    /// Runs it dry: everything is read and nothing is written to Máxima.
    pub async fn rehearse(&self, trail: Trail) -> Result<Ended, MachineError> {
        self.execute(json!({ "dry": true }), trail).await
    }

    async fn execute(&self, input: Value, trail: Trail) -> Result<Ended, MachineError> {
        self.machines.run(self.load_machine(), None, input, trail).await
    }
}

/// What is read before anything is started, so that a broken template starts nothing.
struct Plan {
    template: Template,
    root: PathBuf,
    waves: Vec<Vec<String>>,
}

impl Plan {
    fn read(options: &Options, switches: &[(&str, &str)]) -> Result<Self, StartError> {
        let path = options.template.clone().unwrap_or_else(project_template);
        let root = path.parent().unwrap_or(Path::new(".")).to_owned();
        let parameters = [("Tenant", TENANT)].into_iter().chain(switches.iter().copied());
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let template = Template::read(&path, &parameters)?;
        let waves = waves(&template, &root)?;
        Ok(Self { template, root, waves })
    }
}

/// What the Pass state `Waves` gives.
fn waves(template: &Template, root: &Path) -> Result<Vec<Vec<String>>, TemplateError> {
    let Some(machine) = template.machines.first() else { return Ok(Vec::new()) };
    let definition = Template::definition(machine, root)?;
    let waves = definition.pointer("/States/Waves/Result").cloned().unwrap_or_default();
    Ok(serde_json::from_value(waves).unwrap_or_default())
}

async fn begin<P: Counterparts>(
    partners: &P,
    tenancy: Tenancy,
    store: &Store,
    secrets: &Secrets,
    template: &Template,
) -> Result<(), SetupError> {
    if tenancy.is_by_wizard() {
        partners.leave_to_wizard(store, secrets, template).await
    } else {
        partners.set_up(store, secrets, template).await
    }
}

async fn serve(gateway: TcpListener, router: Router, pass: Option<String>) {
    let router = match pass {
        Some(pass) => gateway::guarded(router, pass),
        None => router,
    };
    if let Err(error) = axum::serve(gateway, router).await {
        tracing::error!(%error, "the gateway stopped");
    }
}

/// What the functions are given besides with real partners: their access key, and what the console says on every page.
fn of_a_pilot(options: &Options, pass: &str) -> [(String, String); 2] {
    let banner = options.integration.banner().to_owned();
    [("AWS_ACCESS_KEY_ID".to_owned(), pass.to_owned()), ("PONTE_BANNER".to_owned(), banner)]
}

fn time(options: &Options, folder: &Folder, tenancy: Tenancy) -> io::Result<VirtualTime> {
    match tenancy {
        Tenancy::Real => Ok(VirtualTime::of_the_machine()),
        Tenancy::Demonstration | Tenancy::Wizard => {
            VirtualTime::resume(&folder.clock(), options.speed(), options.first_moment())
        }
    }
}

fn secrets(options: &Options, folder: &Folder, tenancy: Tenancy) -> Result<Secrets, StartError> {
    if tenancy != Tenancy::Real {
        return Secrets::open(&folder.secrets()).map_err(StartError::State);
    }
    Ok(Secrets::sealed(Vault::open(&folder.vault(), &folder.key(), options.passphrase.as_ref())?))
}

fn about<P: Counterparts>(
    template: &Template,
    folder: &Folder,
    time: &VirtualTime,
    partners: &P,
    [gateway, dynamodb]: [&str; 2],
) -> Value {
    let mut about = json!({
        "gateway": gateway, "dynamodb": dynamodb, "table": table_name(template), "region": REGION,
        "functions": template.functions.iter().map(|function| &function.name).collect::<Vec<_>>(),
        "machines": template.machines.iter().map(|machine| &machine.name).collect::<Vec<_>>(),
        "data": folder.path(), "clock": time.variable(),
    });
    for (name, at) in partners.addresses() {
        about[name] = at.into();
    }
    about
}

async fn open_tables(
    template: &Template,
    folder: &Folder,
    clock: &Clock,
    tenancy: Tenancy,
    servers: &mut JoinSet<()>,
) -> Result<(Store, String), StartError> {
    let is_real = tenancy == Tenancy::Real;
    let listener =
        if is_real { dynamodb::bind_hidden().await } else { TcpListener::bind(("127.0.0.1", 0)).await };
    let listener = listener.map_err(StartError::Port)?;
    let address = address(&listener)?;
    let open = if is_real { dynamodb::open_carefully } else { dynamodb::open };
    let database = open(&folder.tables(), &template.tables)?;
    servers.spawn(dynamodb::serve(listener, database));
    let client = dynamodb::client(&address).await;
    Ok((Store::new(client, table_name(template), clock.clone()), address))
}

fn table_name(template: &Template) -> &str {
    template.tables.first().map_or("", |table| table.name.as_str())
}

fn functions(
    options: &Options,
    template: &Template,
    folder: &Folder,
    environment: BTreeMap<String, String>,
) -> Result<Pool, StartError> {
    let launch = Launch { binaries: binaries(options), logs: folder.logs(), environment };
    let pool = Pool::new(&template.functions, &launch);
    match pool.missing_binaries().first() {
        None => Ok(pool),
        Some(missing) => Err(StartError::NoBinary((*missing).to_owned())),
    }
}

fn address(listener: &TcpListener) -> Result<String, StartError> {
    Ok(format!("http://{}", listener.local_addr().map_err(StartError::Port)?))
}

/// What AWS gives a function by being AWS, and the tenant's `clock` as [`VirtualTime::variable`] writes it.
pub fn environment(tables_at: &str, gateway_at: &str, clock: &str) -> BTreeMap<String, String> {
    let given = [
        ("AWS_ENDPOINT_URL_DYNAMODB", tables_at.to_owned()),
        ("AWS_ENDPOINT_URL_EVENTBRIDGE", gateway_at.to_owned()),
        ("AWS_ENDPOINT_URL_SCHEDULER", gateway_at.to_owned()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", gateway_at.to_owned()),
        ("AWS_ACCESS_KEY_ID", "local".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("PONTE_CLOCK", clock.to_owned()),
    ];
    given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
