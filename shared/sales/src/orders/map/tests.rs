use std::collections::BTreeMap;

use maxima::{EmbalagemSelecionada, PedidoMaxima, VencimentoVariavel};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::*;
use crate::settings::Pedidos;

/// The order of `contracts/maxima.md` §7.2.
const ORDER: &str = r#"{"CodigoPedidoNuvem":"900100200","NumPedido":"416","CodUsuario":"4567890123","CodigoUsuarioMaxima":"3021","Data":"2025-02-02T09:58:00",
 "DataPrevisaoFaturamento":"2025-02-05T00:00:00","OrigemPedido":"F","TipoVenda":{"Codigo":1,"Descricao":"Venda Normal"},
 "Cliente":{"Codigo":"5366578425","CNPJ":"98765432000198","Nome":"MERCADO BOA COMPRA LTDA"},"Filial":{"Codigo":"3456789012"},
 "Cobranca":{"Codigo":"15","Descricao":"Boleto Bancário","Boleto":true},"PlanoPagamento":{"Codigo":"A03","Descricao":"30/60/90","NumeroParcelas":3},
 "ValorTotal":102.0,"ValorTabela":106.8,"ValorFrete":0,"Observacao":"Entregar pela manha","ObservacaoEntrega":null,"NumRegiao":"6001",
 "Produtos":[{"Codigo":"5366578297","Descricao":"REFRIGERANTE COLA 2L","Sequencia":1,"Quantidade":12,"PrecoVenda":8.5,"PrecoTabela":8.9,"PercDesconto":4.4944,"PrecoVendaInformado":8.5,"PrecoTabelaInformado":8.9,"Unidade":"UN","CodigoBarras":"7890000000017","ItemBonificado":false}]}"#;

const TODAY: Date = Date::constant(2025, 2, 2);

fn dec(digits: &str) -> Decimal {
    digits.parse().expect("a decimal")
}

/// The settings of mapping §6.7.
fn settings() -> Settings {
    Settings {
        contas: BTreeMap::from([("15".to_owned(), 5_366_579_915), ("01".to_owned(), 77)]),
        local_estoque_omie: Some(4401),
        pedidos: Pedidos {
            categoria_omie: Some("1.01.03".to_owned()),
            valor_frete_omie: dec("15.00"),
            valor_parcela_boleto_omie: dec("2.50"),
            ..Pedidos::default()
        },
        ..Settings::default()
    }
}

fn order(change: impl FnOnce(&mut PedidoMaxima)) -> PedidoMaxima {
    let mut pedido = PedidoMaxima::parse(ORDER).expect("the contract's order");
    change(&mut pedido);
    pedido
}

fn comprador() -> Comprador {
    Comprador { codigo: 5_366_578_425, is_consumidor_final: false, uf: Some("GO".to_owned()) }
}

fn mapped_with(settings: &Settings, pedido: &PedidoMaxima) -> Result<Mapped, Problem> {
    mapped_for(&comprador(), settings, pedido)
}

fn mapped_for(comprador: &Comprador, settings: &Settings, pedido: &PedidoMaxima) -> Result<Mapped, Problem> {
    let refs = PedidoRefs { settings, today: TODAY, uf: "GO".to_owned(), parcelas: None };
    map("900100200", pedido, comprador, &refs)
}

fn mapped(change: impl FnOnce(&mut PedidoMaxima)) -> Mapped {
    mapped_with(&settings(), &order(change)).expect("a request")
}

fn refused(change: impl FnOnce(&mut PedidoMaxima)) -> String {
    match mapped_with(&settings(), &order(change)).expect_err("no request") {
        Problem::Refuse(text) => text,
        Problem::Hold(text) => panic!("held: {text}"),
    }
}

fn json_of(mapped: &Mapped) -> Value {
    serde_json::to_value(&mapped.request).expect("JSON")
}

/// Mapping §6.7, to the cent. The notes are those of §6.3: labelled, and with the number of the app.
#[test]
fn the_worked_example_gives_the_contracts_request() {
    let example = json!({
        "cabecalho": {"codigo_pedido_integracao": "900100200", "codigo_cliente": 5_366_578_425_i64,
            "data_previsao": "05/02/2025", "etapa": "10", "codigo_parcela": "A03"},
        "det": [{"ide": {"codigo_item_integracao": "1"},
            "produto": {"codigo_produto": 5_366_578_297_i64, "quantidade": 12, "valor_unitario": 8.5,
                "tipo_desconto": "P", "percentual_desconto": 0},
            "inf_adic": {"codigo_local_estoque": 4401}}],
        "frete": {"modalidade": "0", "valor_frete": 15, "outras_despesas": 7.5},
        "informacoes_adicionais": {"codigo_categoria": "1.01.03", "codigo_conta_corrente": 5_366_579_915_i64,
            "consumidor_final": "N", "enviar_email": "N", "codVend": 4_567_890_123_i64, "meio_pagamento": "15"},
        "observacoes": {"obs_venda": "Obs: Entregar pela manha Pedido Máxima 416"}
    });

    let mapped = mapped(|_| {});

    assert_eq!(json_of(&mapped), example);
    assert_eq!(mapped.goods, Goods { gross: dec("102"), net: dec("102") });
    assert_eq!(mapped.warning, None);
}

#[test]
fn the_discount_is_not_given_twice_when_the_price_is_the_negotiated_one() {
    let mapped = mapped(|_| {});

    assert_eq!(mapped.request.det[0].produto.percentual_desconto, Some(Decimal::ZERO));
}

#[test]
fn the_discount_is_given_when_only_with_it_the_items_add_up() {
    let mapped = mapped(|pedido| {
        pedido.produtos[0].preco_venda_informado = Some(dec("10"));
        pedido.produtos[0].perc_desconto = Some(dec("15"));
    });

    let produto = &mapped.request.det[0].produto;
    assert_eq!((produto.valor_unitario, produto.percentual_desconto), (dec("10"), Some(dec("15"))));
    assert_eq!(mapped.goods, Goods { gross: dec("120"), net: dec("102") });
}

#[test]
fn a_total_that_holds_the_freight_adds_up_too() {
    let mapped = mapped(|pedido| {
        pedido.valor_frete = Some(dec("20"));
        pedido.valor_total = Some(dec("122"));
    });

    assert_eq!(mapped.warning, None);
    assert_eq!(json_of(&mapped)["frete"]["valor_frete"], json!(20));
}

#[test]
fn items_that_do_not_add_up_go_with_a_warning_or_are_refused_by_setting() {
    let off = order(|pedido| pedido.valor_total = Some(dec("90")));
    let strict =
        Settings { pedidos: Pedidos { recusar_total_divergente: true, ..settings().pedidos }, ..settings() };

    let warned = mapped_with(&settings(), &off).expect("a request").warning.expect("a warning");
    assert!(warned.contains("102.00") && warned.contains("90.00"), "{warned}");
    assert_eq!(mapped_with(&strict, &off), Err(Problem::Refuse(warned)));
}

#[test]
fn packs_become_units_whichever_way_they_are_priced() {
    let pack = |pedido: &mut PedidoMaxima, price: &str| {
        let item = &mut pedido.produtos[0];
        item.embalagem_selecionada = Some(EmbalagemSelecionada { fator: Some(dec("6")) });
        item.quantidade = Some(dec("2"));
        item.preco_venda_informado = Some(dec(price));
    };

    for price in ["8.5", "51"] {
        let mapped = mapped(|pedido| pack(pedido, price));
        let produto = &mapped.request.det[0].produto;
        assert_eq!((produto.quantidade, produto.valor_unitario), (dec("12"), dec("8.5")), "{price}");
        assert_eq!(mapped.warning, None);
    }
}

#[test]
fn the_boleto_fee_is_only_for_boletos() {
    let boleto = mapped(|_| {});
    let money = mapped(|pedido| {
        pedido.cobranca.codigo = Some("01".to_owned());
        pedido.cobranca.boleto = false;
    });

    assert_eq!(json_of(&boleto)["frete"]["outras_despesas"], json!(7.5));
    assert_eq!(json_of(&money)["frete"].get("outras_despesas"), None);
    assert_eq!(json_of(&money)["cabecalho"]["nao_gerar_boleto"], json!("S"));
    assert_eq!(json_of(&boleto)["cabecalho"].get("nao_gerar_boleto"), None);
}

#[test]
fn the_fee_counts_the_instalments_of_the_plan_when_the_order_does_not_say() {
    let settings = settings();
    let pedido = order(|pedido| pedido.plano_pagamento.numero_parcelas = None);
    let refs = PedidoRefs { settings: &settings, today: TODAY, uf: "GO".to_owned(), parcelas: Some(4) };

    let mapped = map("1", &pedido, &comprador(), &refs).expect("a request");

    assert_eq!(json_of(&mapped)["frete"]["outras_despesas"], json!(10));
}

#[test]
fn freight_is_the_sellers_then_the_settings_and_says_who_pays() {
    let typed = |included: bool| {
        mapped(|pedido| {
            pedido.valor_frete = Some(dec("9.90"));
            pedido.frete_ja_incluso_no_valor_total = included;
            pedido.frete_despacho = Some("f".to_owned());
        })
    };
    let in_the_total_only = mapped(|pedido| {
        pedido.valor_frete = Some(dec("9.90"));
        pedido.valor_total = Some(dec("111.90"));
        pedido.frete_ja_incluso_no_valor_total = true;
    });
    let none =
        Settings { pedidos: Pedidos { valor_frete_omie: Decimal::ZERO, ..settings().pedidos }, ..settings() };

    assert_eq!(json_of(&typed(false))["frete"]["valor_frete"], json!(9.9));
    assert_eq!(json_of(&typed(false))["frete"]["modalidade"], json!("1"));
    assert_eq!(json_of(&typed(true))["frete"].get("valor_frete"), None, "it would be charged twice");
    assert_eq!(json_of(&in_the_total_only)["frete"]["valor_frete"], json!(9.9), "the items are 102.00");
    assert_eq!(in_the_total_only.warning, None);
    let free = mapped_with(&none, &order(|_| {})).expect("a request");
    assert_eq!(json_of(&free)["frete"]["modalidade"], json!("9"));
}

#[test]
fn variable_instalments_share_the_total_and_the_last_takes_the_cents() {
    let due = |day: i8| VencimentoVariavel {
        num_parcela: None,
        data_vencimento: Some(Date::constant(2025, 3, day).at(0, 0, 0, 0)),
    };
    let mapped = mapped(|pedido| {
        pedido.plano_pagamento.vencimentos_variaveis = vec![due(1), due(2), due(3)];
    });

    let request = json_of(&mapped);
    assert_eq!(request["cabecalho"]["codigo_parcela"], json!("999"));
    assert_eq!(request["cabecalho"]["qtde_parcelas"], json!(3));
    // 102.00 of goods, 15.00 of freight, 7.50 of fees.
    let parts = &mapped.request.lista_parcelas.as_ref().expect("instalments").parcela;
    let values: Vec<Decimal> = parts.iter().map(|part| part.valor).collect();
    assert_eq!(values, [dec("41.50"), dec("41.50"), dec("41.50")]);
    let shares: Decimal = parts.iter().map(|part| part.percentual).sum();
    assert_eq!(shares, Decimal::ONE_HUNDRED);
    assert_eq!(parts[2].percentual, dec("33.3334"));
}

#[test]
fn an_instalment_that_was_due_already_is_due_today_and_says_so() {
    let due = |month: i8| VencimentoVariavel {
        num_parcela: None,
        data_vencimento: Some(Date::constant(2025, month, 1).at(0, 0, 0, 0)),
    };

    let mapped = mapped(|pedido| pedido.plano_pagamento.vencimentos_variaveis = vec![due(1), due(3)]);

    assert_eq!(mapped.warning.as_deref(), Some("já vencida, a parcela 1 ficou para 02/02/2025"));
}

#[test]
fn a_plan_that_omie_cannot_have_is_not_cut_to_one_that_it_has() {
    assert!(refused(|pedido| pedido.plano_pagamento.codigo = Some("A030".into())).contains("plano"));
}

#[test]
fn a_markup_is_no_discount_and_keeps_no_order_out() {
    let mapped = mapped(|pedido| {
        pedido.produtos[0].perc_desconto = Some(dec("-5"));
        pedido.valor_total = Some(dec("9999"));
    });

    assert!(mapped.warning.is_some_and(|warning| warning.contains("os itens somam")));
}

#[test]
fn a_means_without_account_is_refused_with_its_name() {
    let text = refused(|pedido| pedido.cobranca.codigo = Some("17".to_owned()));

    assert!(text.starts_with("meio de pagamento 17 sem conta corrente"), "{text}");
}

#[test]
fn a_bonus_order_is_not_paid_for() {
    let bonus = order(|pedido| {
        pedido.tipo_venda.codigo = Some(5);
        pedido.cobranca.codigo = Some("BNF".to_owned());
        pedido.plano_pagamento.codigo = Some("BNF".to_owned());
    });
    let with_account =
        Settings { pedidos: Pedidos { conta_bonificacao: Some(99), ..settings().pedidos }, ..settings() };
    let of_90 = Settings { contas: BTreeMap::from([("90".to_owned(), 90)]), ..with_account.clone() };

    let request = json_of(&mapped_with(&with_account, &bonus).expect("a request"));
    assert_eq!(request["cabecalho"]["codigo_parcela"], json!("000"));
    assert_eq!(request["informacoes_adicionais"]["meio_pagamento"], json!("90"));
    assert_eq!(request["informacoes_adicionais"]["codigo_conta_corrente"], json!(99));
    assert_eq!(request["frete"].get("outras_despesas"), None);
    assert_eq!(request["det"][0]["produto"]["cfop"], json!("5.910"));
    assert_eq!(request["det"][0]["inf_adic"]["nao_gerar_financeiro"], json!("S"));
    assert_eq!(request["det"][0]["inf_adic"]["dados_adicionais_item"], json!("PRODUTO BONIFICADO"));
    let request = json_of(&mapped_with(&of_90, &bonus).expect("a request"));
    assert_eq!(request["informacoes_adicionais"]["codigo_conta_corrente"], json!(90));
    assert!(matches!(mapped_with(&settings(), &bonus), Err(Problem::Refuse(_))), "no account");
}

#[test]
fn a_bonus_item_is_6_910_outside_the_state_and_unknown_without_one() {
    let bonus = order(|pedido| pedido.produtos[0].item_bonificado = true);
    let outside = Comprador { uf: Some("SP".to_owned()), ..comprador() };
    let nowhere = Comprador { uf: None, ..comprador() };

    let cfop = |who: &Comprador| {
        mapped_for(who, &settings(), &bonus).map(|mapped| mapped.request.det[0].produto.cfop.clone())
    };
    assert_eq!(cfop(&comprador()), Ok(Some("5.910".to_owned())));
    assert_eq!(cfop(&outside), Ok(Some("6.910".to_owned())));
    assert!(matches!(cfop(&nowhere), Err(Problem::Refuse(_))));
}

#[test]
fn a_natural_person_is_the_final_consumer() {
    let person = Comprador { is_consumidor_final: true, ..comprador() };

    let request = json_of(&mapped_for(&person, &settings(), &order(|_| {})).expect("a request"));

    assert_eq!(request["informacoes_adicionais"]["consumidor_final"], json!("S"));
}

#[test]
fn the_expected_day_is_never_in_the_past() {
    let of = |change: fn(&mut PedidoMaxima)| mapped(change).request.cabecalho.data_previsao;

    let past = of(|pedido| {
        pedido.data_previsao_faturamento = Some(Date::constant(2025, 1, 1).at(0, 0, 0, 0));
    });
    assert_eq!(past, TODAY);
    assert_eq!(of(|pedido| pedido.data_previsao_faturamento = None), Date::constant(2025, 2, 4));
}

#[test]
fn items_keep_the_sellers_numbers_when_omie_takes_them() {
    let numbered = |numbers: [i64; 2]| {
        let mapped = mapped(|pedido| {
            pedido.produtos.push(pedido.produtos[0].clone());
            for (item, number) in pedido.produtos.iter_mut().zip(numbers) {
                item.sequencia = Some(number);
            }
            pedido.valor_total = Some(dec("204"));
        });
        let det = mapped.request.det;
        [det[0].ide.codigo_item_integracao.clone(), det[1].ide.codigo_item_integracao.clone()]
    };

    assert_eq!(numbered([7, 3]), ["7", "3"]);
    assert_eq!(numbered([7, 7]), ["1", "2"]);
    assert_eq!(numbered([0, 200]), ["1", "2"]);
}

#[test]
fn what_a_seller_must_change_is_said_in_so_many_words() {
    assert!(refused(|pedido| pedido.produtos[0].quantidade = None).contains("item 1"));
    let priceless = refused(|pedido| {
        pedido.produtos[0].preco_venda_informado = Some(Decimal::ZERO);
        pedido.produtos[0].preco_venda = None;
    });
    assert!(priceless.contains("sem preço"), "{priceless}");
    assert!(refused(|pedido| pedido.produtos[0].codigo = Some("ABC".to_owned())).contains("produto"));
    assert!(refused(|pedido| pedido.plano_pagamento.codigo = None).contains("plano"));
    assert!(refused(|pedido| pedido.cobranca.codigo = None).contains("meio de pagamento"));
    assert!(refused(|pedido| pedido.tipo_venda.codigo = Some(7)).contains("tipo de venda 7"));
    let many = refused(|pedido| pedido.produtos = vec![pedido.produtos[0].clone(); 200]);
    assert!(many.contains("200 itens"), "{many}");
}

#[test]
fn an_order_waits_for_the_operator_while_the_category_is_missing() {
    let without = Settings { pedidos: Pedidos { categoria_omie: None, ..settings().pedidos }, ..settings() };

    assert!(
        matches!(mapped_with(&without, &order(|_| {})), Err(Problem::Hold(text)) if text.contains("CategoriaOmie"))
    );
}

#[test]
fn an_other_sale_type_is_a_sale_when_a_setting_says_so() {
    let allowed =
        Settings { pedidos: Pedidos { tipos_venda_normais: vec![7], ..settings().pedidos }, ..settings() };

    assert!(mapped_with(&allowed, &order(|pedido| pedido.tipo_venda.codigo = Some(7))).is_ok());
}
