//! The methods we call, one file each (`contracts/omie.md §8`).
//!
//! Requests list the members of the contract and no other: Omie refuses what it does not know. Replies need
//! their array and their totals: a fault read as an empty object must never look like the end of a listing
//! (`contracts/omie-maxima-mapping.md §12`, C16). What is wrong inside one row stays with that row: [`Rows`](crate::Rows).

mod listar_bancos;
mod listar_clientes;
mod listar_empresas;
mod listar_formas_pag_vendas;
mod listar_meios_pagamento;
mod listar_tabelas_preco;
mod listar_tipo_ativ;
mod listar_vendedores;
mod pesquisar_cidades;

pub use listar_bancos::{BancosReply, ListarBancos};
pub use listar_clientes::{ClientesFiltro, ClientesReply, ListarClientes, TagFiltro};
pub use listar_empresas::{EmpresasReply, ListarEmpresas};
pub use listar_formas_pag_vendas::{FormasPagVendasReply, ListarFormasPagVendas};
pub use listar_meios_pagamento::{ListarMeiosPagamento, MeiosPagamentoReply};
pub use listar_tabelas_preco::{ListarTabelasPreco, TabelasPrecoReply};
pub use listar_tipo_ativ::{ListarTipoAtiv, TipoAtivReply};
pub use listar_vendedores::{ListarVendedores, VendedoresReply};
pub use pesquisar_cidades::{CidadesReply, PesquisarCidades};

#[cfg(test)]
mod example;
#[cfg(test)]
mod mutations;
