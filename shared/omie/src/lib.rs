#![doc = include_str!("../README.md")]

mod auth;
mod call;
mod calls;
mod client;
pub mod faults;
pub mod formats;
mod rows;
mod types;

pub use auth::Credentials;
pub use call::{Call, Listing, PAGE_SIZE, Page};
pub use calls::{
    BancosReply, CidadesReply, ClientesFiltro, ClientesReply, EmpresasReply, FormasPagVendasReply,
    ListarBancos, ListarClientes, ListarEmpresas, ListarFormasPagVendas, ListarMeiosPagamento,
    ListarTabelasPreco, ListarTipoAtiv, ListarVendedores, MeiosPagamentoReply, PesquisarCidades,
    TabelasPrecoReply, TagFiltro, TipoAtivReply, VendedoresReply,
};
pub use client::Omie;
pub use rows::{Rows, Unreadable};
pub use types::{
    Banco, CaracteristicasTabela, Cidade, Cliente, ClientesTabela, Empresa, EnderecoEntrega, FormaPagamento,
    Info, MeioPagamento, OutrasInfoTabela, ProdutosTabela, Recomendacoes, TabelaPreco, Tag, TipoAtividade,
    Vendedor,
};
