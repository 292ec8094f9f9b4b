//! A DynamoDB to talk to.

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::{Client, Config};
use aws_smithy_http_client::Connector;
use clock::Clock;
use dynoxide::Database;
use store::{Store, create_table};
use tokio::net::TcpListener;

/// One table on a server; the server in this process ends with the test's runtime.
pub(crate) struct Server {
    pub(crate) client: Client,
    pub(crate) table: String,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let endpoint = match given() {
            Some(endpoint) => endpoint,
            None => in_process().await,
        };
        let unique = Clock::system().now().as_nanosecond();
        Self { client: client(&endpoint), table: format!("ponte-test-{unique}") }
    }

    pub(crate) async fn store(&self) -> Store {
        self.store_at(Clock::system()).await
    }

    /// The store as it is by another clock.
    pub(crate) async fn store_at(&self, clock: Clock) -> Store {
        create_table(&self.client, &self.table).await.expect("a table");
        Store::new(self.client.clone(), &self.table, clock)
    }
}

async fn in_process() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    let database = Database::memory().expect("a database in memory");
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    format!("http://{address}")
}

fn client(endpoint: &str) -> Client {
    let http = aws_smithy_http_client::Builder::new().build_with_connector_fn(|settings, _| {
        let connector = Connector::builder();
        match settings {
            Some(settings) => connector.connector_settings(settings.clone()).build_http(),
            None => connector.build_http(),
        }
    });
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("sa-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
        .endpoint_url(endpoint)
        .http_client(http);
    Client::from_conf(config.build())
}

#[expect(clippy::disallowed_methods, reason = "which server judges the store is the test runner's choice")]
fn given() -> Option<String> {
    std::env::var("PONTE_TEST_DYNAMODB").ok()
}
