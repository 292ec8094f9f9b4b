//! The state machines of the template, ready to be started.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use clock::Clock;
use serde_json::{Value, json};

use crate::asl::{self, Ended, Interpreter, Machine, Status, Trail};
use crate::lambda::Pool;
use crate::template::{Template, TemplateError};

/// Every state machine by name, with the Lambdas they invoke. Cheap to clone.
#[derive(Clone)]
pub struct Machines {
    by_name: Arc<BTreeMap<String, Arc<Machine>>>,
    interpreter: Interpreter<Pool>,
    clock: Clock,
}

/// Why the machines are not ready, or one was not started.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// The definition cannot be read.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The definition uses what the interpreter does not run.
    #[error("{definition}: {refused}")]
    Refused {
        /// The file.
        definition: String,
        /// Where and what.
        refused: asl::Refused,
    },
    /// No machine has that name.
    #[error("a máquina de estados {0} não está no template")]
    Unknown(String),
}

impl Machines {
    /// Reads every definition the template names; `root` is the template's folder.
    pub fn read(template: &Template, root: &Path, pool: Pool, clock: Clock) -> Result<Self, MachineError> {
        let mut machines = BTreeMap::new();
        for machine in &template.machines {
            let definition = Template::definition(machine, root)?;
            let refuse = |refused| MachineError::Refused { definition: machine.definition.clone(), refused };
            machines.insert(machine.name.clone(), Arc::new(asl::parse(&definition).map_err(refuse)?));
        }
        let interpreter = Interpreter::new(Arc::new(pool), clock.clone(), Clock::system());
        Ok(Self { by_name: Arc::new(machines), interpreter, clock })
    }

    /// Runs a machine to its end. An execution without a name is called after the moment it starts.
    pub async fn run(
        &self,
        machine: &str,
        name: Option<&str>,
        input: Value,
        trail: Trail,
    ) -> Result<Ended, MachineError> {
        let name_of_machine = machine.rsplit(':').next().unwrap_or(machine);
        let found = self.by_name.get(name_of_machine);
        let found = found.ok_or_else(|| MachineError::Unknown(machine.to_owned()))?;
        let now = self.clock.now().strftime("%Y%m%d-%H%M%S-%f").to_string();
        let name = name.unwrap_or(&now);
        Ok(self.interpreter.run(Arc::clone(found), name, input, trail).await)
    }

    /// The names of the machines.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }
}

/// An ended execution as `DescribeExecution` shows it, and the path it took.
pub fn describe(ended: &Ended) -> Value {
    let status = match ended.status {
        Status::Succeeded => "SUCCEEDED",
        Status::Failed => "FAILED",
        Status::TimedOut => "TIMED_OUT",
    };
    let path = ended.trail.to_json();
    match &ended.result {
        Ok(output) => json!({ "status": status, "output": output, "path": path }),
        Err(failure) => {
            json!({ "status": status, "error": failure.error, "cause": failure.cause, "path": path })
        }
    }
}
