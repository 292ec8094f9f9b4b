//! Estoque: the stock of each product in the branch that a stock location feeds (mapping §4.14). Its records are
//! positions that know their branch: whose location it is, only the settings say.

mod refs;

pub use refs::EstoqueRefs;

use engine::{Absence, Entity, Key, Mapped, Question, Retirement, Scope, Source, SourcePage, State};
use omie::{Call as _, Omie};
use partner_http::CallError;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::reasons::Reasons;
use super::{Filial, Produto, change};
use crate::settings::{RegraEstoque, SetupError};
use crate::source;
use crate::synced::Sourced;
use crate::tenant::Tenant;
use crate::text::dec;

/// The stock of a product in a branch.
pub struct Estoque;

/// Stock of a product at a location, and the branch that the location feeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EstoqueDaFilial {
    /// Code of the branch.
    pub filial: String,
    /// What Omie says.
    pub posicao: omie::PosicaoEstoque,
}

impl Entity for Estoque {
    const NAME: &'static str = "estoques";
    const AFTER: &'static [&'static str] = &[Filial::NAME, Produto::NAME];
    type Record = EstoqueDaFilial;
    type Row = maxima::Estoque;
    type Refs = EstoqueRefs;

    /// As Máxima names it, branch and product: when the settings give a branch another location, its rows stay the
    /// same ones and change their amounts.
    fn key(EstoqueDaFilial { filial, posicao }: &EstoqueDaFilial) -> Key {
        key(filial, posicao.cod_prod)
    }

    fn map(
        EstoqueDaFilial { filial, posicao }: EstoqueDaFilial,
        refs: &EstoqueRefs,
    ) -> Mapped<maxima::Estoque> {
        if !refs.produtos.contains(posicao.cod_prod) {
            return Mapped::Skip("o produto não está na Máxima");
        }
        let mut reasons = Reasons::default();
        let (qtreserv, qtpendente) = withheld(&posicao, refs.regra);
        // What it cost, never `nPrecoUnitario`: that is what it sells for.
        let custo = dec(posicao.cmc.unwrap_or_default(), 6);
        let row = maxima::Estoque {
            codfilial: filial,
            codprod: reasons.code("nCodProd", posicao.cod_prod),
            qtestger: dec(reasons.amount("nSaldo", posicao.saldo, MEND), 6),
            qtreserv,
            qtpendente,
            custofin: custo,
            custoreal: custo,
            custorep: custo,
            ..maxima::Estoque::default()
        };
        reasons.verdict(row)
    }

    /// A branch that no location feeds any more has no stock that we know of.
    fn absence(key: &Key, _: Option<&Value>, refs: &EstoqueRefs) -> Absence {
        match parts_of(key) {
            Some((filial, _)) if refs.feeds(filial) => Absence::Gone,
            _ => Absence::Ended,
        }
    }

    fn retirement(key: &Key, _: Option<&Value>, _: &EstoqueRefs) -> Retirement {
        let Some((filial, produto)) = parts_of(key) else { return Retirement::Keep };
        change(json!({"Codfilial": filial, "Codprod": produto, "Qtestger": 0}))
    }
}

const MEND: &str = "informe o suporte do Omie";

fn key(filial: &str, produto: impl std::fmt::Display) -> Key {
    Key::from(format!("{filial}/{produto}"))
}

fn parts_of(key: &Key) -> Option<(&str, &str)> {
    key.as_str().rsplit_once('/')
}

/// What may not be sold, reserved and pending: never both, because nobody knows whether the pending orders contain
/// what is reserved. Máxima subtracts them (`contracts/maxima.md` §9.4).
fn withheld(posicao: &omie::PosicaoEstoque, regra: RegraEstoque) -> (Decimal, Decimal) {
    match regra {
        RegraEstoque::Saldo => (Decimal::ZERO, Decimal::ZERO),
        RegraEstoque::SaldoMenosReservado => (dec(posicao.reservado.unwrap_or_default(), 6), Decimal::ZERO),
        RegraEstoque::SaldoMenosPendente => (Decimal::ZERO, dec(posicao.pendente.unwrap_or_default(), 3)),
    }
}

impl Sourced for Estoque {
    async fn source<'a>(
        tenant: &'a Tenant,
        _state: &'a impl State,
        refs: &'a EstoqueRefs,
    ) -> Result<impl Source<EstoqueDaFilial> + 'a, SetupError> {
        Ok(Posicoes { omie: &tenant.omie, refs })
    }
}

/// The position of today, one part per stock location. A snapshot: there is no window (`contracts/omie.md` §7).
struct Posicoes<'a> {
    omie: &'a Omie,
    refs: &'a EstoqueRefs,
}

impl Source<EstoqueDaFilial> for Posicoes<'_> {
    fn lane(&self) -> String {
        format!("{}/{}", self.omie.credential_id(), omie::ListarPosEstoque::METHOD)
    }

    fn parts(&self, _: Scope) -> Vec<String> {
        self.refs.locations().map(|location| location.to_string()).collect()
    }

    async fn page(&self, question: &Question) -> Result<SourcePage<EstoqueDaFilial>, CallError> {
        let location = question.part.parse().unwrap_or_default();
        // The reading began under other settings, and the location is nobody's now. One row is announced that never
        // comes: the reading is incomplete, and nothing follows from it.
        let Some(filial) = self.refs.branch_of(location) else {
            return Ok(SourcePage { total_pages: 1, total_records: 1, ..SourcePage::default() });
        };
        let listing = omie::ListarPosEstoque::of(location, self.refs.today);
        let page = source::page(self.omie, &listing, question.page).await?;
        Ok(of_branch(filial, page))
    }
}

/// The positions of one location, as positions of the branch that it feeds.
fn of_branch(filial: &str, page: SourcePage<omie::PosicaoEstoque>) -> SourcePage<EstoqueDaFilial> {
    let of_branch = |posicao| EstoqueDaFilial { filial: filial.to_owned(), posicao };
    // An unreadable row is named by location and product.
    let named =
        |named: &Key| parts_of(named).map_or_else(|| Key::from(""), |(_, produto)| key(filial, produto));
    SourcePage {
        total_pages: page.total_pages,
        total_records: page.total_records,
        records: page.records.into_iter().map(of_branch).collect(),
        unreadable: page.unreadable.into_iter().map(|(key, why)| (named(&key), why)).collect(),
        gone: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
