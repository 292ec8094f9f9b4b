//! The demo tenant: its simulated partners, its secret and its settings, as an operator would have left them.

use std::collections::BTreeMap;
use std::io;

use clock::Clock;
use engine::Expected;
use sales::settings::{self, Settings};
use serde_json::json;
use simulators::{OpenError, Simulators};
use store::Store;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::cli::Options;
use crate::folder::Folder;
use crate::secrets::Secrets;
use crate::template::Template;

/// The price table of clients whom no other serves: the dataset's table for everyone.
const PRICE_TABLE: &str = "6001";
/// The checking account of the payment means that the demo tenant sells with.
const ACCOUNT: i64 = 4_567_001;
/// Cash, bank slip, PIX.
const MEANS: [&str; 3] = ["01", "15", "17"];

/// The simulated Omie and Máxima, listening.
#[derive(Clone, Debug)]
pub struct Partners {
    /// The simulators, to be asked and edited in process.
    pub simulators: Simulators,
    /// Address of Omie.
    pub omie_at: String,
    /// Address of Máxima.
    pub maxima_at: String,
}

/// Why the tenant is not set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The simulators refuse what they find.
    #[error("os parceiros simulados não abriram: {0}")]
    Simulators(#[from] OpenError),
    /// No port for a partner.
    #[error("não consegui abrir uma porta para os parceiros simulados: {0}")]
    Port(#[source] io::Error),
    /// The secret cannot be written.
    #[error("não consegui gravar o segredo: {0}")]
    Secret(#[source] io::Error),
    /// The settings cannot be read or written.
    #[error("não consegui gravar os parâmetros: {0}")]
    Settings(#[from] settings::SetupError),
}

impl Partners {
    /// Opens both on free ports, answered by `servers`.
    pub(crate) async fn open(
        options: &Options,
        folder: &Folder,
        clock: &Clock,
        servers: &mut JoinSet<()>,
    ) -> Result<Self, SetupError> {
        let simulators = Simulators::open(simulators::Options {
            branch_incomplete: options.branch_incomplete,
            journal: Some(folder.journal()),
            ..simulators::Options::new(options.preset, options.seed, clock.clone())
        })?;
        let omie_at = serve(simulators.omie.router(), servers).await.map_err(SetupError::Port)?;
        let maxima_at = serve(simulators.maxima.router(), servers).await.map_err(SetupError::Port)?;
        Ok(Self { simulators, omie_at, maxima_at })
    }
}

async fn serve(router: axum::Router, servers: &mut JoinSet<()>) -> io::Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    servers.spawn(async move {
        if let Err(error) = simulators::serve(listener, router).await {
            tracing::error!(%error, "a simulated partner stopped");
        }
    });
    Ok(address)
}

/// Writes the secret and the settings. What an operator has changed since the last run is kept; only the
/// partners' addresses follow their ports.
pub(crate) async fn set_up(
    store: &Store,
    secrets: &Secrets,
    template: &Template,
    partners: &Partners,
) -> Result<(), SetupError> {
    let credentials = json!({
        "omie": { "app_key": simulators::APP_KEY, "app_secret": simulators::APP_SECRET },
        "maxima": { "login": simulators::LOGIN, "password": simulators::PASSWORD },
    });
    for secret in &template.secrets {
        secrets.store_first(&secret.name, &credentials.to_string()).map_err(SetupError::Secret)?;
    }
    let (found, expected) = match Settings::stored(store).await? {
        Some((settings, version)) => (settings, Expected::Version(version)),
        None => (demo(), Expected::Absent),
    };
    let settings = Settings {
        url_omie: format!("{}/api/v1/", partners.omie_at),
        url_intext: partners.maxima_at.clone(),
        url_intpdv: partners.maxima_at.clone(),
        ..found
    };
    settings.save(store, expected).await?;
    Ok(())
}

/// What the demo tenant's operator decided.
fn demo() -> Settings {
    Settings {
        tabela_preco_padrao: Some(PRICE_TABLE.to_owned()),
        contas: MEANS.iter().map(|means| ((*means).to_owned(), ACCOUNT)).collect::<BTreeMap<_, _>>(),
        ..Settings::default()
    }
}
