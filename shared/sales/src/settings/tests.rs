use serde_json::json;

use super::*;
use crate::entities::testing::memory;

fn usable() -> Settings {
    Settings { contas: BTreeMap::from([("01".to_owned(), 77)]), ..Settings::default() }
}

fn settings_named(problems: &[Problem]) -> Vec<&'static str> {
    problems.iter().map(|problem| problem.setting).collect()
}

#[test]
fn the_defaults_are_those_of_the_mapping() {
    let body = serde_json::to_value(Settings::default()).expect("JSON");

    for (name, value) in [
        ("Formato", json!(3)),
        ("CobrancaPadrao", json!("01")),
        ("PlanoPadrao", json!("000")),
        ("RamoPadrao", json!("4")),
        ("TributoPadrao", json!("1")),
        ("TiposProduto", json!([])),
        ("LocalEstoqueOmie", json!(null)),
        ("LocaisEstoque", json!({})),
        ("RegraEstoque", json!("saldo_menos_reservado")),
        ("EnviarTitulosAvulsos", json!(true)),
        ("JanelaTitulosDias", json!(180)),
        ("JanelaHistoricoDias", json!(60)),
        ("Etapas", json!({"00": "P", "10": "P", "20": "L", "50": "M", "60": "F", "70": "F"})),
        (
            "Pedidos",
            json!({
                "CategoriaOmie": null, "CategoriaBonificacao": null, "ContaBonificacao": null,
                "ValorFreteOmie": "0", "ValorParcelaBoletoOmie": "0", "DiasPrevisao": 2,
                "EtapaInicialPedido": "10", "EnviarEmailPedido": false, "RecusarTotalDivergente": false,
                "EnviarTabelaPreco": false, "TiposVendaNormais": [], "UsarStatusCriticas": false,
                "NomesEtapas": {
                    "00": "Proposta", "10": "Pedido de Venda", "20": "Separar Estoque", "50": "Faturar",
                    "60": "Faturado", "70": "Entrega",
                },
                "StatusClienteRecusado": 14,
            }),
        ),
        ("Tipovend", json!("E")),
        ("Bonificacao", json!(true)),
        ("EnderecoIncompleto", json!("rejeitar")),
        ("DeleteSelector", json!("key")),
        ("VersaoMaxima", json!("v3")),
        ("UrlIntext", json!("https://intext.solucoesmaxima.com.br:81/")),
    ] {
        assert_eq!(body[name], value, "{name}");
    }
    assert_eq!(body["Etiquetas"]["Cliente"], json!("Cliente"));
}

#[test]
fn the_one_thing_nobody_can_guess_is_an_account() {
    assert_eq!(settings_named(&Settings::default().problems()), ["CobrancaPadrao"]);
    assert_eq!(usable().problems(), []);
}

#[test]
fn all_problems_are_listed_at_once() {
    let settings = Settings {
        filiais: vec!["1".into(), " 2".into()],
        filial_padrao: Some("9".into()),
        vendedor_padrao: Some(String::new()),
        cobranca_padrao: "15".into(),
        etiquetas: Etiquetas { cliente: " ".into(), ..Etiquetas::default() },
        contas: BTreeMap::from([("01".to_owned(), 0)]),
        url_omie: "app.omie.com.br".into(),
        versao_maxima: "3".into(),
        ..Settings::default()
    };

    assert_eq!(
        settings_named(&settings.problems()),
        [
            "VendedorPadrao",
            "Filiais",
            "FilialPadrao",
            "CobrancaPadrao",
            "Contas",
            "UrlOmie",
            "Etiquetas",
            "VersaoMaxima"
        ]
    );
    let text = SetupError::Incomplete(settings.problems()).to_string();
    assert!(text.contains("\n  CobrancaPadrao     o meio de pagamento 15 não tem conta"), "{text}");
}

#[tokio::test]
async fn settings_survive_being_stored() {
    let state = memory();
    let settings = Settings {
        filial_padrao: Some("3456789012".into()),
        tipovend: Tipovend::R,
        local_estoque_omie: Some(4401),
        locais_estoque: BTreeMap::from([(4402, "3456789013".to_owned())]),
        regra_estoque: RegraEstoque::SaldoMenosPendente,
        endereco_incompleto: EnderecoIncompleto::Preencher,
        etiquetas: Etiquetas {
            por_codigo: BTreeMap::from([(222, "ATACADO".to_owned())]),
            ..Etiquetas::default()
        },
        ..usable()
    };

    settings.save(&state, Expected::Absent).await.expect("saved");

    assert_eq!(Settings::load(&state).await.expect("loaded"), settings);
}

#[tokio::test]
async fn settings_with_problems_are_neither_stored_nor_used() {
    let state = memory();

    let refused = Settings::default().save(&state, Expected::Any).await.expect_err("refused");

    assert_eq!(refused.remedy(), Remedy::FixConfig);
    assert!(Settings::stored(&state).await.expect("read").is_none());
    assert!(
        matches!(Settings::load(&state).await, Err(SetupError::Incomplete(_))),
        "defaults lack an account"
    );
}

#[tokio::test]
async fn a_member_added_since_takes_its_default_and_a_newer_format_is_refused() {
    let state = memory();
    let old = json!({"Formato": 1, "Contas": {"01": 5}});
    state.put(KIND, ID, &old, Expected::Any, None).await.expect("stored");
    assert_eq!(Settings::load(&state).await.expect("loaded").plano_padrao, "000");

    let new = json!({"Formato": 4, "Novidade": true});
    state.put(KIND, ID, &new, Expected::Any, None).await.expect("stored");

    let refused = Settings::load(&state).await.expect_err("refused").to_string();
    assert!(refused.contains("no formato 4"), "{refused}");
}

#[test]
fn a_map_of_locations_needs_the_location_of_the_default_branch() {
    let locais_estoque = BTreeMap::from([(4402, "2".to_owned())]);
    let mapped = Settings { locais_estoque, ..usable() };
    let complete = Settings { local_estoque_omie: Some(4401), ..mapped.clone() };
    let of_another_branch = Settings { filiais: vec!["1".into()], ..complete.clone() };

    assert_eq!(settings_named(&mapped.problems()), ["LocalEstoqueOmie"]);
    assert_eq!(complete.problems(), []);
    assert_eq!(settings_named(&of_another_branch.problems()), ["LocaisEstoque"]);
}

#[test]
fn locations_windows_kinds_and_stages_must_be_possible() {
    let settings = Settings {
        local_estoque_omie: Some(0),
        janela_titulos_dias: 0,
        janela_historico_dias: 4_000,
        etapas: BTreeMap::from([("6".to_owned(), Posicao::F)]),
        ..usable()
    };

    assert_eq!(
        settings_named(&settings.problems()),
        ["LocalEstoqueOmie", "JanelaTitulosDias", "JanelaHistoricoDias", "TiposProduto, Etapas"]
    );
}

#[test]
fn what_orders_need_must_be_possible_too() {
    let pedidos = Pedidos {
        categoria_omie: Some(" ".to_owned()),
        conta_bonificacao: Some(0),
        valor_frete_omie: "-1".parse().expect("a decimal"),
        valor_parcela_boleto_omie: "2.505".parse().expect("a decimal"),
        dias_previsao: 366,
        etapa_inicial_pedido: "60".to_owned(),
        status_cliente_recusado: 4,
        ..Pedidos::default()
    };

    assert_eq!(
        settings_named(&Settings { pedidos, ..usable() }.problems()),
        [
            "ValorFreteOmie",
            "ValorParcelaBoletoOmie",
            "EtapaInicialPedido",
            "DiasPrevisao",
            "ContaBonificacao",
            "CategoriaOmie",
            "StatusClienteRecusado",
        ]
    );
}
