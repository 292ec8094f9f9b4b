//! The registries of an Omie account and how their records are named.

use std::fmt;
use std::str::FromStr;

/// A list of records in Omie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Registry {
    /// Companies (`ListarEmpresas`).
    Empresas,
    /// Cities (`PesquisarCidades`).
    Cidades,
    /// Lines of business (`ListarTipoAtiv`).
    Atividades,
    /// Banks, cash boxes, wallets and card administrators (`ListarBancos`).
    Bancos,
    /// Payment means (`ListarMeiosPagamento`).
    MeiosPagamento,
    /// Payment terms (`ListarFormasPagVendas`).
    FormasPagamento,
    /// Sellers (`ListarVendedores`).
    Vendedores,
    /// Price tables (`ListarTabelasPreco`).
    TabelasPreco,
    /// Customers, suppliers and carriers (`ListarClientes`).
    Clientes,
    /// Product families (`PesquisarFamilias`).
    Familias,
    /// Products (`ListarProdutos`).
    Produtos,
    /// Suppliers, each with its products (`ListarProdutoFornecedor`).
    ProdutosFornecedores,
    /// Stock locations (`ListarLocaisEstoque`).
    LocaisEstoque,
    /// Stock of a product at a location (`ListarPosEstoque`); identity `location/product`.
    PosicoesEstoque,
    /// Prices (`ListarTabelaItens`); identity `table/product`.
    ItensTabela,
    /// Receivables and payables (`PesquisarLancamentos`).
    Titulos,
    /// Titles that were deleted (`PesquisarExcluidos`).
    TitulosExcluidos,
    /// Sales orders (`ListarPedidos`).
    Pedidos,
}

/// Where a record says when it was included and when it was changed: day and hour, dots allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamps {
    pub(crate) included: [&'static str; 2],
    pub(crate) changed: [&'static str; 2],
}

impl Registry {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Empresas,
        Self::Cidades,
        Self::Atividades,
        Self::Bancos,
        Self::MeiosPagamento,
        Self::FormasPagamento,
        Self::Vendedores,
        Self::TabelasPreco,
        Self::Clientes,
        Self::Familias,
        Self::Produtos,
        Self::ProdutosFornecedores,
        Self::LocaisEstoque,
        Self::PosicoesEstoque,
        Self::ItensTabela,
        Self::Titulos,
        Self::TitulosExcluidos,
        Self::Pedidos,
    ];

    /// The Omie method that lists it.
    pub const fn method(self) -> &'static str {
        match self {
            Self::Empresas => "ListarEmpresas",
            Self::Cidades => "PesquisarCidades",
            Self::Atividades => "ListarTipoAtiv",
            Self::Bancos => "ListarBancos",
            Self::MeiosPagamento => "ListarMeiosPagamento",
            Self::FormasPagamento => "ListarFormasPagVendas",
            Self::Vendedores => "ListarVendedores",
            Self::TabelasPreco => "ListarTabelasPreco",
            Self::Clientes => "ListarClientes",
            Self::Familias => "PesquisarFamilias",
            Self::Produtos => "ListarProdutos",
            Self::ProdutosFornecedores => "ListarProdutoFornecedor",
            Self::LocaisEstoque => "ListarLocaisEstoque",
            Self::PosicoesEstoque => "ListarPosEstoque",
            Self::ItensTabela => "ListarTabelaItens",
            Self::Titulos => "PesquisarLancamentos",
            Self::TitulosExcluidos => "PesquisarExcluidos",
            Self::Pedidos => "ListarPedidos",
        }
    }

    /// The members that identify a record, dots allowed; an identity of two is written `a/b`. A price names its
    /// table in a member that the listing does not show.
    pub fn id_fields(self) -> &'static [&'static str] {
        match self {
            Self::Empresas => &["codigo_empresa"],
            Self::Cidades => &["cCod"],
            Self::Atividades | Self::FormasPagamento => &["cCodigo"],
            Self::Bancos | Self::MeiosPagamento | Self::Vendedores | Self::Familias => &["codigo"],
            Self::TabelasPreco => &["nCodTabPreco"],
            Self::Clientes => &["codigo_cliente_omie"],
            Self::Produtos => &["codigo_produto"],
            Self::ProdutosFornecedores => &["nCodForn"],
            Self::LocaisEstoque => &["codigo_local_estoque"],
            Self::PosicoesEstoque => &["codigo_local_estoque", "nCodProd"],
            Self::ItensTabela => &["nCodTabPreco", "nCodProd"],
            Self::Titulos => &["cabecTitulo.nCodTitulo"],
            Self::TitulosExcluidos => &["nCodTitulo"],
            Self::Pedidos => &["cabecalho.codigo_pedido"],
        }
    }

    /// Where its records are stamped; nothing where Omie states no change.
    pub(crate) fn stamps(self) -> Option<Stamps> {
        let (included, changed) = match self {
            Self::Empresas => (["inclusao_data", "inclusao_hora"], ["alteracao_data", "alteracao_hora"]),
            Self::Vendedores | Self::TabelasPreco | Self::Clientes | Self::Familias | Self::Produtos => {
                (["info.dInc", "info.hInc"], ["info.dAlt", "info.hAlt"])
            }
            Self::LocaisEstoque => (["dInc", "hInc"], ["dAlt", "hAlt"]),
            Self::ItensTabela => {
                (["itemInfo.dIncItem", "itemInfo.hIncItem"], ["itemInfo.dAltItem", "itemInfo.hAltItem"])
            }
            Self::Titulos => (
                ["cabecTitulo.info.dInc", "cabecTitulo.info.hInc"],
                ["cabecTitulo.info.dAlt", "cabecTitulo.info.hAlt"],
            ),
            Self::TitulosExcluidos => (["dDataExc", "cHoraExc"], ["dDataExc", "cHoraExc"]),
            Self::Pedidos => {
                (["infoCadastro.dInc", "infoCadastro.hInc"], ["infoCadastro.dAlt", "infoCadastro.hAlt"])
            }
            Self::Cidades
            | Self::Atividades
            | Self::Bancos
            | Self::MeiosPagamento
            | Self::FormasPagamento
            | Self::ProdutosFornecedores
            | Self::PosicoesEstoque => return None,
        };
        Some(Stamps { included, changed })
    }

    /// Whether its answers show the stamps; where they do not, Omie knows them all the same.
    pub(crate) fn shows_stamps(self) -> bool {
        !matches!(self, Self::Vendedores | Self::Familias)
    }

    /// Members a listing leaves out unless it is asked for them, or always (the table of a price).
    pub(crate) fn left_out(self) -> &'static [&'static str] {
        match self {
            Self::Clientes => &["observacao"],
            Self::Produtos => &["obs_internas"],
            Self::ItensTabela => &["nCodTabPreco"],
            Self::Titulos => &["cabecTitulo.info"],
            _ => &[],
        }
    }
}

impl fmt::Display for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The text names no registry.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownRegistry(String);

impl fmt::Display for UnknownRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" não é um cadastro do simulador da Omie", self.0)
    }
}

impl std::error::Error for UnknownRegistry {}

impl FromStr for Registry {
    type Err = UnknownRegistry;

    /// Takes the registry's name in any case or the method that lists it.
    fn from_str(text: &str) -> Result<Self, UnknownRegistry> {
        Self::ALL
            .into_iter()
            .find(|registry| registry.method() == text || registry.to_string().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownRegistry(text.to_owned()))
    }
}
