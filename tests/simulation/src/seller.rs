//! What sellers do with orders that they have sent.

use std::future::pending;

use serde_json::json;

use crate::content::one_more;
use crate::late::Meanwhile;
use crate::world::World;

/// What sellers do with an order while the ERP is being told of it; for ever.
pub(crate) async fn meanwhile(world: &World, doings: Vec<Meanwhile>) {
    for doing in doings {
        world.shared.leaving.notified().await;
        let id = world.shared.state().decided.last().and_then(|decided| decided.id.parse().ok());
        let Some(id) = id else { continue };
        world.note(format_args!(">>> {doing:?} {id}, which is leaving"));
        match doing {
            Meanwhile::Change => resend(world, id, true),
            Meanwhile::Cancel => call_off(world, id),
        }
    }
    pending::<()>().await;
}

/// The seller sends an order again, changed or not.
pub(crate) fn resend(world: &World, id: u64, changed: bool) {
    let version = world.edited.borrow().get(&id).copied().unwrap_or_default() + 1;
    let done = world.maxima.seller().edit_and_resend(id, |object| {
        if changed {
            object["Observacao"] = json!(format!("corrigido {version}"));
            object["PedidoBloqueadoEnvioErp"] = false.into();
            one_more(object);
        }
    });
    if done.is_ok() {
        world.edited.borrow_mut().insert(id, version);
    }
}

/// The seller calls an order off.
pub(crate) fn call_off(world: &World, id: u64) {
    if world.maxima.seller().cancel_order(id).is_ok() {
        world.edited.borrow_mut().insert(id, 1_000);
    }
}
