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
}

impl Registry {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Empresas,
        Self::Cidades,
        Self::Atividades,
        Self::Bancos,
        Self::MeiosPagamento,
        Self::FormasPagamento,
        Self::Vendedores,
        Self::TabelasPreco,
        Self::Clientes,
    ];

    /// The Omie method that lists it.
    pub fn method(self) -> &'static str {
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
        }
    }

    /// The member that identifies a record.
    pub fn id_field(self) -> &'static str {
        match self {
            Self::Empresas => "codigo_empresa",
            Self::Cidades => "cCod",
            Self::Atividades | Self::FormasPagamento => "cCodigo",
            Self::Bancos | Self::MeiosPagamento | Self::Vendedores => "codigo",
            Self::TabelasPreco => "nCodTabPreco",
            Self::Clientes => "codigo_cliente_omie",
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
