//! The states of an order as a Brazilian reads them.

use service_orders::{Order, Skip, State};

/// Where an order is, in a few words.
pub(super) fn state(order: &Order) -> String {
    match (order.state, order.attention) {
        (State::NeedsAttention, Some(reason)) => format!("parado: {}", reason.text()),
        (state, _) => name(state).to_owned(),
    }
}

/// Why no SS is wanted.
pub(super) fn skipped(skip: Skip) -> &'static str {
    match skip {
        Skip::BranchInactive => "a integração está desligada na filial",
        Skip::NoEquipment => "o pedido não tem equipamento",
        Skip::Closed => "encerrado à mão",
    }
}

/// The state of this name in the store; the name itself where there is none.
pub(super) fn named(state: &str) -> &str {
    match State::named(state) {
        Some(known) => name(known),
        None => state,
    }
}

/// The same words as the operator's `so`.
fn name(state: State) -> &'static str {
    match state {
        State::Received => "recebido",
        State::Opening => "abrindo a SS",
        State::OpenUnknown => "abertura incerta",
        State::Opened => "SS aberta",
        State::AwaitingExecution => "aguardando execução",
        State::Releasing => "liberando",
        State::Released => "liberado",
        State::Cancelling => "cancelando",
        State::Cancelled => "cancelado",
        State::Skipped => "fora da integração",
        State::NeedsAttention => "PRECISA DE ALGUÉM",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_words_of_its_own() {
        let words: std::collections::BTreeSet<_> = State::ALL.into_iter().map(name).collect();

        assert_eq!(words.len(), State::ALL.len());
        assert_eq!((named("open_unknown"), named("x")), ("abertura incerta", "x"));
    }
}
