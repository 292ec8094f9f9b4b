//! What starts a function, told apart by its shape, and what it answers.

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use runtime::Failure;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a function is asked.
#[derive(Debug)]
pub(crate) enum Asked {
    /// A request by way of the HTTP API.
    Http(Box<ApiGatewayV2httpRequest>),
    /// A word of an operator, by direct invocation: `{"so": {"op": …}, "actor": …}`.
    Operator(Told),
    /// A turn of work: a schedule, an event of the bus, or a person.
    Turn(Turn),
}

/// A word of an operator.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Told {
    /// The word, with what it needs.
    pub(crate) so: Value,
    /// Who says so.
    #[serde(default)]
    pub(crate) actor: String,
}

/// What starts a turn.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Turn {
    /// `schedule`, `notice` or whatever a person calls himself.
    pub(crate) trigger: Option<String>,
    /// Whether Sismetro is asked how the services stand, instead of working what is due.
    pub(crate) poll: bool,
}

impl Asked {
    /// Reads an event. The gateway puts a request's body into a text: what is outside of it comes from AWS, or from
    /// somebody who may invoke the function.
    pub(crate) fn read(event: Value) -> Result<Self, Failure> {
        let strange = |error: serde_json::Error| {
            Failure::bug(format!("the event is not one this function knows: {error}"))
        };
        if !event.is_object() {
            return Err(Failure::bug("the event is no object"));
        }
        if event.get("requestContext").is_some() {
            return serde_json::from_value(event).map(Self::Http).map_err(strange);
        }
        if event.get("so").is_some() {
            return serde_json::from_value(event).map(Self::Operator).map_err(strange);
        }
        serde_json::from_value(event).map(Self::Turn).map_err(strange)
    }
}

/// What a function answers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answered {
    /// To the HTTP API.
    Http(Box<ApiGatewayV2httpResponse>),
    /// To who started a turn.
    Turn(TurnAnswer),
    /// To an operator.
    Operator(OperatorAnswer),
}

/// How a turn ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TurnAnswer {
    /// Orders that were looked at.
    pub orders: u64,
    /// Callbacks that were looked at.
    pub notices: u64,
    /// Something is left that the next turn goes on with.
    pub more: bool,
    /// What a turn of the poll came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<PollAnswer>,
    /// Why nothing was done, in Portuguese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle: Option<&'static str>,
}

/// What a turn of the poll came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PollAnswer {
    /// Somebody else has the turn.
    pub taken: bool,
    /// SS that were looked at.
    pub looked: u64,
    /// Services that turned out to have ended.
    pub ended: u64,
    /// SS that could not be looked at.
    pub failed: u64,
    /// Whether somebody must look at something.
    pub attention: bool,
}

/// What an operator's word came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OperatorAnswer {
    /// Whether it was obeyed.
    pub done: bool,
    /// What was done, or why not and what to do, in Portuguese; empty where the result speaks for itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What was asked for.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub result: Value,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_known_by_its_shape() {
        let request: Value = serde_json::from_str(include_str!("../../../infra/events/senior-webhook.json"))
            .expect("a sample");

        assert!(matches!(Asked::read(request), Ok(Asked::Http(_))));
        assert!(matches!(
            Asked::read(json!({"so": {"op": "list"}, "actor": "ana"})),
            Ok(Asked::Operator(Told { actor, .. })) if actor == "ana"
        ));
        for (event, poll) in [
            (json!({}), false),
            (json!({"trigger": "schedule"}), false),
            (json!({"trigger": "schedule", "poll": true}), true),
        ] {
            assert!(matches!(Asked::read(event), Ok(Asked::Turn(turn)) if turn.poll == poll));
        }
    }

    #[test]
    fn a_body_cannot_pass_for_an_operator() {
        let sample = include_str!("../../../infra/events/senior-webhook.json");
        let mut request: Value = serde_json::from_str(sample).expect("a sample");
        request["body"] = json!(r#"{"so": {"op": "close"}}"#);
        request["so"] = json!({"op": "close"});

        assert!(matches!(Asked::read(request), Ok(Asked::Http(_))));
    }

    #[test]
    fn a_misspelt_event_is_refused_and_not_taken_for_another() {
        for event in [json!({"trigger": "schedule", "pol": true}), json!([]), json!({"so": {}, "acto": "x"})]
        {
            let failure = Asked::read(event.clone()).expect_err("unknown");
            assert_eq!(failure.error_type, "Bug", "{event}");
        }
    }
}
