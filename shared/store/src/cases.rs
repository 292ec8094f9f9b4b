//! The cases' items: the case itself and, beside it, one pointer per way it is found. A transaction changes them
//! together, and of the pointers only those that differ.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use engine::{Case, Cases, Expected, Filing, Mark, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::failure::{canceled, failed, malformed, of_our_format};
use crate::keys::{Address, due_of, item_of, name_of};
use crate::query::{Range, Reach};
use crate::units::{bytes_of, units_of};
use crate::{FORMAT, Item, Store};

/// What one item may hold. A case is not cut into parts: the largest order there can be (199 items,
/// `contracts/omie-maxima-mapping.md` §6.1) is about a quarter of it, so that a larger case is a mistake.
const LARGEST: usize = 400 * 1_024;

/// A transaction writes each item twice: once to prepare and once to commit.
const TWICE: u64 = 2;

const FILE: &str = "case.file";

#[derive(Serialize, Deserialize)]
struct CaseItem {
    pk: String,
    sk: String,
    v: u32,
    version: u64,
    /// JSON text: what is read is what was written.
    body: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<Timestamp>,
    /// Names and values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    marks: Vec<(String, String)>,
    /// Unix seconds, as DynamoDB's time to live wants them.
    ttl: i64,
}

/// It says all it has to say by its key.
#[derive(Serialize)]
struct Pointer {
    pk: String,
    sk: String,
    v: u32,
    ttl: i64,
}

impl Cases for Store {
    async fn case(&self, kind: &str, id: &str) -> Result<Option<Case>, StateError> {
        let address = Address::Case { kind, id };
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let request = request.set_key(Some(address.item()));
        let answer = request.send().await.map_err(|error| failed("case.get", error))?;
        let Some(item) = answer.item else { return Ok(None) };
        let (case, ttl) = read(&name(address), item)?;
        Ok(self.is_current(Some(ttl)).then_some(case))
    }

    async fn file(
        &self,
        kind: &str,
        id: &str,
        before: Option<&Case>,
        after: Filing,
    ) -> Result<Case, StateError> {
        after.check(kind, id)?;
        let Change { case, items, units } = self.change_of(kind, id, before, after)?;
        self.changed(&format!("{kind} {id}"), &items, units).await?;
        Ok(case)
    }

    async fn open_all(&self, kind: &str, cases: &[(String, Filing)]) -> Result<(), StateError> {
        Filing::check_all(kind, cases)?;
        let mut all = Vec::new();
        let mut spent = 0;
        for (id, filing) in cases {
            let Change { items, units, .. } = self.change_of(kind, id, None, filing.clone())?;
            all.extend(items);
            spent += units;
        }
        self.changed(&format!("{} of {kind}", cases.len()), &all, spent).await
    }

    async fn due(&self, kind: &str, now: Timestamp, limit: usize) -> Result<Vec<String>, StateError> {
        let reach = Reach::Before(Address::Due { kind, due: just_after(now), id: "" });
        let found = self.query("case.due", pointers_in(reach, limit)).await?;
        found.into_iter().map(|item| pointed_at(item, |sk| due_of(sk).map(|(_, id)| id))).collect()
    }

    async fn marked(
        &self,
        kind: &str,
        mark: &Mark,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, StateError> {
        let at = |id| Address::Mark { kind, name: &mark.name, value: &mark.value, id };
        let reach = after.map_or(Reach::Within(at("")), |after| Reach::After(at(after)));
        let found = self.query("case.marked", pointers_in(reach, limit)).await?;
        found.into_iter().map(|item| pointed_at(item, name_of)).collect()
    }
}

/// What a filing writes.
struct Change {
    case: Case,
    /// The case first: it is the one with the condition.
    items: Vec<TransactWriteItem>,
    units: u64,
}

/// The keys of an item.
type Keys = (String, String);

impl Store {
    fn change_of(
        &self,
        kind: &str,
        id: &str,
        before: Option<&Case>,
        after: Filing,
    ) -> Result<Change, StateError> {
        let address = Address::Case { kind, id };
        let case = Case { version: self.version_after(before), filing: self.as_kept(after) };
        let item = item_of_case(address, &case)?;
        let mut units = units_of(&item) * TWICE;
        let mut items = vec![self.put_case(item, before)?];

        let ttl = case.filing.expires.as_second();
        let old = before.map(|before| pointers(kind, id, &before.filing)).unwrap_or_default();
        let new = pointers(kind, id, &case.filing);
        let lasts_as_long = before.is_some_and(|before| before.filing.expires.as_second() == ttl);
        for keys in old.difference(&new) {
            items.push(self.delete_pointer(keys)?);
            units += TWICE;
        }
        for keys in new.iter().filter(|keys| !lasts_as_long || !old.contains(*keys)) {
            let item = item_of_pointer(keys, ttl)?;
            units += units_of(&item) * TWICE;
            items.push(self.put_pointer(item)?);
        }
        Ok(Change { case, items, units })
    }

    /// A new case begins with the time: an id that is used again after it has expired goes on above all versions it
    /// has had, whether DynamoDB has removed the old item by then or not, and nobody has to read that first.
    fn version_after(&self, before: Option<&Case>) -> u64 {
        match before {
            Some(before) => before.version + 1,
            None => u64::try_from(self.clock.now().as_microsecond()).unwrap_or_default(),
        }
    }

    /// What will be read of this filing.
    fn as_kept(&self, filing: Filing) -> Filing {
        let expires = self.ttl(Some(filing.expires)).and_then(|ttl| Timestamp::from_second(ttl).ok());
        Filing { expires: expires.unwrap_or(filing.expires), ..filing }
    }

    fn put_case(&self, item: Item, before: Option<&Case>) -> Result<TransactWriteItem, StateError> {
        let expected = before.map_or(Expected::Absent, |before| Expected::Version(before.version));
        let (condition, values) = self.condition(expected);
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .set_condition_expression(condition)
            .set_expression_attribute_names(Some(Self::expiry_names()))
            .set_expression_attribute_values(Some(values));
        let put = put.build().map_err(|error| malformed(FILE, error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn put_pointer(&self, item: Item) -> Result<TransactWriteItem, StateError> {
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        let put = put.build().map_err(|error| malformed(FILE, error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn delete_pointer(&self, keys: &Keys) -> Result<TransactWriteItem, StateError> {
        let delete = Delete::builder().table_name(&self.table).set_key(Some(item_of(keys.clone())));
        let delete = delete.build().map_err(|error| malformed(FILE, error))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// Writes all of it or nothing; `what` names it in an error.
    async fn changed(&self, what: &str, items: &[TransactWriteItem], units: u64) -> Result<(), StateError> {
        // The first try has no pause before it.
        let mut repeats = 1;
        loop {
            let Err(error) = self.transact(items, units).await else { return Ok(()) };
            // Canceled: surely not done, also not by a try of the client whose answer was lost. The client sends one
            // request token with all its tries, and the service answers a try of what it has done with success.
            let is_canceled = error
                .as_service_error()
                .is_some_and(TransactWriteItemsError::is_transaction_canceled_exception);
            let error =
                if is_canceled { canceled(FILE, what.to_owned(), error) } else { failed(FILE, error) };
            let is_worth_repeating = is_canceled && matches!(error, StateError::Busy(_));
            if !is_worth_repeating || self.pause(FILE, &mut repeats).await.is_err() {
                return Err(error);
            }
        }
    }

    async fn transact(
        &self,
        items: &[TransactWriteItem],
        units: u64,
    ) -> Result<(), SdkError<TransactWriteItemsError, impl std::fmt::Debug + use<>>> {
        self.units.add(units);
        let request = self.client.transact_write_items().set_transact_items(Some(items.to_vec()));
        request.send().await.map(|_| ())
    }
}

/// The keys of everything a case is found by.
fn pointers(kind: &str, id: &str, filing: &Filing) -> BTreeSet<Keys> {
    let due = filing.due.map(|due| Address::Due { kind, due, id });
    let marks = filing.marks.iter();
    let marks = marks.map(|mark| Address::Mark { kind, name: &mark.name, value: &mark.value, id });
    marks.chain(due).map(|address| (address.pk(), address.sk())).collect()
}

fn item_of_case(address: Address<'_>, case: &Case) -> Result<Item, StateError> {
    let Filing { body, due, marks, expires } = &case.filing;
    let marks = marks.iter().map(|mark| (mark.name.clone().into_owned(), mark.value.clone()));
    let item = CaseItem {
        pk: address.pk(),
        sk: address.sk(),
        v: FORMAT,
        version: case.version,
        body: body.to_string(),
        due: *due,
        marks: marks.collect(),
        ttl: expires.as_second(),
    };
    let item: Item = serde_dynamo::to_item(item).map_err(|error| malformed(name(address), error))?;
    match bytes_of(&item) {
        0..=LARGEST => Ok(item),
        bytes => Err(malformed(name(address), format!("{bytes} bytes, an item takes {LARGEST}"))),
    }
}

fn item_of_pointer((pk, sk): &Keys, ttl: i64) -> Result<Item, StateError> {
    let pointer = Pointer { pk: pk.clone(), sk: sk.clone(), v: FORMAT, ttl };
    serde_dynamo::to_item(pointer).map_err(|error| malformed("a pointer to a case", error))
}

fn read(what: &str, item: Item) -> Result<(Case, i64), StateError> {
    let item: CaseItem = serde_dynamo::from_item(item).map_err(|error| malformed(what, error))?;
    of_our_format(what, item.v)?;
    let body = serde_json::from_str(&item.body).map_err(|error| malformed(what, error))?;
    let expires = Timestamp::from_second(item.ttl).map_err(|error| malformed(what, error))?;
    let marks = item.marks.into_iter().map(|(name, value)| Mark::new(name, value)).collect();
    Ok((Case { version: item.version, filing: Filing { body, due: item.due, marks, expires } }, item.ttl))
}

/// What of a pointer must be read to know what it points at: an answer of hundreds is half as long.
#[derive(Deserialize)]
struct Pointing {
    sk: String,
    v: u32,
}

fn pointers_in(reach: Reach<'_>, limit: usize) -> Range<'_> {
    Range { only: Some("sk, v"), ..Range::of(reach, limit) }
}

/// The id of the case this pointer leads to.
fn pointed_at(item: Item, id_in: impl Fn(&str) -> Option<&str>) -> Result<String, StateError> {
    let pointing: Pointing =
        serde_dynamo::from_item(item).map_err(|error| malformed("a pointer to a case", error))?;
    let what = || format!("a pointer to a case, {}", pointing.sk);
    of_our_format(&what(), pointing.v)?;
    let id = id_in(&pointing.sk).ok_or_else(|| malformed(what(), "the sort key is not ours"))?;
    Ok(id.to_owned())
}

fn name(address: Address<'_>) -> String {
    format!("{} {}", address.pk(), address.sk())
}

/// The first moment that is not due at `now`.
fn just_after(now: Timestamp) -> Timestamp {
    clock::later(now, std::time::Duration::from_nanos(1))
}
