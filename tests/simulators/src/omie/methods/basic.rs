//! The registries a load begins with, and customers.

use super::{Dated, Does, Member, Method, Paging, m};
use crate::Registry;

pub(super) const METHODS: &[Method] = &[
    Method {
        name: Registry::Empresas.method(),
        registry: Registry::Empresas,
        path: "geral/empresas/",
        complex: "empresas_list_request",
        paging: Paging::Snake,
        rows: "empresas_cadastro",
        members: &[
            m("pagina", Does::Page { required: true }),
            m("registros_por_pagina", Does::Page { required: true }),
        ],
    },
    Method {
        name: Registry::Cidades.method(),
        registry: Registry::Cidades,
        path: "geral/cidades/",
        complex: "cidades_list_request",
        paging: Paging::Snake,
        rows: "lista_cidades",
        members: CITIES,
    },
    Method {
        name: Registry::Atividades.method(),
        registry: Registry::Atividades,
        path: "geral/tpativ/",
        complex: "tpativListarRequest",
        paging: Paging::Whole,
        rows: "lista_tipos_atividade",
        members: &[
            m("filtrar_por_codigo", Does::Equals("cCodigo")),
            m("filtrar_por_descricao", Does::Contains("cDescricao")),
        ],
    },
    Method {
        name: Registry::Bancos.method(),
        registry: Registry::Bancos,
        path: "geral/bancos/",
        complex: "fin_banco_list_request",
        paging: Paging::Snake,
        rows: "fin_banco_cadastro",
        members: &[
            m("pagina", Does::Page { required: false }),
            m("registros_por_pagina", Does::Page { required: false }),
            m("tipo", Does::Equals("tipo")),
        ],
    },
    Method {
        name: Registry::MeiosPagamento.method(),
        registry: Registry::MeiosPagamento,
        path: "geral/meiospagamento/",
        complex: "meiospagListarRequest",
        paging: Paging::Whole,
        rows: "MeiosPagamentoLista",
        members: &[m("codigo", Does::Equals("codigo"))],
    },
    Method {
        name: Registry::FormasPagamento.method(),
        registry: Registry::FormasPagamento,
        path: "produtos/formaspagvendas/",
        complex: "fpvListarRequest",
        paging: Paging::Snake,
        rows: "cadastros",
        members: &[
            m("pagina", Does::Page { required: false }),
            m("registros_por_pagina", Does::Page { required: false }),
            m("ordenar_por", Does::Order),
            m("ordem_decrescente", Does::Order),
        ],
    },
    Method {
        name: Registry::Vendedores.method(),
        registry: Registry::Vendedores,
        path: "geral/vendedores/",
        complex: "vendListarRequest",
        paging: Paging::Snake,
        rows: "cadastro",
        members: SELLERS,
    },
    Method {
        name: Registry::TabelasPreco.method(),
        registry: Registry::TabelasPreco,
        path: "produtos/tabelaprecos/",
        complex: "tprListarRequest",
        paging: Paging::Hungarian,
        rows: "listaTabelasPreco",
        members: PRICE_TABLES,
    },
    Method {
        name: Registry::Clientes.method(),
        registry: Registry::Clientes,
        path: "geral/clientes/",
        complex: "clientes_list_request",
        paging: Paging::Snake,
        rows: "clientes_cadastro",
        members: CUSTOMERS,
    },
    Method {
        name: TAGS,
        registry: Registry::Clientes,
        path: "geral/clientetag/",
        complex: "cctListarRequest",
        paging: Paging::Whole,
        rows: "tagsLista",
        members: &[m("nCodCliente", Does::Scope), m("cCodIntCliente", Does::Scope)],
    },
];

/// The one method that lists no registry: the tags of one customer.
pub(in crate::omie) const TAGS: &str = "ListarTags";

const CITIES: &[Member] = &[
    m("pagina", Does::Page { required: true }),
    m("registros_por_pagina", Does::Page { required: true }),
    m("filtrar_cidade_contendo", Does::Contains("cCod")),
    m("filtrar_por_uf", Does::Equals("cUF")),
    m("filtrar_por_cidade", Does::Equals("cCod")),
    m("filtrar_por_data_de", Does::NotSimulated),
    m("filtrar_por_data_ate", Does::NotSimulated),
    m("filtrar_apenas_inclusao", Does::NotSimulated),
    m("filtrar_apenas_alteracao", Does::NotSimulated),
    m("apenas_importado_api", Does::Flag),
    m("ordenar_por", Does::Order),
    m("ordem_descrescente", Does::Order),
];

/// `apenas_importado_api` is deprecated here and must not be sent (§8.7).
const SELLERS: &[Member] = &[
    m("pagina", Does::Page { required: false }),
    m("registros_por_pagina", Does::Page { required: false }),
    m("filtrar_por_data_de", Does::Window),
    m("filtrar_por_data_ate", Does::Window),
    m("filtrar_apenas_inclusao", Does::Window),
    m("filtrar_apenas_alteracao", Does::Window),
    m("filtrar_por_email", Does::Equals("email")),
    m("filtrar_por_nome", Does::Contains("nome")),
];

const PRICE_TABLES: &[Member] = &[
    m("nPagina", Does::Page { required: false }),
    m("nRegPorPagina", Does::Page { required: false }),
    m("cOrdenarPor", Does::Order),
    m("cOrdemDecrescente", Does::Order),
    m("dDtIncDe", Does::From(Dated::Included)),
    m("dDtIncAte", Does::To(Dated::Included)),
    m("dDtAltDe", Does::From(Dated::Changed)),
    m("dDtAltAte", Does::To(Dated::Changed)),
    m("nCodTag", Does::NotSimulated),
];

const CUSTOMERS: &[Member] = &[
    m("pagina", Does::Page { required: false }),
    m("registros_por_pagina", Does::Page { required: false }),
    m("apenas_importado_api", Does::Flag),
    m("filtrar_por_data_de", Does::Window),
    m("filtrar_por_data_ate", Does::Window),
    m("filtrar_por_hora_de", Does::Window),
    m("filtrar_por_hora_ate", Does::Window),
    m("filtrar_apenas_inclusao", Does::Window),
    m("filtrar_apenas_alteracao", Does::Window),
    m("clientesFiltro", Does::Nested("clientesFiltro", CUSTOMER_FILTER)),
    m("clientesPorCodigo", Does::Ids("codigo_cliente_omie")),
    m("exibir_caracteristicas", Does::Flag),
    m("exibir_obs", Does::Whole),
    m("ordenar_por", Does::Order),
    m("ordem_decrescente", Does::Order),
    m("ordem_descrescente", Does::Order),
];

/// Both spellings of the tag filter work (§8.8).
const CUSTOMER_FILTER: &[Member] = &[
    m("codigo_cliente_omie", Does::Equals("codigo_cliente_omie")),
    m("codigo_cliente_integracao", Does::Equals("codigo_cliente_integracao")),
    m("cnpj_cpf", Does::Digits("cnpj_cpf")),
    m("razao_social", Does::Contains("razao_social")),
    m("nome_fantasia", Does::Contains("nome_fantasia")),
    m("inativo", Does::Equals("inativo")),
    m("tags", Does::Tags),
    m("Tags", Does::Tags),
];
