//! Titles and orders.

use super::{Dated, Does, Member, Method, Paging, m};
use crate::Registry;

pub(super) const METHODS: &[Method] = &[
    Method {
        name: Registry::Titulos.method(),
        registry: Registry::Titulos,
        path: "financas/pesquisartitulos/",
        complex: "ltPesquisarRequest",
        paging: Paging::Hungarian,
        rows: "titulosEncontrados",
        members: TITLES,
    },
    Method {
        name: Registry::TitulosExcluidos.method(),
        registry: Registry::TitulosExcluidos,
        path: "financas/pesquisartitulos/",
        complex: "ltListarExcluidosRequest",
        paging: Paging::Hungarian,
        rows: "titulosExcluidos",
        members: &[
            m("nPagina", Does::Page { required: false }),
            m("nRegPorPagina", Does::Page { required: false }),
            m("dDtInicial", Does::From(Dated::Included)),
            m("dDtFinal", Does::To(Dated::Included)),
        ],
    },
    Method {
        name: Registry::Pedidos.method(),
        registry: Registry::Pedidos,
        path: "produtos/pedido/",
        complex: "pvpListarRequest",
        paging: Paging::Snake,
        rows: "pedido_venda_produto",
        members: ORDERS,
    },
];

const TITLES: &[Member] = &[
    m("nPagina", Does::Page { required: false }),
    m("nRegPorPagina", Does::Page { required: false }),
    m("cNatureza", Does::Nature),
    m("dDtIncDe", Does::From(Dated::Included)),
    m("dDtIncAte", Does::To(Dated::Included)),
    m("dDtAltDe", Does::From(Dated::Changed)),
    m("dDtAltAte", Does::To(Dated::Changed)),
    m("dDtCancDe", Does::From(Dated::Cancelled)),
    m("dDtCancAte", Does::To(Dated::Cancelled)),
    m("dDtPagtoDe", Does::From(Dated::Stated("cabecTitulo.dDtPagamento"))),
    m("dDtPagtoAte", Does::To(Dated::Stated("cabecTitulo.dDtPagamento"))),
    m("dDtVencDe", Does::From(Dated::Stated("cabecTitulo.dDtVenc"))),
    m("dDtVencAte", Does::To(Dated::Stated("cabecTitulo.dDtVenc"))),
    m("dDtEmisDe", Does::From(Dated::Stated("cabecTitulo.dDtEmissao"))),
    m("dDtEmisAte", Does::To(Dated::Stated("cabecTitulo.dDtEmissao"))),
    m("dDtPrevDe", Does::From(Dated::Stated("cabecTitulo.dDtPrevisao"))),
    m("dDtPrevAte", Does::To(Dated::Stated("cabecTitulo.dDtPrevisao"))),
    m("dDtRegDe", Does::From(Dated::Stated("cabecTitulo.dDtRegistro"))),
    m("dDtRegAte", Does::To(Dated::Stated("cabecTitulo.dDtRegistro"))),
    m("cStatus", Does::Equals("cabecTitulo.cStatus")),
    m("cOperacao", Does::Equals("cabecTitulo.cOperacao")),
    m("nCodCliente", Does::Equals("cabecTitulo.nCodCliente")),
    m("nCodVendedor", Does::Equals("cabecTitulo.cCodVendedor")),
    m("nCodTitulo", Does::Equals("cabecTitulo.nCodTitulo")),
    m("cNumOS", Does::Equals("cabecTitulo.cNumOS")),
    m("nCodCC", Does::Equals("cabecTitulo.nCodCC")),
    m("cCodCateg", Does::Equals("cabecTitulo.cCodCateg")),
    m("lDadosCad", Does::Whole),
    m("cOrdenarPor", Does::Order),
];

/// `cancelado`, `filtrar_por_etapa` and `codigo_cliente` are refused (§8.25).
const ORDERS: &[Member] = &[
    m("pagina", Does::Page { required: false }),
    m("registros_por_pagina", Does::Page { required: false }),
    m("filtrar_por_data_de", Does::Window),
    m("filtrar_por_data_ate", Does::Window),
    m("filtrar_por_hora_de", Does::Window),
    m("filtrar_por_hora_ate", Does::Window),
    m("filtrar_apenas_inclusao", Does::Window),
    m("filtrar_apenas_alteracao", Does::Window),
    m("etapa", Does::Equals("cabecalho.etapa")),
    m("filtrar_por_cliente", Does::Equals("cabecalho.codigo_cliente")),
    m("filtrar_por_vendedor", Does::Equals("informacoes_adicionais.codVend")),
    m("filtrar_por_projeto", Does::NotSimulated),
    m("numero_pedido_de", Does::NotSimulated),
    m("numero_pedido_ate", Does::NotSimulated),
    m("data_previsao_de", Does::From(Dated::Expected)),
    m("data_previsao_ate", Does::To(Dated::Expected)),
    m("data_faturamento_de", Does::From(Dated::Stated("infoCadastro.dFat"))),
    m("data_faturamento_ate", Does::To(Dated::Stated("infoCadastro.dFat"))),
    m("data_cancelamento_de", Does::From(Dated::Stated("infoCadastro.dCan"))),
    m("data_cancelamento_ate", Does::To(Dated::Stated("infoCadastro.dCan"))),
    m("status_pedido", Does::Choice(STATUS)),
    m("apenas_resumo", Does::Summary),
    m("ordenar_por", Does::Order),
    m("ordem_descrescente", Does::Order),
];

const STATUS: &[(&str, &str)] = &[
    ("FATURADO", "infoCadastro.faturado"),
    ("CANCELADO", "infoCadastro.cancelado"),
    ("AUTORIZADO", "infoCadastro.autorizado"),
    ("DENEGADO", "infoCadastro.denegado"),
    ("DEVOLVIDO", "infoCadastro.devolvido"),
];
