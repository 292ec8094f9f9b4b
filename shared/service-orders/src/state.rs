//! The words of the machine: states, and why an order is skipped, parked or remarkable.

use serde::{Deserialize, Serialize};

/// Where an order is (`contracts/service-order-flow.md` §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The event is stored; no SS was asked for.
    Received,
    /// An SS may have been asked for: the call is in flight, or its answer was lost.
    Opening,
    /// The call ended so that nobody knows whether there is an SS.
    OpenUnknown,
    /// The SS is known; the note on the order is owed.
    Opened,
    /// The note is there; Sismetro works.
    AwaitingExecution,
    /// The service is done; the order is to be released for billing.
    Releasing,
    /// Released. The end.
    Released,
    /// The service was called off; the order is to be cancelled.
    Cancelling,
    /// Cancelled. The end.
    Cancelled,
    /// No SS is wanted. The end, until something changes.
    Skipped,
    /// Parked for a person.
    NeedsAttention,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Received,
        Self::Opening,
        Self::OpenUnknown,
        Self::Opened,
        Self::AwaitingExecution,
        Self::Releasing,
        Self::Released,
        Self::Cancelling,
        Self::Cancelled,
        Self::Skipped,
        Self::NeedsAttention,
    ];

    /// Its name in the store, in the history and in the marks.
    pub fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Opening => "opening",
            Self::OpenUnknown => "open_unknown",
            Self::Opened => "opened",
            Self::AwaitingExecution => "awaiting_execution",
            Self::Releasing => "releasing",
            Self::Released => "released",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
            Self::NeedsAttention => "needs_attention",
        }
    }

    /// What people call it, in Portuguese.
    pub fn text(self) -> &'static str {
        match self {
            Self::Received => "recebido",
            Self::Opening => "abrindo a SS",
            Self::OpenUnknown => "abertura incerta",
            Self::Opened => "SS aberta",
            Self::AwaitingExecution => "aguardando execução",
            Self::Releasing => "liberando",
            Self::Released => "liberado",
            Self::Cancelling => "cancelando",
            Self::Cancelled => "cancelado",
            Self::Skipped => "fora da integração",
            Self::NeedsAttention => "precisa de alguém",
        }
    }

    /// The state of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether nothing more happens by itself.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Released | Self::Cancelled | Self::Skipped)
    }
}

/// Why no SS is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// The integration is switched off for the branch.
    BranchInactive,
    /// The order has no equipment: it is no service order of Sismetro's.
    NoEquipment,
    /// A person has closed it so.
    Closed,
}

impl Skip {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::BranchInactive, Self::NoEquipment, Self::Closed];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::BranchInactive => "branch_inactive",
            Self::NoEquipment => "no_equipment",
            Self::Closed => "closed",
        }
    }
}

macro_rules! reasons {
    ($($(#[doc = $doc:literal])* $reason:ident = $name:literal: $text:literal;)*) => {
        /// Why an order is parked.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Reason {
            $($(#[doc = $doc])* $reason,)*
        }

        impl Reason {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$reason,)*];

            /// Its name in the store, in marks and in metrics.
            pub fn name(self) -> &'static str {
                match self { $(Self::$reason => $name,)* }
            }

            /// What is the matter, in Portuguese: what its [`text`](Self::text) says before it says what to do.
            pub fn matter(self) -> &'static str {
                self.text().split(": ").next().unwrap_or_default()
            }

            /// What is the matter and what a person is to do, in Portuguese.
            pub fn text(self) -> &'static str {
                match self { $(Self::$reason => $text,)* }
            }
        }
    };
}

reasons! {
    /// Neither event nor ERP names the branch, and there is no account for that.
    BranchUnknown = "branch_unknown":
        "não se sabe de qual filial é o pedido: configure uma conta padrão ou a leitura do pedido, e retome";
    /// The branch has no Sismetro account, or one that the secret does not have.
    AccountMissing = "account_missing":
        "a filial não tem conta do Sismetro: informe-a na configuração da filial, e retome";
    /// Sismetro refused to open the SS.
    OpenRefused = "open_refused":
        "o Sismetro recusou abrir a SS: corrija o que ele aponta (fechado de novo no ERP, o pedido traz os dados novos), e retome";
    /// Sismetro refused the credentials.
    SismetroAuth = "sismetro_auth": "o Sismetro recusou unit e key: corrija a conta, e retome";
    /// The ERP refused the credentials or the permission.
    SeniorAuth = "senior_auth": "o Senior X recusou a aplicação: confira chave, segredo e permissões, e retome";
    /// Nobody can tell whether there is an SS.
    OpenAmbiguous = "open_ambiguous":
        "não se sabe se a SS foi aberta: procure-a no Sismetro e associe-a, ou autorize um novo envio";
    /// The ERP does not take the note.
    NoteRefused = "note_refused":
        "o Senior X não aceita a observação com o número da SS: corrija e retome, ou dispense a observação";
    /// It failed for a whole day.
    RetryBudget = "retry_budget": "as tentativas falharam por 24 h: verifique o parceiro, e retome";
    /// Nobody can tell whether the release was carried out.
    ReleaseUnclear = "release_unclear":
        "não se sabe se o pedido foi liberado: confira a situação dele no ERP e encerre, ou retome";
    /// The ERP refuses the release.
    ReleaseRefused = "release_refused": "o Senior X recusou liberar o pedido: corrija o que ele aponta, e retome";
    /// The ERP refuses to cancel because the order waits for us.
    CancelRefusedWaiting = "cancel_refused_waiting":
        "o Senior X não cancela um pedido que aguarda integração: cancele-o no ERP e encerre, ou retome";
    /// The ERP refuses to cancel for another reason.
    CancelRefused = "cancel_refused": "o Senior X recusou cancelar o pedido: corrija o que ele aponta, e retome";
    /// Nobody can tell whether the cancellation was carried out.
    CancelUnclear = "cancel_unclear":
        "não se sabe se o pedido foi cancelado: confira a situação dele no ERP e encerre, ou retome";
    /// The order was billed before it could be cancelled.
    BilledBeforeCancel = "billed_before_cancel":
        "o pedido foi faturado e o serviço, cancelado: resolva o faturamento no ERP e encerre";
    /// Sismetro itself does not say what the callback says.
    CallbackNotConfirmed = "callback_not_confirmed":
        "o Sismetro avisou o fim do serviço, mas a SS não o confirma: verifique a SS, e retome";
    /// Only some of the services were called off.
    PartialCancel = "partial_cancel":
        "só uma parte dos serviços foi cancelada: ajuste o pedido no ERP e diga como terminou";
    /// The order is in a situation in which it is neither released nor waiting.
    UnexpectedSituation = "unexpected_situation":
        "o pedido está no ERP em uma situação inesperada: verifique-o, e retome";
    /// The service is done, and the order is cancelled in the ERP.
    ErpCancelled = "erp_cancelled":
        "o serviço foi concluído, mas o pedido está cancelado no ERP: resolva e encerre";
    /// The ERP does not know the order.
    OrderNotFound = "order_not_found": "o Senior X não encontra o pedido: verifique-o, e retome ou encerre";
    /// The order was closed again in the ERP after we had cancelled it.
    ReopenedAfterCancel = "reopened_after_cancel":
        "o pedido foi fechado de novo depois de cancelado: autorize uma nova SS, ou retome para manter cancelado";
    /// The ERP refuses a question.
    SeniorRefused = "senior_refused": "o Senior X recusou uma consulta: corrija o que ele aponta, e retome";
    /// Sismetro refuses a question.
    SismetroRefused = "sismetro_refused": "o Sismetro recusou uma consulta: corrija o que ele aponta, e retome";
    /// What is to be relayed is no longer stored.
    PayloadLost = "payload_lost":
        "o corpo do evento não está mais guardado: feche o pedido de novo no ERP e retome, ou associe a SS aberta à mão";
}

/// What somebody should know of an order that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    /// Something else happened to the service, or to the order in the ERP, after it had its end: it may be billed
    /// already, or wait for ever.
    LateConflictingOutcome,
    /// The SS has no link.
    SsLinkMissing,
    /// Number and link of the reply disagree; the link is believed.
    SsNumberMismatch,
    /// The event has no equipment that we recognise.
    EquipmentUnrecognised,
    /// The event has an existing and a new equipment.
    EquipmentBoth,
    /// An order may wait in the ERP because its branch is switched off.
    BranchInactiveSkipped,
    /// Its SS could not be looked at, time and again.
    PollFailed,
    /// Sismetro does not find its SS.
    SsNotFound,
    /// Its SS is in a situation that nobody has explained.
    UnknownStatus,
}

impl Alarm {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::LateConflictingOutcome,
        Self::SsLinkMissing,
        Self::SsNumberMismatch,
        Self::EquipmentUnrecognised,
        Self::EquipmentBoth,
        Self::BranchInactiveSkipped,
        Self::PollFailed,
        Self::SsNotFound,
        Self::UnknownStatus,
    ];

    /// Its name in marks and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::LateConflictingOutcome => "late_conflicting_outcome",
            Self::SsLinkMissing => "ss_link_missing",
            Self::SsNumberMismatch => "ss_number_mismatch",
            Self::EquipmentUnrecognised => "equipment_unrecognised",
            Self::EquipmentBoth => "equipment_both",
            Self::BranchInactiveSkipped => "branch_inactive_skipped",
            Self::PollFailed => "poll_failed",
            Self::SsNotFound => "ss_not_found",
            Self::UnknownStatus => "unknown_status",
        }
    }

    /// What a person should know, in Portuguese.
    pub fn text(self) -> &'static str {
        match self {
            Self::LateConflictingOutcome => {
                "algo mudou depois do fim (outro resultado do serviço, ou o pedido fechado de novo): confira-o no ERP"
            }
            Self::SsLinkMissing => "a SS veio sem link",
            Self::SsNumberMismatch => "o número e o link da SS não combinam: vale o link",
            Self::EquipmentUnrecognised => "o equipamento não foi reconhecido no evento",
            Self::EquipmentBoth => "há um equipamento existente e um novo: vale o existente",
            Self::BranchInactiveSkipped => "a filial está desligada: o pedido pode estar esperando no ERP",
            Self::PollFailed => "a SS não pôde ser consultada: verifique o Sismetro",
            Self::SsNotFound => "o Sismetro não encontra a SS: confira o número e associe a certa",
            Self::UnknownStatus => {
                "a SS está em uma situação que ninguém explicou: diga o que ela significa nas regras gerais das OS"
            }
        }
    }

    /// What the looks at an SS that is waited for have shown.
    pub(crate) const OF_LOOKS: [Self; 3] = [Self::PollFailed, Self::SsNotFound, Self::UnknownStatus];
}
