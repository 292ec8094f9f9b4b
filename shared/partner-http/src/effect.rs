//! What a request does at the partner, which decides whether it may be repeated.

/// What a request does at the partner. It decides repetition, so it is stated once, at the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Changes nothing: repeated after any passing fault.
    Read,
    /// Changes something, and doing it twice is the same as doing it once: repeated like a read.
    Repeatable,
    /// Doing it twice would be wrong. Repeated only when the partner certainly did nothing; after a lost
    /// answer the caller asks the partner what happened (`contracts/omie.md` §3.1.7).
    AskFirst,
}
