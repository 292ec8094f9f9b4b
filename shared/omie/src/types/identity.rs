//! The member that names each record, for those that cannot be read whole.

use super::{
    Banco, Cidade, Cliente, Empresa, FormaPagamento, MeioPagamento, TabelaPreco, TipoAtividade, Vendedor,
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
}

macro_rules! identified {
    ($($record:ident: $kind:ident($member:literal)),+ $(,)?) => {
        $(impl Record for $record {
            const IDENTITY: Identity = Identity::$kind($member);
        })+
    };
}

identified! {
    Banco: Text("codigo"),
    Cidade: Text("cCod"),
    Cliente: Number("codigo_cliente_omie"),
    Empresa: Number("codigo_empresa"),
    FormaPagamento: Text("cCodigo"),
    MeioPagamento: Text("codigo"),
    TabelaPreco: Number("nCodTabPreco"),
    TipoAtividade: Text("cCodigo"),
    Vendedor: Number("codigo"),
}
