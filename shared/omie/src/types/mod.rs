//! What Omie answers with, one file per record (`contracts/omie.md §8`).
//!
//! Members keep Omie's nouns without the type letter in front (`nCodTabPreco` is `cod_tab_preco`). Only the
//! identity of a record is required; a member we do not list is ignored. Secrets (certificates, `csc_*`) and
//! bank data of the registries are left out on purpose: what is not read cannot be logged or stored.

mod banco;
mod cidade;
mod cliente;
mod empresa;
mod forma_pagamento;
mod identity;
mod info;
mod meio_pagamento;
mod tabela_preco;
mod tipo_atividade;
mod vendedor;

pub use banco::Banco;
pub use cidade::Cidade;
pub use cliente::{Cliente, EnderecoEntrega, Recomendacoes, Tag};
pub use empresa::Empresa;
pub use forma_pagamento::FormaPagamento;
pub(crate) use identity::{Identity, Record};
pub use info::Info;
pub use meio_pagamento::MeioPagamento;
pub use tabela_preco::{
    CaracteristicasTabela, ClientesTabela, OutrasInfoTabela, ProdutosTabela, TabelaPreco,
};
pub use tipo_atividade::TipoAtividade;
pub use vendedor::Vendedor;
