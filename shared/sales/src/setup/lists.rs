//! The lists that the operator chooses from: fetched from Omie when asked to, kept so that a page shows them at once.

use std::time::Duration;

use clock::Clock;
use engine::{Documents, Expected, Scope, StateError};
use jiff::Timestamp;
use omie::{
    ListarCategorias, ListarContasCorrentes, ListarEmpresas, ListarEtapasFaturamento, ListarFormasPagVendas,
    ListarLocaisEstoque, ListarMeiosPagamento, ListarTabelasPreco, ListarVendedores, Listing, Omie,
};
use partner_http::CallError;
use serde::{Deserialize, Serialize};

use super::said;
use crate::patience::spared;
use crate::source::days;
use crate::text::code;

/// The kind of the documents; the id is the list.
const KIND: &str = "setup-lista";
/// Omie refuses the same question within a minute (`contracts/omie.md` §3): so long what is kept is fresh enough.
const FRESH: Duration = Duration::from_secs(61);

/// A list of Omie's that the wizard offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// Categories that a sale may be booked as.
    Categorias,
    /// Stock locations in use whose stock is for sale.
    LocaisEstoque,
    /// Stages of sales orders.
    Etapas,
    /// Payment means.
    MeiosPagamento,
    /// Accounts in use.
    Contas,
    /// Branches.
    Filiais,
    /// Sellers in use.
    Vendedores,
    /// Price tables in use.
    TabelasPreco,
    /// Payment terms.
    Planos,
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What is stored.
    pub code: String,
    /// What the operator reads.
    pub name: String,
}

/// A list as it was last fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// What there is to choose, in Omie's order.
    pub choices: Vec<Choice>,
    /// When it was fetched; none when it never was.
    #[serde(default)]
    pub fetched: Option<Timestamp>,
    /// Why the last attempt, after that, came to nothing; in Portuguese, with Omie's own words.
    #[serde(default)]
    pub error: Option<String>,
}

impl Listed {
    /// The name of a code.
    pub fn name(&self, code: &str) -> Option<&str> {
        self.choices.iter().find(|choice| choice.code == code).map(|choice| choice.name.as_str())
    }

    /// Whether the code may be chosen. While the list could never be fetched nobody can tell, and nothing may.
    pub fn has(&self, code: &str) -> bool {
        self.name(code).is_some()
    }
}

impl List {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Categorias,
        Self::LocaisEstoque,
        Self::Etapas,
        Self::MeiosPagamento,
        Self::Contas,
        Self::Filiais,
        Self::Vendedores,
        Self::TabelasPreco,
        Self::Planos,
    ];

    /// Its name in addresses and in the store.
    pub fn id(self) -> &'static str {
        match self {
            Self::Categorias => "categorias",
            Self::LocaisEstoque => "locais-estoque",
            Self::Etapas => "etapas",
            Self::MeiosPagamento => "meios-pagamento",
            Self::Contas => "contas",
            Self::Filiais => "filiais",
            Self::Vendedores => "vendedores",
            Self::TabelasPreco => "tabelas-preco",
            Self::Planos => "planos",
        }
    }

    /// What the operator calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Categorias => "Categorias",
            Self::LocaisEstoque => "Locais de estoque",
            Self::Etapas => "Etapas do pedido",
            Self::MeiosPagamento => "Meios de pagamento",
            Self::Contas => "Contas correntes",
            Self::Filiais => "Filiais",
            Self::Vendedores => "Vendedores",
            Self::TabelasPreco => "Tabelas de preço",
            Self::Planos => "Planos de pagamento",
        }
    }

    /// The list of this name.
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.id() == id)
    }
}

/// A list as it was last fetched; empty when it never was.
pub async fn stored(state: &impl Documents, list: List) -> Result<Listed, StateError> {
    let Some(document) = state.get(KIND, list.id()).await? else { return Ok(Listed::default()) };
    // Of another version: it is fetched again.
    Ok(serde_json::from_value(document.body).unwrap_or_default())
}

/// Fetches a list, unless it was fetched a minute ago. When Omie does not give it, what there was stays, and says why.
pub async fn refresh(
    omie: &Omie,
    state: &impl Documents,
    clock: &Clock,
    list: List,
) -> Result<Listed, StateError> {
    let known = stored(state, list).await?;
    let is_fresh = known.fetched.is_some_and(|at| clock::until(at, clock.now()) < FRESH);
    if is_fresh && known.error.is_none() {
        return Ok(known);
    }
    let listed = match fetched(omie, state, clock, list).await {
        Ok(choices) => Listed { choices, fetched: Some(clock.now()), error: None },
        Err(error) => Listed { error: Some(said(&error)), ..known },
    };
    let body = serde_json::to_value(&listed).expect("texts and an instant are JSON");
    state.put(KIND, list.id(), &body, Expected::Any, None).await?;
    Ok(listed)
}

async fn fetched(
    omie: &Omie,
    state: &impl Documents,
    clock: &Clock,
    list: List,
) -> Result<Vec<Choice>, CallError> {
    macro_rules! all {
        ($listing:expr) => {
            all(omie, state, clock, &$listing).await?.into_iter()
        };
    }
    // Without dates some listings show only what changed lately (`contracts/omie.md` §7).
    let (since, until) = days(Scope::Full);
    Ok(match list {
        List::Categorias => all!(ListarCategorias::of_revenue())
            .filter(omie::Categoria::is_for_sales)
            .map(|it| Choice::new(it.codigo, it.descricao))
            .collect(),
        List::LocaisEstoque => all!(ListarLocaisEstoque {
            filtrar_por_data_de: Some(since),
            filtrar_por_data_ate: Some(until),
            ..Default::default()
        })
        .filter(|it| it.inativo != Some(true) && it.disp_venda == Some(true))
        .map(|it| Choice::new(it.codigo_local_estoque.to_string(), it.descricao))
        .collect(),
        List::Etapas => {
            let operations = all!(ListarEtapasFaturamento::default());
            let sale = operations.filter(omie::OperacaoEtapas::is_sale_of_product);
            let stages = sale.flat_map(|operation| operation.etapas).filter(|it| it.inativo != Some(true));
            stages.map(|it| Choice::new(it.codigo, it.descricao.or(it.descr_padrao))).collect()
        }
        List::MeiosPagamento => {
            all!(ListarMeiosPagamento::default()).map(|it| Choice::new(it.codigo, it.descricao)).collect()
        }
        List::Contas => {
            all!(ListarContasCorrentes { filtrar_apenas_ativo: Some(true), ..Default::default() })
                .filter(|it| it.inativo != Some(true))
                .map(|it| Choice::new(it.cod_cc.to_string(), it.descricao))
                .collect()
        }
        List::Filiais => all!(ListarEmpresas::default())
            .filter(|it| it.inativa != Some(true))
            .map(|it| Choice::new(it.codigo_empresa.to_string(), it.nome_fantasia.or(it.razao_social)))
            .collect(),
        List::Vendedores => all!(ListarVendedores {
            filtrar_por_data_de: Some(since),
            filtrar_por_data_ate: Some(until),
            ..Default::default()
        })
        .filter(|it| it.inativo != Some(true))
        .filter_map(|it| Some(Choice::new(code(it.codigo)?, it.nome)))
        .collect(),
        List::TabelasPreco => {
            all!(ListarTabelasPreco { dt_inc_de: Some(since), dt_inc_ate: Some(until), ..Default::default() })
                .filter(|it| it.ativa != Some(false))
                .filter_map(|it| Some(Choice::new(code(it.cod_tab_preco)?, it.nome)))
                .collect()
        }
        List::Planos => {
            all!(ListarFormasPagVendas::default()).map(|it| Choice::new(it.codigo, it.descricao)).collect()
        }
    })
}

impl Choice {
    fn new(code: String, name: Option<String>) -> Self {
        let name = name.unwrap_or_else(|| code.clone());
        Self { code, name }
    }
}

/// All rows of a listing.
async fn all<L: Listing + Sync>(
    omie: &Omie,
    state: &impl Documents,
    clock: &Clock,
    listing: &L,
) -> Result<Vec<L::Item>, CallError> {
    let mut rows = Vec::new();
    let mut page = 1;
    loop {
        let got = spared(omie, L::METHOD, state, clock, omie.list(listing, page)).await?;
        rows.extend(got.items);
        if page >= got.total_pages {
            return Ok(rows);
        }
        page += 1;
    }
}
