//! The leases' items. Each change is one conditional write on the fence or on the time.

use std::time::Duration;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure, Select};
use engine::{Asked, Lease, LeaseError, Leases, Noted, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::documents::number;
use crate::failure::{failed, malformed, of_our_format};
use crate::keys::{Address, PK};
use crate::{FORMAT, Item, Store};

/// Write units of a lease, which is far below a kilobyte.
const UNITS: u64 = 1;

#[derive(Serialize, Deserialize)]
struct LeaseItem {
    v: u32,
    holder: String,
    fence: u64,
    /// Unix milliseconds, like the other moments here; 0 when the lane is free.
    held_until: i64,
    asked_at: Option<i64>,
    asked_page: Option<u32>,
    blocked_until: Option<i64>,
}

impl Leases for Store {
    async fn acquire(
        &self,
        lane: &str,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Lease, LeaseError> {
        const OPERATION: &str = "lease.acquire";
        let holder_value = AttributeValue::S(holder.to_owned());
        let request = self
            .lane(lane)
            .update_expression(
                "SET v = :v, holder = :holder, held_until = :until, fence = if_not_exists(fence, :zero) + :one",
            )
            .condition_expression("attribute_not_exists(pk) OR held_until <= :now")
            .expression_attribute_values(":v", number(FORMAT))
            .expression_attribute_values(":holder", holder_value)
            .expression_attribute_values(":until", number(clock::later(now, ttl).as_millisecond()))
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        self.units.add(UNITS);
        match request.send().await {
            Ok(answer) => {
                let item = read(lane, answer.attributes)?;
                let noted = item.noted(lane)?;
                Ok(Lease { lane: lane.to_owned(), holder: item.holder, fence: item.fence, noted })
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(held)) => {
                    let item = read(lane, held.item.clone())?;
                    let until = moment(lane, item.held_until)?;
                    Err(LeaseError::Held { holder: item.holder, until })
                }
                _ => Err(failed(OPERATION, error).into()),
            },
        }
    }

    async fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        ttl: Duration,
        noted: Noted,
    ) -> Result<(), LeaseError> {
        let until = clock::later(now, ttl).as_millisecond();
        self.change("lease.renew", lease, until, noted).await
    }

    async fn release(&self, lease: &Lease, noted: Noted) -> Result<(), LeaseError> {
        self.change("lease.release", lease, 0, noted).await
    }

    async fn held(&self, now: Timestamp) -> Result<usize, StateError> {
        // Far below one answer's megabyte, but whoever counts reads to the end.
        let (mut held, mut next) = (0, None);
        loop {
            let query = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .select(Select::Count)
                .key_condition_expression(format!("{PK} = :pk"))
                .filter_expression("held_until > :now")
                .expression_attribute_values(":pk", AttributeValue::S(Address::Lease { lane: "" }.pk()))
                .expression_attribute_values(":now", number(now.as_millisecond()))
                .set_exclusive_start_key(next.take());
            let answer = query.send().await.map_err(|error| failed("lease.held", error))?;
            held += usize::try_from(answer.count).unwrap_or_default();
            next = answer.last_evaluated_key;
            if next.is_none() {
                return Ok(held);
            }
        }
    }
}

impl Store {
    /// Writes the lane as long as it is still this holder's.
    async fn change(
        &self,
        operation: &'static str,
        lease: &Lease,
        until: i64,
        noted: Noted,
    ) -> Result<(), LeaseError> {
        let mut request = self
            .lane(&lease.lane)
            .condition_expression("fence = :fence")
            .expression_attribute_values(":fence", number(lease.fence))
            .expression_attribute_values(":until", number(until));
        let mut update = "SET held_until = :until".to_owned();
        if let Some(Asked { at, page }) = noted.asked {
            update.push_str(", asked_at = :at, asked_page = :page");
            request = request
                .expression_attribute_values(":at", number(at.as_millisecond()))
                .expression_attribute_values(":page", number(page));
        }
        if let Some(blocked) = noted.blocked_until {
            update.push_str(", blocked_until = :blocked");
            request = request.expression_attribute_values(":blocked", number(blocked.as_millisecond()));
        }
        let request = request.update_expression(update);
        self.units.add(UNITS);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Err(LeaseError::Lost),
                _ => Err(failed(operation, error).into()),
            },
        }
    }

    fn lane(&self, lane: &str) -> UpdateItemFluentBuilder {
        let key = Address::Lease { lane }.item();
        self.client.update_item().table_name(&self.table).set_key(Some(key))
    }
}

impl LeaseItem {
    fn noted(&self, lane: &str) -> Result<Noted, StateError> {
        let asked = match (self.asked_at, self.asked_page) {
            (Some(at), Some(page)) => Some(Asked { at: moment(lane, at)?, page }),
            _ => None,
        };
        let blocked_until = self.blocked_until.map(|until| moment(lane, until)).transpose()?;
        Ok(Noted { asked, blocked_until })
    }
}

fn read(lane: &str, item: Option<Item>) -> Result<LeaseItem, StateError> {
    let what = || format!("the lease of {lane}");
    let item = item.ok_or_else(|| malformed(what(), "the answer has no item"))?;
    let item: LeaseItem = serde_dynamo::from_item(item).map_err(|error| malformed(what(), error))?;
    of_our_format(&what(), item.v)?;
    Ok(item)
}

fn moment(lane: &str, millisecond: i64) -> Result<Timestamp, StateError> {
    Timestamp::from_millisecond(millisecond).map_err(|error| malformed(format!("the lease of {lane}"), error))
}
