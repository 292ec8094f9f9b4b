//! What only the console's Lambda is given.

/// What the console works on besides the table. Empty in every other function. Its own secret, `PONTE_SECRET`, holds the
/// access keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Console {
    /// `PONTE_SECRET_OMIE_MAXIMA`: id or ARN of that integration's secret; none where it is not installed.
    pub omie_maxima: Option<String>,
    /// `PONTE_SECRET_SENIOR_SISMETRO`: the same of the other.
    pub senior_sismetro: Option<String>,
    /// `PONTE_LOAD_MACHINE`: ARN of the state machine of the initial load.
    pub load_machine: Option<String>,
    /// `PONTE_BANNER`: a sentence on every page.
    pub banner: Option<String>,
}

impl Console {
    pub(super) fn read(optional: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            omie_maxima: optional("PONTE_SECRET_OMIE_MAXIMA"),
            senior_sismetro: optional("PONTE_SECRET_SENIOR_SISMETRO"),
            load_machine: optional("PONTE_LOAD_MACHINE"),
            banner: optional("PONTE_BANNER"),
        }
    }
}
