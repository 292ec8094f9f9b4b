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
    ClientePorCodigo, ClientesFiltro, ListarBancos, ListarClientes, ListarEmpresas, ListarFormasPagVendas,
    ListarLocaisEstoque, ListarMeiosPagamento, ListarPedidos, ListarPosEstoque, ListarProdutoFornecedor,
    ListarProdutos, ListarTabelaItens, ListarTabelasPreco, ListarTipoAtiv, ListarVendedores,
    PesquisarCidades, PesquisarExcluidos, PesquisarFamilias, PesquisarLancamentos, ProdutoPorCodigo,
    TagFiltro,
};
pub use client::Omie;
pub use rows::{Rows, Unreadable};
pub use types::{
    Banco, CabecTitulo, CabecalhoPedido, CaracteristicasTabela, Cidade, Cliente, ClientesTabela, Empresa,
    EnderecoEntrega, Familia, FormaPagamento, FretePedido, IdeItem, InfAdicItem, Info, InfoCadastro,
    InformacoesAdicionais, ItemPedido, ItemTabela, Lancamento, ListaParcelas, LocalEstoque, MeioPagamento,
    ObservacoesPedido, OutrasInfoTabela, ParcelaPedido, Pedido, PosicaoEstoque, Produto, ProdutoDoFornecedor,
    ProdutoFornecedor, ProdutoPedido, ProdutosTabela, Recomendacoes, ResumoTitulo, TabelaPreco, Tag,
    TipoAtividade, Titulo, TituloExcluido, TotalPedido, Vendedor,
};
