//! No secret is seen.

use std::error::Error as _;
use std::io;
use std::sync::{Arc, Mutex};

use partner_http::{Effect, Fault, Secret};

use crate::partner::{Tenant, request};

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("no test panics here")).into_owned()
    }

    /// Collects what this thread logs while the guard lives.
    fn collect(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }
}

impl io::Write for Log {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panics here").write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_the_partner_repeats_is_in_no_error_and_no_log() {
    let log = Log::default();
    let _collecting = log.collect();
    let tenant = Tenant::scripted([Ok("rate"), Ok("refused the key canary-4711 is not yours")]);
    tenant.http.hide(&Secret::new("canary-4711"));
    let out = request("IncluirPedido", Effect::AskFirst, r#"{"app_secret":"canary-4711"}"#);
    let outgoing = format!("{out:?}");

    let error = tenant.send(out).await.expect_err("refused");

    let Fault::Refused { text } = &error.fault else { panic!("{error}") };
    assert_eq!(text, "the key *** is not yours");
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    for text in [outgoing, format!("{error} {error:?} {source}"), log.text(), format!("{:?}", tenant.http)] {
        assert!(!text.contains("canary"), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_healed_call_is_told_once_with_its_method_attempts_and_fault() {
    let log = Log::default();
    let _collecting = log.collect();
    let tenant = Tenant::scripted([Ok("busy"), Ok("busy"), Ok("ok")]);

    tenant.send(request("ListarBancos", Effect::Read, "canary")).await.expect("an answer");

    let text = log.text();
    assert_eq!(text.lines().count(), 1, "{text}");
    for part in ["WARN", r#"method="ListarBancos""#, "attempts=3", r#"fault="busy""#, "elapsed_ms=71000"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("canary"), "{text}");
}
