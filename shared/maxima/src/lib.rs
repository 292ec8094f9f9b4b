#![doc = include_str!("../README.md")]

mod auth;
mod batch;
mod client;
mod envelope;
mod faults;
mod flat;
mod history;
mod keys;
mod known;
mod members;
mod number;
mod parts;
mod pdv;
mod range;
mod record;
mod references;
mod remove;
mod resource;
mod resources;
mod rules;
mod upsert;

pub use auth::Credentials;
pub use client::{Hosts, Maxima};
pub use pdv::{
    ClienteMaximaCadastro, ClienteNaNuvem, ClientePedido, CobrancaPedido, ConfiguracoesCliente, Critica,
    EmbalagemSelecionada, EnderecoEntrega, EnderecoMaxima, FilialPedido, PedidoMaxima, PedidoNaNuvem,
    PlanoPagamentoPedido, PosicaoPedido, PracaCadastro, ProdutoPedido, Referencia, SituacaoPedido,
    StatusCliente, StatusPedido, TipoCritica, TipoVendaPedido, TransportadoraDespacho, Unreadable,
    UnreadableRow, VencimentoVariavel, decimal, numcritica, patched,
};
pub use range::Range;
pub use remove::{Deleted, Doomed, Selector};
pub use resource::Resource;
pub use resources::{
    Atividade, Banco, Cidade, Cliente, Cobranca, Departamento, Estoque, Filial, Fornecedor,
    HistoricoPedidoCapa, HistoricoPedidoItem, PlanoPagamento, Praca, PrestacaoTitulo, Produto, ProdutoFilial,
    Regiao, Secao, TabelaPreco, Transportadora, Tributo, Usuari,
};
pub use rules::{Fk, Rule, Violation, check};
pub use upsert::{Hashed, Verb};
