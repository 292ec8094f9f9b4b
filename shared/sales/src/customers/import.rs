//! One turn of the import: what Máxima shows goes into the inbox, and every customer that is due goes on (mapping §8).

use engine::flow::{self, FlowError, Worked, advance, open};
use engine::{Budget, FlowState};
use maxima::{ClienteNaNuvem, UnreadableRow};

use super::Customers;
use super::case::{Customer, Shown};
use super::machine::Event;
use crate::flows::{FlowFailure, said};
use crate::waiting::unasked;

/// The largest object that is kept: a case is one item of at most 400 KB, and may hold two of them.
const LARGEST: usize = 150_000;

/// What a turn did.
#[derive(Debug, Default)]
pub struct Imported {
    /// Customers that Máxima showed.
    pub shown: u64,
    /// Of them, seen for the first time.
    pub new: u64,
    /// Rows that could not be taken; the text says why.
    pub unreadable: Vec<String>,
    /// Why Máxima could not be asked; what is due is worked on all the same.
    pub unasked: Option<String>,
    /// What was due.
    pub worked: Worked,
}

impl<S: FlowState> Customers<'_, S> {
    /// One turn. The caller holds the job. A customer that cannot be taken or advanced stops nobody else.
    pub async fn import(&self, budget: Budget) -> Result<Imported, FlowFailure> {
        let mut imported = Imported::default();
        self.tenant.wait_no_longer_than(budget);
        match self.tenant.maxima.pending_customers().await {
            Ok(rows) => {
                for row in rows {
                    if budget.spent(self.clock.now()) {
                        imported.worked.more = true;
                        return Ok(imported);
                    }
                    match named(row) {
                        Ok((id, shown)) => self.take(id, shown, &mut imported).await?,
                        Err(why) => imported.unreadable.push(why),
                    }
                }
            }
            // Customers that are here already do not wait for Máxima.
            Err(error) => imported.unasked = Some(unasked(&error)),
        }
        imported.worked = flow::work(self, self.state, self.clock, budget).await?;
        Ok(imported)
    }

    /// Files a customer that is shown for the first time, or tells the one we have that it is shown again.
    async fn take(&self, id: i64, shown: Shown, imported: &mut Imported) -> Result<(), FlowFailure> {
        imported.shown += 1;
        let case = Customer::new(id, shown, self.clock.now());
        let shown = case.shown.clone();
        if open::<Self>(self.state, &case.key(), &case).await? {
            imported.new += 1;
            return Ok(());
        }
        match advance(self, self.state, self.clock, &case.key(), Event::Listed(shown)).await {
            Ok(_) => Ok(()),
            Err(error @ FlowError::Unreadable { .. }) => {
                imported.unreadable.push(said(&error));
                Ok(())
            }
            Err(error @ FlowError::State(_)) => Err(error.into()),
        }
    }
}

/// A customer of the listing, readable or not, as long as its id is known.
fn named(row: Result<ClienteNaNuvem, UnreadableRow>) -> Result<(i64, Shown), String> {
    match row {
        Ok(row) if row.objeto_json.len() > LARGEST => {
            let size = row.objeto_json.len() / 1_000;
            let why =
                format!("o cadastro tem {size} KB, mais do que cabe: tire os anexos dele e envie de novo");
            Ok((row.id_cliente, Shown::broken(why)))
        }
        Ok(row) => Ok((row.id_cliente, Shown::new(row.objeto_json))),
        Err(row) => match row.id.as_deref().and_then(|id| id.trim().parse().ok()) {
            Some(id) => Ok((id, Shown::broken(row.why.to_string()))),
            None => Err(row.to_string()),
        },
    }
}
