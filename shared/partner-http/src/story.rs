//! An error for people who see one line of it.

use std::error::Error;

/// The error and what lies under it in one line, each cause after a colon. A cause that its error repeats, as a
/// transparent one does, is told once.
pub fn story(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.fold(error.to_string(), |text, cause| {
        let cause = cause.to_string();
        if text.ends_with(&cause) { text } else { format!("{text}: {cause}") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the socket is closed")]
    struct Closed;

    #[derive(Debug, thiserror::Error)]
    enum Call {
        #[error("page 3 failed")]
        Page(#[source] Closed),
        #[error(transparent)]
        Same(#[from] Closed),
        #[error("the call failed: {0}")]
        Quoting(#[source] Closed),
    }

    #[test]
    fn each_cause_is_told_once() {
        assert_eq!(story(&Call::Page(Closed)), "page 3 failed: the socket is closed");
        assert_eq!(story(&Call::Same(Closed)), "the socket is closed");
        assert_eq!(story(&Call::Quoting(Closed)), "the call failed: the socket is closed");
    }
}
