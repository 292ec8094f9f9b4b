//! Walks a machine from state to state.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use serde_json::{Value, json};

use super::choice::Rule;
use super::machine::{Kind, Machine, Next, Place, Seconds, Selection, State, Text, Work};
use super::{Failure, Trail};

/// What a state's data may weigh, in bytes of UTF-8 (the quota of Step Functions).
const DATA_LIMIT: usize = 262_144;

/// How long an execution of a standard machine may take.
const LONGEST: Duration = Duration::from_hours(365 * 24);

/// The Lambda functions a machine may invoke.
pub trait Lambdas: Send + Sync + 'static {
    /// Invokes `function` (a name or an ARN) and waits for its answer.
    ///
    /// The failure has the names Step Functions gives: the function's `errorType`, `Sandbox.Timedout`,
    /// `Lambda.ResourceNotFoundException`…
    fn invoke(&self, function: &str, payload: Value) -> impl Future<Output = Result<Value, Failure>> + Send;
}

/// Runs machines. Clones share the Lambdas.
pub struct Interpreter<L> {
    pub(super) lambdas: Arc<L>,
    pub(super) clock: Clock,
    pub(super) platform: Clock,
}

impl<L> Clone for Interpreter<L> {
    fn clone(&self) -> Self {
        let Self { lambdas, clock, platform } = self;
        Self { lambdas: Arc::clone(lambdas), clock: clock.clone(), platform: platform.clone() }
    }
}

/// How an execution ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A Succeed state or an `End` was reached.
    Succeeded,
    /// A Fail state was reached, or a failure nobody caught.
    Failed,
    /// The machine's own `TimeoutSeconds` passed.
    TimedOut,
}

/// An execution that ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How.
    pub status: Status,
    /// The output when it succeeded, the failure otherwise.
    pub result: Result<Value, Failure>,
    /// The states it visited.
    pub trail: Trail,
}

pub(super) type Walk = Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send>>;

impl<L: Lambdas> Interpreter<L> {
    /// `clock` is the time of Wait, Retry and the machine's own limit; `platform` is the time in which a
    /// Lambda lives, for the limit of a Task: neither a Lambda's timeout nor this one is shortened by `--speed`.
    pub fn new(lambdas: Arc<L>, clock: Clock, platform: Clock) -> Self {
        Self { lambdas, clock, platform }
    }

    /// Runs one execution to its end. `trail` grows while it runs, so that it can be watched.
    pub async fn run(&self, machine: Arc<Machine>, name: &str, input: Value, trail: Trail) -> Ended {
        let context = json!({
            "Execution": { "Id": execution_arn(name), "Name": name, "Input": input,
                "StartTime": self.clock.now().to_string() },
            "StateMachine": { "Id": "arn:aws:states:us-east-1:000000000000:stateMachine:local", "Name": "local" },
        });
        let limit = machine.timeout.unwrap_or(LONGEST);
        let walk = self.clone().walk(machine, input, context, trail.clone());
        tokio::select! {
            result = walk => {
                let status = if result.is_ok() { Status::Succeeded } else { Status::Failed };
                Ended { status, result, trail }
            }
            () = self.clock.sleep(limit) => {
                let late = Failure::new("States.Timeout", "the execution took longer than TimeoutSeconds");
                Ended { status: Status::TimedOut, result: Err(late), trail }
            }
        }
    }

    /// Boxed because a Map walks its own machine inside this one.
    pub(super) fn walk(self, machine: Arc<Machine>, input: Value, context: Value, trail: Trail) -> Walk {
        Box::pin(async move {
            let (mut name, mut data) = (&machine.start, bounded(input)?);
            loop {
                trail.enter(name);
                let mut context = context.clone();
                context["State"] = json!({ "Name": name, "EnteredTime": self.clock.now().to_string() });
                let state = &machine.states[name];
                let (output, next) = self.step(state, data, &context, &trail).await?;
                data = bounded(output)?;
                match next {
                    Next::End => return Ok(data),
                    Next::State(to) => name = to,
                }
            }
        })
    }

    async fn step<'m>(
        &self,
        state: &'m State,
        raw: Value,
        context: &Value,
        trail: &Trail,
    ) -> Result<(Value, &'m Next), Failure> {
        let input = state.input.of(&raw, context)?;
        let (output, next) = match &state.kind {
            Kind::Succeed => (input, &Next::End),
            Kind::Fail { error, cause } => {
                return Err(Failure::new(error.value(&input, context)?, cause.value(&input, context)?));
            }
            Kind::Choice { rules, default } => {
                let next = choose(rules, &input, context)?.or(default.as_ref()).ok_or_else(no_choice)?;
                (input, next)
            }
            Kind::Wait { seconds, next } => {
                self.clock.sleep(seconds.value(&input, context)?).await;
                (input, next)
            }
            Kind::Pass { parameters, result, place, next } => {
                let filled = parameters.as_ref().map(|payload| payload.fill(&input, context)).transpose()?;
                let result = result.clone().or(filled).unwrap_or(input);
                (place.put(raw, result)?, next)
            }
            kind @ (Kind::Task { work, .. } | Kind::Map { work, .. }) => {
                match self.persist(kind, work, &input, context, trail).await {
                    Ok(result) => (work.place.put(raw, result)?, &work.next),
                    Err(failure) => return caught(work, raw, failure),
                }
            }
        };
        Ok((state.output.of(&output, context)?, next))
    }
}

/// The state of the first catcher that lists the failure, with the failure stored where it says.
fn caught(work: &Work, raw: Value, failure: Failure) -> Result<(Value, &Next), Failure> {
    let Some(catcher) = work.catch.iter().find(|catcher| failure.is_one_of(&catcher.errors)) else {
        return Err(failure);
    };
    Ok((catcher.place.put(raw, failure.as_output())?, &catcher.next))
}

fn choose<'m>(rules: &'m [(Rule, Next)], data: &Value, context: &Value) -> Result<Option<&'m Next>, Failure> {
    for (rule, next) in rules {
        if rule.holds(data, context)? {
            return Ok(Some(next));
        }
    }
    Ok(None)
}

fn no_choice() -> Failure {
    Failure::new("States.NoChoiceMatched", "no condition holds and there is no Default")
}

fn execution_arn(name: &str) -> String {
    format!("arn:aws:states:us-east-1:000000000000:execution:local:{name}")
}

/// `data`, unless it weighs more than a state may receive or give.
pub(super) fn bounded(data: Value) -> Result<Value, Failure> {
    if data.to_string().len() <= DATA_LIMIT {
        return Ok(data);
    }
    let cause = format!("The state's data exceeds the maximum of {DATA_LIMIT} bytes");
    Err(Failure::new("States.DataLimitExceeded", cause))
}

impl Selection {
    fn of(&self, data: &Value, context: &Value) -> Result<Value, Failure> {
        match self {
            Self::At(path) => path.get(data, context).cloned(),
            Self::Nothing => Ok(json!({})),
        }
    }
}

impl Place {
    fn put(&self, data: Value, result: Value) -> Result<Value, Failure> {
        match self {
            Self::At(path) => path.put(data, result),
            Self::Dropped => Ok(data),
        }
    }
}

impl Seconds {
    fn value(&self, data: &Value, context: &Value) -> Result<Duration, Failure> {
        let seconds = match self {
            Self::Fixed(seconds) => Some(*seconds),
            Self::At(path) => path.get(data, context)?.as_u64(),
        };
        let misfit = || Failure::runtime("SecondsPath does not lead to a whole number of seconds");
        seconds.map(Duration::from_secs).ok_or_else(misfit)
    }
}

impl Text {
    fn value(&self, data: &Value, context: &Value) -> Result<String, Failure> {
        match self {
            Self::None => Ok(String::new()),
            Self::Fixed(text) => Ok(text.clone()),
            Self::At(path) => {
                let misfit = || Failure::runtime(format!("{path} does not lead to a text"));
                path.get(data, context)?.as_str().map(str::to_owned).ok_or_else(misfit)
            }
        }
    }
}
