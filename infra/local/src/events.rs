//! EventBridge, as much of it as a tenant uses: events put on the default bus, and the template's rules that let them
//! start functions.

use serde_json::{Value, json};

use crate::template::{ACCOUNT, REGION, Rule};

/// The rules of the default bus.
#[derive(Clone, Debug, Default)]
pub struct Events {
    rules: Vec<Rule>,
}

/// A function that an event starts, and what it gets.
#[derive(Clone, Debug, PartialEq)]
pub struct Started {
    /// The name of the function.
    pub function: String,
    /// The rule's input, or the event itself.
    pub input: Value,
}

/// Most entries of one call.
const MOST: usize = 10;

impl Events {
    /// A bus with the template's rules.
    pub fn new(rules: Vec<Rule>) -> Self {
        Self { rules }
    }

    /// Answers one call. `target` is the `X-Amz-Target` header; `id` names the call's events. Gives what is to be
    /// started besides the status and the answer.
    pub fn answer(&self, target: &str, body: &Value, id: &str) -> (u16, Value, Vec<Started>) {
        if target != "AWSEvents.PutEvents" {
            let message = format!("{target} is not supported by the local runner");
            return (400, json!({ "__type": "UnknownOperationException", "Message": message }), Vec::new());
        }
        let entries = body["Entries"].as_array().map(Vec::as_slice).unwrap_or_default();
        if entries.is_empty() || entries.len() > MOST {
            let message = format!("1 validation error: Entries must have 1 to {MOST} members");
            return (400, json!({ "__type": "ValidationException", "Message": message }), Vec::new());
        }
        let mut started = Vec::new();
        let mut answers = Vec::new();
        for (nth, entry) in entries.iter().enumerate() {
            if let Some((code, message)) = refusal(entry) {
                answers.push(json!({ "ErrorCode": code, "ErrorMessage": message }));
                continue;
            }
            let id = format!("{id}-{nth}");
            started.extend(self.started(entry, &id));
            answers.push(json!({ "EventId": id }));
        }
        let failed = answers.iter().filter(|answer| answer["ErrorCode"].is_string()).count();
        (200, json!({ "FailedEntryCount": failed, "Entries": answers }), started)
    }

    fn started<'a>(&'a self, entry: &'a Value, id: &'a str) -> impl Iterator<Item = Started> + 'a {
        let is = |wanted: &[String], member: &str| {
            wanted.iter().any(|wanted| entry[member].as_str() == Some(wanted.as_str()))
        };
        let detail: Value =
            serde_json::from_str(entry["Detail"].as_str().unwrap_or_default()).unwrap_or_default();
        let says = move |rule: &Rule| {
            rule.details.iter().all(|(member, wanted)| {
                detail[member].as_str().is_some_and(|text| wanted.iter().any(|wanted| wanted.fits(text)))
            })
        };
        let fitting = self.rules.iter().filter(move |rule| {
            is(&rule.sources, "Source")
                && (rule.kinds.is_empty() || is(&rule.kinds, "DetailType"))
                && says(rule)
        });
        fitting.map(move |rule| Started {
            function: rule.function.clone(),
            input: rule.input.clone().unwrap_or_else(|| event(entry, id)),
        })
    }
}

/// What the service says of an entry it does not take.
fn refusal(entry: &Value) -> Option<(&'static str, String)> {
    let missing = ["Source", "DetailType", "Detail"]
        .into_iter()
        .find(|member| entry[member].as_str().is_none_or(|text| text.trim().is_empty()));
    if let Some(member) = missing {
        return Some((
            "InvalidArgument",
            format!("Parameter {member} is not valid. Reason: {member} is a required."),
        ));
    }
    let detail = entry["Detail"].as_str().unwrap_or_default();
    match serde_json::from_str::<Value>(detail) {
        Ok(Value::Object(_)) => None,
        _ => Some(("MalformedDetail", "Detail is malformed.".to_owned())),
    }
}

/// The event as a rule without an input gives it to its function.
fn event(entry: &Value, id: &str) -> Value {
    let detail = entry["Detail"].as_str().unwrap_or_default();
    json!({
        "version": "0",
        "id": id,
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": ACCOUNT,
        "region": REGION,
        "resources": [],
        "detail": serde_json::from_str::<Value>(detail).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Wanted;

    fn rule(function: &str, kinds: &[&str], input: Option<Value>) -> Rule {
        Rule {
            name: format!("to-{function}"),
            sources: vec!["ponte.demo".to_owned()],
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            details: Vec::new(),
            input,
            function: function.to_owned(),
        }
    }

    fn bus() -> Events {
        let wake = Some(json!({ "trigger": "notice" }));
        Events::new(vec![rule("status", &["omie-webhook"], wake), rule("all", &[], None)])
    }

    fn put(entries: &Value) -> (u16, Value, Vec<Started>) {
        bus().answer("AWSEvents.PutEvents", &json!({ "Entries": entries }), "e")
    }

    fn entry(source: &str, kind: &str) -> Value {
        json!({ "Source": source, "DetailType": kind, "Detail": "{\"id\":\"r\"}" })
    }

    #[test]
    fn an_event_starts_what_its_source_and_kind_fit_with_the_input_of_the_rule() {
        let (status, answer, started) = put(&json!([entry("ponte.demo", "omie-webhook")]));

        assert_eq!((status, &answer["FailedEntryCount"]), (200, &json!(0)));
        assert_eq!(answer["Entries"][0]["EventId"], "e-0");
        assert_eq!(started[0], Started { function: "status".into(), input: json!({ "trigger": "notice" }) });
        assert_eq!(started[1].input["detail"], json!({ "id": "r" }));
        assert_eq!(started[1].input["source"], "ponte.demo");
    }

    #[test]
    fn an_event_of_another_source_or_kind_starts_nothing_that_wants_it() {
        let (_, _, other_tenant) = put(&json!([entry("ponte.other", "omie-webhook")]));
        let (_, _, other_kind) = put(&json!([entry("ponte.demo", "else")]));

        assert!(other_tenant.is_empty());
        let functions: Vec<_> = other_kind.into_iter().map(|started| started.function).collect();
        assert_eq!(functions, ["all"]);
    }

    #[test]
    fn an_event_starts_only_what_its_detail_fits() {
        let details = vec![("alarmName".to_owned(), vec![Wanted::Begins("ponte-demo-".to_owned())])];
        let bus = Events::new(vec![Rule { details, ..rule("console", &[], None) }]);
        let started = |detail: &str| {
            let entry = json!({ "Source": "ponte.demo", "DetailType": "x", "Detail": detail });
            bus.answer("AWSEvents.PutEvents", &json!({ "Entries": [entry] }), "e").2.len()
        };

        assert_eq!(started(r#"{"alarmName":"ponte-demo-x"}"#), 1);
        for other in [r#"{"alarmName":"ponte-other-x"}"#, r#"{"alarmName":1}"#, "{}"] {
            assert_eq!(started(other), 0, "{other}");
        }
        assert!(Wanted::Is("a".to_owned()).fits("a") && !Wanted::Is("a".to_owned()).fits("ab"));
    }

    #[test]
    fn an_entry_that_is_not_whole_is_refused_and_the_others_are_not() {
        let whole = entry("ponte.demo", "omie-webhook");
        let (mut nameless, mut broken) = (whole.clone(), whole.clone());
        nameless["DetailType"] = json!("");
        broken["Detail"] = json!("[]");

        let (status, answer, started) = put(&json!([nameless, broken, whole]));

        assert_eq!((status, &answer["FailedEntryCount"]), (200, &json!(2)));
        assert_eq!(answer["Entries"][0]["ErrorCode"], "InvalidArgument");
        assert_eq!(answer["Entries"][1]["ErrorCode"], "MalformedDetail");
        assert_eq!(started.len(), 2);
    }

    #[test]
    fn what_the_service_would_refuse_whole_is_refused_whole() {
        let (status, answer, _) = put(&json!([]));
        assert_eq!((status, &answer["__type"]), (400, &json!("ValidationException")));

        let (status, answer, _) = bus().answer("AWSEvents.PutRule", &json!({}), "e");
        assert_eq!(status, 400);
        assert!(answer["Message"].as_str().unwrap_or_default().contains("PutRule"));
    }
}
