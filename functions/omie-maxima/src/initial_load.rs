//! Opens, closes and finishes a load for its state machine, and stores the parameters it needs.

use std::sync::Arc;

use engine::Expected;
use runtime::{Edge, Failure, Invocation};
use sales::load::{self, Closed};
use sales::preview;
use sales::settings::Settings;
use serde::{Deserialize, Serialize};

/// What the state machine or an integrator asks (`infra/statemachines/initial-load.asl.json`).
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum LoadCommand {
    /// Open a load, or continue the one that is not finished.
    Open {
        /// The name of the execution; names a new load.
        execution: String,
        /// What the machine was started with.
        #[serde(default)]
        input: LoadInput,
    },
    /// The machine stopped; say how to show it.
    Close {
        /// The load.
        load: String,
        /// What Step Functions caught.
        error: Caught,
    },
    /// Every step is done.
    Finish {
        /// The load.
        load: String,
    },
    /// An integrator sets the parameters up (mapping §10); the console will do the same. What is left out has its
    /// default.
    Configure {
        /// All parameters; they replace those stored.
        settings: Box<Settings>,
    },
}

/// What the state machine may be started with.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct LoadInput {
    /// Read, map, judge and compare everything, and write nothing to Máxima.
    dry: bool,
}

/// What a `Catch` of Step Functions puts into the state.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Caught {
    error: String,
    #[serde(default)]
    cause: String,
}

/// The answer to a [`LoadCommand`].
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum LoadAnswer {
    /// The id of the load that is open now.
    Opened {
        /// The load.
        load: String,
    },
    /// How the load ended.
    Closed(Closed),
    /// The parameters are stored.
    Configured {
        /// Their version.
        version: u64,
    },
    /// The load is complete.
    Finished {
        /// Always `finished`.
        outcome: &'static str,
    },
}

/// Does what the state machine asks. Running twice is harmless: an open load is opened again under the same id,
/// a finished one stays finished.
pub async fn initial_load(
    edge: Arc<Edge>,
    command: LoadCommand,
    _invocation: Invocation,
) -> Result<LoadAnswer, Failure> {
    let now = edge.clock().now();
    match command {
        LoadCommand::Open { execution, input } => {
            let id = if input.dry { preview::dry(&execution) } else { execution };
            let load = load::open(&edge.store, &id, now).await?;
            tracing::info!(load = load.id, "load opened");
            Ok(LoadAnswer::Opened { load: load.id })
        }
        LoadCommand::Close { load, error } => {
            let closed = load::close(&edge.store, &load, &error.error, &error.cause, now).await?;
            tracing::warn!(load, outcome = closed.outcome, error = closed.error, "load stopped");
            Ok(LoadAnswer::Closed(closed))
        }
        LoadCommand::Finish { load } => {
            load::finish(&edge.store, &load, now).await?;
            tracing::info!(load, "load finished");
            Ok(LoadAnswer::Finished { outcome: "finished" })
        }
        LoadCommand::Configure { settings } => {
            let saved = settings.save(&edge.store, Expected::Any).await;
            let version = saved.map_err(|error| Failure::of(&error.remedy(), error.to_string()))?;
            tracing::info!(version, "parameters stored");
            Ok(LoadAnswer::Configured { version })
        }
    }
}
