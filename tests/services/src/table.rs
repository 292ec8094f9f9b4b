//! A DynamoDB to talk to, in this process.

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::{Client, Config};
use aws_smithy_http_client::Connector;
use clock::Clock;
use dynoxide::Database;
use store::{Store, create_table};
use tokio::net::TcpListener;

/// State in a real table. Its server ends with the runtime of the test, whose time must not be paused.
///
/// # Panics
///
/// When this machine gives no port.
pub async fn local_table(clock: Clock) -> Store {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    let database = Database::memory().expect("a database in memory");
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let client = client(&format!("http://{address}"));
    create_table(&client, "services").await.expect("a table");
    Store::new(client, "services", clock)
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
