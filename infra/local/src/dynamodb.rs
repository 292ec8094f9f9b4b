//! DynamoDB: embedded, with the tables of the template.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Credentials;
use aws_smithy_http_client::{Builder, tls};
use dynoxide::{Database, DynoxideError};
use serde_json::json;
use tokio::net::TcpListener;

use crate::template::{REGION, Table};
use crate::vault::random;

/// Why the tables are not there.
#[derive(Debug, thiserror::Error)]
pub enum TablesError {
    /// The file cannot be opened.
    #[error("não consegui abrir as tabelas em {}: {source}", path.display())]
    File {
        /// The SQLite file.
        path: PathBuf,
        /// What the database said.
        source: DynoxideError,
    },
    /// DynamoDB refuses the table of the template.
    #[error("o DynamoDB recusou a tabela {table} do template: {reason}")]
    Refused {
        /// The table.
        table: String,
        /// Why.
        reason: String,
    },
}

/// Opens the database and makes what is missing of the template's tables.
pub fn open(file: &Path, tables: &[Table]) -> Result<Database, TablesError> {
    let database = open_carefully(file, tables)?;
    // No wait for the disk: what is written outlives a killed process, which is all that simulated partners ask for.
    database.enable_bulk_loading().map_err(|source| TablesError::File { path: file.to_owned(), source })?;
    Ok(database)
}

/// The same for real partners, who remember what they were told also when this machine loses its power: that costs the
/// writes of the last moments at most, and leaves the file whole.
pub fn open_carefully(file: &Path, tables: &[Table]) -> Result<Database, TablesError> {
    let failed = |source| TablesError::File { path: file.to_owned(), source };
    let database = Database::new(&file.to_string_lossy()).map_err(failed)?;
    for table in tables {
        let refused = |reason: String| TablesError::Refused { table: table.name.clone(), reason };
        let request =
            serde_json::from_value(table.create.clone()).map_err(|error| refused(error.to_string()))?;
        match database.create_table(request) {
            Ok(_) => {}
            Err(DynoxideError::ResourceInUseException(_)) => continue,
            Err(error) => return Err(refused(error.to_string())),
        }
        if let Some(attribute) = &table.ttl {
            let specification = json!({
                "TableName": table.name,
                "TimeToLiveSpecification": { "AttributeName": attribute, "Enabled": true },
            });
            let request =
                serde_json::from_value(specification).map_err(|error| refused(error.to_string()))?;
            database.update_time_to_live(request).map_err(|error| refused(error.to_string()))?;
        }
    }
    Ok(database)
}

/// A port at an address of this machine that nobody finds by trying, where it has more than one: DynamoDB asks nobody who
/// they are, and lets pages of any site ask.
pub async fn bind_hidden() -> std::io::Result<TcpListener> {
    let [a, b, c] = random();
    // 127.0.0.0/8 is this machine; its first and its last address are nobody's.
    match TcpListener::bind((Ipv4Addr::new(127, a, b, c.clamp(1, 254)), 0)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind(("127.0.0.1", 0)).await,
    }
}

/// Answers DynamoDB's API on `listener` for as long as it is polled.
pub async fn serve(listener: TcpListener, database: Database) {
    dynoxide::server::serve_on(listener, database).await;
}

/// The official client, for `endpoint` and with credentials that mean nothing.
pub async fn client(endpoint: &str) -> Client {
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
    Client::new(&config)
}
