//! ListarTabelaItens (`contracts/omie.md §8.16`), of the Hungarian family.

use jiff::civil::Date;
use partner_http::Effect;
use serde::{Deserialize, Serialize};

use crate::call::PAGE_SIZE;
use crate::{Call, ItemTabela, Listing, Page, Rows, formats};

/// Prices of one table.
///
/// Its windows are of whole days, both ends, one for inclusions and one for changes (`contracts/omie.md §7`).
/// A table without items may answer with a fault: [`Fault::Empty`](partner_http::Fault::Empty), an empty
/// page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarTabelaItens {
    /// Page, counted from 1.
    #[serde(rename = "nPagina")]
    pub pagina: u32,
    /// Rows per page.
    #[serde(rename = "nRegPorPagina")]
    pub reg_por_pagina: u32,
    /// The table. What Omie does without it is not known.
    #[serde(rename = "nCodTabPreco")]
    pub cod_tab_preco: i64,
    /// First day of inclusion; both ends or neither (`contracts/omie.md §7`).
    #[serde(
        rename = "dDtIncDe",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_date"
    )]
    pub dt_inc_de: Option<Date>,
    /// Last day of inclusion.
    #[serde(
        rename = "dDtIncAte",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_date"
    )]
    pub dt_inc_ate: Option<Date>,
    /// First day of change; both ends or neither (`contracts/omie.md §7`).
    #[serde(
        rename = "dDtAltDe",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_date"
    )]
    pub dt_alt_de: Option<Date>,
    /// Last day of change.
    #[serde(
        rename = "dDtAltAte",
        skip_serializing_if = "Option::is_none",
        serialize_with = "formats::write_date"
    )]
    pub dt_alt_ate: Option<Date>,
}

impl ListarTabelaItens {
    /// All prices of the table.
    pub fn of(cod_tab_preco: i64) -> Self {
        Self {
            pagina: 1,
            reg_por_pagina: PAGE_SIZE,
            cod_tab_preco,
            dt_inc_de: None,
            dt_inc_ate: None,
            dt_alt_de: None,
            dt_alt_ate: None,
        }
    }
}

impl Call for ListarTabelaItens {
    const PATH: &'static str = "produtos/tabelaprecos/";
    const METHOD: &'static str = "ListarTabelaItens";
    const EFFECT: Effect = Effect::Read;
    type Reply = TabelaItensReply;
}

impl Listing for ListarTabelaItens {
    type Item = ItemTabela;

    fn at(&self, page: u32) -> Self {
        Self { pagina: page, ..self.clone() }
    }

    /// Every row gets its table, and every row that cannot be read the identity `product/table`.
    fn page(&self, reply: TabelaItensReply) -> Page<ItemTabela> {
        let TabelaItensReply { pagina, tot_paginas, tot_registros, itens: Itens { cod_tab_preco, mut rows } } =
            reply;
        let table = cod_tab_preco.unwrap_or(self.cod_tab_preco);
        for item in &mut rows.items {
            item.cod_tab_preco = Some(table);
        }
        for row in &mut rows.unreadable {
            row.id = row.id.take().map(|product| format!("{product}/{table}"));
        }
        Page::of(pagina, tot_paginas, tot_registros, rows)
    }
}

/// Answer of `ListarTabelaItens`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "AsSent")]
pub struct TabelaItensReply {
    pagina: u32,
    tot_paginas: u32,
    tot_registros: u64,
    itens: Itens,
}

/// The prices and the table they are of.
#[derive(Debug)]
struct Itens {
    cod_tab_preco: Option<i64>,
    rows: Rows<ItemTabela>,
}

#[derive(Deserialize)]
struct AsSent {
    #[serde(rename = "nPagina", deserialize_with = "formats::count")]
    pagina: u32,
    #[serde(rename = "nTotPaginas", deserialize_with = "formats::count")]
    tot_paginas: u32,
    #[serde(rename = "nTotRegistros", deserialize_with = "formats::count")]
    tot_registros: u64,
    #[serde(rename = "listaTabelaPreco", default, deserialize_with = "formats::object")]
    lista_tabela_preco: Option<Cabecalho>,
    #[serde(rename = "itensTabela")]
    itens_tabela: Option<Rows<ItemTabela>>,
}

/// What stands above the rows.
#[derive(Default, Deserialize)]
struct Cabecalho {
    #[serde(rename = "nCodTabPreco", default, deserialize_with = "formats::integer")]
    cod_tab_preco: Option<i64>,
    #[serde(rename = "itensTabela")]
    itens_tabela: Option<Rows<ItemTabela>>,
}

impl TryFrom<AsSent> for TabelaItensReply {
    type Error = &'static str;

    /// The rows stand under the header, or beside it (`contracts/omie.md §8.16`).
    fn try_from(sent: AsSent) -> Result<Self, Self::Error> {
        let Cabecalho { cod_tab_preco, itens_tabela } = sent.lista_tabela_preco.unwrap_or_default();
        let rows = itens_tabela.or(sent.itens_tabela).ok_or("missing field `itensTabela`")?;
        let AsSent { pagina, tot_paginas, tot_registros, .. } = sent;
        Ok(Self { pagina, tot_paginas, tot_registros, itens: Itens { cod_tab_preco, rows } })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use rust_decimal::Decimal;
    use serde_json::json;

    use super::*;
    use crate::calls::example;
    use crate::{Info, Unreadable};

    const EXAMPLE: &str = r#"{"nPagina":1,"nTotPaginas":4,"nRegistros":100,"nTotRegistros":380,
     "listaTabelaPreco":{"nCodTabPreco":6001,"cNome":"PADRAO","cAtiva":"S","cOrigem":"PRD",
     "itensTabela":[{"nCodProd":5366578297,"cCodigoProduto":"REF-001","cDescricaoProduto":"REFRIGERANTE COLA 2L","nValorOriginal":8.9,"nValorCalculado":8.9,"nValorTabela":8.9,"nPercDesconto":0,"nPercAcrescimo":0,"cTemDesconto":"S","nDescMaximo":10.0,"cManual":"N"}]}}"#;

    const BESIDE: &str = r#"{"nPagina":1,"nTotPaginas":1,"nTotRegistros":1,"itensTabela":[{"nCodProd":"7","nValorTabela":"8,90"}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(ListarTabelaItens::of(6001)).unwrap();

        assert_eq!(sent, json!({"nPagina": 1, "nRegPorPagina": 100, "nCodTabPreco": 6001}));
    }

    #[test]
    fn windows_travel_as_omie_writes_dates() {
        let request = ListarTabelaItens {
            dt_inc_de: Some(date(2025, 1, 1)),
            dt_inc_ate: Some(date(2025, 1, 2)),
            dt_alt_de: Some(date(2025, 1, 3)),
            dt_alt_ate: Some(date(2025, 1, 4)),
            ..ListarTabelaItens::of(6001)
        };

        let sent = serde_json::to_value(request.at(2)).unwrap();

        assert_eq!(
            sent,
            json!({
                "nPagina": 2, "nRegPorPagina": 100, "nCodTabPreco": 6001, "dDtIncDe": "01/01/2025",
                "dDtIncAte": "02/01/2025", "dDtAltDe": "03/01/2025", "dDtAltAte": "04/01/2025",
            })
        );
    }

    #[test]
    fn the_example_decodes_and_its_rows_know_their_table() {
        let page = example::answer(&ListarTabelaItens::of(6001), EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 4, 380));
        assert_eq!(
            page.items,
            [ItemTabela {
                cod_tab_preco: Some(6001),
                cod_prod: 5_366_578_297,
                codigo_produto: Some("REF-001".into()),
                descricao_produto: Some("REFRIGERANTE COLA 2L".into()),
                valor_original: Some(Decimal::new(89, 1)),
                valor_calculado: Some(Decimal::new(89, 1)),
                valor_tabela: Some(Decimal::new(89, 1)),
                perc_desconto: Some(Decimal::ZERO),
                perc_acrescimo: Some(Decimal::ZERO),
                tem_desconto: Some(true),
                desc_maximo: Some(Decimal::new(100, 1)),
                manual: Some(false),
                ..Default::default()
            }]
        );
    }

    #[test]
    fn rows_without_a_header_are_of_the_table_asked_for() {
        let page = example::answer(&ListarTabelaItens::of(6002), BESIDE);

        assert_eq!(
            page.items,
            [ItemTabela {
                cod_tab_preco: Some(6002),
                cod_prod: 7,
                valor_tabela: Some(Decimal::new(890, 2)),
                ..Default::default()
            }]
        );
    }

    #[test]
    fn stamps_of_an_item_are_read_under_their_own_names() {
        let body = BESIDE.replace(
            r#""nValorTabela""#,
            r#""itemInfo":{"dIncItem":"05/01/2024","hIncItem":"08:00:00","dAltItem":"20/01/2025","hAltItem":"14:00:00","cImpAPIItem":"S"},"nValorTabela""#,
        );

        let page = example::answer(&ListarTabelaItens::of(6001), &body);

        assert_eq!(
            page.items[0].item_info,
            Some(Info {
                data_inc: Some(date(2024, 1, 5)),
                hora_inc: Some(time(8, 0, 0, 0)),
                data_alt: Some(date(2025, 1, 20)),
                hora_alt: Some(time(14, 0, 0, 0)),
                imp_api: Some(true),
            })
        );
    }

    #[test]
    fn an_unreadable_price_is_named_by_product_and_table() {
        for body in [EXAMPLE.replace("8.9", "true"), BESIDE.replace(r#""8,90""#, "true")] {
            let page = example::answer(&ListarTabelaItens::of(6001), &body);

            let id = page.unreadable[0].id.clone().unwrap();
            assert!(["5366578297/6001", "7/6001"].contains(&id.as_str()), "{id}");
        }
        let nameless = BESIDE.replace(r#""7""#, "null");
        let page = example::answer(&ListarTabelaItens::of(6001), &nameless);
        let unreadable = Unreadable { id: None, path: "nCodProd".into(), problem: "está vazio" };
        assert_eq!(page.unreadable, [unreadable]);
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarTabelaItens>(EXAMPLE, &example::HUNGARIAN);
        example::needs::<ListarTabelaItens>(EXAMPLE, &["listaTabelaPreco"]);
        example::needs::<ListarTabelaItens>(BESIDE, &["itensTabela"]);
        let headless = EXAMPLE.replace("itensTabela", "outra");
        let read = partner_http::decode::<TabelaItensReply>("omie", "ListarTabelaItens", headless.as_bytes());
        assert!(read.unwrap_err().to_string().contains("itensTabela"));
    }
}
