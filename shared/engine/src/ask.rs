//! What a run is asked to do.

/// What a run is asked to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// How much to read.
    pub wanted: Wanted,
    /// An operator has looked at what vanished and says that it may go: the brake is off for this run.
    pub accept_removals: bool,
    /// A fingerprint of what the maps depend on. When it is another one than last time, records that did not change
    /// may still be mapped to other rows, and everything is read.
    pub mark: String,
}

/// How much a run is to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// What changed since the last success, where the source can list that and nothing speaks against it.
    #[default]
    Changes,
    /// Everything.
    Full,
}
