//! The gate of the initial load.

use std::sync::Arc;

use runtime::{Edge, Failure, Invocation};
use sales::branch::{self, Gate};
use sales::entities::Filial;
use sales::load;
use sales::settings::Settings;

use crate::sync::{StepAnswer, StepEvent};

/// Goes on only when every active branch selected is in Máxima (`contracts/omie-maxima-mapping.md §4.2`);
/// otherwise the load is interrupted and the failure's text is the operator's screen. Running twice is harmless.
pub async fn branch_gate(
    edge: Arc<Edge>,
    event: StepEvent,
    _invocation: Invocation,
) -> Result<StepAnswer, Failure> {
    let settings =
        Settings::load(&edge.store).await.map_err(|error| Failure::of(&error.remedy(), error.to_string()))?;
    let gate = branch::gate(&edge.store, <Filial as engine::Entity>::NAME, &settings.filiais).await?;
    match gate {
        Gate::Open => Ok(StepAnswer::default()),
        Gate::Interrupted(problems) => {
            let screen = branch::screen(&problems);
            if let Some(load) = &event.load {
                load::interrupt(&edge.store, load, problems, edge.clock().now()).await?;
            }
            Err(Failure::new("BranchesIncomplete", screen))
        }
    }
}
