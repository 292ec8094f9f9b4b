//! A browser of one test.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

/// One walk after the other: each has a whole Ponte and a browser beside it.
static WALKS: Mutex<()> = Mutex::const_new(());

/// Chromium under chromedriver, with a profile of its own; both end with it.
#[derive(Debug)]
pub struct Chrome {
    driver: Child,
    address: String,
    profile: TempDir,
    _alone: MutexGuard<'static, ()>,
}

/// What is missing and how to get it.
const MISSING: &str = "chromedriver does not start: install chromium and chromium-driver (apt-get install chromium chromium-driver)";

impl Chrome {
    /// Starts the driver, once no other is there; the browser comes with the first [`client`](Self::client).
    ///
    /// # Panics
    /// When there is no chromedriver, or it does not say where it is.
    pub async fn start() -> Self {
        let alone = WALKS.lock().await;
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            // What the browser itself says, such as the form of a date.
            .env("LANGUAGE", "pt_BR")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect(MISSING);
        let mut lines =
            BufReader::new(driver.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
        let port = lines.by_ref().find_map(|line| {
            let (_, rest) = line.split_once("started successfully on port ")?;
            rest.trim_end_matches('.').parse::<u16>().ok()
        });
        // What nobody reads would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        let address = format!("http://127.0.0.1:{}", port.expect("its port"));
        Self { driver, address, profile: tempfile::tempdir().expect("a folder"), _alone: alone }
    }

    /// A window, with JavaScript or without.
    ///
    /// # Panics
    /// When Chromium does not start.
    pub async fn client(&self, with_javascript: bool) -> Client {
        let profile = self.profile.path().join(if with_javascript { "js" } else { "plain" });
        let arguments = [
            "--headless=new".to_owned(),
            // Chromium refuses its own sandbox to root; only pages of ours are shown.
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--hide-scrollbars".to_owned(),
            "--force-color-profile=srgb".to_owned(),
            "--lang=pt-BR".to_owned(),
            "--accept-lang=pt-BR".to_owned(),
            "--window-size=1280,900".to_owned(),
            format!("--user-data-dir={}", profile.display()),
        ];
        let scripts = if with_javascript { 1 } else { 2 };
        let options = json!({
            "args": arguments,
            "prefs": { "profile.managed_default_content_settings.javascript": scripts },
        });
        let capabilities: Map<String, Value> =
            [("browserName".to_owned(), json!("chrome")), ("goog:chromeOptions".to_owned(), options)]
                .into_iter()
                .collect();
        // Driver and pages are on this machine: no TLS.
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        builder.connect(&self.address).await.expect("Chromium starts")
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}
