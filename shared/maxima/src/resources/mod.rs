//! The catalogue rows, one file per resource of `contracts/maxima.md` §5. `Hash` is not a member of the
//! rows: the client writes it. Members that no source of ours feeds are not sent.

mod atividade;
mod banco;
mod cidade;
mod cliente;
mod cobranca;
mod departamento;
mod estoque;
mod filial;
mod fornecedor;
mod historico_capa;
mod historico_item;
mod plano_pagamento;
mod praca;
mod prestacao_titulo;
mod produto;
mod produto_filial;
mod regiao;
mod secao;
mod tabela_preco;
mod transportadora;
mod tributo;
mod usuari;

pub use atividade::Atividade;
pub use banco::Banco;
pub use cidade::Cidade;
pub use cliente::Cliente;
pub use cobranca::Cobranca;
pub use departamento::Departamento;
pub use estoque::Estoque;
pub use filial::Filial;
pub use fornecedor::Fornecedor;
pub use historico_capa::HistoricoPedidoCapa;
pub use historico_item::HistoricoPedidoItem;
pub use plano_pagamento::PlanoPagamento;
pub use praca::Praca;
pub use prestacao_titulo::PrestacaoTitulo;
pub use produto::Produto;
pub use produto_filial::ProdutoFilial;
pub use regiao::Regiao;
pub use secao::Secao;
pub use tabela_preco::TabelaPreco;
pub use transportadora::Transportadora;
pub use tributo::Tributo;
pub use usuari::Usuari;

/// The two answers of most flags.
const SN: &[&str] = &["S", "N"];
/// Active or inactive.
const AI: &[&str] = &["A", "I"];

#[cfg(test)]
mod tests;
