//! Branch and account (flow §6, T2b).

use engine::FlowState;

use super::{senior_failure, senior_turn, unstored};
use crate::flow::Orders;
use crate::machine::{Failure, Prepared};
use crate::record::Order;
use crate::{Reason, branches};

pub(crate) async fn prepare<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Prepared {
    match prepared(orders, order).await {
        Ok(prepared) => prepared,
        Err(failure) => Prepared::Failed(failure),
    }
}

async fn prepared<S: FlowState>(orders: &Orders<'_, S>, order: &Order) -> Result<Prepared, Failure> {
    let named = order.content.company.zip(order.content.branch);
    let read = match named {
        Some(_) => None,
        None => hydrated(orders, order).await?,
    };
    let settings = &orders.tenant.settings;
    let rule =
        branches::rule(orders.state, settings, named.or(read)).await.map_err(|error| unstored(&error))?;
    if named.or(read).is_none() && rule.account.is_none() {
        return Ok(Prepared::Parked(Reason::BranchUnknown, String::new()));
    }
    if !rule.is_active {
        return Ok(Prepared::Inactive { branch: read });
    }
    // Its calls may be at another account already: that one stays. Before there are any, the branch has just been given
    // the account that counts (flow §6).
    let known = order.account.clone();
    let account = if order.is_unopened() { rule.account.or(known) } else { known.or(rule.account) };
    match account {
        Some(account) if orders.tenant.account(&account).is_some() => {
            Ok(Prepared::Ready { account, branch: read })
        }
        Some(account) => {
            let why = format!("o segredo não tem a conta \"{account}\"");
            Ok(Prepared::Parked(Reason::AccountMissing, why))
        }
        None => Ok(Prepared::Parked(Reason::AccountMissing, String::new())),
    }
}

/// Company and branch as the ERP knows them.
async fn hydrated<S: FlowState>(
    orders: &Orders<'_, S>,
    order: &Order,
) -> Result<Option<(i64, i64)>, Failure> {
    let senior = &orders.tenant.senior;
    if !senior.reads() {
        return Ok(None);
    }
    senior_turn(orders).await?;
    match senior.pedido(&order.id).await {
        Ok(pedido) => Ok(pedido.and_then(|pedido| pedido.company_code.zip(pedido.branch_code))),
        Err(error) => Err(senior_failure(orders, &error, Reason::SeniorRefused).await),
    }
}
