//! The gate of the initial load.

use std::sync::Arc;

use engine::Shadow;
use runtime::{Edge, Failure, Invocation};
use sales::branch::{self, Gate};
use sales::entities::Filial;
use sales::settings::Settings;
use sales::{load, preview};

use crate::sync::{StepAnswer, StepEvent, rehearsal, unless_cancelled};

/// Goes on only when every active branch selected is in Máxima (`contracts/omie-maxima-mapping.md §4.2`);
/// otherwise the load is interrupted and the failure's text is the operator's screen. Running twice is harmless.
pub async fn branch_gate(
    edge: Arc<Edge>,
    event: StepEvent,
    _invocation: Invocation,
) -> Result<StepAnswer, Failure> {
    const FILIAIS: &str = <Filial as engine::Entity>::NAME;
    if let Some(load) = &event.load {
        unless_cancelled(&edge, load).await?;
    }
    let settings =
        Settings::load(&edge.store).await.map_err(|error| Failure::of(&error.remedy(), error.to_string()))?;
    let gate = match &event.load {
        Some(load) if preview::is_dry(load) => {
            let layer = rehearsal(&edge);
            branch::gate(&Shadow::new(&edge.store, &layer, load), FILIAIS, &settings.filiais).await?
        }
        _ => branch::gate(&edge.store, FILIAIS, &settings.filiais).await?,
    };
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
