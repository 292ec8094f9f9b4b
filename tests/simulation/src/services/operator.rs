//! The operator: at random while it runs, and with sense once nothing goes wrong any more.

use fastrand::Rng;
use senior::OrderRead;
use serde_json::{Value, json};
use service_orders::commands::{self, Command, Refused};
use service_orders::{Alarm, Order, Reason, Settings, Skip, State, delivery};
use simulators::{OrderSituation, Repeated, Standing};

use crate::services::world::World;

impl World {
    /// Somebody gives a command: one that may be right, or a `wrong` one.
    pub(crate) async fn random_command(&self, nth: usize, what: u8, wrong: bool, rng: &mut Rng) {
        let Some(id) = self.nth(nth) else { return };
        let own = self.ss(&id);
        let other = self.nth(nth + 1).and_then(|other| self.ss(&other));
        let number = if wrong { other.unwrap_or(9_999_999) } else { own.unwrap_or(9_999_999) };
        let is_own = own == Some(number);
        let standing = self.partners.sismetro.standing(&id);
        let outcome = match standing {
            Standing::Cancelled => "cancelled",
            Standing::Open if wrong && rng.bool() => "cancelled",
            _ => "completed",
        };
        let (word, command) = match what {
            1 if is_own => ("attach", json!({"op": "attach_ss", "ss_number": number.to_string()})),
            1 if wrong => ("attach_wrong", json!({"op": "attach_ss", "ss_number": number.to_string()})),
            2 if wrong || own.is_none() => ("allow_resend", json!({"op": "allow_resend"})),
            3 => ("skip_note", json!({"op": "skip_note"})),
            4 if wrong => ("force", json!({"op": "force_outcome", "outcome": outcome})),
            5 if wrong => {
                let state = ["released", "cancelled", "skipped", "opened"][rng.usize(..4)];
                ("close", json!({"op": "close", "state": state}))
            }
            6 => ("show", json!({"op": "show"})),
            7 => ("list", json!({"op": "list"})),
            8 => ("nonsense", json!({"op": "redrive", "reason": ""})),
            _ => ("redrive", json!({"op": "redrive"})),
        };
        self.command(&id, word, command).await;
        if word == "attach_wrong"
            && self.was_told(&id, &["attach_wrong"])
            && let Some(other) = self.nth(nth + 1)
        {
            // It is that one's.
            self.obeyed(&other, "attach_wrong");
        }
        if rng.u8(..4) == 0 {
            // Somebody pressed twice.
            self.past.borrow_mut().commands -= 1;
            self.command(&id, "redrive", json!({"op": "redrive"})).await;
        }
    }

    /// Gives a command about an order: whether it was obeyed.
    pub(crate) async fn command(&self, id: &str, word: &'static str, mut command: Value) -> bool {
        let number = {
            let mut past = self.past.borrow_mut();
            past.commands += 1;
            past.commands
        };
        let has_order = !matches!(word, "list" | "replay");
        if has_order {
            command["order_id"] = json!(id);
        }
        if !matches!(word, "list" | "show") {
            command["command_id"] = json!(format!("c-{number}"));
            if command["reason"].is_null() {
                command["reason"] = json!("simulação");
            }
        }
        let life = self.life();
        let told = tokio::select! {
            biased;
            told = Box::pin(self.tell(&command, &life)) => told,
            () = life.gone.notified() => Err("killed".to_owned()),
        };
        self.note(format_args!("#{} {word} {id}: {told:?}", life.number));
        // Of one that ended without an answer nobody knows.
        let may_be_obeyed = !matches!(&told, Err(why) if why == "refused");
        if may_be_obeyed {
            self.obeyed(id, word);
            let given = command["ss_number"].as_str().and_then(|number| number.parse().ok());
            if let Some(number) = given {
                let given = (self.clock.now(), number, told.is_ok());
                self.past.borrow_mut().attached.entry(id.to_owned()).or_default().push(given);
            }
        }
        told.is_ok()
    }

    async fn tell(&self, command: &Value, life: &std::sync::Arc<crate::chaos::Life>) -> Result<(), String> {
        let table = self.table(life);
        let Ok(Some((settings, _))) = Settings::load(&table).await else { return Err("refused".to_owned()) };
        let told = match Command::read(command) {
            Ok(command) => commands::run(&table, &self.ours, &settings, "ana", command).await,
            Err(refused) => Err(refused),
        };
        match told {
            Ok(reply) => {
                self.said(&reply.body.to_string());
                Ok(())
            }
            Err(Refused::Flow(_)) => Err("unknown".to_owned()),
            Err(refused) => {
                self.said(&refused.to_string());
                Err("refused".to_owned())
            }
        }
    }

    /// An operator who looks before he acts goes through everything that waits for him: whether there was anything.
    pub(crate) async fn helped(&self) -> bool {
        let mut did = self.mended().await;
        did |= self.replayed().await;
        for id in self.ids() {
            let Some(order) = self.record(&id).await else { continue };
            did |= match (order.state, order.skipped) {
                (State::NeedsAttention, _) => self.unparked(&order).await,
                (State::Skipped, Some(Skip::BranchInactive)) => self.activated(&order).await,
                (State::AwaitingExecution, _) if order.alarms.contains(&Alarm::SsNotFound) => {
                    self.put_right(&order).await
                }
                _ => false,
            };
        }
        did
    }

    async fn replayed(&self) -> bool {
        let kept = delivery::Delivery::in_quarantine(&*self.memory, 100).await;
        let mut did = false;
        for (id, found) in kept.expect("a memory without faults") {
            // What a person cannot read either stays where it is.
            if found.source == delivery::Source::Senior {
                did |= self.command(&id, "replay", json!({"op": "replay_event", "delivery": id})).await;
            }
        }
        did
    }

    /// The branch takes part after all.
    async fn activated(&self, order: &Order) -> bool {
        let waits = self
            .partners
            .senior
            .order(&order.id)
            .is_some_and(|seen| seen.situation == OrderSituation::AwaitingIntegration);
        let branch = order.content.branch.unwrap_or(3);
        if !waits || self.was_told(&order.id, &["activate"]) {
            return false;
        }
        self.switch(branch, true).await;
        self.obeyed(&order.id, "activate");
        self.command(&order.id, "redrive", json!({"op": "redrive"})).await
    }

    /// The order waits for an SS that is not there: he gives it the right one, or ends it where there is none.
    async fn put_right(&self, order: &Order) -> bool {
        let own = self.partners.sismetro.numbers(&order.id).last().copied();
        if let Some(number) = own
            && self
                .command(&order.id, "attach", json!({"op": "attach_ss", "ss_number": number.to_string()}))
                .await
        {
            return true;
        }
        self.command(&order.id, "close", json!({"op": "close", "state": "cancelled"})).await
    }

    /// Whether the order has an SS that Sismetro does not know.
    fn is_lost(&self, order: &Order) -> bool {
        let number = order.ss.as_ref().and_then(|ss| ss.number.parse().ok());
        number.is_some_and(|number| self.partners.sismetro.ss(number).is_none())
    }

    async fn unparked(&self, order: &Order) -> bool {
        let id = order.id.as_str();
        let senior = &self.partners.senior;
        let situation = senior.order(id).map(|seen| seen.situation);
        let opens_no_other = self.variety.sismetro.repeated != Repeated::Opens && order.generation > 1;
        let (word, command) = match order.attention {
            // Sismetro opens one SS for an order and no more.
            Some(Reason::OpenAmbiguous | Reason::OpenRefused) if opens_no_other => {
                ("close", json!({"op": "close", "state": "cancelled"}))
            }
            Some(Reason::OpenAmbiguous) if self.was_told(id, &["attach_wrong"]) => {
                return match self.doubt(order) {
                    ("attach", _) => self.put_right(order).await,
                    (word, command) => self.command(id, word, command).await,
                };
            }
            Some(Reason::OpenAmbiguous) => self.doubt(order),
            Some(Reason::CallbackNotConfirmed) if self.is_lost(order) => return self.put_right(order).await,
            Some(Reason::ReopenedAfterCancel) if id.ends_with(['0', '2', '4', '6', '8', 'a', 'c', 'e']) => {
                ("allow_resend", json!({"op": "allow_resend"}))
            }
            Some(Reason::ReopenedAfterCancel) => {
                // It stays cancelled here, whatever it is in the ERP.
                let is_done = self.command(id, "redrive", json!({"op": "redrive"})).await;
                if is_done {
                    self.obeyed(id, "close");
                }
                return is_done;
            }
            Some(Reason::BilledBeforeCancel) => ("close", json!({"op": "close", "state": "released"})),
            Some(Reason::ErpCancelled) => ("close", json!({"op": "close", "state": "cancelled"})),
            Some(Reason::UnexpectedSituation) => {
                let _ = senior.set_situation(id, OrderSituation::AwaitingIntegration);
                ("redrive", json!({"op": "redrive"}))
            }
            Some(Reason::CancelRefusedWaiting | Reason::CancelRefused) => {
                // He cancels it by hand, where the ERP lets him.
                let is_cancelled =
                    senior.cancelled_elsewhere(id).is_ok() || senior.cancel_by_person(id).is_ok();
                self.past.borrow_mut().moved.insert(id.to_owned());
                match situation {
                    // Billed is billed.
                    Some(OrderSituation::Settled) if !is_cancelled => {
                        ("close", json!({"op": "close", "state": "released"}))
                    }
                    _ => ("redrive", json!({"op": "redrive"})),
                }
            }
            // He looks at the ERP.
            Some(Reason::ReleaseUnclear | Reason::ReleaseRefused | Reason::CancelUnclear) => {
                match situation {
                    Some(OrderSituation::Cancelled) => {
                        ("close", json!({"op": "close", "state": "cancelled"}))
                    }
                    Some(OrderSituation::OpenTotal | OrderSituation::Settled) => {
                        ("close", json!({"op": "close", "state": "released"}))
                    }
                    _ if self.variety.settings.senior.order_read == OrderRead::None => {
                        let _ = self.partners.connector_acts(id);
                        self.past.borrow_mut().moved.insert(id.to_owned());
                        ("redrive", json!({"op": "redrive"}))
                    }
                    _ => ("redrive", json!({"op": "redrive"})),
                }
            }
            _ => ("redrive", json!({"op": "redrive"})),
        };
        self.command(id, word, command).await
    }

    /// Nobody knows whether there is an SS: he looks for it in Sismetro.
    fn doubt(&self, order: &Order) -> (&'static str, Value) {
        let past: Vec<&str> = order.past.iter().map(|ss| ss.number.as_str()).collect();
        let numbers = self.partners.sismetro.numbers(&order.id);
        let own = numbers.iter().map(u64::to_string).find(|number| !past.contains(&number.as_str()));
        match own {
            Some(number) => ("attach", json!({"op": "attach_ss", "ss_number": number})),
            None => ("resend", json!({"op": "allow_resend"})),
        }
    }

    /// Every branch has an account, and every name of the tenant is known: whether that had to be done.
    async fn mended(&self) -> bool {
        let mut mended = self.variety.settings.clone();
        mended.default_account = Some("principal".to_owned());
        mended.senior.tenant_aliases.push("acme-holding".to_owned());
        let stored = Settings::load(&*self.memory).await.expect("a memory without faults");
        let is_needed = (self.variety.strange_tenant || self.variety.settings.default_account.is_none())
            && stored.is_none_or(|(stored, _)| stored != mended);
        if is_needed {
            mended.save(&*self.memory, engine::Expected::Any).await.expect("valid settings");
        }
        is_needed
    }
}
