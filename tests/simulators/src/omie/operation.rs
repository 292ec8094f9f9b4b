//! The methods that are no listings of a registry.

use serde_json::{Map, Value};

use super::account::Account;
use super::methods::{Method, Paging};
use super::refusal::Refusal;
use super::{customers, fixed, orders};
use crate::Registry;

/// A method that is no listing of a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    IncluirPedido,
    ConsultarPedido,
    StatusPedido,
    TrocarEtapaPedido,
    ExcluirPedido,
    CancelarPedidoVenda,
    ListarEtapasPedido,
    IncluirCliente,
    AlterarCliente,
    ConsultarCliente,
    AssociarCodIntCliente,
    ListarCategorias,
    ListarContasCorrentes,
    ListarEtapasFaturamento,
}

/// An answer and how many records it has.
pub(super) type Answered = Result<(Value, usize), Refusal>;

impl Operation {
    /// The operation of that name; nothing for a listing.
    pub(super) fn named(name: &str) -> Option<Self> {
        let at = METHODS.iter().position(|(_, method)| method.name == name)?;
        Some(METHODS[at].0)
    }

    /// Whether it changes the account.
    pub(super) fn writes(self) -> bool {
        match self {
            Self::IncluirPedido
            | Self::TrocarEtapaPedido
            | Self::ExcluirPedido
            | Self::CancelarPedidoVenda
            | Self::IncluirCliente
            | Self::AlterarCliente
            | Self::AssociarCodIntCliente => true,
            Self::ConsultarPedido
            | Self::StatusPedido
            | Self::ListarEtapasPedido
            | Self::ConsultarCliente
            | Self::ListarCategorias
            | Self::ListarContasCorrentes
            | Self::ListarEtapasFaturamento => false,
        }
    }

    /// Carries it out.
    pub(super) fn carry_out(self, account: &mut Account<'_>, param: &Map<String, Value>) -> Answered {
        match self {
            Self::IncluirPedido => orders::include(account, param),
            Self::ConsultarPedido => orders::consult(account, param),
            Self::StatusPedido => orders::status(account, param),
            Self::TrocarEtapaPedido => orders::move_to(account, param),
            Self::ExcluirPedido => orders::delete(account, param),
            Self::CancelarPedidoVenda => orders::cancel(account, param),
            Self::ListarEtapasPedido => orders::stages(account, param),
            Self::IncluirCliente => customers::include(account, param),
            Self::AlterarCliente => customers::alter(account, param),
            Self::ConsultarCliente => customers::consult(account, param),
            Self::AssociarCodIntCliente => customers::link(account, param),
            Self::ListarCategorias => fixed::categories(account.options, param),
            Self::ListarContasCorrentes => fixed::accounts(account.options, param),
            Self::ListarEtapasFaturamento => fixed::billing_stages(account.options, param),
        }
    }
}

/// The method of that name.
pub(super) fn method(name: &str) -> Option<&'static Method> {
    METHODS.iter().map(|(_, method)| method).find(|method| method.name == name)
}

const METHODS: &[(Operation, Method)] = &[
    (Operation::IncluirPedido, one("IncluirPedido", "produtos/pedido/", Registry::Pedidos)),
    (Operation::ConsultarPedido, one("ConsultarPedido", "produtos/pedido/", Registry::Pedidos)),
    (Operation::StatusPedido, one("StatusPedido", "produtos/pedido/", Registry::Pedidos)),
    (Operation::TrocarEtapaPedido, one("TrocarEtapaPedido", "produtos/pedido/", Registry::Pedidos)),
    (Operation::ExcluirPedido, one("ExcluirPedido", "produtos/pedido/", Registry::Pedidos)),
    (
        Operation::CancelarPedidoVenda,
        one("CancelarPedidoVenda", "produtos/pedidovendafat/", Registry::Pedidos),
    ),
    (Operation::ListarEtapasPedido, one("ListarEtapasPedido", "produtos/pedidoetapas/", Registry::Pedidos)),
    (Operation::IncluirCliente, one("IncluirCliente", "geral/clientes/", Registry::Clientes)),
    (Operation::AlterarCliente, one("AlterarCliente", "geral/clientes/", Registry::Clientes)),
    (Operation::ConsultarCliente, one("ConsultarCliente", "geral/clientes/", Registry::Clientes)),
    (Operation::AssociarCodIntCliente, one("AssociarCodIntCliente", "geral/clientes/", Registry::Clientes)),
    (Operation::ListarCategorias, one("ListarCategorias", "geral/categorias/", Registry::Empresas)),
    (
        Operation::ListarContasCorrentes,
        one("ListarContasCorrentes", "geral/contacorrente/", Registry::Empresas),
    ),
    (
        Operation::ListarEtapasFaturamento,
        one("ListarEtapasFaturamento", "produtos/etapafat/", Registry::Empresas),
    ),
];

/// Only its name and path matter: its members are read by the operation itself.
const fn one(name: &'static str, path: &'static str, registry: Registry) -> Method {
    Method { name, registry, path, complex: name, paging: Paging::Whole, rows: "", members: &[] }
}
