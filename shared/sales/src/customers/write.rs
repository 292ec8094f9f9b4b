//! Writes to Omie, and what their answers mean to the machine (`contracts/omie.md` §4, §8.10).

use engine::FlowState;
use omie::{Call, ClienteStatus};
use partner_http::{CallError, Fault};

use super::Customers;
use super::case::What;
use super::machine::{Event, Written};
use super::why;
use crate::waiting::wait;

pub(super) async fn write<S: FlowState, C: Call<Reply = ClienteStatus>>(
    customers: &Customers<'_, S>,
    what: What,
    call: &C,
) -> Event {
    let written = match customers.spared(C::METHOD, customers.tenant.omie.call(call)).await {
        Ok(reply) => Written::Done(reply.codigo_cliente_omie),
        Err(error) => failed(&error),
    };
    Event::Wrote(what, written)
}

/// A failed write: whether it may have been done decides everything.
fn failed(error: &CallError) -> Written {
    match &error.fault {
        Fault::Duplicate { id, text } => Written::Duplicate { codigo: *id, text: text.clone() },
        Fault::Refused { text } | Fault::NotFound { text } => Written::Refused(text.clone()),
        // Words that nobody understands are unclear; what is still malformed was refused unread.
        Fault::Misconfigured { text } | Fault::Malformed { text } => Written::Misfit(text.clone()),
        Fault::Unclear | Fault::Empty => Written::Unclear { words: omie::faults::unknown_words(error) },
        // Busy, as the call sees it: it waited here for its turn and never left.
        Fault::Unauthorized { .. }
        | Fault::Redundant
        | Fault::Busy
        | Fault::RateLimited
        | Fault::Blocked { .. }
        | Fault::Expired
        | Fault::Unavailable => Written::NotDone { why: why(error), after: wait(error) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(fault: Fault) -> String {
        format!("{:?}", failed(&CallError::new("omie", "IncluirCliente", fault)))
    }

    #[test]
    fn a_failure_says_whether_it_may_have_been_done() {
        let text = || "x".to_owned();
        for (fault, what) in [
            (Fault::Duplicate { id: Some(7), text: text() }, "Duplicate"),
            (Fault::Refused { text: text() }, "Refused"),
            (Fault::NotFound { text: text() }, "Refused"),
            (Fault::Misconfigured { text: text() }, "Misfit"),
            (Fault::Malformed { text: text() }, "Misfit"),
            (Fault::Unclear, "Unclear"),
            (Fault::Empty, "Unclear"),
            (Fault::Unauthorized { text: text() }, "NotDone"),
            (Fault::Redundant, "NotDone"),
            (Fault::Busy, "NotDone"),
            (Fault::RateLimited, "NotDone"),
            (Fault::Blocked { seconds: 9 }, "NotDone"),
            (Fault::Expired, "NotDone"),
            (Fault::Unavailable, "NotDone"),
        ] {
            let name = format!("{fault:?}");
            assert!(written(fault).starts_with(what), "{name}");
        }
    }
}
