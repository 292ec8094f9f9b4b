//! The outbound API, what sellers do in the app (`contracts/maxima.md` §7, §8): orders and new customers fetched,
//! results posted. A document of the app is read leniently and member by member: three hundred of them exist, and
//! only those that somebody uses can make it unreadable.

mod cadastro;
mod cliente;
mod critica;
mod customers;
mod item;
mod numcritica;
mod orders;
mod patch;
mod pedido;
mod reading;
mod rows;
mod scalar;
mod stored;

pub use cadastro::{ClienteMaximaCadastro, EnderecoEntrega, PracaCadastro, Referencia};
pub use cliente::{ClientePedido, ConfiguracoesCliente, EnderecoMaxima};
pub use critica::{Critica, PosicaoPedido, SituacaoPedido, StatusPedido, TipoCritica};
pub use customers::{ClienteNaNuvem, StatusCliente};
pub use item::{EmbalagemSelecionada, ProdutoPedido};
pub use numcritica::numcritica;
pub use orders::PedidoNaNuvem;
pub use patch::patched;
pub use pedido::{
    CobrancaPedido, FilialPedido, PedidoMaxima, PlanoPagamentoPedido, TipoVendaPedido,
    TransportadoraDespacho, VencimentoVariavel,
};
pub use reading::Unreadable;
pub use rows::UnreadableRow;
pub use scalar::decimal;

#[cfg(test)]
mod hostile;
