//! The methods the simulator knows, each with its path, its pagination and the members it accepts: the tables
//! of `contracts/omie.md` §8.

use crate::Registry;

/// A listing.
#[derive(Debug)]
pub(super) struct Method {
    pub(super) registry: Registry,
    /// After `/api/v1/`, trailing slash included.
    pub(super) path: &'static str,
    /// Name of the request's complex type, which the fault about an unknown member states.
    pub(super) complex: &'static str,
    pub(super) paging: Paging,
    /// The array of the answer.
    pub(super) rows: &'static str,
    pub(super) members: &'static [Member],
}

/// How a listing is paged (`contracts/omie.md` §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paging {
    Snake,
    Hungarian,
    Whole,
}

impl Paging {
    /// Names of: page, page size, total pages, rows here, total rows. Requests use the first two.
    pub(super) fn names(self) -> [&'static str; 5] {
        match self {
            Self::Snake | Self::Whole => {
                ["pagina", "registros_por_pagina", "total_de_paginas", "registros", "total_de_registros"]
            }
            Self::Hungarian => ["nPagina", "nRegPorPagina", "nTotPaginas", "nRegistros", "nTotRegistros"],
        }
    }
}

/// A member of the request and what it does.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) does: Does,
}

/// What a member of the request does.
#[derive(Debug)]
pub(super) enum Does {
    /// Page number or page size, required where the contract says so.
    Page { required: bool },
    /// Keeps records whose field is this text.
    Equals(&'static str),
    /// Keeps records whose field contains this text, in any case.
    Contains(&'static str),
    /// Part of the window of dates: without one, a listing that has it may hide what is old.
    Window,
    /// Keeps records that have one of these tags.
    Tags,
    /// Keeps records of these ids.
    Ids,
    /// Sub-object with members of its own.
    Nested(&'static str, &'static [Member]),
    /// "S" or "N" that changes nothing here.
    Flag,
    /// Text that changes nothing here: ordering.
    Order,
    /// "S" shows the observations.
    Observations,
    /// Exists in Omie; the simulator does not do it and says so when it is filled.
    NotSimulated,
}

impl Method {
    /// Whether it lists only the last days when no dates are given, as third parties report of some
    /// (`contracts/omie.md` §7): here, all that take dates.
    pub(super) fn forgets_when_undated(&self) -> bool {
        self.members.iter().any(|member| matches!(member.does, Does::Window))
    }
}

/// The method of that name.
pub(super) fn method(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.registry.method() == name)
}

const fn m(name: &'static str, does: Does) -> Member {
    Member { name, does }
}

const METHODS: &[Method] = &[
    Method {
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
        registry: Registry::Cidades,
        path: "geral/cidades/",
        complex: "cidades_list_request",
        paging: Paging::Snake,
        rows: "lista_cidades",
        members: CITIES,
    },
    Method {
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
        registry: Registry::MeiosPagamento,
        path: "geral/meiospagamento/",
        complex: "meiospagListarRequest",
        paging: Paging::Whole,
        rows: "MeiosPagamentoLista",
        members: &[m("codigo", Does::Equals("codigo"))],
    },
    Method {
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
        registry: Registry::Vendedores,
        path: "geral/vendedores/",
        complex: "vendListarRequest",
        paging: Paging::Snake,
        rows: "cadastro",
        members: SELLERS,
    },
    Method {
        registry: Registry::TabelasPreco,
        path: "produtos/tabelaprecos/",
        complex: "tprListarRequest",
        paging: Paging::Hungarian,
        rows: "listaTabelasPreco",
        members: PRICE_TABLES,
    },
    Method {
        registry: Registry::Clientes,
        path: "geral/clientes/",
        complex: "clientes_list_request",
        paging: Paging::Snake,
        rows: "clientes_cadastro",
        members: CUSTOMERS,
    },
];

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
    m("dDtIncDe", Does::Window),
    m("dDtIncAte", Does::Window),
    m("dDtAltDe", Does::NotSimulated),
    m("dDtAltAte", Does::NotSimulated),
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
    m("clientesPorCodigo", Does::Ids),
    m("exibir_caracteristicas", Does::Flag),
    m("exibir_obs", Does::Observations),
    m("ordenar_por", Does::Order),
    m("ordem_decrescente", Does::Order),
    m("ordem_descrescente", Does::Order),
];

/// Both spellings of the tag filter work (§8.8).
const CUSTOMER_FILTER: &[Member] = &[
    m("codigo_cliente_omie", Does::Equals("codigo_cliente_omie")),
    m("codigo_cliente_integracao", Does::Equals("codigo_cliente_integracao")),
    m("cnpj_cpf", Does::Equals("cnpj_cpf")),
    m("razao_social", Does::Contains("razao_social")),
    m("nome_fantasia", Does::Contains("nome_fantasia")),
    m("inativo", Does::Equals("inativo")),
    m("tags", Does::Tags),
    m("Tags", Does::Tags),
];
