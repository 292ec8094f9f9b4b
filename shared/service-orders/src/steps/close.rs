//! The end: Sismetro confirms it, the ERP's situation guards it, the ERP is told (T12, T14).

use engine::FlowState;
use partner_http::{CallError, Fault};
use senior::Situacao;
use sismetro::Situation;

use super::{
    Lane, account, is_in_time, patience, senior_failure, senior_turn, sismetro_failure, sismetro_turn,
    unstored,
};
use crate::flow::Orders;
use crate::machine::{Answer, Failure, Stands, Verified};
use crate::record::{Order, What};
use crate::settings::CancelStrategy;
use crate::{Reason, branches};

pub(crate) async fn verify<S: FlowState>(orders: &Orders<'_, S>, order: &Order, really: bool) -> Verified {
    if !really && !orders.tenant.settings.verify_callbacks {
        return Verified::Trusted;
    }
    match verified(orders, order).await {
        Ok(verified) => verified,
        Err(failure) => Verified::Failed(failure),
    }
}

async fn verified<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Result<Verified, Failure> {
    let Some(known) = &order.ss else { return Ok(Verified::Otherwise("a SS não tem número".to_owned())) };
    let (name, client) = account(orders, order)?;
    sismetro_turn(orders, name, Lane::Read, patience(orders, order)?).await?;
    let ss = match client.find(&known.number).await {
        Ok(ss) => ss,
        Err(error) => return Err(sismetro_failure(orders, &error, name).await),
    };
    let Some(ss) = ss else { return Ok(Verified::Otherwise("o Sismetro não encontra a SS".to_owned())) };
    Ok(match client.outcome(&ss) {
        Situation::Completed => Verified::Ended(What::Completed),
        Situation::Cancelled => Verified::Ended(What::Cancelled),
        Situation::InExecution => Verified::Otherwise("em execução".to_owned()),
        Situation::Open => Verified::Otherwise("aberta".to_owned()),
        Situation::Unknown(words) => {
            tracing::warn!(order = order.id, words, "a status of Sismetro that nobody has explained");
            Verified::Otherwise(words)
        }
    })
}

pub(crate) async fn guard<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Stands {
    let senior = &orders.tenant.senior;
    if !senior.reads() {
        return Stands::Unread;
    }
    if let Err(failure) = senior_turn(orders).await {
        return Stands::Failed(failure);
    }
    let pedido = match senior.pedido(&order.id).await {
        Ok(Some(pedido)) => pedido,
        Ok(None) => return Stands::Missing,
        Err(error) => return Stands::Failed(senior_failure(orders, &error, Reason::SeniorRefused).await),
    };
    match pedido.situation {
        Situacao::AwaitingIntegration => Stands::Waiting,
        Situacao::OpenTotal | Situacao::OpenPartial => Stands::Billable,
        Situacao::Settled => Stands::Billed,
        Situacao::Cancelled => Stands::Cancelled,
        Situacao::Unknown(raw) => Stands::Otherwise(raw),
        other @ (Situacao::Suspended
        | Situacao::Transmitting
        | Situacao::InPreparation
        | Situacao::NotClosed) => Stands::Otherwise(other.name().to_owned()),
    }
}

pub(crate) async fn release<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Answer {
    if let Err(failure) = ready(orders, order).await {
        return Answer::NotDone(failure);
    }
    let senior = &orders.tenant.senior;
    match senior.release(&order.id).await {
        Ok(()) => Answer::Done { readable: senior.reads() },
        Err(error) => {
            let already = !senior.reads() && senior::says_released(&error.fault);
            answer(orders, &error, already, Reason::ReleaseRefused).await
        }
    }
}

pub(crate) async fn cancel<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Answer {
    if let Err(failure) = ready(orders, order).await {
        return Answer::NotDone(failure);
    }
    let branch = order.content.company.zip(order.content.branch);
    let rule = match branches::rule(orders.state, &orders.tenant.settings, branch).await {
        Ok(rule) => rule,
        Err(error) => return Answer::NotDone(unstored(&error)),
    };
    let senior = &orders.tenant.senior;
    match senior.cancel(&order.id).await {
        Ok(()) => Answer::Done { readable: senior.reads() },
        Err(CallError { fault: Fault::Refused { text }, .. })
            if senior::is_waiting_refusal(&Fault::Refused { text: text.clone() }) =>
        {
            Answer::Waiting { text, lift: rule.cancel_strategy == CancelStrategy::ReleaseThenCancel }
        }
        Err(error) => {
            let already = !senior.reads() && senior::says_cancelled(&error.fault);
            answer(orders, &error, already, Reason::CancelRefused).await
        }
    }
}

async fn ready<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Result<(), Failure> {
    senior_turn(orders).await?;
    is_in_time(orders, order)
}

/// A call that changes the order and did not get its yes: whether it may have been carried out decides everything.
async fn answer<S: FlowState>(
    orders: &Orders<'_, S>,
    error: &CallError,
    already: bool,
    refused: Reason,
) -> Answer {
    let has_left = error.attempts > 0;
    let unclear = |why: &str| {
        orders.tenant.tally.failed(error);
        Answer::Unclear(why.to_owned())
    };
    match &error.fault {
        Fault::Refused { text } | Fault::NotFound { text } | Fault::Duplicate { text, .. } if has_left => {
            Answer::Refused { text: text.clone(), already }
        }
        Fault::Unclear | Fault::Empty => unclear("o Senior X não respondeu"),
        Fault::Malformed { .. } if has_left => unclear("o Senior X respondeu algo inesperado"),
        // Behind a 5xx the work may be done (`contracts/senior-x.md` §13).
        Fault::Unavailable if has_left && error.status.is_some() => {
            unclear("o Senior X respondeu com erro interno")
        }
        _ => Answer::NotDone(senior_failure(orders, error, refused).await),
    }
}
