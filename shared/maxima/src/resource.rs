//! What every catalogue resource declares about itself; a new resource is a new type, the client does not grow.

use serde::Serialize;

use crate::rules::Rule;

/// One row of a catalogue endpoint, serialised with the member names of `contracts/maxima.md` §5.
///
/// A member without a value is `null`, and travels as one: so that what was emptied in the source is emptied in
/// the cloud (mapping §13.3).
pub trait Resource: Serialize + Send + Sync {
    /// Endpoint under `/api/{version}/`, e.g. `Cidades`.
    const PATH: &'static str;
    /// Cloud table, the `entidade` of the key look-up, e.g. `MXSCIDADE` (mapping §13.1).
    const TABLE: &'static str;
    /// JSON name of the (first) key member, the `colunaPK` of the key look-up, e.g. `Codcidade`.
    const KEY: &'static str;
    /// Field rules, the stricter of the SDK and the dictionary (§10.4).
    const RULES: &'static [Rule];
    /// Members that only an insertion may carry: sending them again would reset what the cloud has
    /// counted on since.
    const INSERT_ONLY: &'static [&'static str] = &[];

    /// Value of the key member.
    fn key(&self) -> &str;
}
