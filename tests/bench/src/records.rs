//! Records as Omie sends them, made from a number: as long and as full as those of a real account.

use jiff::civil::{date, time};
use omie::{Empresa, Familia, Info, ItemTabela, Produto};
use rust_decimal::Decimal;

/// The one branch.
pub(crate) fn branch() -> Empresa {
    let text = |text: &str| Some(text.to_owned());
    Empresa {
        codigo_empresa: 5_366_578_000,
        cnpj: text("12.345.678/0001-95"),
        razao_social: text("DISTRIBUIDORA EXEMPLO LTDA"),
        estado: text("GO"),
        inscricao_estadual: text("101234567"),
        ..Empresa::default()
    }
}

/// One of twenty families.
pub(crate) fn family(number: i64) -> Familia {
    Familia {
        codigo: FIRST_FAMILY + number,
        nome_familia: Some(format!("FAMILIA {number}")),
        ..Familia::default()
    }
}

/// A product.
pub(crate) fn product(number: i64) -> Produto {
    let text = |text: &str| Some(text.to_owned());
    Produto {
        codigo_produto: FIRST_PRODUCT + number,
        codigo: Some(format!("PRD{number:05}")),
        descricao: Some(format!("ARROZ AGULHINHA TIPO 1 PACOTE 5KG MARCA EXEMPLO {number}")),
        descr_detalhada: text(
            "Arroz branco longo fino tipo 1, pacote de cinco quilos, fardo com seis unidades.",
        ),
        unidade: text("UN"),
        ncm: text("1006.30.21"),
        ean: Some(format!("7891000{number:06}")),
        valor_unitario: Some(Decimal::new(2_499 + number % 500, 2)),
        codigo_familia: Some(FIRST_FAMILY + number % FAMILIES),
        tipo_item: text("00"),
        peso_liq: Some(Decimal::new(5_000, 3)),
        peso_bruto: Some(Decimal::new(5_120, 3)),
        altura: Some(Decimal::new(32, 0)),
        largura: Some(Decimal::new(21, 0)),
        profundidade: Some(Decimal::new(9, 0)),
        inativo: Some(false),
        bloqueado: Some(false),
        info: Some(stamps()),
        ..Produto::default()
    }
}

/// A price: of every product in one table after the other.
pub(crate) fn price(number: i64) -> ItemTabela {
    let (table, number) = (number / PRODUCTS, number % PRODUCTS);
    ItemTabela {
        cod_tab_preco: Some(FIRST_TABLE + table),
        cod_prod: FIRST_PRODUCT + number,
        codigo_produto: Some(format!("PRD{number:05}")),
        descricao_produto: Some("ARROZ AGULHINHA TIPO 1 PACOTE 5KG".to_owned()),
        valor_original: Some(Decimal::new(2_499, 2)),
        valor_calculado: Some(Decimal::new(2_399, 2)),
        valor_tabela: Some(Decimal::new(2_399 + number % 700, 2)),
        tem_desconto: Some(true),
        desc_maximo: Some(Decimal::new(75, 1)),
        item_info: Some(stamps()),
        ..ItemTabela::default()
    }
}

pub(crate) const FAMILIES: i64 = 20;
/// Products that have prices: items of a table.
pub(crate) const PRODUCTS: i64 = 10_000;
const FIRST_TABLE: i64 = 4_567_890_001;
const FIRST_FAMILY: i64 = 3_000_000_000;
const FIRST_PRODUCT: i64 = 2_000_000_000;

fn stamps() -> Info {
    Info {
        data_inc: Some(date(2024, 1, 10)),
        hora_inc: Some(time(9, 10, 11, 0)),
        data_alt: Some(date(2025, 2, 1)),
        hora_alt: Some(time(17, 0, 59, 0)),
        ..Info::default()
    }
}
