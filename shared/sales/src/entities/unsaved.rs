//! The store fails while a page is being read.

use engine::StateError;
use partner_http::{CallError, Fault, Remedy};

/// The engine knows only calls where pages come from, so it is told of one that has the same remedy.
pub(super) fn unsaved(entity: &'static str, error: &StateError) -> CallError {
    let text = error.to_string();
    let failed = |fault| CallError::new("ponte", entity, fault);
    match error.remedy() {
        Remedy::RetryLater { after } => failed(Fault::Unavailable).passing_after(after).because(text),
        Remedy::FixConfig => failed(Fault::Misconfigured { text }),
        Remedy::FixData | Remedy::AskPartner | Remedy::Bug => failed(Fault::Malformed { text }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_fails_says_what_to_do_about_it() {
        let busy = StateError::Conflict { what: "titulo-numero proximo".into() };
        let denied = StateError::Denied { operation: "document.put", source: "x".into() };

        assert_eq!(unsaved("titulos", &busy).remedy(), busy.remedy());
        assert_eq!(unsaved("titulos", &denied).remedy(), Remedy::FixConfig);
    }
}
