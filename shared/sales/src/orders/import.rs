//! One turn of the import: what Máxima shows goes into the inbox, and every order that is due goes on (mapping §6.1).

use engine::flow::{self, Advance, FlowError, Worked, advance, open};
use engine::{Budget, Fingerprint, FlowState};
use jiff::Timestamp;
use maxima::{PedidoMaxima, PedidoNaNuvem};
use partner_http::CallError;

use super::Orders;
use super::case::{Order, Row};
use super::machine::{Event, Listed};
use crate::flows::FlowFailure;
use crate::waiting::unasked;

/// `tipopedido` of an order (`contracts/maxima.md` §7.1).
const ORDER: i64 = 1;

/// What a turn did.
#[derive(Debug, Default)]
pub struct Imported {
    /// Orders that Máxima showed.
    pub shown: u64,
    /// Of them, seen for the first time.
    pub new: u64,
    /// Rows that could not even be named; the text says why.
    pub unreadable: Vec<String>,
    /// Why Máxima could not be asked; what is due is worked on all the same.
    pub unasked: Option<String>,
    /// What was due.
    pub worked: Worked,
}

impl<S: FlowState> Orders<'_, S> {
    /// One turn. The caller holds the job.
    pub async fn import(&self, budget: Budget) -> Result<Imported, FlowFailure> {
        let mut imported = Imported::default();
        let mut untold = Vec::new();
        self.tenant.wait_no_longer_than(budget);
        match self.tenant.maxima.pending_orders().await {
            Ok(rows) => {
                for row in rows {
                    if budget.spent(self.clock.now()) {
                        imported.worked.more = true;
                        break;
                    }
                    match row {
                        Ok(row) => {
                            let id = row.id_pedido.clone();
                            // One that cannot be filed stops nobody: Máxima goes on showing it. Until it is, what is
                            // filed of it is not sent: it may have been called off.
                            match self.take(row, &mut imported).await {
                                Ok(Advance::Overtaken) => untold.push(id),
                                Ok(_) => {}
                                Err(error) => {
                                    untold.push(id.clone());
                                    imported.worked.failed.push((id, error));
                                }
                            }
                        }
                        Err(row) => imported.unreadable.push(row.to_string()),
                    }
                }
            }
            // Orders that are here already do not wait for Máxima.
            Err(error) => imported.unasked = Some(unasked(&error)),
        }
        let worked = flow::work_others(self, self.state, self.clock, budget, untold).await?;
        imported.worked.cases = worked.cases;
        imported.worked.more |= worked.more;
        imported.worked.failed.extend(worked.failed);
        Ok(imported)
    }

    /// The order as Máxima shows it now, if its seller has made another one of it.
    pub(super) async fn sent_again(&self, order: &Order) -> Result<Option<Listed>, CallError> {
        let shown = self.tenant.maxima.pending_orders().await?;
        let shown = shown.into_iter().flatten().find(|row| row.id_pedido == order.id);
        Ok(shown.map(|row| Listed::of(&row)).filter(|listed| listed.source != order.source))
    }

    /// Files an order that is shown for the first time, or tells the one we have that it is shown again.
    async fn take(&self, row: PedidoNaNuvem, imported: &mut Imported) -> Result<Advance, FlowError> {
        imported.shown += 1;
        let listed = Listed::of(&row);
        let id = row.id_pedido.clone();
        if open::<Self>(self.state, &id, &first_seen(row, &listed, self.clock.now())).await? {
            imported.new += 1;
            return Ok(Advance::Unmoved);
        }
        advance(self, self.state, self.clock, &id, Event::Listed(listed)).await
    }
}

impl Listed {
    fn of(row: &PedidoNaNuvem) -> Self {
        let (source, pedido) = match &row.objeto_json {
            Ok(json) => {
                // A cloud that lists quotations among the orders says so in the row alone.
                let is_quotation = row.tipopedido.is_some_and(|kind| kind != ORDER);
                let parsed = PedidoMaxima::parse(json);
                let pedido = parsed.map(|pedido| PedidoMaxima {
                    eh_orcamento: pedido.eh_orcamento || is_quotation,
                    ..pedido
                });
                let source = if is_quotation {
                    Fingerprint::of(&(json, row.tipopedido))
                } else {
                    Fingerprint::of(json)
                };
                (source, pedido)
            }
            Err(why) => (Fingerprint::of(&why.to_string()), Err(why.clone())),
        };
        let pedido = pedido.map(Box::new).map_err(|why| why.to_string());
        Self { pedido, source: source.as_str().to_owned() }
    }
}

fn first_seen(row: PedidoNaNuvem, listed: &Listed, now: Timestamp) -> Order {
    let around = Row { numped: row.numped, codusur: row.codusur, codusuario: row.codusuario };
    let mut order = Order::new(row.id_pedido, around, listed.source.clone(), now);
    order.numcritica = row.numcritica;
    match &listed.pedido {
        Ok(pedido) => order.pedido = Some((**pedido).clone()),
        Err(why) => order.why = Some(format!("Pedido ilegível: {why}")),
    }
    order
}
