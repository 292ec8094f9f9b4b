//! PesquisarFamilias (`contracts/omie.md §8.12`).

use jiff::civil::Date;
use serde::Serialize;

use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;
use crate::{Familia, formats};

/// Families of products, inactive ones included.
///
/// Its window is of whole days; without a flag inclusions and changes both count (`contracts/omie.md §7`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PesquisarFamilias {
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

impl Default for PesquisarFamilias {
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

listing!(PesquisarFamilias, "geral/familias/", snake "famCadastro": Familia);

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;
    use crate::Listing;
    use crate::calls::example;

    const EXAMPLE: &str = r#"{"pagina":1,"total_de_paginas":1,"registros":1,"total_de_registros":1,"famCadastro":[{"codigo":777001,"codInt":"","codFamilia":"01","nomeFamilia":"BEBIDAS","inativo":"N"}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(PesquisarFamilias::default().at(2)).unwrap();

        assert_eq!(sent, json!({"pagina": 2, "registros_por_pagina": 100}));
    }

    #[test]
    fn a_window_travels_as_omie_writes_dates() {
        let request = PesquisarFamilias {
            filtrar_por_data_de: Some(date(2025, 2, 1)),
            filtrar_por_data_ate: Some(date(2025, 2, 28)),
            ..Default::default()
        };

        let sent = serde_json::to_value(request).unwrap();

        assert_eq!(
            sent,
            json!({
                "pagina": 1, "registros_por_pagina": 100,
                "filtrar_por_data_de": "01/02/2025", "filtrar_por_data_ate": "28/02/2025",
            })
        );
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<PesquisarFamilias>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 1, 1));
        assert_eq!(
            page.items,
            [Familia {
                codigo: 777_001,
                cod_int: None,
                cod_familia: Some("01".into()),
                nome_familia: Some("BEBIDAS".into()),
                inativo: Some(false),
            }]
        );
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<PesquisarFamilias>(EXAMPLE, &example::SNAKE);
        example::needs::<PesquisarFamilias>(EXAMPLE, &["famCadastro"]);
    }
}
