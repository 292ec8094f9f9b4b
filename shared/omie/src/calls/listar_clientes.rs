//! ListarClientes (`contracts/omie.md §8.8`).

use jiff::civil::{Date, Time};
use serde::Serialize;

use crate::call::PAGE_SIZE;
use crate::calls::listing::listing;
use crate::{Cliente, formats};

/// Clients, suppliers and carriers.
///
/// Its window is of days and times, both ends; without a flag inclusions and changes both count
/// (`contracts/omie.md §7`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListarClientes {
    /// Page, counted from 1.
    pub pagina: u32,
    /// Rows per page.
    pub registros_por_pagina: u32,
    /// Only records included through the API; the reference sends `N` (`contracts/omie.md §8.8`).
    #[serde(serialize_with = "formats::write_sn")]
    pub apenas_importado_api: Option<bool>,
    /// First day of the window; both ends or neither (`contracts/omie.md §7`).
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_date")]
    pub filtrar_por_data_de: Option<Date>,
    /// Last day of the window.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_date")]
    pub filtrar_por_data_ate: Option<Date>,
    /// First instant of the first day.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_time")]
    pub filtrar_por_hora_de: Option<Time>,
    /// Last instant of the last day.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_time")]
    pub filtrar_por_hora_ate: Option<Time>,
    /// Only inclusions count for the window.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_sn")]
    pub filtrar_apenas_inclusao: Option<bool>,
    /// Only changes count for the window.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "formats::write_sn")]
    pub filtrar_apenas_alteracao: Option<bool>,
    /// Which records.
    #[serde(rename = "clientesFiltro", skip_serializing_if = "Option::is_none")]
    pub clientes_filtro: Option<ClientesFiltro>,
    /// Only these; left out when empty.
    #[serde(rename = "clientesPorCodigo", skip_serializing_if = "Vec::is_empty")]
    pub clientes_por_codigo: Vec<ClientePorCodigo>,
    /// Answer with notes.
    #[serde(serialize_with = "formats::write_sn")]
    pub exibir_obs: Option<bool>,
}

impl Default for ListarClientes {
    fn default() -> Self {
        Self {
            pagina: 1,
            registros_por_pagina: PAGE_SIZE,
            apenas_importado_api: Some(false),
            filtrar_por_data_de: None,
            filtrar_por_data_ate: None,
            filtrar_por_hora_de: None,
            filtrar_por_hora_ate: None,
            filtrar_apenas_inclusao: None,
            filtrar_apenas_alteracao: None,
            clientes_filtro: None,
            clientes_por_codigo: Vec::new(),
            exibir_obs: Some(true),
        }
    }
}

impl ListarClientes {
    /// Records that carry `tag`, with their notes. Omie matches the text of the tag.
    pub fn with_tag(tag: impl Into<String>) -> Self {
        let tags = vec![TagFiltro { tag: tag.into() }];
        Self { clientes_filtro: Some(ClientesFiltro { tags, cnpj_cpf: None }), ..Self::default() }
    }

    /// Records with this document, digits or masked, whatever their tags (`contracts/omie.md §8.9`).
    pub fn by_document(cnpj_cpf: impl Into<String>) -> Self {
        let filter = ClientesFiltro { tags: Vec::new(), cnpj_cpf: Some(cnpj_cpf.into()) };
        Self { clientes_filtro: Some(filter), ..Self::default() }
    }

    /// The records with these ids, as far as they are there. Never ask for none: that is all of them.
    pub fn by_ids(ids: impl IntoIterator<Item = i64>) -> Self {
        let clientes_por_codigo =
            ids.into_iter().map(|codigo_cliente_omie| ClientePorCodigo { codigo_cliente_omie }).collect();
        Self { clientes_por_codigo, ..Self::default() }
    }
}

/// A record asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientePorCodigo {
    /// Its id.
    pub codigo_cliente_omie: i64,
}

/// Which records of the registry. The reference spells the member `Tags` and works too
/// (`contracts/omie.md §8.8`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientesFiltro {
    /// Those with these tags; left out when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagFiltro>,
    /// Those with this document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnpj_cpf: Option<String>,
}

/// A tag asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TagFiltro {
    /// Its text: `Cliente`, `Fornecedor`, `Transportadora` or the account's own.
    pub tag: String,
}

listing!(ListarClientes, "geral/clientes/", snake "clientes_cadastro": Cliente);

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use rust_decimal::Decimal;
    use serde_json::json;

    use super::*;
    use crate::calls::example;
    use crate::{EnderecoEntrega, Info, Listing, Recomendacoes, Tag, Unreadable};

    const EXAMPLE: &str = r#"{"pagina":1,"total_de_paginas":7,"registros":100,"total_de_registros":651,
     "clientes_cadastro":[{"codigo_cliente_omie":5366578425,"codigo_cliente_integracao":"","razao_social":"MERCADO BOA COMPRA LTDA",
     "nome_fantasia":"BOA COMPRA","cnpj_cpf":"98.765.432/0001-98","telefone1_ddd":"62","telefone1_numero":"3333-4444",
     "endereco":"RUA 10","endereco_numero":"55","complemento":"","bairro":"CENTRO","cidade":"GOIANIA (GO)","cidade_ibge":"5208707","estado":"GO","cep":"74000-001","codigo_pais":"1058",
     "email":"compras@boacompra.com.br","inscricao_estadual":"","tipo_atividade":"4","pessoa_fisica":"N","contribuinte":"S","optante_simples_nacional":"S",
     "inativo":"N","bloquear_faturamento":"N","valor_limite_credito":5000.0,"tags":[{"tag":"Cliente"}],
     "recomendacoes":{"numero_parcelas":"A03","codigo_vendedor":4567890123,"gerar_boletos":"S"},
     "info":{"dInc":"10/01/2024","hInc":"09:10:11","dAlt":"01/02/2025","hAlt":"15:16:17","cImpAPI":"N"}}]}"#;

    #[test]
    fn the_request_is_the_contracts() {
        let sent = serde_json::to_value(ListarClientes::with_tag("Cliente").at(3)).unwrap();

        assert_eq!(
            sent,
            json!({
                "pagina": 3, "registros_por_pagina": 100, "apenas_importado_api": "N", "exibir_obs": "S",
                "clientesFiltro": {"tags": [{"tag": "Cliente"}]},
            })
        );
    }

    #[test]
    fn a_window_travels_as_omie_writes_dates() {
        let request = ListarClientes {
            filtrar_por_data_de: Some(date(2025, 2, 1)),
            filtrar_por_hora_de: Some(time(0, 0, 0, 0)),
            filtrar_por_data_ate: Some(date(2025, 2, 2)),
            filtrar_por_hora_ate: Some(time(23, 59, 59, 0)),
            ..ListarClientes::with_tag("Atacado")
        };

        let sent = serde_json::to_value(request).unwrap();

        assert_eq!(
            sent,
            json!({
                "pagina": 1, "registros_por_pagina": 100, "apenas_importado_api": "N", "exibir_obs": "S",
                "filtrar_por_data_de": "01/02/2025", "filtrar_por_hora_de": "00:00:00",
                "filtrar_por_data_ate": "02/02/2025", "filtrar_por_hora_ate": "23:59:59",
                "clientesFiltro": {"tags": [{"tag": "Atacado"}]},
            })
        );
    }

    #[test]
    fn a_document_is_searched_for_alone() {
        let sent = serde_json::to_value(ListarClientes::by_document("11222333000181")).unwrap();

        assert_eq!(
            sent,
            json!({
                "pagina": 1, "registros_por_pagina": 100, "apenas_importado_api": "N", "exibir_obs": "S",
                "clientesFiltro": {"cnpj_cpf": "11222333000181"},
            })
        );
    }

    #[test]
    fn records_are_asked_for_by_id() {
        let sent = serde_json::to_value(ListarClientes::by_ids([5_366_578_425, 7])).unwrap();

        assert_eq!(
            sent,
            json!({
                "pagina": 1, "registros_por_pagina": 100, "apenas_importado_api": "N", "exibir_obs": "S",
                "clientesPorCodigo": [{"codigo_cliente_omie": 5_366_578_425_i64}, {"codigo_cliente_omie": 7}],
            })
        );
    }

    #[test]
    fn the_example_decodes() {
        let page = example::page::<ListarClientes>(EXAMPLE);

        assert_eq!((page.number, page.total_pages, page.total_records), (1, 7, 651));
        let cliente = &page.items[0];
        assert_eq!(cliente.codigo_cliente_omie, 5_366_578_425);
        assert_eq!(cliente.complemento, None);
        assert_eq!(cliente.contribuinte, Some(true));
        assert_eq!(cliente.valor_limite_credito, Some(Decimal::new(50_000, 1)));
        assert_eq!(cliente.tags, [Tag { tag: Some("Cliente".into()) }]);
        assert_eq!(
            cliente.recomendacoes,
            Some(Recomendacoes {
                numero_parcelas: Some("A03".into()),
                codigo_vendedor: Some(4_567_890_123),
                gerar_boletos: Some(true),
                ..Default::default()
            })
        );
        assert_eq!(
            cliente.info,
            Some(Info {
                data_inc: Some(date(2024, 1, 10)),
                hora_inc: Some(time(9, 10, 11, 0)),
                data_alt: Some(date(2025, 2, 1)),
                hora_alt: Some(time(15, 16, 17, 0)),
                imp_api: Some(false),
            })
        );
        assert_eq!(cliente.endereco_entrega, None);
    }

    #[test]
    fn a_client_may_be_nothing_but_its_identity() {
        let body = r#"{"pagina":1,"total_de_paginas":1,"registros":2,"total_de_registros":2,"clientes_cadastro":[
            {"codigo_cliente_omie":"11489512176"},
            {"codigo_cliente_omie":11489512176,"tags":[],"recomendacoes":{},"enderecoEntrega":null,"info":[]}]}"#;

        let page = example::page::<ListarClientes>(body);

        let bare = Cliente { codigo_cliente_omie: 11_489_512_176, ..Default::default() };
        assert_eq!(page.items[0], bare);
        assert_eq!(page.items[1], Cliente { recomendacoes: Some(Recomendacoes::default()), ..bare });
    }

    #[test]
    fn a_delivery_address_decodes() {
        let body = EXAMPLE.replace(
            r#""info""#,
            r#""enderecoEntrega":{"entEndereco":"AV B","entNumero":12,"entCEP":"74000-002","entCidade":"GOIANIA (GO)"},"info""#,
        );

        let page = example::page::<ListarClientes>(&body);

        assert_eq!(
            page.items[0].endereco_entrega,
            Some(EnderecoEntrega {
                endereco: Some("AV B".into()),
                numero: Some("12".into()),
                cep: Some("74000-002".into()),
                cidade: Some("GOIANIA (GO)".into()),
                ..Default::default()
            })
        );
    }

    #[test]
    fn one_unreadable_client_leaves_the_others_readable() {
        let body = r#"{"pagina":1,"total_de_paginas":1,"total_de_registros":3,"clientes_cadastro":[
            {"codigo_cliente_omie":1,"valor_limite_credito":0.1},
            {"codigo_cliente_omie":"0002","valor_limite_credito":"a combinar"},
            {"codigo_cliente_omie":3,"recomendacoes":{"codigo_vendedor":"7"}}]}"#;

        let page = example::page::<ListarClientes>(body);

        let read: Vec<i64> = page.items.iter().map(|cliente| cliente.codigo_cliente_omie).collect();
        assert_eq!(read, [1, 3]);
        assert_eq!(page.items[0].valor_limite_credito, Some(Decimal::new(1, 1)));
        let unreadable = Unreadable {
            id: Some("2".into()),
            path: "valor_limite_credito".into(),
            problem: "não é um número decimal",
        };
        assert_eq!((page.unreadable, page.total_records), (vec![unreadable], 3));
    }

    #[test]
    fn bank_data_is_not_read() {
        let body = EXAMPLE.replace(r#""info""#, r#""dadosBancarios":{"conta_corrente":"canary"},"info""#);

        let page = example::page::<ListarClientes>(&body);

        assert!(!format!("{page:?}").contains("canary"));
    }

    #[test]
    fn an_answer_without_its_array_or_totals_is_not_an_empty_page() {
        example::needs::<ListarClientes>(EXAMPLE, &example::SNAKE);
        example::needs::<ListarClientes>(EXAMPLE, &["clientes_cadastro"]);
    }
}
