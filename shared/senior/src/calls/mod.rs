//! What is asked of the service `pedido` (`contracts/senior-x.md` §10).

mod cancel;
mod listing;
mod note;
mod order;
mod release;

use partner_http::{CallError, Fault};

use crate::{
    client::failed,
    json::{self, Tree},
    order::valid_order_id,
};

pub use listing::Listed;

/// An id that cannot be one goes nowhere.
fn checked(name: &'static str, id: &str) -> Result<(), CallError> {
    if valid_order_id(id) {
        return Ok(());
    }
    Err(malformed(name, "o número interno do pedido não é válido"))
}

/// What is read must be there: an answer without a body that does not say so was cut short.
fn whole(_: &str, status: u16, body: &[u8]) -> Result<(), Fault> {
    if status != 204 && body.trim_ascii().is_empty() { Err(Fault::Unclear) } else { Ok(()) }
}

fn malformed(name: &'static str, text: &str) -> CallError {
    failed(name, Fault::Malformed { text: text.to_owned() })
}

fn parsed<'a>(name: &'static str, body: &'a [u8]) -> Result<Tree<'a>, CallError> {
    json::parse_bytes(body).map_err(|_| malformed(name, "a resposta não é o JSON combinado"))
}
