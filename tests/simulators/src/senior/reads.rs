//! Reading orders and their observations (`contracts/senior-x.md` §5, §10.2, §10.3, §10.8).

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use super::State;
use super::asked::{Asked, Operation};
use super::order::OrderSituation;
use crate::services::gate::{Answer, Refusal};
use crate::services::wire::{parameter, text};

/// Rows of a page when `size` is not given.
const PAGE: usize = 10;
/// Rows a page may have.
const LARGEST_PAGE: usize = 100;

impl Asked {
    /// The order of `e120ped.id eq '…'`, a quote inside the literal doubled.
    pub(super) fn filtered_order(&self) -> Option<String> {
        let filter = parameter(&self.request, "filter")?;
        let literal = filter.trim().strip_prefix("e120ped.id eq '")?.strip_suffix('\'')?;
        Some(literal.replace("''", "'"))
    }

    /// Page number from zero, and page size.
    fn page(&self) -> Result<(usize, usize), Refusal> {
        let number = |name: &str, absent: usize| match parameter(&self.request, name) {
            None => Ok(absent),
            Some(text) => {
                text.parse().map_err(|_| Refusal::new("invalid", 400, format!("{name} inválido: {text}")))
            }
        };
        let (offset, size) = (number("offset", 0)?, number("size", PAGE)?);
        if size == 0 || size > LARGEST_PAGE {
            return Err(Refusal::new("invalid", 400, format!("size deve estar entre 1 e {LARGEST_PAGE}")));
        }
        Ok((offset, size))
    }
}

impl State {
    pub(super) fn read_order(&mut self, asked: &Asked) -> Result<Answer, Refusal> {
        let id = asked.about().first().cloned().unwrap_or_default();
        let words = self.options.situations;
        let shown = self.order_mut(&id)?.shown(asked.operation, words);
        Ok(Answer::found(ok(&shown), 1))
    }

    pub(super) fn list_orders(&self, asked: &Asked) -> Result<Answer, Refusal> {
        let filter = parameter(&asked.request, "filter").unwrap_or_default();
        let wanted = match filter.trim() {
            "" => None,
            filter => {
                let code = filter
                    .strip_prefix("sitPed eq ")
                    .and_then(|code| code.trim_matches('\'').parse::<i64>().ok());
                let situation =
                    OrderSituation::ALL.into_iter().find(|situation| Some(situation.code()) == code);
                Some(
                    situation
                        .ok_or_else(|| Refusal::new("invalid", 400, format!("filtro inválido: {filter}")))?,
                )
            }
        };
        // Ids are kept in the order of the numbers, which is the only order that is asked for.
        let orders = self.ids.iter().filter_map(|id| self.orders.get(id));
        let orders = orders.filter(|order| wanted.is_none_or(|wanted| order.situation == wanted));
        let shown = orders.map(|order| order.shown(Operation::ListOrders, self.options.situations)).collect();
        Ok(paged(shown, asked.page()?))
    }

    pub(super) fn list_observations(&self, asked: &Asked) -> Result<Answer, Refusal> {
        let Some(id) = asked.filtered_order() else {
            return Err(Refusal::new("invalid", 400, "filter deve ser e120ped.id eq '<id do pedido>'"));
        };
        // An unknown order has no observations: a filter finds nothing, and nothing is missing.
        let order = self.orders.get(&id);
        let shown =
            order.map(|order| (0..order.observations.len()).map(|nth| order.observation(nth)).collect());
        Ok(paged(shown.unwrap_or_default(), asked.page()?))
    }
}

fn paged(rows: Vec<Value>, (offset, size): (usize, usize)) -> Answer {
    let (total, pages) = (rows.len(), rows.len().div_ceil(size));
    let contents: Vec<Value> = rows.into_iter().skip(offset.saturating_mul(size)).take(size).collect();
    let found = contents.len();
    let body = json!({ "totalPages": pages, "totalElements": total, "contents": contents });
    Answer::found(ok(&body), found)
}

pub(super) fn ok(body: &Value) -> Response<Bytes> {
    crate::answer::json(200, text(body, false))
}
