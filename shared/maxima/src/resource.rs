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
    /// JSON names of all key members, in the order of Máxima's primary key (`contracts/maxima.md` §5).
    const KEYS: &'static [&'static str] = &[Self::KEY];
    /// Field rules, the stricter of the SDK and the dictionary (§10.4), in the order of the members.
    const RULES: &'static [Rule];
    /// Members that only an insertion may carry: sending them again would reset what the cloud has
    /// counted on since.
    const INSERT_ONLY: &'static [&'static str] = &[];
}

/// So that rows can be checked where they are.
impl<R: Resource> Resource for &R {
    const PATH: &'static str = R::PATH;
    const TABLE: &'static str = R::TABLE;
    const KEY: &'static str = R::KEY;
    const KEYS: &'static [&'static str] = R::KEYS;
    const RULES: &'static [Rule] = R::RULES;
    const INSERT_ONLY: &'static [&'static str] = R::INSERT_ONLY;
}
