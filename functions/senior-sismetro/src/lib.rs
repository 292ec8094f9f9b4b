#![doc = include_str!("../README.md")]

mod attention;
mod door;
mod event;
mod house;
mod operator;
mod turn;

use std::sync::Arc;

pub use event::{Answered, OperatorAnswer, PollAnswer, TurnAnswer};
pub use house::House;
use runtime::{Edge, Failure, Invocation};
use serde_json::Value;

use crate::event::Asked;

/// One of the two Lambdas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Open,
    Callback,
}

impl Function {
    /// What it says on the bus when it has stored something to work on; its own rule listens.
    fn news(self) -> &'static str {
        match self {
            Self::Open => "so-open",
            Self::Callback => "so-close",
        }
    }

    /// The name of its binary.
    fn name(self) -> &'static str {
        match self {
            Self::Open => "ss-open",
            Self::Callback => "ss-callback",
        }
    }
}

/// Takes the ERP's events and equipment searches, opens SS and notes them on the order.
pub async fn ss_open(
    house: House,
    edge: Arc<Edge>,
    event: Value,
    invocation: Invocation,
) -> Result<Answered, Failure> {
    answered(Function::Open, &house, &edge, event, &invocation).await
}

/// Takes Sismetro's callbacks, asks how services stand, releases and cancels orders in the ERP.
pub async fn ss_callback(
    house: House,
    edge: Arc<Edge>,
    event: Value,
    invocation: Invocation,
) -> Result<Answered, Failure> {
    answered(Function::Callback, &house, &edge, event, &invocation).await
}

async fn answered(
    function: Function,
    house: &House,
    edge: &Edge,
    event: Value,
    invocation: &Invocation,
) -> Result<Answered, Failure> {
    match Asked::read(event)? {
        Asked::Http(request) => {
            let response = Box::pin(door::http(function, edge, &request, invocation)).await;
            Ok(Answered::Http(Box::new(response)))
        }
        Asked::Operator(told) => {
            Box::pin(operator::told(function, edge, told, invocation)).await.map(Answered::Operator)
        }
        Asked::Turn(turn) => {
            Box::pin(turn::turn(function, house, edge, &turn, invocation)).await.map(Answered::Turn)
        }
    }
}

/// Says that there is work; the minute's sweep finds what this does not wake.
async fn wake(function: Function, edge: &Edge, invocation: &Invocation) {
    if let Err(failure) = edge.announce(function.news(), &invocation.request_id).await {
        tracing::warn!(message = %failure, "the worker was not woken");
    }
}
