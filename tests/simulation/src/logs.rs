//! Listens to every log line of a thread and remembers those that hold a canary, or the link of an SS as it is.

use std::cell::RefCell;
use std::fmt;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

use crate::secrets::CANARY;

thread_local! {
    static LEAKS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Listens on this thread until the guard is dropped.
pub fn listen() -> DefaultGuard {
    tracing::subscriber::set_default(Listener)
}

/// What was heard since the last time this was asked.
pub(crate) fn leaks() -> Vec<String> {
    LEAKS.with(|leaks| std::mem::take(&mut *leaks.borrow_mut()))
}

struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Ear(span.metadata().target()));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Ear("a span"));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Ear(event.metadata().target()));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Ear<'a>(&'a str);

impl Visit for Ear<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        if text.contains(CANARY) || holds_a_token(&text) {
            let leak = format!("a secret in a log line of {}, field {}", self.0, field.name());
            LEAKS.with(|leaks| leaks.borrow_mut().push(leak));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &value);
    }
}

/// Whether the link of an SS is written out: its token lets anybody read the request.
pub(crate) fn holds_a_token(text: &str) -> bool {
    text.contains("printSS.php") && text.split("token=").skip(1).any(|token| !token.starts_with("***"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_heard_in_a_line_in_a_span_and_in_what_a_span_learns_later() {
        let _listening = listen();
        tracing::info!(chave = "CANARIO-1", "ok");
        let span = tracing::info_span!("turn", chave = "CANARIO-2", later = tracing::field::Empty);
        span.record("later", "CANARIO-3");
        tracing::info!("CANARIO-4");
        tracing::info!(chave = "nada", "ok");

        let heard = leaks();

        assert_eq!(heard.len(), 4, "{heard:?}");
        assert_eq!(leaks(), Vec::<String>::new());
    }
}
