//! The member that names each record, for those that cannot be read whole.

use super::{
    Banco, Categoria, Cidade, Cliente, ContaCorrente, Empresa, EtapaPedido, Familia, FormaPagamento,
    ItemTabela, LocalEstoque, MeioPagamento, OperacaoEtapas, Pedido, PosicaoEstoque, Produto,
    ProdutoFornecedor, TabelaPreco, TagCliente, TipoAtividade, Titulo, TituloExcluido, Vendedor,
};

/// A row of a listing.
pub(crate) trait Record {
    const IDENTITY: Identity;
}

/// Member and kind of a record's identity.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Identity {
    Number(&'static str),
    Text(&'static str),
    /// A number inside a sub-object.
    Inside(&'static str, &'static str),
    /// Two numbers, joined by `/`.
    Pair(&'static str, &'static str),
}

macro_rules! identified {
    ($($record:ident: $kind:ident($($member:literal),+)),+ $(,)?) => {
        $(impl Record for $record {
            const IDENTITY: Identity = Identity::$kind($($member),+);
        })+
    };
}

identified! {
    Banco: Text("codigo"),
    Categoria: Text("codigo"),
    Cidade: Text("cCod"),
    Cliente: Number("codigo_cliente_omie"),
    ContaCorrente: Number("nCodCC"),
    Empresa: Number("codigo_empresa"),
    EtapaPedido: Number("nCodPed"),
    Familia: Number("codigo"),
    FormaPagamento: Text("cCodigo"),
    // The table is not in the row: the listing adds it.
    ItemTabela: Number("nCodProd"),
    LocalEstoque: Number("codigo_local_estoque"),
    MeioPagamento: Text("codigo"),
    OperacaoEtapas: Text("cCodOperacao"),
    Pedido: Inside("cabecalho", "codigo_pedido"),
    PosicaoEstoque: Pair("codigo_local_estoque", "nCodProd"),
    Produto: Number("codigo_produto"),
    ProdutoFornecedor: Number("nCodForn"),
    TabelaPreco: Number("nCodTabPreco"),
    TagCliente: Number("nCodTag"),
    TipoAtividade: Text("cCodigo"),
    Titulo: Inside("cabecTitulo", "nCodTitulo"),
    TituloExcluido: Number("nCodTitulo"),
    Vendedor: Number("codigo"),
}
