//! The functions of the tenant and their warm instances.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::Notify;

use super::answer::Answer;
use super::instance::{Instance, Outcome};
use super::usage::Usage;
use crate::asl::{Failure, Lambdas};
use crate::template::Function;

/// What the processes need besides the template.
#[derive(Clone, Debug)]
pub struct Launch {
    /// Where the built binaries are.
    pub binaries: PathBuf,
    /// Where each function's output goes, as `<function>.log`.
    pub logs: PathBuf,
    /// Endpoints, dummy credentials and the clock: what AWS gives by being AWS.
    pub environment: BTreeMap<String, String>,
}

/// The functions of a template, ready to be invoked. Cheap to clone.
#[derive(Clone)]
pub struct Pool(Arc<BTreeMap<String, Arc<Slot>>>);

/// One function.
pub(super) struct Slot {
    pub(super) function: Function,
    pub(super) binary: PathBuf,
    pub(super) log: PathBuf,
    pub(super) environment: BTreeMap<String, String>,
    idle: Mutex<Vec<Instance>>,
    usage: Mutex<Usage>,
    killed: Notify,
}

/// No function has that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a função {0} não está no template")]
pub struct UnknownFunction(pub String);

impl Pool {
    /// Prepares every function; the first process of each is started by its first invocation.
    pub fn new(functions: &[Function], launch: &Launch) -> Self {
        let slot = |function: &Function| {
            let slot = Slot {
                function: function.clone(),
                binary: launch.binaries.join(&function.binary),
                log: launch.logs.join(format!("{}.log", function.name)),
                environment: launch.environment.clone(),
                idle: Mutex::default(),
                usage: Mutex::default(),
                killed: Notify::new(),
            };
            (function.name.clone(), Arc::new(slot))
        };
        Self(Arc::new(functions.iter().map(slot).collect()))
    }

    /// The binaries that are not there.
    pub fn missing_binaries(&self) -> Vec<&Path> {
        self.0.values().map(|slot| slot.binary.as_path()).filter(|binary| !binary.is_file()).collect()
    }

    /// Invokes a function, named or by ARN, and waits for its answer. Like in AWS, an invocation goes on to its
    /// end even when the caller no longer waits.
    pub async fn invoke(&self, function: &str, payload: Value) -> Result<Answer, UnknownFunction> {
        let slot = Arc::clone(self.slot(function)?);
        let running = tokio::spawn(async move { slot.invoke(payload).await });
        Ok(running.await.unwrap_or_else(|error| Answer::error("", "Lambda.Unknown", &error.to_string())))
    }

    /// Kills every process of a function, the working ones too, as an outage would.
    pub async fn kill(&self, function: &str) -> Result<(), UnknownFunction> {
        let slot = self.slot(function)?;
        slot.killed.notify_waiters();
        slot.end_idle().await;
        Ok(())
    }

    /// Ends the idle processes.
    pub async fn end(&self) {
        for slot in self.0.values() {
            slot.killed.notify_waiters();
            slot.end_idle().await;
        }
    }

    /// What each function has used.
    pub fn usage(&self) -> BTreeMap<String, Usage> {
        let used = |slot: &Slot| {
            let memory_mb = slot.function.memory_mb.into();
            Usage { memory_mb, ..*slot.usage() }
        };
        self.0.iter().map(|(name, slot)| (name.clone(), used(slot))).collect()
    }

    /// Whether the function exists.
    pub fn knows(&self, function: &str) -> bool {
        self.slot(function).is_ok()
    }

    fn slot(&self, function: &str) -> Result<&Arc<Slot>, UnknownFunction> {
        self.0.get(name_of(function)).ok_or_else(|| UnknownFunction(function.to_owned()))
    }
}

/// `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]`, `<account>:function:<name>`, `<name>`.
fn name_of(function: &str) -> &str {
    let name = function.rsplit_once("function:").map_or(function, |(_, name)| name);
    name.split_once(':').map_or(name, |(name, _)| name)
}

impl Slot {
    async fn invoke(&self, payload: Value) -> Answer {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut instance = match idle {
            Some(instance) => {
                self.usage().warm += 1;
                instance
            }
            None => match self.start().await {
                Ok(instance) => instance,
                Err(answer) => return answer,
            },
        };
        match instance.invoke(self, payload, &self.killed).await {
            Outcome::Warm(answer) => {
                self.usage().failed += u64::from(answer.failed);
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(instance);
                answer
            }
            Outcome::Spent(answer) => {
                {
                    let mut usage = self.usage();
                    usage.failed += 1;
                    usage.killed += 1;
                }
                instance.end().await;
                answer
            }
        }
    }

    async fn start(&self) -> Result<Instance, Answer> {
        self.usage().cold += 1;
        Instance::start(self).await.map_err(|stillborn| {
            self.usage().failed += 1;
            let message = format!("{stillborn} (see {})", self.log.display());
            Answer::error("", "Runtime.ExitError", &message)
        })
    }

    async fn end_idle(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for instance in idle {
            instance.end().await;
        }
    }

    pub(super) fn used_memory(&self, mb: u64) {
        let mut usage = self.usage();
        usage.most_memory_mb = usage.most_memory_mb.max(mb);
    }

    fn usage(&self) -> MutexGuard<'_, Usage> {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lambdas for Pool {
    async fn invoke(&self, function: &str, payload: Value) -> Result<Value, Failure> {
        let Ok(answer) = Self::invoke(self, function, payload).await else {
            let cause = format!("Function not found: {function}");
            return Err(Failure::new("Lambda.ResourceNotFoundException", cause));
        };
        match answer.error_type() {
            None => Ok(answer.payload),
            Some(error) => Err(Failure::new(error, answer.payload.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn a_function_is_found_by_name_and_by_arn() {
        for given in [
            "ponte-demo-sync",
            "ponte-demo-sync:$LATEST",
            "arn:aws:lambda:sa-east-1:000000000000:function:ponte-demo-sync",
            "arn:aws:lambda:sa-east-1:000000000000:function:ponte-demo-sync:$LATEST",
            "000000000000:function:ponte-demo-sync",
        ] {
            assert_eq!(name_of(given), "ponte-demo-sync", "{given}");
        }
    }
}
