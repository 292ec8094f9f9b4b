//! Looking: one SS, and the lists (`contracts/sismetro.md` §7, §9).

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use partner_http::{CallError, Effect, Fault, Outgoing};
use serde_json::Value;

use crate::client::{PARTNER, Sismetro, policy};
use crate::envelope::Envelope;
use crate::member::digits;
use crate::patrimonio::Patrimonio;
use crate::ss::Ss;
use crate::verdict;

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Its number, from 1.
    pub number: u32,
    /// How many there are, where Sismetro says it.
    pub total_pages: Option<u32>,
    /// The records in Sismetro's order, which is not known (§7.2).
    pub items: Vec<T>,
    /// Records without a number. Any of them may be the one that is looked for.
    pub unreadable: u32,
    /// Sismetro did not give it: past the last one that is to be expected, before it what is missing may be on it.
    pub refused: bool,
}

impl<T> Page<T> {
    /// Whether it shows nothing although there must be something: it has a place within the `total` pages of its list,
    /// by its own word or by that of the first one, and nothing is on it. An empty list may count one page.
    pub fn is_missing(&self, total: Option<u32>) -> bool {
        let is_empty = self.items.is_empty() && self.unreadable == 0;
        let own = self.total_pages.filter(|_| !self.refused);
        is_empty && own.or(total).is_some_and(|total| self.number <= total && total > 1)
    }
}

/// A read of one exchange (§4).
const WITHIN: Duration = Duration::from_secs(20);

const FIND: &str = "SS/findBySs";
const LIST: &str = "SS/listAll";

impl Sismetro {
    /// The SS of this number; nothing when Sismetro has none, and when `ss` is no number.
    ///
    /// # Errors
    /// [`Fault::Malformed`] when the answer is about another SS: what is billed or cancelled by it must not be.
    pub async fn find(&self, ss: &str) -> Result<Option<Ss>, CallError> {
        let Some(number) = digits(ss.trim()) else { return Ok(None) };
        let envelope = match self.read(FIND, &format!("ss={number}"), verdict::reading).await {
            Err(error) if matches!(error.fault, Fault::NotFound { .. }) => return Ok(None),
            answer => answer?,
        };
        if !envelope.valid || envelope.records.is_empty() {
            return Ok(None);
        }
        let found = envelope.records.iter().filter_map(|record| Ss::read(record, &self.zone));
        let mut found = found.filter(|ss| ss.number == number);
        match found.next() {
            Some(ss) => Ok(Some(ss)),
            None => Err(failed(FIND, Fault::Malformed { text: "a resposta não é da SS pedida".to_owned() })),
        }
    }

    /// A page of all SSs of the unit, from 1. Past the last one there are no items.
    pub async fn list(&self, page: u32) -> Result<Page<Ss>, CallError> {
        self.page(LIST, page, |record| Ss::read(record, &self.zone)).await
    }

    /// A page of the equipment that Sismetro knows, from 1. Its path is assumed and a knob (§9).
    pub async fn equipment(&self, page: u32) -> Result<Page<Patrimonio>, CallError> {
        self.page(&self.options.equipment_path, page, Patrimonio::read).await
    }

    async fn page<T>(
        &self,
        path: &str,
        page: u32,
        read: impl Fn(&Value) -> Option<T> + Send,
    ) -> Result<Page<T>, CallError> {
        let number = page.max(1);
        // A first page that is refused with words is no empty list: absence would be read from it.
        let classify = if number == 1 { verdict::first_page } else { verdict::reading };
        let envelope = self.read(path, &format!("page={number:02}"), classify).await;
        let Envelope { valid, records, total_pages, .. } = match envelope {
            // Whether "not found" speaks of the page or of the address, the first page decides.
            Err(error) if matches!(error.fault, Fault::NotFound { .. }) && number > 1 => {
                return Ok(Page {
                    number,
                    total_pages: None,
                    items: Vec::new(),
                    unreadable: 0,
                    refused: true,
                });
            }
            answer => answer?,
        };
        let records = if valid { records } else { Vec::new() };
        let items: Vec<T> = records.iter().filter_map(read).collect();
        let unreadable = u32::try_from(records.len() - items.len()).unwrap_or(u32::MAX);
        Ok(Page { number, total_pages, items, unreadable, refused: !valid })
    }

    async fn read(
        &self,
        path: &str,
        query: &str,
        classify: impl Fn(u16, &[u8]) -> Result<(), Fault> + Send + Sync,
    ) -> Result<Envelope, CallError> {
        let base = self.options.read_base_url.trim_end_matches('/');
        let mut request = self
            .request(Method::GET, &format!("{base}/{path}?{query}"), Bytes::new(), WITHIN)
            .map_err(|fault| failed(path, fault))?;
        request.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        let out = Outgoing {
            // All reads of a unit are counted together.
            lane: self.lane("read"),
            policy: policy(self.options.reads_per_minute, 1),
            effect: Effect::Read,
            request,
            repeat_key: None,
        };
        let body = self.http.send(out, classify).await.map_err(|error| named(path, error))?;
        Envelope::read(&body)
            .ok_or_else(|| failed(path, Fault::Malformed { text: "a resposta não é um envelope".to_owned() }))
    }
}

fn failed(path: &str, fault: Fault) -> CallError {
    CallError::new(PARTNER, path, fault)
}

/// The lane is called after all reads; an error names the one that failed.
fn named(path: &str, mut error: CallError) -> CallError {
    path.clone_into(&mut error.method);
    error
}
