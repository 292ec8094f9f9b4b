//! EventBridge Scheduler, as much of it as a tenant uses: get, list, create, update, delete.
//!
//! The template's schedules are there from the start; what a Lambda or the console changes is kept in a file, as a
//! deployed stack keeps it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clock::{Clock, until};
use http::{Method, StatusCode};
use jiff::Timestamp;
use schedules::{Recurrence, Unsupported};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::template::{ACCOUNT, REGION, Schedule};

/// What a call is about, below `/schedules`.
const ROOT: &str = "/schedules";
/// A start that lies further behind is refused, also one that the service has given.
const SINCE: Duration = Duration::from_mins(5);

/// The schedules of the tenant, by name, as the service describes them.
#[derive(Debug)]
pub struct Scheduler {
    file: PathBuf,
    of_the_template: BTreeMap<String, Value>,
    schedules: Mutex<BTreeMap<String, Value>>,
    changed: Notify,
    clock: Clock,
}

/// One schedule that may fire.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// Its name.
    pub name: String,
    /// When.
    pub recurrence: Recurrence,
    /// The zone in which people read its times.
    pub zone: String,
    /// Not before this moment.
    pub starts: Option<Timestamp>,
    /// What it starts.
    pub target: Target,
    /// The event, or the input of the execution.
    pub input: Value,
    /// Whether it is gone once it has fired.
    pub once: bool,
}

/// What a schedule starts, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A function.
    Function(String),
    /// A state machine, by `states:StartExecution`.
    Machine(String),
}

impl Target {
    /// `arn:aws:lambda:…:function:<name>`, `arn:aws:states:…:stateMachine:<name>`.
    fn of(arn: &str) -> Option<Self> {
        let mut parts = arn.split(':').skip(2);
        let (service, kind, name) = (parts.next()?, parts.nth(2)?, parts.next()?.to_owned());
        match (service, kind) {
            ("lambda", "function") => Some(Self::Function(name)),
            ("states", "stateMachine") => Some(Self::Machine(name)),
            _ => None,
        }
    }
}

/// An answer: the status, the body, and the kind of the error when it is one.
pub type Reply = (StatusCode, Value, Option<&'static str>);

impl Scheduler {
    /// The template's schedules, with what was changed since in `file`.
    ///
    /// # Errors
    ///
    /// The first expression of the template that is not supported, also of a schedule that is off.
    pub fn open(file: &Path, of_the_template: &[Schedule], clock: Clock) -> Result<Self, OpenError> {
        let mut made = BTreeMap::new();
        for schedule in of_the_template {
            Recurrence::parse(&schedule.expression, &schedule.timezone)?;
            made.insert(schedule.name.clone(), described(schedule));
        }
        let mut schedules = made.clone();
        match std::fs::read(file) {
            Ok(text) => {
                let kept: BTreeMap<String, Value> =
                    serde_json::from_slice(&text).map_err(std::io::Error::from)?;
                schedules.extend(kept);
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        Ok(Self {
            file: file.to_owned(),
            of_the_template: made,
            schedules: Mutex::new(schedules),
            changed: Notify::new(),
            clock,
        })
    }

    /// Every schedule that is on.
    pub fn due(&self) -> Vec<Due> {
        self.schedules().iter().filter_map(|(name, body)| due(name, body)).collect()
    }

    /// Ends when a schedule has been changed since the last time.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Starts a state machine at once, as a schedule that fires once does; nothing when one of this name has not fired
    /// yet.
    pub fn start_machine(&self, name: &str, machine: &str, at: Timestamp, input: &Value) {
        let at = at.to_zoned(jiff::tz::TimeZone::UTC).strftime("at(%Y-%m-%dT%H:%M:%S)").to_string();
        let body = json!({
            "ScheduleExpression": at,
            "ActionAfterCompletion": "DELETE",
            "FlexibleTimeWindow": { "Mode": "OFF" },
            "Target": {
                "Arn": format!("arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{machine}"),
                "RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/scheduler"),
                "Input": input.to_string(),
            },
        });
        drop(self.answer(&Method::POST, &format!("{ROOT}/{name}"), None, &body));
    }

    /// One that fires once has fired.
    pub fn forget(&self, name: &str) {
        drop(self.change(|schedules| schedules.remove(name)));
    }

    /// Answers one call of the service; nothing when the path is not one of its.
    pub fn answer(&self, method: &Method, path: &str, query: Option<&str>, body: &Value) -> Option<Reply> {
        let rest = path.strip_prefix(ROOT)?;
        let Some(name) = rest.strip_prefix('/') else {
            return (rest.is_empty() && method == Method::GET).then(|| self.listed(query));
        };
        let found = self.schedules().get(name).cloned();
        Some(match (method.as_str(), found) {
            ("POST", Some(_)) => refused(StatusCode::CONFLICT, "ConflictException", name),
            ("POST", None) => self.write(name, body, None),
            (_, None) => refused(StatusCode::NOT_FOUND, "ResourceNotFoundException", name),
            ("GET", Some(body)) => (StatusCode::OK, body, None),
            ("PUT", Some(before)) => self.write(name, body, Some(&before)),
            ("DELETE", Some(_)) => {
                self.forget(name);
                (StatusCode::OK, json!({}), None)
            }
            _ => refused(StatusCode::BAD_REQUEST, "ValidationException", name),
        })
    }

    fn listed(&self, query: Option<&str>) -> Reply {
        let prefix = query.unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("NamePrefix="));
        let prefix = prefix.unwrap_or_default();
        let schedules = self.schedules();
        let named = schedules.iter().filter(|(name, _)| name.starts_with(prefix));
        let summaries: Vec<_> = named
            .map(|(name, body)| json!({ "Name": name, "Arn": body["Arn"], "State": body["State"] }))
            .collect();
        (StatusCode::OK, json!({ "Schedules": summaries }), None)
    }

    /// An update replaces everything, like the service's.
    fn write(&self, name: &str, body: &Value, before: Option<&Value>) -> Reply {
        let mut schedule = body.clone();
        schedule["Name"] = name.into();
        schedule["Arn"] = arn(name).into();
        schedule["GroupName"] = "default".into();
        if schedule["State"].is_null() {
            schedule["State"] = "ENABLED".into();
        }
        let expression = schedule["ScheduleExpression"].as_str().unwrap_or_default();
        let zone = schedule["ScheduleExpressionTimezone"].as_str().unwrap_or("UTC");
        if let Err(refusal) = Recurrence::parse(expression, zone) {
            return refused(StatusCode::BAD_REQUEST, "ValidationException", &refusal.to_string());
        }
        if Target::of(schedule["Target"]["Arn"].as_str().unwrap_or_default()).is_none() {
            let message =
                "Provided Arn is not in correct format, or of nothing that the local runner starts.";
            return refused(StatusCode::BAD_REQUEST, "ValidationException", message);
        }
        if starts(&schedule).is_some_and(|starts| until(starts, self.clock.now()) > SINCE) {
            let message = "The StartDate you specify cannot be earlier than 5 minutes ago.";
            return refused(StatusCode::BAD_REQUEST, "ValidationException", message);
        }
        if before == Some(&schedule) {
            return (StatusCode::OK, json!({ "ScheduleArn": arn(name) }), None);
        }
        match self.change(|schedules| schedules.insert(name.to_owned(), schedule)) {
            Ok(_) => (StatusCode::OK, json!({ "ScheduleArn": arn(name) }), None),
            Err(error) => {
                refused(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerException", &error.to_string())
            }
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut BTreeMap<String, Value>) -> T) -> std::io::Result<T> {
        let mut schedules = self.schedules();
        let done = change(&mut schedules);
        let changed = schedules.iter().filter(|(name, body)| self.of_the_template.get(*name) != Some(*body));
        let written = serde_json::to_vec(&changed.collect::<BTreeMap<_, _>>())?;
        drop(schedules);
        std::fs::write(&self.file, written)?;
        self.changed.notify_one();
        Ok(done)
    }

    fn schedules(&self) -> MutexGuard<'_, BTreeMap<String, Value>> {
        self.schedules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The schedules could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// An expression of the template.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// The file of what was changed.
    #[error("não consegui ler os agendamentos: {0}")]
    File(#[from] std::io::Error),
}

/// As `GetSchedule` would describe what the template says.
fn described(schedule: &Schedule) -> Value {
    json!({
        "Name": schedule.name,
        "Arn": arn(&schedule.name),
        "GroupName": "default",
        "ScheduleExpression": schedule.expression,
        "ScheduleExpressionTimezone": schedule.timezone,
        "State": if schedule.enabled { "ENABLED" } else { "DISABLED" },
        "FlexibleTimeWindow": { "Mode": "OFF" },
        "Target": {
            "Arn": format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{}", schedule.function),
            "RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/scheduler"),
            "Input": schedule.input.to_string(),
        },
    })
}

fn arn(name: &str) -> String {
    format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{name}")
}

#[expect(clippy::cast_possible_truncation, reason = "seconds, which the protocol writes as a JSON number")]
fn starts(body: &Value) -> Option<Timestamp> {
    body["StartDate"].as_f64().and_then(|at| Timestamp::from_second(at as i64).ok())
}

fn due(name: &str, body: &Value) -> Option<Due> {
    let zone = body["ScheduleExpressionTimezone"].as_str().unwrap_or("UTC");
    let recurrence = Recurrence::parse(body["ScheduleExpression"].as_str()?, zone).ok()?;
    let target = Target::of(body["Target"]["Arn"].as_str()?)?;
    let input = body["Target"]["Input"].as_str().unwrap_or("{}");
    (body["State"] == "ENABLED").then(|| Due {
        name: name.to_owned(),
        recurrence,
        zone: zone.to_owned(),
        starts: starts(body),
        target,
        input: serde_json::from_str(input).unwrap_or_else(|_| json!({})),
        once: body["ActionAfterCompletion"] == "DELETE",
    })
}

fn refused(status: StatusCode, kind: &'static str, message: &str) -> Reply {
    (status, json!({ "Message": message }), Some(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template() -> Vec<Schedule> {
        vec![Schedule {
            name: "ponte-demo-sync-x".to_owned(),
            expression: "rate(15 minutes)".to_owned(),
            timezone: "America/Sao_Paulo".to_owned(),
            input: json!({ "trigger": "schedule" }),
            function: "ponte-demo-sync-x".to_owned(),
            enabled: true,
        }]
    }

    /// Five minutes after the start of `one_paused_until…`, and no more.
    fn clock() -> Clock {
        Clock::paused(Timestamp::from_second(1_772_400_300).expect("a moment"))
    }

    fn ask(scheduler: &Scheduler, method: &Method, name: &str, body: &Value) -> (StatusCode, Value) {
        let reply = scheduler.answer(method, &format!("/schedules/{name}"), None, body);
        let (status, body, _) = reply.expect("a path of the service");
        (status, body)
    }

    #[test]
    fn a_change_survives_and_a_schedule_of_the_template_fires_with_its_event() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("schedules.json");
        let scheduler = Scheduler::open(&file, &template(), clock()).expect("opened");
        assert_eq!(scheduler.due()[0].input, json!({ "trigger": "schedule" }));

        let (_, mut body) = ask(&scheduler, &Method::GET, "ponte-demo-sync-x", &json!({}));
        body["ScheduleExpression"] = "rate(1 hour)".into();
        body["State"] = "DISABLED".into();
        assert_eq!(ask(&scheduler, &Method::PUT, "ponte-demo-sync-x", &body).0, StatusCode::OK);

        let again = Scheduler::open(&file, &template(), clock()).expect("opened");
        assert!(again.due().is_empty(), "it is off");
        let (_, body) = ask(&again, &Method::GET, "ponte-demo-sync-x", &json!({}));
        assert_eq!(body["ScheduleExpression"], "rate(1 hour)");
    }

    #[test]
    fn one_that_fires_once_is_made_refused_twice_and_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let scheduler = Scheduler::open(&folder.path().join("s.json"), &[], clock()).expect("opened");
        let body = json!({
            "ScheduleExpression": "at(2026-03-01T10:00:00)",
            "ActionAfterCompletion": "DELETE",
            "Target": { "Arn": "arn:aws:lambda:sa-east-1:0:function:f", "Input": "{\"trigger\":\"continue\"}" },
        });

        assert_eq!(ask(&scheduler, &Method::POST, "f-continue", &body).0, StatusCode::OK);
        assert_eq!(ask(&scheduler, &Method::POST, "f-continue", &body).0, StatusCode::CONFLICT);

        let due = scheduler.due().remove(0);
        assert_eq!((due.target, due.once), (Target::Function("f".to_owned()), true));
        scheduler.forget("f-continue");
        assert_eq!(ask(&scheduler, &Method::GET, "f-continue", &json!({})).0, StatusCode::NOT_FOUND);
    }

    #[test]
    fn one_that_starts_a_machine_is_moved_taken_back_and_asked_for_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("s.json");
        let scheduler = Scheduler::open(&file, &[], clock()).expect("opened");
        let body = |minute: u8| {
            json!({
                "ScheduleExpression": format!("at(2026-03-01T10:{minute:02}:00)"),
                "ActionAfterCompletion": "DELETE",
                "Target": { "Arn": "arn:aws:states:sa-east-1:0:stateMachine:m", "Input": "{\"dry\":true}" },
            })
        };
        ask(&scheduler, &Method::POST, "m-e-continue", &body(0));
        assert_eq!(ask(&scheduler, &Method::PUT, "m-e-continue", &body(5)).0, StatusCode::OK);

        let again = Scheduler::open(&file, &[], clock()).expect("opened");
        let due = again.due().remove(0);
        assert_eq!((due.target, due.input), (Target::Machine("m".to_owned()), json!({ "dry": true })));
        assert_eq!(due.recurrence, Recurrence::parse("at(2026-03-01T10:05:00)", "UTC").expect("a moment"));

        assert_eq!(ask(&again, &Method::DELETE, "m-e-continue", &json!({})).0, StatusCode::OK);
        assert_eq!(ask(&again, &Method::DELETE, "m-e-continue", &json!({})).0, StatusCode::NOT_FOUND);
        assert_eq!(ask(&again, &Method::PUT, "m-e-continue", &body(6)).0, StatusCode::NOT_FOUND);
        assert!(
            again.due().is_empty() && Scheduler::open(&file, &[], clock()).expect("opened").due().is_empty()
        );
        assert_eq!(ask(&again, &Method::POST, "m-e-continue", &body(6)).0, StatusCode::OK);
    }

    #[tokio::test(start_paused = true)]
    async fn one_paused_until_a_moment_is_on_but_does_not_start_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let scheduler = Scheduler::open(&folder.path().join("s.json"), &template(), clock()).expect("opened");
        let (_, mut body) = ask(&scheduler, &Method::GET, "ponte-demo-sync-x", &json!({}));
        body["StartDate"] = 1_772_400_000.into();
        body["Description"] = "estoque fechado".into();

        assert_eq!(ask(&scheduler, &Method::PUT, "ponte-demo-sync-x", &body).0, StatusCode::OK);

        assert_eq!(scheduler.due()[0].starts, Timestamp::from_second(1_772_400_000).ok());
        assert_eq!(ask(&scheduler, &Method::GET, "ponte-demo-sync-x", &json!({})).1, body);
        body["StartDate"] = 1_772_399_999.into();
        let (status, refusal) = ask(&scheduler, &Method::PUT, "ponte-demo-sync-x", &body);
        assert_eq!(status, StatusCode::BAD_REQUEST, "{refusal}");
    }

    #[test]
    fn a_machine_asked_for_by_ourselves_is_due_at_once_and_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let scheduler = Scheduler::open(&folder.path().join("s.json"), &[], clock()).expect("opened");
        let at: Timestamp = "2026-03-01T10:00:07Z".parse().expect("a moment");

        scheduler.start_machine("m-resume", "m", at, &json!({ "dry": false }));
        scheduler.start_machine("m-resume", "m", at, &json!({ "dry": true }));

        let due = scheduler.due();
        assert_eq!((due.len(), &due[0].target, due[0].once), (1, &Target::Machine("m".to_owned()), true));
        assert_eq!(
            (due[0].recurrence.clone(), &due[0].input),
            (Recurrence::At(at), &json!({ "dry": false }))
        );
    }

    #[test]
    fn what_the_service_would_refuse_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let scheduler = Scheduler::open(&folder.path().join("s.json"), &template(), clock()).expect("opened");

        let never = json!({ "ScheduleExpression": "cron(0 25 * * ? *)" });
        assert_eq!(ask(&scheduler, &Method::PUT, "ponte-demo-sync-x", &never).0, StatusCode::BAD_REQUEST);
        let queue =
            json!({ "ScheduleExpression": "rate(1 hour)", "Target": { "Arn": "arn:aws:sqs:sa-east-1:0:q" } });
        assert_eq!(ask(&scheduler, &Method::POST, "to-a-queue", &queue).0, StatusCode::BAD_REQUEST);
        assert!(scheduler.answer(&Method::GET, "/elsewhere", None, &json!({})).is_none());
        let (_, listed, _) = scheduler
            .answer(&Method::GET, "/schedules", Some("NamePrefix=ponte-demo"), &json!({}))
            .expect("a list");
        assert_eq!(listed["Schedules"].as_array().map(Vec::len), Some(1));
    }
}
