//! Pages of entities (`contracts/senior-x.md` §5), and the lists that we read so: observations (§10.3) and waiting
//! orders (§10.8).

use bytes::Bytes;
use http::Method;
use partner_http::{CallError, Effect};

use crate::{
    client::{Ask, Senior},
    json::{Node, Tree},
    options::NoteWriter,
    order::{Pedido, first},
    scalar,
    urls::Endpoint,
};

use super::{checked, malformed, order, parsed, whole};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// Its number, from 0.
    pub page: u32,
    /// Number of pages; an estimate, one more than this one, where the ERP does not say and this one is full.
    pub total_pages: u32,
    /// Number of rows over all pages, where the ERP says.
    pub total: Option<u64>,
    /// The rows that could be read.
    pub items: Vec<T>,
    /// Rows of this page that could not: without an id.
    pub unreadable: usize,
}

/// Rows per page.
const SIZE: usize = 100;
/// An order with more observations than this is none.
const MOST_PAGES: u32 = 50;
const OBSERVATIONS: &str = "listObservations";
const WAITING: &str = "listWaitingOrders";

impl Senior {
    /// All observations of an order, each without blanks at its ends. With `note_writer = order_field` they are the
    /// lines of the order's own text.
    pub async fn observacoes(&self, id: &str) -> Result<Vec<String>, CallError> {
        checked(OBSERVATIONS, id)?;
        if self.options().note_writer == NoteWriter::OrderField {
            return self.lines_of_order(id).await;
        }
        let mut texts = Vec::new();
        for page in 0..MOST_PAGES {
            let body = self.page(OBSERVATIONS, Endpoint::Observations, id, page).await?;
            let answer = parsed(OBSERVATIONS, &body)?;
            let (rows, pages) = rows(OBSERVATIONS, &answer, page)?;
            let text = |row| first(row, &["/text", "/observation", "/obsPed"], scalar::text);
            texts.extend(rows.iter().filter_map(text));
            if rows.is_empty() || page + 1 >= pages {
                return Ok(texts);
            }
        }
        Err(malformed(OBSERVATIONS, "a lista de observações não termina"))
    }

    /// One page, from 0, of the orders that wait for integration; for the sweep that looks for lost events.
    pub async fn waiting(&self, page: u32) -> Result<Listed<Pedido>, CallError> {
        let body = self.page(WAITING, Endpoint::Waiting, "", page).await?;
        let answer = parsed(WAITING, &body)?;
        let (rows, total_pages) = rows(WAITING, &answer, page)?;
        let items: Vec<Pedido> = rows.iter().filter_map(|row| Pedido::read(row, self.options())).collect();
        let total = answer.member("totalElements").and_then(scalar::integer);
        Ok(Listed {
            page,
            total_pages,
            total: total.and_then(|total| total.try_into().ok()),
            unreadable: rows.len() - items.len(),
            items,
        })
    }

    async fn lines_of_order(&self, id: &str) -> Result<Vec<String>, CallError> {
        let Some(body) = self.order_body(id).await? else { return Ok(Vec::new()) };
        let answer = parsed(OBSERVATIONS, &body)?;
        let text =
            order::order_in(&answer, id)?.member("observation").and_then(scalar::text).unwrap_or_default();
        Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
    }

    async fn page(
        &self,
        name: &'static str,
        endpoint: Endpoint,
        id: &str,
        page: u32,
    ) -> Result<Bytes, CallError> {
        let ask = Ask {
            name,
            endpoint,
            verb: Method::GET,
            id,
            // The offset counts pages, not rows (§5).
            query: vec![("offset", page.to_string()), ("size", SIZE.to_string())],
            effect: Effect::Read,
            body: Bytes::new(),
            resource: "erpx_com_ven/pedido (Visualizar pedidos e observações)",
            inside: Some(whole),
        };
        self.send(&ask).await
    }
}

/// The rows of a page and the number of pages.
fn rows<'t, 'a>(
    name: &'static str,
    answer: &'t Tree<'a>,
    page: u32,
) -> Result<(&'t [Tree<'a>], u32), CallError> {
    let list = match &answer.node {
        Node::List(_) => Some(answer),
        _ => answer.member("contents"),
    };
    let Some(Tree { node: Node::List(rows), .. }) = list else {
        return Err(malformed(name, "a resposta não tem a lista `contents`"));
    };
    let pages = answer.member("totalPages").and_then(scalar::integer).and_then(|pages| pages.try_into().ok());
    let guess = if rows.len() < SIZE { page + 1 } else { page.saturating_add(2) };
    Ok((rows, pages.unwrap_or(guess)))
}
