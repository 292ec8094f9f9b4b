//! The awkward products, prices, positions and families.

use serde_json::{Value, json};

use super::{Group, Oddity, take};
use crate::dataset::goods::{
    DAMAGED, DEFAULT_LOCATION, OF_MANY, OF_NOBODY, OLD_LOCATION, family_id, family_name,
};
use crate::dataset::trade::REMOVED_PRODUCT;
use crate::dataset::{Registry, World};

/// The first products are left as they are: some of them are awkward for their suppliers.
const FIRST: usize = 10;

pub(super) fn groups(world: &World) -> Vec<Group> {
    let positions = FIRST..world.preset.products();
    vec![
        Group {
            registry: Registry::Produtos,
            positions: positions.clone(),
            ordinary: product,
            oddities: PRODUCTS,
        },
        // The prices of the first table come first.
        Group {
            registry: Registry::ItensTabela,
            positions: positions.clone(),
            ordinary: |_, _, _| {},
            oddities: PRICES,
        },
        Group { registry: Registry::PosicoesEstoque, positions, ordinary: position, oddities: POSITIONS },
        Group {
            registry: Registry::Familias,
            positions: 3..5,
            ordinary: |_, _, _| {},
            oddities: &[("familia_sem_nome", |r, _| r["nomeFamilia"] = json!(""))],
        },
    ]
}

/// Records of a product the registry does not have.
pub(super) fn orphans() -> [(&'static str, Registry, Value); 2] {
    let info = json!({ "dIncItem": "05/01/2022", "hIncItem": "08:00:00", "dAltItem": "05/01/2022",
        "hAltItem": "08:00:00", "cImpAPIItem": "N" });
    let price = json!({ "nCodTabPreco": 6_001, "nCodProd": REMOVED_PRODUCT, "cCodigoProduto": "ANTIGO",
        "cDescricaoProduto": "PRODUTO REMOVIDO", "nValorOriginal": 5, "nValorCalculado": 5, "nValorTabela": 5,
        "nPercDesconto": 0, "nPercAcrescimo": 0, "cTemDesconto": "N", "nDescMaximo": 0, "cManual": "N",
        "itemInfo": info });
    let position = json!({ "nCodProd": REMOVED_PRODUCT, "cCodInt": "", "cCodigo": "ANTIGO",
        "cDescricao": "PRODUTO REMOVIDO", "nPrecoUnitario": 5, "nSaldo": 3, "nCMC": 2.5, "nPendente": 0,
        "estoque_minimo": 0, "codigo_local_estoque": DEFAULT_LOCATION, "reservado": 0, "fisico": 3 });
    [
        ("item_de_produto_removido", Registry::ItensTabela, price),
        ("estoque_de_produto_removido", Registry::PosicoesEstoque, position),
    ]
}

/// Records that are awkward as they were made.
pub(super) fn found(
    world: &World,
    at: &impl Fn(Registry, usize) -> (Registry, String),
) -> Vec<(&'static str, (Registry, String))> {
    let location = |id: u64| (Registry::LocaisEstoque, id.to_string());
    vec![
        ("produto_de_varios_fornecedores", at(Registry::Produtos, OF_MANY)),
        ("produto_sem_fornecedor", at(Registry::Produtos, OF_NOBODY)),
        ("fornecedor_zero", at(Registry::ProdutosFornecedores, 0)),
        ("familia_nome_longo", at(Registry::Familias, 2)),
        ("familia_inativa", at(Registry::Familias, world.preset.families() - 1)),
        ("local_sem_venda", location(DAMAGED)),
        ("local_inativo", location(OLD_LOCATION)),
    ]
}

fn product(record: &mut Value, _: &World, _: u64) {
    for (field, value) in [
        ("inativo", json!("N")),
        ("bloqueado", json!("N")),
        ("unidade", json!("UN")),
        ("tipoItem", json!("00")),
        ("codigo_familia", json!(family_id(0))),
        ("descricao_familia", json!(family_name(0))),
        ("peso_liq", json!(1.5)),
        ("peso_bruto", json!(1.6)),
    ] {
        record[field] = value;
    }
}

const PRODUCTS: &[Oddity] = &[
    ("produto_inativo", |r, _| r["inativo"] = json!("S")),
    ("produto_bloqueado", |r, _| r["bloqueado"] = json!("S")),
    ("produto_sem_ncm", |r, _| r["ncm"] = json!("")),
    ("produto_ncm_sem_mascara", |r, _| r["ncm"] = json!("22021000")),
    ("produto_sem_familia", |r, _| {
        (r["codigo_familia"], r["descricao_familia"]) = (json!(0), json!(""));
    }),
    ("produto_familia_desconhecida", |r, _| r["codigo_familia"] = json!(4_999_999_999_u64)),
    ("produto_familia_inativa", |r, w| r["codigo_familia"] = json!(family_id(w.preset.families() - 1))),
    ("produto_sem_ean", |r, _| r["ean"] = json!("")),
    ("produto_sem_unidade", |r, _| r["unidade"] = json!("")),
    ("produto_unidade_longa", |r, _| r["unidade"] = json!("CAIXA")),
    ("produto_descricao_longa", |r, _| {
        r["descricao"] = json!("CAIXA SORTIDA DE BISCOITOS AMANTEIGADOS ".repeat(3).trim());
    }),
    ("produto_sem_descricao", |r, _| r["descricao"] = json!("")),
    ("produto_sem_peso", |r, _| (r["peso_liq"], r["peso_bruto"]) = (json!(0), json!(0))),
    ("produto_sem_info", |r, _| take(r, &["info"])),
    ("produto_materia_prima", |r, _| r["tipoItem"] = json!("01")),
    ("produto_sku_longo", |r, _| r["codigo"] = json!("SKU-".to_owned() + &"0123456789".repeat(5))),
    ("produto_numeros_em_texto", |r, _| {
        r["codigo_produto"] = json!(r["codigo_produto"].to_string());
        (r["valor_unitario"], r["peso_liq"]) = (json!("8,90"), json!("1.25"));
    }),
    ("produto_nulos", |r, _| {
        for field in ["ean", "ncm", "codigo_familia", "peso_liq", "peso_bruto", "altura", "descr_detalhada"] {
            r[field] = Value::Null;
        }
    }),
    ("produto_caracteres_de_controle", |r, _| {
        r["descricao"] = json!(" SUCO\tDE \u{0007} UVA\r\n1L ");
    }),
    ("produto_campo_novo", |r, _| r["campo_que_a_omie_criou_ontem"] = json!({ "lista": [1, 2, 3] })),
];

const PRICES: &[Oddity] = &[
    ("item_preco_zero", |r, _| r["nValorTabela"] = json!(0)),
    ("item_preco_nulo", |r, _| r["nValorTabela"] = Value::Null),
    ("item_preco_em_texto", |r, _| r["nValorTabela"] = json!("12,50")),
    ("item_seis_casas", |r, _| r["nValorTabela"] = json!(1.234_567)),
    ("item_desconto_ausente", |r, _| take(r, &["cTemDesconto", "nDescMaximo"])),
    ("item_sem_desconto", |r, _| {
        (r["cTemDesconto"], r["nDescMaximo"]) = (json!("N"), json!(15));
    }),
    ("item_com_desconto", |r, _| {
        (r["cTemDesconto"], r["nDescMaximo"]) = (json!("S"), json!(15.5));
    }),
    ("item_sem_data", |r, _| take(r, &["itemInfo"])),
];

fn position(record: &mut Value, _: &World, _: u64) {
    for (field, value) in [
        ("nSaldo", 50),
        ("fisico", 50),
        ("reservado", 5),
        ("nPendente", 10),
        ("nCMC", 3),
        ("nPrecoUnitario", 5),
    ] {
        record[field] = json!(value);
    }
}

const POSITIONS: &[Oddity] = &[
    ("estoque_negativo", |r, _| (r["nSaldo"], r["fisico"]) = (json!(-4), json!(-4))),
    ("estoque_zerado", |r, _| (r["nSaldo"], r["fisico"]) = (json!(0), json!(0))),
    ("estoque_sem_movimento", |r, _| {
        for field in ["nSaldo", "fisico", "reservado", "nPendente", "nCMC"] {
            r[field] = json!(0);
        }
    }),
    ("estoque_fracionado", |r, _| r["nSaldo"] = json!(12.345)),
    ("estoque_numeros_em_texto", |r, _| {
        (r["nSaldo"], r["nCMC"], r["nCodProd"]) =
            (json!("12,5"), json!("3.10"), json!(r["nCodProd"].to_string()));
    }),
    ("estoque_sem_custo", |r, _| take(r, &["nCMC"])),
];
