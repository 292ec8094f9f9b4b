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
    AlterarCliente, AssociarCodIntCliente, ClientePorCodigo, ClientesFiltro, ConsultarCliente,
    ConsultarClienteInteiro, ConsultarPedido, IncluirCliente, IncluirPedido, ListarBancos, ListarCategorias,
    ListarClientes, ListarContasCorrentes, ListarEmpresas, ListarEtapasFaturamento, ListarEtapasPedido,
    ListarFormasPagVendas, ListarLocaisEstoque, ListarMeiosPagamento, ListarPedidos, ListarPosEstoque,
    ListarProdutoFornecedor, ListarProdutos, ListarTabelaItens, ListarTabelasPreco, ListarTags,
    ListarTipoAtiv, ListarVendedores, OrdemEtapas, PedidoConsultado, PesquisarCidades, PesquisarExcluidos,
    PesquisarFamilias, PesquisarLancamentos, ProdutoPorCodigo, TagFiltro,
};
pub use client::Omie;
pub use rows::{Rows, Unreadable};
pub use types::{
    Banco, CabecTitulo, CabecalhoPedido, CancelamentoEtapa, CaracteristicasTabela, Categoria, Cidade,
    Cliente, ClienteInteiro, ClienteStatus, ClientesTabela, ContaCorrente, DevolucaoEtapa, Empresa,
    EnderecoEntrega, EtapaFaturamento, EtapaPedido, Familia, FaturamentoEtapa, FormaPagamento, FretePedido,
    IdeItem, InfAdicItem, Info, InfoCadastro, InformacoesAdicionais, ItemPedido, ItemTabela, Lancamento,
    ListaParcelas, LocalEstoque, MeioPagamento, NovaIdeItem, NovaListaParcelas, NovaObservacaoItem,
    NovaParcela, NovasInformacoes, NovasObservacoes, NovoCabecalho, NovoCliente, NovoFrete, NovoInfAdic,
    NovoItem, NovoPedido, NovoProduto, ObservacoesPedido, OperacaoEtapas, OutrasInfoTabela, ParcelaPedido,
    Pedido, PedidoIncluido, PosicaoEstoque, Produto, ProdutoDoFornecedor, ProdutoFornecedor, ProdutoPedido,
    ProdutosTabela, Recomendacoes, ResumoTitulo, TabelaPreco, Tag, TagCliente, TipoAtividade, Titulo,
    TituloExcluido, TotalPedido, Vendedor,
};
