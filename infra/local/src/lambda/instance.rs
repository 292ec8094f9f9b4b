//! One warm instance: a Runtime API server and the process that polls it.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use lambda_simulator::{InvocationBuilder, InvocationStatus, Simulator, SimulatorError, SimulatorPhase};
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::sync::Notify;

use super::answer::Answer;
use super::pool::Slot;
use super::usage::peak_memory_kb;
use crate::template::{ACCOUNT, REGION};

/// AWS gives an initialisation ten seconds; a debug build on a busy machine needs more.
const INIT_LIMIT: Duration = Duration::from_mins(1);
/// The simulator may miss a wake-up between its look and its wait, so we look again this often.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

pub(super) struct Instance {
    simulator: Simulator,
    child: Child,
}

/// How an invocation left its instance.
pub(super) enum Outcome {
    /// It can serve again.
    Warm(Answer),
    /// It must not.
    Spent(Answer),
}

/// Why an instance did not start.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stillborn {
    #[error("the Runtime API did not start")]
    Simulator(#[from] SimulatorError),
    #[error("the process did not start")]
    Process(#[from] std::io::Error),
    #[error("the process ended before it asked for work: {0}")]
    Ended(ExitStatus),
    #[error("the process did not ask for work in time")]
    Slow,
}

impl Instance {
    /// Starts the process and waits until it asks for work.
    pub(super) async fn start(slot: &Slot) -> Result<Self, Stillborn> {
        let function = &slot.function;
        let simulator = Simulator::builder()
            .function_name(&function.name)
            .memory_size_mb(function.memory_mb)
            .handler("bootstrap")
            .region(REGION)
            .account_id(ACCOUNT)
            .build()
            .await?;
        let child = spawn(slot, &simulator)?;
        let mut instance = Self { simulator, child };
        let ready = tokio::select! {
            ready = became_ready(&instance.simulator) => if ready { Ok(()) } else { Err(Stillborn::Slow) },
            status = instance.child.wait() => Err(Stillborn::Ended(status?)),
        };
        match ready {
            Ok(()) => Ok(instance),
            Err(stillborn) => {
                instance.end().await;
                Err(stillborn)
            }
        }
    }

    /// One invocation. The timeout is the template's, in this machine's seconds: a Lambda's life is not
    /// shortened by `--speed`.
    pub(super) async fn invoke(&mut self, slot: &Slot, payload: Value, killed: &Notify) -> Outcome {
        let timeout = slot.function.timeout;
        let arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{}", slot.function.name);
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        let invocation =
            InvocationBuilder::new().payload(payload).timeout_ms(millis).function_arn(arn).build();
        let Ok(invocation) = invocation else {
            return Outcome::Spent(Answer::error("", "Lambda.Unknown", "the invocation could not be made"));
        };
        let id = self.simulator.enqueue(invocation).await;
        tokio::select! {
            answer = completed(&self.simulator, &id, timeout) => match answer {
                Some(answer) => self.weighed(slot, answer),
                None => Outcome::Spent(Answer::timed_out(&id, timeout)),
            },
            status = self.child.wait() => Outcome::Spent(Answer::exited(&id, &how(status))),
            () = killed.notified() => Outcome::Spent(Answer::exited(&id, "signal: killed")),
        }
    }

    /// The peak memory is judged after the answer: a process over its limit would not have lived to give it.
    fn weighed(&self, slot: &Slot, answer: Answer) -> Outcome {
        let peak = self.child.id().and_then(peak_memory_kb).unwrap_or(0);
        slot.used_memory(peak.div_ceil(1_024));
        if peak > u64::from(slot.function.memory_mb) * 1_024 {
            return Outcome::Spent(Answer::out_of_memory(&answer.request_id));
        }
        Outcome::Warm(answer)
    }

    /// Kills the process and closes its Runtime API.
    pub(super) async fn end(mut self) {
        if let Err(error) = self.child.kill().await {
            tracing::debug!(%error, "the process was gone already");
        }
        self.simulator.shutdown().await;
    }
}

fn spawn(slot: &Slot, simulator: &Simulator) -> std::io::Result<Child> {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(&slot.log)?;
    let mut given = simulator.lambda_env_vars();
    // Lambda's library folders do not exist here and must not win over this machine's.
    given.remove("LD_LIBRARY_PATH");
    Command::new(&slot.binary)
        .env_clear()
        .envs(given)
        .envs(&slot.function.environment)
        .envs(&slot.environment)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        // Ctrl-C is for the runner, which ends its Lambdas itself.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

async fn became_ready(simulator: &Simulator) -> bool {
    let mut left = INIT_LIMIT;
    while !left.is_zero() {
        if simulator.wait_for_phase(SimulatorPhase::Ready, LOOK_AGAIN).await.is_ok() {
            return true;
        }
        left = left.saturating_sub(LOOK_AGAIN);
    }
    false
}

/// The answer, or nothing when the time is up.
async fn completed(simulator: &Simulator, id: &str, timeout: Duration) -> Option<Answer> {
    let mut left = timeout;
    while !left.is_zero() {
        let step = left.min(LOOK_AGAIN);
        match simulator.wait_for_invocation_complete(id, step).await {
            Ok(state) if state.status == InvocationStatus::Timeout => return None,
            Ok(state) => {
                let failed =
                    state.error.map(|error| Answer::error(id, &error.error_type, &error.error_message));
                let payload = state.response.map(|response| response.payload).unwrap_or_default();
                return Some(failed.unwrap_or_else(|| Answer::success(id, payload)));
            }
            Err(SimulatorError::Timeout(_)) => left = left.saturating_sub(step),
            Err(error) => return Some(Answer::error(id, "Lambda.Unknown", &error.to_string())),
        }
    }
    None
}

fn how(status: std::io::Result<ExitStatus>) -> String {
    status.map_or_else(|error| error.to_string(), |status| status.to_string())
}
