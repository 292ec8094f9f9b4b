//! ListarVendedores (`contracts/omie.md §8.7`).

use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;
use crate::{Vendedor, formats};
use jiff::civil::Date;
use serde::Serialize;

/// Sellers, inactive ones included.
///
/// Its window is of whole days, both ends; without a flag inclusions and changes both count
/// (`contracts/omie.md §7`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarVendedores {
    /// Page, counted from 1.
    pub pagina: u32,
    /// Rows per page.
    pub registros_por_pagina: u32,
    /// First day of the window; both ends or neither (`contracts/omie.md §7`).
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_date")]
    pub filtrar_por_data_de: Option<Date>,
    /// Last day of the window.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_date")]
    pub filtrar_por_data_ate: Option<Date>,
    /// Only inclusions count for the window.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_sn")]
    pub filtrar_apenas_inclusao: Option<bool>,
    /// Only changes count for the window.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_sn")]
    pub filtrar_apenas_alteracao: Option<bool>,
}

impl Default for ListarVendedores {
    fn default() -> Self {
        Self {
            pagina: 1,
            registros_por_pagina: PAGE_SIZE,
            filtrar_por_data_de: None,
            filtrar_por_data_ate: None,
            filtrar_apenas_inclusao: None,
            filtrar_apenas_alteracao: None,
        }
    }
}

listing!(ListarVendedores, "geral/vendedores/", snake "cadastro": Vendedor);

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::Decimal;
    use serde_json::json;

    use super::*;
    use crate::Unreadable;
    use crate::calls::example;

    const EXAMPLE: &str = r#"{"pagina":1,"total_de_paginas":1,"registros":1,"total_de_registros":1,
     "cadastro":[{"codigo":4567890123,"codInt":"","nome":"MARIA RCA","inativo":"N","email":"maria@exemplo.com.br","fatura_pedido":"N","visualiza_pedido":"S","comissao":3.5}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(ListarVendedores::default()).unwrap();

        // `apenas_importado_api` is deprecated here and must not be sent.
        assert_eq!(sent, json!({"pagina": 1, "registros_por_pagina": 100}));
    }

    #[test]
    fn a_window_travels_as_omie_writes_dates() {
        let request = ListarVendedores {
            filtrar_por_data_de: Some(date(2025, 2, 1)),
            filtrar_por_data_ate: Some(date(2025, 2, 28)),
            filtrar_apenas_alteracao: Some(true),
            ..Default::default()
        };

        let sent = serde_json::to_value(request).unwrap();

        assert_eq!(
            sent,
            json!({
                "pagina": 1, "registros_por_pagina": 100,
                "filtrar_por_data_de": "01/02/2025", "filtrar_por_data_ate": "28/02/2025",
                "filtrar_apenas_alteracao": "S",
            })
        );
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<ListarVendedores>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 1, 1));
        assert_eq!(
            page.items,
            [Vendedor {
                codigo: 4_567_890_123,
                cod_int: None,
                nome: Some("MARIA RCA".into()),
                inativo: Some(false),
                email: Some("maria@exemplo.com.br".into()),
                fatura_pedido: Some(false),
                visualiza_pedido: Some(true),
                comissao: Some(Decimal::new(35, 1)),
            }]
        );
    }

    #[test]
    fn numbers_may_come_as_text() {
        let body = EXAMPLE.replace("4567890123", r#""4567890123""#).replace("3.5", r#""3,5""#);

        assert_eq!(example::page::<ListarVendedores>(&body), example::page::<ListarVendedores>(EXAMPLE));
    }

    #[test]
    fn a_seller_without_identity_is_unreadable() {
        let page = example::page::<ListarVendedores>(&EXAMPLE.replace("4567890123", "null"));

        let unreadable = Unreadable { id: None, path: "codigo".into(), problem: "está vazio" };
        assert_eq!((page.items, page.unreadable), (vec![], vec![unreadable]));
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarVendedores>(EXAMPLE, &example::SNAKE);
        example::needs::<ListarVendedores>(EXAMPLE, &["cadastro"]);
    }
}
