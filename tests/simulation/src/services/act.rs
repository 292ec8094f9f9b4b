//! People and partners do something.

use std::time::Duration;

use engine::{Expected, Leases as _};
use fastrand::Rng;
use serde_json::json;
use service_orders::CancelStrategy;
use simulators::{
    CallbackForm, EquipmentKind, OrderEquipment, OrderSituation, Push, Standing, Told, sample_service_order,
};

use crate::services::doors::Door;
use crate::services::schedule::Action;
use crate::services::secrets;
use crate::services::world::{Job, World};

/// What an action starts.
pub(crate) async fn act(world: &World, action: Action, rng: &mut Rng) -> Vec<Job> {
    if !matches!(action, Action::Turn(_) | Action::Release | Action::Deliver(_) | Action::DeliverAndWake(_)) {
        world.note(format_args!(">>> {action:?}"));
    }
    match action {
        // A sweep that finds nothing due does nothing.
        Action::Turn(Job::Work) if !world.has_work().await => {}
        Action::Turn(job) => return vec![job],
        Action::Twice(job) => return vec![job, job],
        Action::Deliver(door) => {
            world.deliver(door).await;
        }
        Action::DeliverAndWake(door) => {
            if world.deliver(door).await == Some(true) {
                return vec![Job::Work];
            }
        }
        Action::DeadPoll => {
            let (now, ttl) = (world.ours.now(), Duration::from_mins(10));
            let _ = world.memory.acquire("job/so-poll", "morto", now, ttl).await;
        }
        Action::Command { nth, what, wrong } => world.random_command(nth, what, wrong, rng).await,
        Action::Branch { active } => world.switch(3, active).await,
        Action::Settings(what) => edit_settings(world, what).await,
        Action::RestoreSettings => restore(world).await,
        Action::Release => release(world),
        Action::Duplicate(_)
        | Action::Reorder(_)
        | Action::Drop(_)
        | Action::Delay { .. }
        | Action::Merge => shuffle(world, action, rng),
        Action::ExpireTokens => world.partners.senior.expire_tokens(),
        Action::RevokeTokens => world.partners.senior.revoke_tokens(),
        Action::RotateSenior | Action::RotateSismetro | Action::FollowRotation | Action::RotateDoors(_) => {
            rotate(world, action);
        }
        Action::Close { .. }
        | Action::Reclose { .. }
        | Action::Bill { .. }
        | Action::CancelByPerson { .. }
        | Action::Suspend { .. }
        | Action::Connector { .. } => clerk(world, action, rng),
        Action::Start { .. }
        | Action::Conclude { .. }
        | Action::Cancel { .. }
        | Action::Strange { .. }
        | Action::Items { .. }
        | Action::Forge { .. } => technician(world, action).await,
    }
    Vec::new()
}

/// What is held goes on.
pub(crate) fn release(world: &World) {
    world.partners.senior.faults().release();
    world.partners.sismetro.faults().release();
}

fn clerk(world: &World, action: Action, rng: &mut Rng) {
    let senior = &world.partners.senior;
    match action {
        Action::Close { kind, branch, again } => close(world, kind, branch, again, rng),
        Action::Reclose { nth, how } => reclose(world, nth, how),
        Action::Bill { nth } => moved(world, nth, |id| senior.bill(id).is_ok()),
        Action::CancelByPerson { nth } => moved(world, nth, |id| senior.cancel_by_person(id).is_ok()),
        Action::Suspend { nth } => moved(world, nth, |id| {
            let is_open = senior.order(id).is_some_and(|order| {
                matches!(order.situation, OrderSituation::AwaitingIntegration | OrderSituation::OpenTotal)
            });
            is_open && senior.set_situation(id, OrderSituation::Suspended).is_ok()
        }),
        Action::Connector { nth } => moved(world, nth, |id| world.partners.connector_acts(id).is_ok()),
        _ => {}
    }
}

pub(crate) fn close(world: &World, kind: EquipmentKind, branch: i64, again: bool, rng: &mut Rng) {
    let mut order = sample_service_order(kind, rng);
    order.branch = branch;
    if again && let OrderEquipment::Existing(machine) = &mut order.equipment {
        *machine = simulators::equipment_register()[0].clone();
    }
    let id = world.partners.senior.place(order);
    world.partners.senior.close(&id).expect("an order that was just typed can be closed");
    world.note(format_args!("    order {id}"));
    world.past.borrow_mut().orders.push(id);
}

fn reclose(world: &World, nth: usize, how: u8) {
    let Some(id) = world.nth(nth) else { return };
    let other = simulators::equipment_register()[7].clone();
    // An event that says the same as the one before cannot be told from its repetition. The note may stand in the text.
    let text = format!("fechado de novo às {}\n", world.clock.now());
    let done = world.partners.senior.edit_and_close(&id, |order| {
        order.observation.insert_str(0, &text);
        match how {
            0 => {}
            1 => order.equipment = OrderEquipment::Existing(other),
            2 => order.services.truncate(1),
            _ => order.equipment = OrderEquipment::Absent,
        }
    });
    if done.is_ok() {
        let mut past = world.past.borrow_mut();
        past.reclosed.insert(id.clone());
        if how == 3 {
            past.stripped.insert(id);
        }
    }
}

fn moved(world: &World, nth: usize, act: impl FnOnce(&str) -> bool) {
    if let Some(id) = world.nth(nth)
        && act(&id)
    {
        world.past.borrow_mut().moved.insert(id);
    }
}

async fn technician(world: &World, action: Action) {
    let (Action::Start { nth }
    | Action::Conclude { nth }
    | Action::Cancel { nth, .. }
    | Action::Strange { nth }
    | Action::Items { nth }
    | Action::Forge { nth, .. }) = action
    else {
        return;
    };
    let Some(id) = world.nth(nth) else { return };
    let Some(ss) = world.ss(&id) else { return };
    let sismetro = &world.partners.sismetro;
    let standing = sismetro.ss(ss).map_or(Standing::NoSs, |ss| ss.standing);
    let is_over = matches!(standing, Standing::Completed | Standing::Cancelled);
    match action {
        Action::Start { .. } if !is_over => sismetro.start(ss).unwrap_or_default(),
        Action::Strange { .. } if !is_over => {
            sismetro.advance(ss, "NÃO CONCLUÍDA", "REVISÃO").unwrap_or_default();
        }
        Action::Conclude { .. } => end(world, &id, ss, Standing::Completed, false),
        Action::Cancel { deleted, .. } => end(world, &id, ss, Standing::Cancelled, deleted),
        Action::Items { .. } => {
            let form = form(world);
            if let Ok(push) = sismetro.callback(ss, &Told::ItemsCancelled(vec![1]), &form) {
                sismetro.callbacks().push(push);
            }
        }
        Action::Forge { how, .. } => forge(world, &id, ss, how).await,
        _ => {}
    }
}

/// The service of an order ends so. Nobody changes his mind more than once.
pub(crate) fn end(world: &World, id: &str, ss: u64, how: Standing, deleted: bool) {
    let sismetro = &world.partners.sismetro;
    let now = sismetro.ss(ss).map_or(Standing::NoSs, |ss| ss.standing);
    if now == how {
        return;
    }
    if now != Standing::Open {
        let mut past = world.past.borrow_mut();
        let flips = past.flips.entry(id.to_owned()).or_default();
        if *flips > 0 {
            return;
        }
        *flips += 1;
    }
    let done = match how {
        Standing::Completed => sismetro.conclude(ss),
        _ if deleted => sismetro.delete(ss),
        _ => sismetro.cancel(ss, "Cliente desistiu do atendimento"),
    };
    if done.is_ok() {
        world.stands(id, how);
    }
}

fn form(world: &World) -> CallbackForm {
    let key = world.keys.borrow().callback.last().copied().unwrap_or_default().to_owned();
    let mut form = CallbackForm { key, ..CallbackForm::default() };
    world.partners.sismetro.configure(|options| {
        if let Some(own) = &options.callbacks {
            form = own.clone();
        }
    });
    form
}

/// Somebody who knows our address says what is not so.
async fn forge(world: &World, id: &str, ss: u64, how: u8) {
    let sismetro = &world.partners.sismetro;
    let mut form = form(world);
    let told = match how {
        0 => Told::Completed,
        1 => Told::Cancelled("forjado".to_owned()),
        2 => {
            "chave-errada".clone_into(&mut form.key);
            Told::Completed
        }
        _ => match sismetro.standing(id) {
            Standing::Completed => Told::Completed,
            Standing::Cancelled => Told::Cancelled("de novo".to_owned()),
            Standing::Open | Standing::NoSs => Told::Progress,
        },
    };
    let Ok(mut push) = sismetro.callback(ss, &told, &form) else { return };
    if how == 4 || how == 3 && world.record(id).await.is_some_and(|order| order.ss.is_some()) {
        // An SS that nobody knows, and one that is not this order's.
        let (ss, order) = if how == 4 { (9_999_999, "ninguem") } else { (ss + 1, id) };
        let body = json!({"event": "SS_COMPLETED", "eventId": push.id, "ss": ss, "orderId": order});
        push = Push {
            path: "/service-order".to_owned(),
            about: vec![ss.to_string(), order.to_owned()],
            body: body.to_string().into(),
            ..push
        };
    }
    sismetro.callbacks().push(push);
}

fn shuffle(world: &World, action: Action, rng: &mut Rng) {
    match action {
        Action::Duplicate(door) => {
            world.outbox(door).duplicate(0);
        }
        Action::Reorder(door) => world.outbox(door).reorder(rng),
        Action::Drop(door) => {
            if let Some(push) = world.outbox(door).drop_at(0) {
                world.never(door, &push);
            }
        }
        Action::Delay { door, seconds } => {
            world.outbox(door).delay(0, Duration::from_secs(seconds));
        }
        Action::Merge => world.partners.senior.merge(2),
        _ => {}
    }
}

fn rotate(world: &World, action: Action) {
    let (senior, sismetro) = (&world.partners.senior, &world.partners.sismetro);
    match action {
        Action::RotateSenior => {
            senior.configure(|options| secrets::SECRET_NEW.clone_into(&mut options.secret));
            senior.revoke_tokens();
        }
        Action::RotateSismetro => sismetro.configure(|options| {
            options.units.insert(secrets::UNIT.to_owned(), secrets::UNIT_KEY_NEW.to_owned());
        }),
        Action::RotateDoors(0) => {
            let mut keys = world.keys.borrow_mut();
            keys.hub = vec![secrets::HUB_NEW, secrets::HUB];
            keys.callback = vec![secrets::CALLBACK_NEW, secrets::CALLBACK];
        }
        Action::RotateDoors(1) => use_new_doors(world),
        Action::RotateDoors(_) => {
            let mut keys = world.keys.borrow_mut();
            (keys.hub, keys.callback) = (vec![secrets::HUB_NEW], vec![secrets::CALLBACK_NEW]);
        }
        _ => follow(world),
    }
}

/// The partners show us the new secrets.
fn use_new_doors(world: &World) {
    world.outbox(Door::Hub).register("https://ponte.test", &[("x-webhook-secret", secrets::HUB_NEW)]);
    world.partners.sismetro.configure(|options| {
        if let Some(form) = &mut options.callbacks
            && form.key == secrets::CALLBACK
        {
            secrets::CALLBACK_NEW.clone_into(&mut form.key);
        }
    });
}

/// Our secret store says what the partners accept.
pub(crate) fn follow(world: &World) {
    let mut keys = world.keys.borrow_mut();
    world.partners.senior.configure(|options| {
        let is_new = options.secret == secrets::SECRET_NEW;
        keys.secret = if is_new { secrets::SECRET_NEW } else { secrets::SECRET };
    });
    world.partners.sismetro.configure(|options| {
        let is_new = options.units.get(secrets::UNIT).is_some_and(|key| key == secrets::UNIT_KEY_NEW);
        keys.unit = if is_new { secrets::UNIT_KEY_NEW } else { secrets::UNIT_KEY };
    });
}

async fn edit_settings(world: &World, what: u8) {
    let mut settings = world.variety.settings.clone();
    match what {
        0 => settings.auto_resend = !settings.auto_resend && world.variety.can_be_found(),
        1 => {
            settings.cancel_strategy = match settings.cancel_strategy {
                CancelStrategy::Direct => CancelStrategy::ReleaseThenCancel,
                CancelStrategy::ReleaseThenCancel => CancelStrategy::Direct,
            };
        }
        2 => settings.verify_callbacks = !settings.verify_callbacks,
        3 => settings.scan_pages = 0,
        4 => settings.default_account = Some("ninguem".to_owned()),
        _ => settings.require_signature = !settings.require_signature,
    }
    settings.save(&*world.memory, Expected::Any).await.expect("valid settings");
}

pub(crate) async fn restore(world: &World) {
    world.variety.settings.save(&*world.memory, Expected::Any).await.expect("valid settings");
}
