//! The template's table in the embedded DynamoDB, asked over HTTP as in a Lambda.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use clock::Clock;
use local::dynamodb;
use local::folder::Folder;
use local::stack::{TENANT, project_template};
use local::template::Template;
use store::Store;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The table, for as long as this lives.
pub(super) struct Tables {
    pub(super) store: Store,
    _folder: Folder,
    _servers: JoinSet<()>,
}

impl Tables {
    pub(super) async fn open(clock: Clock) -> Result<Self> {
        let given = BTreeMap::from([("Tenant".to_owned(), TENANT.to_owned())]);
        let template = Template::read(&project_template(), &given)?;
        let name = template.tables.first().context("the template has a table")?.name.clone();
        let (folder, mut servers) = (Folder::open(None, false)?, JoinSet::new());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let at = format!("http://{}", listener.local_addr()?);
        servers.spawn(dynamodb::serve(listener, dynamodb::open(&folder.tables(), &template.tables)?));
        let store = Store::new(dynamodb::client(&at).await, name, clock);
        Ok(Self { store, _folder: folder, _servers: servers })
    }
}
