//! The methods we call, one file each (`contracts/omie.md §8`).
//!
//! Requests list the members of the contract and no other: Omie refuses what it does not know. Replies need
//! their array and their totals: a fault read as an empty object must never look like the end of a listing
//! (`contracts/omie-maxima-mapping.md §12`, C16). What is wrong inside one row stays with that row:
//! [`Rows`](crate::Rows).

mod alterar_cliente;
mod associar_cod_int_cliente;
mod consultar_cliente;
mod consultar_pedido;
mod incluir_cliente;
mod incluir_pedido;
mod listar_bancos;
mod listar_categorias;
mod listar_clientes;
mod listar_contas_correntes;
mod listar_empresas;
mod listar_etapas_faturamento;
mod listar_etapas_pedido;
mod listar_formas_pag_vendas;
mod listar_locais_estoque;
mod listar_meios_pagamento;
mod listar_pedidos;
mod listar_pos_estoque;
mod listar_produto_fornecedor;
mod listar_produtos;
mod listar_tabela_itens;
mod listar_tabelas_preco;
mod listar_tags;
mod listar_tipo_ativ;
mod listar_vendedores;
mod listing;
mod pesquisar_cidades;
mod pesquisar_excluidos;
mod pesquisar_familias;
mod pesquisar_lancamentos;

pub use alterar_cliente::AlterarCliente;
pub use associar_cod_int_cliente::AssociarCodIntCliente;
pub use consultar_cliente::{ConsultarCliente, ConsultarClienteInteiro};
pub use consultar_pedido::{ConsultarPedido, PedidoConsultado};
pub use incluir_cliente::IncluirCliente;
pub use incluir_pedido::IncluirPedido;
pub use listar_bancos::ListarBancos;
pub use listar_categorias::ListarCategorias;
pub use listar_clientes::{ClientePorCodigo, ClientesFiltro, ListarClientes, TagFiltro};
pub use listar_contas_correntes::ListarContasCorrentes;
pub use listar_empresas::ListarEmpresas;
pub use listar_etapas_faturamento::ListarEtapasFaturamento;
pub use listar_etapas_pedido::{ListarEtapasPedido, OrdemEtapas};
pub use listar_formas_pag_vendas::ListarFormasPagVendas;
pub use listar_locais_estoque::ListarLocaisEstoque;
pub use listar_meios_pagamento::ListarMeiosPagamento;
pub use listar_pedidos::ListarPedidos;
pub use listar_pos_estoque::ListarPosEstoque;
pub use listar_produto_fornecedor::ListarProdutoFornecedor;
pub use listar_produtos::{ListarProdutos, ProdutoPorCodigo};
pub use listar_tabela_itens::ListarTabelaItens;
pub use listar_tabelas_preco::ListarTabelasPreco;
pub use listar_tags::ListarTags;
pub use listar_tipo_ativ::ListarTipoAtiv;
pub use listar_vendedores::ListarVendedores;
pub use pesquisar_cidades::PesquisarCidades;
pub use pesquisar_excluidos::PesquisarExcluidos;
pub use pesquisar_familias::PesquisarFamilias;
pub use pesquisar_lancamentos::PesquisarLancamentos;

#[cfg(test)]
mod example;
#[cfg(test)]
mod mutations;
