//! The credentials of both partners, each tried by a real call before they are kept.

use senior::Senior;
use sismetro::Sismetro;

/// Whether the ERP takes the application's key for this tenant; else what it said, for the operator.
pub async fn check_senior(senior: &Senior) -> Result<(), String> {
    senior.log_in().await.map_err(|error| error.fault.told_by("O Senior X"))
}

/// Whether Sismetro takes the account; else what it said, for the operator. It has no login: a page of the unit's SS is
/// asked for (`contracts/sismetro.md` §3).
pub async fn check_sismetro(account: &Sismetro) -> Result<(), String> {
    account.list(1).await.map(drop).map_err(|error| error.fault.told_by("O Sismetro"))
}
