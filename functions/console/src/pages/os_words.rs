//! What the states of a service order, and what can be said about one, are called.

use service_orders::delivery::Source;
use service_orders::machine::{Event, Found, Gate, Told, Word, next};
use service_orders::{Order, State, What};

use crate::view::Tone;

/// A state by its name in the store; a name that is none is itself.
pub fn named(name: &str) -> &str {
    State::named(name).map_or(name, |state| of(state).1)
}

/// How a state looks, and what it is called.
pub fn of(state: State) -> (Tone, &'static str) {
    match state {
        State::Received => (Tone::Busy, "recebida"),
        State::Opening => (Tone::Busy, "abrindo SS"),
        State::OpenUnknown => (Tone::Busy, "abertura incerta"),
        State::Opened => (Tone::Busy, "SS aberta"),
        State::AwaitingExecution => (Tone::Busy, "aguardando o serviço"),
        State::Releasing => (Tone::Busy, "liberando o faturamento"),
        State::Released => (Tone::Good, "liberada"),
        State::Cancelling => (Tone::Busy, "cancelando"),
        State::Cancelled => (Tone::Idle, "cancelada"),
        State::Skipped => (Tone::Idle, "não se aplica"),
        State::NeedsAttention => (Tone::Warn, "precisa de alguém"),
    }
}

/// Who sent a delivery.
pub fn partner(source: Source) -> &'static str {
    match source {
        Source::Senior => "Senior X",
        Source::Sismetro => "Sismetro",
    }
}

/// What became of a delivery, of each order in it.
pub fn outcome(outcome: &str) -> String {
    let words = outcome.split([',', '[', ']', ' ']).filter(|word| !word.is_empty());
    let known = |word: &str| match word.to_lowercase().as_str() {
        "stored" => "guardado".to_owned(),
        "duplicate" | "duplicate_event" => "repetido".to_owned(),
        "unmatched" => "ainda sem pedido".to_owned(),
        "ignored" => "andamento, só anotado".to_owned(),
        "branch_inactive" => "dispensado: filial desligada".to_owned(),
        "no_equipment" => "dispensado: sem equipamento".to_owned(),
        "closed" => "dispensado: encerrado por uma pessoa".to_owned(),
        "busy" => "chegou durante o processamento".to_owned(),
        "quarentena" => "não entendido".to_owned(),
        _ => word.to_owned(),
    };
    words.map(known).collect::<Vec<_>>().join(", ")
}

/// Why an order is skipped.
pub fn skip(skip: service_orders::Skip) -> &'static str {
    match skip {
        service_orders::Skip::BranchInactive => "a integração está desligada para a filial",
        service_orders::Skip::NoEquipment => "o pedido não tem equipamento",
        service_orders::Skip::Closed => "encerrada por uma pessoa",
    }
}

/// Something that can be said about an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saying {
    /// The last part of its address.
    pub path: &'static str,
    /// What stands on the button.
    pub label: &'static str,
    /// What comes of it.
    pub means: &'static str,
    /// Whether it cannot be taken back.
    pub is_grave: bool,
}

/// Everything that can be said.
pub const SAYINGS: [Saying; 9] = [
    saying("retomar", "Retomar", "Segue de onde parou.", false),
    saying(
        "associar",
        "Associar uma SS",
        "A SS indicada passa a ser a desta ordem; nenhuma outra é aberta.",
        false,
    ),
    saying(
        "reenviar",
        "Autorizar novo envio",
        "A SS é pedida mais uma vez: só se ela não existe no Sismetro.",
        true,
    ),
    saying("dispensar", "Dispensar a observação", "Segue sem o número da SS no pedido.", false),
    saying(
        "concluida",
        "Dar o serviço por concluído",
        "O pedido é liberado sem perguntar ao Sismetro.",
        true,
    ),
    saying(
        "cancelada",
        "Dar o serviço por cancelado",
        "O pedido é cancelado sem perguntar ao Sismetro.",
        true,
    ),
    saying("encerrar-liberada", "Encerrar como liberada", "Já foi liberada à mão; nada é enviado.", true),
    saying("encerrar-cancelada", "Encerrar como cancelada", "Já foi cancelada à mão; nada é enviado.", true),
    saying("encerrar-ignorada", "Encerrar como não se aplica", "Sai da integração; nada é enviado.", true),
];

const fn saying(path: &'static str, label: &'static str, means: &'static str, is_grave: bool) -> Saying {
    Saying { path, label, means, is_grave }
}

impl Saying {
    /// The saying with this address.
    pub fn at(path: &str) -> Option<Self> {
        SAYINGS.into_iter().find(|saying| saying.path == path)
    }

    /// Whether the order's machine makes something of it.
    pub fn applies(self, order: &Order, now: jiff::Timestamp) -> bool {
        let makes_something = |word| {
            let (command, actor, reason) = ("?".to_owned(), "?".to_owned(), "?".to_owned());
            next(order, &Event::Told(Told { command, actor, reason, word }), now).is_some()
        };
        // What was skipped for want of equipment is read once more, with the maps of today.
        let reread = || Word::Reread { content: order.content.clone(), gate: Gate::Wanted };
        makes_something(self.example()) || (self.path == "retomar" && makes_something(reread()))
    }

    fn example(self) -> Word {
        match self.path {
            "associar" => {
                Word::Attach(Found { number: "1".to_owned(), link: None, unsure: false, mismatch: false })
            }
            "reenviar" => Word::AllowResend,
            "dispensar" => Word::SkipNote,
            "concluida" => Word::Force(What::Completed),
            "cancelada" => Word::Force(What::Cancelled),
            "encerrar-liberada" => Word::Close(State::Released),
            "encerrar-cancelada" => Word::Close(State::Cancelled),
            "encerrar-ignorada" => Word::Close(State::Skipped),
            _ => Word::Redrive,
        }
    }
}
