//! What Omie answers with, one file per record (`contracts/omie.md §8`).
//!
//! Members keep Omie's nouns without the type letter in front (`nCodTabPreco` is `cod_tab_preco`). Only the
//! identity of a record is required; a member we do not list is ignored. Secrets (certificates, `csc_*`) and
//! bank data of the registries are left out on purpose: what is not read cannot be logged or stored.

mod banco;
mod categoria;
mod cidade;
mod cliente;
mod cliente_inteiro;
mod conta_corrente;
mod empresa;
mod escrita;
mod etapa_faturamento;
mod etapa_pedido;
mod familia;
mod forma_pagamento;
mod identity;
mod info;
mod item_pedido;
mod item_tabela;
mod local_estoque;
mod meio_pagamento;
mod novo_cliente;
mod novo_item;
mod novo_pedido;
mod pedido;
mod posicao_estoque;
mod produto;
mod produto_fornecedor;
mod tabela_preco;
mod tag_cliente;
mod tipo_atividade;
mod titulo;
mod vendedor;

pub use banco::Banco;
pub use categoria::Categoria;
pub use cidade::Cidade;
pub use cliente::{Cliente, EnderecoEntrega, Recomendacoes, Tag};
pub use cliente_inteiro::ClienteInteiro;
pub use conta_corrente::ContaCorrente;
pub use empresa::Empresa;
pub use escrita::{ClienteStatus, PedidoIncluido};
pub use etapa_faturamento::{EtapaFaturamento, OperacaoEtapas};
pub use etapa_pedido::{CancelamentoEtapa, DevolucaoEtapa, EtapaPedido, FaturamentoEtapa};
pub use familia::Familia;
pub use forma_pagamento::FormaPagamento;
pub(crate) use identity::{Identity, Record};
pub use info::Info;
pub(crate) use info::stamp;
pub use item_pedido::{IdeItem, InfAdicItem, ItemPedido, ProdutoPedido};
pub use item_tabela::ItemTabela;
pub use local_estoque::LocalEstoque;
pub use meio_pagamento::MeioPagamento;
pub use novo_cliente::NovoCliente;
pub use novo_item::{NovaIdeItem, NovaObservacaoItem, NovoInfAdic, NovoItem, NovoProduto};
pub use novo_pedido::{
    NovaListaParcelas, NovaParcela, NovasInformacoes, NovasObservacoes, NovoCabecalho, NovoFrete, NovoPedido,
};
pub use pedido::{
    CabecalhoPedido, FretePedido, InfoCadastro, InformacoesAdicionais, ListaParcelas, ObservacoesPedido,
    ParcelaPedido, Pedido, TotalPedido,
};
pub use posicao_estoque::PosicaoEstoque;
pub use produto::Produto;
pub use produto_fornecedor::{ProdutoDoFornecedor, ProdutoFornecedor};
pub use tabela_preco::{
    CaracteristicasTabela, ClientesTabela, OutrasInfoTabela, ProdutosTabela, TabelaPreco,
};
pub use tag_cliente::TagCliente;
pub use tipo_atividade::TipoAtividade;
pub use titulo::{CabecTitulo, Lancamento, ResumoTitulo, Titulo, TituloExcluido};
pub use vendedor::Vendedor;
