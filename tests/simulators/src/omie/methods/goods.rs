//! Families, products, suppliers, stock and prices.

use super::{Dated, Does, Member, Method, Paging, m};
use crate::Registry;
use crate::dataset::Traits;

pub(super) const METHODS: &[Method] = &[
    Method {
        name: Registry::Familias.method(),
        registry: Registry::Familias,
        path: "geral/familias/",
        complex: "famPesquisarRequest",
        paging: Paging::Snake,
        rows: "famCadastro",
        members: FAMILIES,
    },
    Method {
        name: Registry::Produtos.method(),
        registry: Registry::Produtos,
        path: "geral/produtos/",
        complex: "produto_servico_list_request",
        paging: Paging::Snake,
        rows: "produto_servico_cadastro",
        members: PRODUCTS,
    },
    Method {
        name: Registry::ProdutosFornecedores.method(),
        registry: Registry::ProdutosFornecedores,
        path: "estoque/produtofornecedor/",
        complex: "pfListarRequest",
        paging: Paging::Snake,
        rows: "cadastros",
        members: &[
            m("pagina", Does::Page { required: false }),
            m("registros_por_pagina", Does::Page { required: false }),
            m("apenas_importado_api", Does::Flag),
            m("ordenar_por", Does::Order),
            m("ordem_decrescente", Does::Order),
        ],
    },
    Method {
        name: Registry::LocaisEstoque.method(),
        registry: Registry::LocaisEstoque,
        path: "estoque/local/",
        complex: "locListarRequest",
        paging: Paging::Hungarian,
        rows: "locaisEncontrados",
        members: LOCATIONS,
    },
    Method {
        name: Registry::PosicoesEstoque.method(),
        registry: Registry::PosicoesEstoque,
        path: "estoque/consulta/",
        complex: "estoque_pos_request",
        paging: Paging::Hungarian,
        rows: "produtos",
        members: STOCK,
    },
    Method {
        name: Registry::ItensTabela.method(),
        registry: Registry::ItensTabela,
        path: "produtos/tabelaprecos/",
        complex: "tprItensListarRequest",
        paging: Paging::Hungarian,
        rows: "itensTabela",
        members: PRICES,
    },
];

/// As of sellers, without e-mail and name (§8.12).
const FAMILIES: &[Member] = &[
    m("pagina", Does::Page { required: false }),
    m("registros_por_pagina", Does::Page { required: false }),
    m("filtrar_por_data_de", Does::Window),
    m("filtrar_por_data_ate", Does::Window),
    m("filtrar_apenas_inclusao", Does::Window),
    m("filtrar_apenas_alteracao", Does::Window),
];

/// Without both "N" the listing is another, smaller set (§8.14).
const PRODUCTS: &[Member] = &[
    m("pagina", Does::Page { required: false }),
    m("registros_por_pagina", Does::Page { required: false }),
    m("filtrar_apenas_omiepdv", Does::OnlyUnlessNo(Traits::PDV)),
    m("apenas_importado_api", Does::OnlyUnlessNo(Traits::IMPORTED)),
    m("inativo", Does::Is(Traits::INACTIVE)),
    m("filtrar_por_data_de", Does::Window),
    m("filtrar_por_data_ate", Does::Window),
    m("filtrar_por_hora_de", Does::Window),
    m("filtrar_por_hora_ate", Does::Window),
    m("filtrar_apenas_inclusao", Does::Window),
    m("filtrar_apenas_alteracao", Does::Window),
    m("filtrar_apenas_familia", Does::Equals("codigo_familia")),
    m("filtrar_apenas_tipo", Does::Equals("tipoItem")),
    m("filtrar_apenas_descricao", Does::Contains("descricao")),
    m("ncm", Does::Equals("ncm")),
    m("ean", Does::Equals("ean")),
    m("exibir_tabelas_preco", Does::NotSimulated),
    m("exibir_caracteristicas", Does::Flag),
    m("exibir_obs", Does::Whole),
    m("exibir_kit", Does::Flag),
    m("exibir_info_variacoes", Does::Flag),
    m("produtosPorCodigo", Does::Ids("codigo_produto")),
];

const LOCATIONS: &[Member] = &[
    m("nPagina", Does::Page { required: false }),
    m("nRegPorPagina", Does::Page { required: false }),
    m("filtrar_por_data_de", Does::Window),
    m("filtrar_por_data_ate", Does::Window),
    m("filtrar_por_hora_de", Does::Window),
    m("filtrar_por_hora_ate", Does::Window),
    m("filtrar_apenas_inclusao", Does::Window),
    m("filtrar_apenas_alteracao", Does::Window),
];

const STOCK: &[Member] = &[
    m("nPagina", Does::Page { required: false }),
    m("nRegPorPagina", Does::Page { required: false }),
    m("dDataPosicao", Does::Scope),
    m("cExibeTodos", Does::Scope),
    m("codigo_local_estoque", Does::Scope),
    m("lista_local_estoque", Does::Scope),
    m("lista_produtos", Does::Scope),
    m("cTipoItem", Does::NotSimulated),
    m("cExibeApenasPDV", Does::NotSimulated),
    m("cExibeApenasMarketplace", Does::NotSimulated),
];

const PRICES: &[Member] = &[
    m("nPagina", Does::Page { required: false }),
    m("nRegPorPagina", Does::Page { required: false }),
    m("nCodTabPreco", Does::Scope),
    m("cCodIntTabPreco", Does::Scope),
    m("dDtIncDe", Does::From(Dated::Included)),
    m("dDtIncAte", Does::To(Dated::Included)),
    m("dDtAltDe", Does::From(Dated::Changed)),
    m("dDtAltAte", Does::To(Dated::Changed)),
    m("lApenasItens", Does::Scope),
    m("cApenasFixado", Does::NotSimulated),
    m("cOrdenarPor", Does::Order),
    m("cOrdemDecrescente", Does::Order),
];
