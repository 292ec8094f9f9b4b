//! The demo tenant: its simulated partners, its secret and its settings, as an operator would have left them.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use clock::Clock;
use engine::{Documents as _, Expected};
use sales::settings::{self, Pedidos, Posicao, Settings};
use serde_json::{Value, json};
use simulators::{OmieSim, OpenError, Simulators};
use store::Store;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::cli::Options;
use crate::folder::Folder;
use crate::screens;
use crate::secrets::Secrets;
use crate::stack::Counterparts;
use crate::template::Template;

/// The price table of clients whom no other serves: the dataset's table for everyone.
const PRICE_TABLE: &str = "6001";
/// The default stock location of the simulated Omie.
const STOCK_LOCATION: i64 = 4401;
/// The payment means that the demo tenant sells with, each with a checking account of the simulated Omie: cash, credit
/// card, bank slip, PIX.
const ACCOUNTS: [(&str, i64); 4] =
    [("01", CASH_BOX), ("03", 11_489_513_918), ("15", 5_366_579_915), ("17", 11_489_513_917)];
/// The account of cash sales and of bonuses.
const CASH_BOX: i64 = 5_366_579_916;
/// The categories of a sale and of a bonus in the simulated Omie.
const SALE: &str = "1.01.03";
const BONUS: &str = "1.01.97";
/// What the simulated Omie shows when it calls; a development value like the others.
const WEBHOOK_SECRET: &str = "segredo-do-webhook-simulado";
/// Where the wizard keeps what it knows while a set-up goes on.
const DRAFT: (&str, &str) = ("setup", "omie-maxima");
/// How often the webhook is tried before it is registered, on this machine's clock.
const TRY_EVERY: Duration = Duration::from_millis(250);

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
    /// Those of the service orders.
    #[error("não consegui gravar os parâmetros: {0}")]
    Services(#[from] service_orders::SetupError),
    /// The table does not answer.
    #[error("não consegui gravar os parâmetros: {0}")]
    State(#[from] engine::StateError),
    /// Partners that keep nothing would not know what the tenant knows.
    #[error(
        "a pasta {} já tem um inquilino, e estes parceiros simulados não guardam nada: use --fresh ou outra pasta",
        .0.display()
    )]
    NotFresh(std::path::PathBuf),
}

impl Counterparts for Partners {
    /// As a deployment has it that says nothing.
    const PARAMETERS: &'static [(&'static str, &'static str)] = &[];

    async fn open(
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

    async fn set_up(&self, store: &Store, secrets: &Secrets, template: &Template) -> Result<(), SetupError> {
        let credentials = json!({
            "omie": { "app_key": simulators::APP_KEY, "app_secret": simulators::APP_SECRET },
            "maxima": { "login": simulators::LOGIN, "password": simulators::PASSWORD },
            "webhook": WEBHOOK_SECRET,
        });
        for secret in template.credentials() {
            secrets.store_first(&secret.name, &credentials.to_string()).map_err(SetupError::Secret)?;
            complete(secrets, &secret.name).map_err(SetupError::Secret)?;
        }
        let (found, expected) = match Settings::stored(store).await? {
            Some((settings, version)) => (settings, Expected::Version(version)),
            None => (demo(), Expected::Absent),
        };
        self.at_these_addresses(found).save(store, expected).await?;
        Ok(())
    }

    async fn leave_to_wizard(
        &self,
        store: &Store,
        secrets: &Secrets,
        template: &Template,
    ) -> Result<(), SetupError> {
        for secret in template.credentials() {
            let first = secret.first(|_| WEBHOOK_SECRET.to_owned());
            secrets.store_first(&secret.name, &first).map_err(SetupError::Secret)?;
        }
        if let Some((settings, version)) = Settings::stored(store).await? {
            self.at_these_addresses(settings).save(store, Expected::Version(version)).await?;
            return Ok(());
        }
        let (mut body, expected) = match store.get(DRAFT.0, DRAFT.1).await? {
            Some(draft) => (draft.body, Expected::Version(draft.version)),
            None => (json!({}), Expected::Absent),
        };
        body["settings"]["UrlOmie"] = self.omie_url().into();
        for maxima in ["UrlIntext", "UrlIntpdv"] {
            body["settings"][maxima] = self.maxima_at.clone().into();
        }
        store.put(DRAFT.0, DRAFT.1, &body, expected, None).await?;
        Ok(())
    }

    fn addresses(&self) -> Vec<(&'static str, &str)> {
        vec![("omie", &self.omie_at), ("maxima", &self.maxima_at)]
    }

    fn logins(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Máxima", format!("login {}   senha {}", simulators::LOGIN, simulators::PASSWORD)),
            ("Omie", format!("App Key {}   App Secret {}", simulators::APP_KEY, simulators::APP_SECRET)),
        ]
    }

    fn screens(&self, seed: u64) -> axum::Router {
        screens::router(self.simulators.clone(), seed)
    }

    fn listen(&self, gateway: &str, by_wizard: bool, servers: &mut JoinSet<()>) {
        let omie = self.simulators.omie.clone();
        if by_wizard {
            // A person registers the address that the console shows.
            servers.spawn(async move { simulators::deliver(&omie, simulators::post_http).await });
        } else {
            servers.spawn(listen(omie, webhook_url(gateway)));
        }
    }
}

impl Partners {
    fn omie_url(&self) -> String {
        format!("{}/api/v1/", self.omie_at)
    }

    fn at_these_addresses(&self, settings: Settings) -> Settings {
        Settings {
            url_omie: self.omie_url(),
            url_intext: self.maxima_at.clone(),
            url_intpdv: self.maxima_at.clone(),
            ..settings
        }
    }
}

/// Serves a partner on a free port; its address.
pub(crate) async fn serve(router: axum::Router, servers: &mut JoinSet<()>) -> io::Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    servers.spawn(async move {
        if let Err(error) = simulators::serve(listener, router).await {
            tracing::error!(%error, "a simulated partner stopped");
        }
    });
    Ok(address)
}

/// A folder of an earlier version has a secret without the webhook's.
fn complete(secrets: &Secrets, name: &str) -> io::Result<()> {
    let stored = secrets.text(name).and_then(|text| serde_json::from_str::<Value>(&text).ok());
    match stored {
        Some(Value::Object(mut stored)) if !stored.contains_key("webhook") => {
            stored.insert("webhook".to_owned(), WEBHOOK_SECRET.into());
            secrets.store(name, &Value::Object(stored).to_string())
        }
        _ => Ok(()),
    }
}

/// The address of the webhook behind the gateway.
pub(crate) fn webhook_url(gateway: &str) -> String {
    format!("{gateway}/webhooks/omie/{WEBHOOK_SECRET}")
}

/// Registers the webhook in the simulated Omie, as a person does once it answers, and posts what happens there.
async fn listen(omie: OmieSim, url: String) {
    let ping = || simulators::post_http(url.clone(), r#"{"ping":"omie"}"#.into());
    while !ping().await {
        Clock::system().sleep(TRY_EVERY).await;
    }
    omie.register_webhook(&url);
    simulators::deliver(&omie, simulators::post_http).await;
}

/// What the demo tenant's operator decided: all that the wizard asks for.
fn demo() -> Settings {
    let mut all = Settings::default();
    all.etapas.extend(["30", "40"].map(|stage| (stage.to_owned(), Posicao::L)));
    Settings {
        local_estoque_omie: Some(STOCK_LOCATION),
        tabela_preco_padrao: Some(PRICE_TABLE.to_owned()),
        contas: BTreeMap::from(ACCOUNTS.map(|(means, account)| (means.to_owned(), account))),
        pedidos: Pedidos {
            categoria_omie: Some(SALE.to_owned()),
            categoria_bonificacao: Some(BONUS.to_owned()),
            conta_bonificacao: Some(CASH_BOX),
            ..Pedidos::default()
        },
        ..all
    }
}
