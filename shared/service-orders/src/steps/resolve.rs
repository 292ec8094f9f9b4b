//! Whether there is an SS: by its number, or by looking through the list (`contracts/sismetro.md` §5.5).

use std::collections::BTreeMap;
use std::time::Duration;

use engine::{FlowState, Mark};
use sismetro::{Page, Sismetro, Ss};

use super::{Lane, account, patience, sismetro_failure, sismetro_turn, unstored};
use crate::flow::{KIND, Orders};
use crate::machine::{Confirmed, Failure, Found, Scanned};
use crate::record::{Order, Scan};
use crate::records::{self, Read};
use crate::state::State;

/// Clocks of two houses differ, and Sismetro's dates have no zone.
const EARLIER: Duration = Duration::from_mins(10);
/// Orders read at once.
const BATCH: usize = 500;

pub(crate) async fn confirm<S: FlowState>(orders: &Orders<'_, S>, order: &Order, number: &str) -> Confirmed {
    match confirmed(orders, order, number).await {
        Ok(confirmed) => confirmed,
        Err(failure) => Confirmed::Failed(failure),
    }
}

async fn confirmed<S: FlowState>(
    orders: &Orders<'_, S>,
    order: &Order,
    number: &str,
) -> Result<Confirmed, Failure> {
    let (name, client) = account(orders, order)?;
    sismetro_turn(orders, name, Lane::Read, patience(orders, order)?).await?;
    let ss = match client.find(number).await {
        Ok(ss) => ss,
        Err(error) => return Err(sismetro_failure(orders, &error, name).await),
    };
    let Some(ss) = ss else { return Ok(Confirmed::No) };
    // Older than the order it is another's, whoever names it; its own end would release the order.
    let since = order.since.checked_sub(EARLIER).unwrap_or(order.since);
    if ss.opened_at.is_some_and(|at| at < since) && !ss.mentions(&order.id) {
        return Ok(Confirmed::No);
    }
    if is_taken(orders, order, &ss.number).await? {
        return Ok(Confirmed::No);
    }
    Ok(Confirmed::Yes(found(&ss)))
}

fn found(ss: &Ss) -> Found {
    Found { number: ss.number.clone(), link: ss.url.clone(), unsure: false, mismatch: false }
}

/// Whether the SS is another order's, or this one's of an earlier generation.
async fn is_taken<S: FlowState>(
    orders: &Orders<'_, S>,
    order: &Order,
    number: &str,
) -> Result<bool, Failure> {
    if order.past.iter().any(|past| past.number == number) {
        return Ok(true);
    }
    is_of_another(orders, order, number).await
}

/// Whether the SS is another order's.
pub(super) async fn is_of_another<S: FlowState>(
    orders: &Orders<'_, S>,
    order: &Order,
    number: &str,
) -> Result<bool, Failure> {
    let mark = Mark::new("ss", number.to_owned());
    let ids = orders.state.marked(KIND, &mark, None, 2).await.map_err(|error| unstored(&error))?;
    Ok(ids.iter().any(|id| *id != order.id))
}

pub(crate) async fn scan<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Scanned {
    match scanned(orders, order).await {
        Ok(scanned) => scanned,
        Err(failure) => Scanned::Failed(failure),
    }
}

async fn scanned<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Result<Scanned, Failure> {
    let settings = &orders.tenant.settings;
    if settings.scan_pages == 0 {
        return Ok(Scanned::Off);
    }
    let (name, client) = account(orders, order)?;
    let before = order.opening.scan.clone();
    let mut scan = before.clone().unwrap_or_else(|| begun(settings.scan_pages));
    if let Err(failure) = listed(orders, order, (name, client), &mut scan).await {
        return if Some(&scan) == before.as_ref() { Err(failure) } else { Ok(Scanned::Part(scan, failure)) };
    }
    let Scan { hits: records, unreadable, is_open, .. } = scan;
    let [by_id, by_number, by_equipment] = rules(order, &records);
    for hits in [by_id, by_number] {
        let ours = free(orders, order, hits).await?;
        match &ours[..] {
            [] => {}
            [ss] => return Ok(Scanned::Found(found(ss))),
            several => return Ok(Scanned::Several(several.len())),
        }
    }
    let ours = free(orders, order, by_equipment).await?;
    if !ours.is_empty() {
        // The equipment alone says it of every order of that equipment.
        let rivals = rivals(orders, order).await?;
        let is_theirs = |ss: &Ss| rivals.orders.iter().any(|rival| names(rival, ss));
        match ours.iter().filter(|ss| !is_theirs(ss)).collect::<Vec<_>>()[..] {
            [] => {}
            [ss] if rivals.orders.is_empty() && rivals.unreadable == 0 => {
                return Ok(Scanned::Found(found(ss)));
            }
            ref several => return Ok(Scanned::Several(several.len())),
        }
    }
    if unreadable > 0 {
        let why = format!("{unreadable} registros da lista do Sismetro não têm número");
        return Err(Failure::Passing { why, after: None });
    }
    Ok(Scanned::Nothing { resend: settings.auto_resend && !is_open })
}

/// Those that are no other order's, each once.
async fn free<'a, S: FlowState>(
    orders: &Orders<'_, S>,
    order: &Order,
    hits: Vec<&'a Ss>,
) -> Result<Vec<&'a Ss>, Failure> {
    let mut free = BTreeMap::new();
    for ss in hits {
        if !is_taken(orders, order, &ss.number).await? {
            free.insert(ss.number.as_str(), ss);
        }
    }
    Ok(free.into_values().collect())
}

struct Rivals {
    orders: Vec<Order>,
    /// Records that cannot be read: any of them may be one.
    unreadable: u32,
}

/// Other orders of the same equipment that may have an SS which nobody knows yet.
async fn rivals<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Result<Rivals, Failure> {
    let unread = |_| Failure::Passing {
        why: "o armazenamento da integração não respondeu".to_owned(),
        after: None,
    };
    let mut rivals = Rivals { orders: Vec::new(), unreadable: 0 };
    for state in [State::Received, State::Opening, State::OpenUnknown, State::NeedsAttention] {
        let mark = Mark::new("estado", state.name());
        let mut after: Option<String> = None;
        loop {
            let ids = orders.state.marked(KIND, &mark, after.as_deref(), BATCH).await;
            let ids = ids.map_err(|error| unstored(&error))?;
            for id in ids.iter().filter(|id| **id != order.id) {
                match records::readable(orders.state, id).await.map_err(unread)? {
                    Read::Order(other) if is_rival(order, &other) => rivals.orders.push(*other),
                    Read::Unreadable => rivals.unreadable += 1,
                    Read::Order(_) | Read::Missing => {}
                }
            }
            if ids.len() < BATCH {
                break;
            }
            after = ids.last().cloned();
        }
    }
    Ok(rivals)
}

fn is_rival(order: &Order, other: &Order) -> bool {
    let equipment = order.content.equipment.id();
    other.ss.is_none() && other.opening.calls > 0 && other.content.equipment.id() == equipment
}

/// A look that has not begun: the first pages; the last ones are known once the first says how many there are.
fn begun(pages: u32) -> Scan {
    Scan { wanted: (1..=pages.div_ceil(2)).rev().collect(), ..Scan::default() }
}

/// The first pages and the last: the order of the list is not known. Where it stops before its end, the next look goes
/// on there.
async fn listed<S: FlowState>(
    orders: &Orders<'_, S>,
    order: &Order,
    (name, client): (&str, &Sismetro),
    scan: &mut Scan,
) -> Result<(), Failure> {
    while let Some(number) = scan.wanted.last().copied() {
        if scan.total.is_some_and(|total| number > total) {
            scan.wanted.pop();
            continue;
        }
        sismetro_turn(orders, name, Lane::Read, patience(orders, order)?).await?;
        let page = match client.list(number).await {
            Ok(page) => page,
            Err(error) => return Err(sismetro_failure(orders, &error, name).await),
        };
        if page.is_missing(scan.total) {
            // What we look for may be on it.
            let why = format!("o Sismetro não mostra a página {number} da lista");
            return Err(Failure::Passing { why, after: None });
        }
        if number == 1
            && let Some(last) = page.total_pages
        {
            let (first, pages) = (scan.wanted.len(), orders.tenant.settings.scan_pages);
            let first = u32::try_from(first).unwrap_or(pages).min(pages);
            let tail = last.saturating_sub(pages - first).max(first) + 1;
            scan.wanted.splice(0..0, (tail..=last).rev());
            scan.total = Some(last);
        }
        take(order, scan, page);
    }
    Ok(())
}

/// What a page shows.
fn take(order: &Order, scan: &mut Scan, page: Page<Ss>) {
    scan.wanted.pop();
    scan.unreadable += page.unreadable;
    if scan.total.is_none() {
        // Nobody says how long the list is: it has its end where a page is empty, and goes on after one that is not.
        let has_ended = page.items.is_empty() && page.unreadable == 0 && !page.refused;
        scan.is_open = !has_ended;
        if page.items.is_empty() && page.unreadable == 0 {
            scan.wanted.clear();
        }
    }
    let ours: Vec<bool> = {
        let hits: Vec<&Ss> = rules(order, &page.items).concat();
        page.items.iter().map(|ss| hits.iter().any(|hit| std::ptr::eq(*hit, ss))).collect()
    };
    scan.hits.extend(page.items.into_iter().zip(ours).filter_map(|(ss, is_ours)| is_ours.then_some(ss)));
}

/// The records that each rule takes for ours, the surest rule first.
fn rules<'a>(order: &'a Order, records: &'a [Ss]) -> [Vec<&'a Ss>; 3] {
    let since = order.opening.at.unwrap_or(order.since);
    let since = since.checked_sub(EARLIER).unwrap_or(since);
    // One without a date may be ours all the same where it names us.
    let recent = |ss: &&Ss| ss.opened_at.is_none_or(|at| at >= since);
    let take =
        |is_ours: &dyn Fn(&Ss) -> bool| records.iter().filter(recent).filter(|ss| is_ours(ss)).collect();
    let content = &order.content;
    let by_number = |ss: &Ss| numbered(order, ss);
    let by_equipment = |ss: &Ss| {
        ss.opened_at.is_some()
            && content.equipment.id().is_some_and(|id| ss.equipment_id.as_deref() == Some(id))
    };
    [take(&|ss| ss.mentions(&order.id)), take(&by_number), take(&by_equipment)]
}

/// Whether the SS itself says that it is this order's.
fn names(order: &Order, ss: &Ss) -> bool {
    ss.mentions(&order.id) || numbered(order, ss)
}

fn numbered(order: &Order, ss: &Ss) -> bool {
    let content = &order.content;
    let number = content.number.as_deref().is_some_and(|number| ss.mentions(number));
    number && content.customer.as_deref().is_some_and(|name| ss.requested_by(name))
}
