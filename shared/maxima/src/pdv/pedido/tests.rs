use super::*;
use crate::EmbalagemSelecionada;

/// The worked example of `contracts/maxima.md` §7.2.
pub(crate) const EXAMPLE: &str = r#"{"CodigoPedidoNuvem":"900100200","NumPedido":"416","CodUsuario":"4567890123","CodigoUsuarioMaxima":"3021","Data":"2025-02-02T09:58:00",
 "DataPrevisaoFaturamento":"2025-02-05T00:00:00","OrigemPedido":"F","TipoVenda":{"Codigo":1,"Descricao":"Venda Normal"},
 "Cliente":{"Codigo":"5366578425","CNPJ":"98765432000198","Nome":"MERCADO BOA COMPRA LTDA"},"Filial":{"Codigo":"3456789012"},
 "Cobranca":{"Codigo":"15","Descricao":"Boleto Bancário","Boleto":true},"PlanoPagamento":{"Codigo":"A03","Descricao":"30/60/90","NumeroParcelas":3},
 "ValorTotal":102.0,"ValorTabela":106.8,"ValorFrete":0,"Observacao":"Entregar pela manha","ObservacaoEntrega":null,"NumRegiao":"6001",
 "Produtos":[{"Codigo":"5366578297","Descricao":"REFRIGERANTE COLA 2L","Sequencia":1,"Quantidade":12,"PrecoVenda":8.5,"PrecoTabela":8.9,"PercDesconto":4.4944,"PrecoVendaInformado":8.5,"PrecoTabelaInformado":8.9,"Unidade":"UN","CodigoBarras":"7890000000017","ItemBonificado":false}]}"#;

/// Every member that is read, written as badly as it may be.
pub(crate) const SLOPPY: &str = r#"{"codigopedidonuvem":12345678901234567890,"NUMPEDIDO":416,"NumPedidoCliente":"OC 7","CodUsur":4567890123.0,
 "CodigoUsuarioMaxima":3021,"Data":"0001-01-01T00:00:00","DataAberturaPedido":"2025-02-02T09:58:00.123-03:00","DataFechamentoPedido":"",
 "EhOrcamento":"N","Cancelado":"S","PedidoBloqueadoEnvioErp":"true","TipoVenda":{"Codigo":"5","IsBonificacao":1,"IsTroca":"False"},
 "Cliente":{"Codigo":-5,"CodigoClienteNuvem":88771,"PessoaFisica":"S","Configuracoes":{"Contribuinte":"N","ClienteRecemCadastrado":true},"Endereco":{"UF":"RJ"}},
 "FilialNF":{"Codigo":1},"Cobranca":{},"PlanoPagamento":{"Codigo":999,"NumeroParcelas":"2","VencimentosVariaveis":[{"NumParcela":"1","DataVencimento":"2025-03-01"},null,{"NumParcela":2,"DataVencimento":"2025-04-01T00:00:00"}]},
 "ValorTotal":"1.234,50","ValorFrete":"7,5","FreteDespacho":"F","FreteJaInclusoNoValorTotal":"S","ValorOutrasDespesas":null,"PercDescontoPedido":"",
 "TransportadoraDespacho":{"Codigo":55},"NumRegiao":6001,"Desconhecido":{"x":[1e999]},
 "Produtos":[{"Codigo":5366578297,"Sequencia":"1.0","Quantidade":"12,000","PrecoVenda":0.1000000000000000055,"ItemBonificado":"S","EmbalagemSelecionada":{"QtUnit":"6"}},
  {"EmbalagemSelecionada":{"Descricao":"CX"}},{"EmbalagemSelecionada":null,"FilialRetira":2}]}"#;

fn text(value: &str) -> Option<String> {
    value.parse().ok()
}

fn number(digits: &str) -> Option<Decimal> {
    digits.parse().ok()
}

#[test]
fn the_order_of_the_contract_is_read_whole() {
    let order = PedidoMaxima::parse(EXAMPLE).expect("readable");

    let item = ProdutoPedido {
        codigo: text("5366578297"),
        sequencia: Some(1),
        quantidade: number("12"),
        preco_venda: number("8.5"),
        preco_tabela: number("8.9"),
        preco_venda_informado: number("8.5"),
        preco_tabela_informado: number("8.9"),
        perc_desconto: number("4.4944"),
        unidade: text("UN"),
        codigo_barras: text("7890000000017"),
        descricao: text("REFRIGERANTE COLA 2L"),
        ..ProdutoPedido::default()
    };
    let expected = PedidoMaxima {
        codigo_pedido_nuvem: text("900100200"),
        num_pedido: text("416"),
        cod_usuario: text("4567890123"),
        codigo_usuario_maxima: text("3021"),
        data: "2025-02-02T09:58:00".parse().ok(),
        data_previsao_faturamento: "2025-02-05T00:00:00".parse().ok(),
        origem_pedido: text("F"),
        tipo_venda: TipoVendaPedido { codigo: Some(1), ..TipoVendaPedido::default() },
        cliente: ClientePedido {
            codigo: text("5366578425"),
            cnpj: text("98765432000198"),
            nome: text("MERCADO BOA COMPRA LTDA"),
            ..ClientePedido::default()
        },
        filial: FilialPedido { codigo: text("3456789012") },
        cobranca: CobrancaPedido { codigo: text("15"), boleto: true, cartao: false },
        plano_pagamento: PlanoPagamentoPedido {
            codigo: text("A03"),
            numero_parcelas: Some(3),
            vencimentos_variaveis: Vec::new(),
        },
        valor_total: number("102"),
        valor_tabela: number("106.8"),
        valor_frete: number("0"),
        observacao: text("Entregar pela manha"),
        num_regiao: text("6001"),
        produtos: vec![item],
        ..PedidoMaxima::default()
    };
    assert_eq!(order, expected);
}

#[test]
fn an_order_written_badly_says_the_same() {
    let order = PedidoMaxima::parse(SLOPPY).expect("readable");

    assert_eq!(order.codigo_pedido_nuvem, text("12345678901234567890"));
    assert_eq!((order.num_pedido, order.cod_usur), (text("416"), text("4567890123")));
    assert_eq!((order.data, order.data_fechamento_pedido), (None, None));
    assert_eq!(order.data_abertura_pedido, "2025-02-02T09:58:00.123".parse().ok());
    assert_eq!((order.eh_orcamento, order.cancelado, order.pedido_bloqueado_envio_erp), (false, true, true));
    assert_eq!(order.tipo_venda, TipoVendaPedido { codigo: Some(5), is_bonificacao: true, is_troca: false });
    assert_eq!((order.cliente.codigo, order.cliente.codigo_cliente_nuvem), (text("-5"), text("88771")));
    assert_eq!(order.cliente.configuracoes.contribuinte, Some(false));
    assert!(order.cliente.configuracoes.cliente_recem_cadastrado);
    assert_eq!(order.cliente.endereco.uf, text("RJ"));
    assert_eq!((order.filial_nf.codigo, order.cobranca), (text("1"), CobrancaPedido::default()));
    let due: Vec<_> = order.plano_pagamento.vencimentos_variaveis.iter().map(|due| due.num_parcela).collect();
    assert_eq!(due, [Some(1), Some(2)]);
    assert_eq!(
        order.plano_pagamento.vencimentos_variaveis[0].data_vencimento,
        "2025-03-01T00:00".parse().ok()
    );
    assert_eq!((order.valor_total, order.valor_frete), (number("1234.50"), number("7.5")));
    assert!(order.frete_ja_incluso_no_valor_total);
    assert_eq!(order.transportadora_despacho.codigo, text("55"));
    let [first, second, third] = order.produtos.as_slice() else { panic!("three items") };
    assert_eq!((first.sequencia, first.quantidade), (Some(1), number("12")));
    assert_eq!(first.preco_venda, number("0.1000000000000000055"));
    assert!(first.item_bonificado);
    assert_eq!(first.embalagem_selecionada, Some(EmbalagemSelecionada { fator: number("6") }));
    assert_eq!(second.embalagem_selecionada, Some(EmbalagemSelecionada { fator: None }));
    assert_eq!((&third.embalagem_selecionada, third.filial_retira.as_deref()), (&None, Some("2")));
}

#[test]
fn an_order_is_kept_exactly_and_read_back_by_both_ways() {
    for json in [EXAMPLE, SLOPPY, "{}"] {
        let order = PedidoMaxima::parse(json).expect("readable");

        let kept = serde_json::to_string(&order).expect("JSON");

        assert_eq!(serde_json::from_str::<PedidoMaxima>(&kept).expect("kept"), order);
        assert_eq!(PedidoMaxima::parse(&kept).as_ref(), Ok(&order));
    }
    assert_eq!(serde_json::to_string(&PedidoMaxima::default()).expect("JSON"), "{}");
}

#[test]
fn a_decimal_is_kept_with_the_places_it_came_with() {
    let order = PedidoMaxima::parse(r#"{"ValorTotal":102.500,"ValorFrete":7}"#).expect("readable");

    assert_eq!(serde_json::to_string(&order).expect("JSON"), r#"{"ValorTotal":"102.500","ValorFrete":"7"}"#);
}

#[test]
fn what_an_order_cannot_do_without_is_not_guessed() {
    for (json, told) in [
        (r#"{"Produtos":[{},{"Quantidade":"doze"}]}"#, "Produtos[1].Quantidade: não é um número"),
        (r#"{"Cancelado":"talvez"}"#, "Cancelado: não é sim nem não"),
        (r#"{"TipoVenda":{"Codigo":1.5}}"#, "TipoVenda.Codigo: não é um número inteiro"),
        (r#"{"Produtos":{"Codigo":1}}"#, "Produtos: não é uma lista"),
        (r#"{"Cliente":"7"}"#, "Cliente: não é um objeto JSON completo: reenvie pelo aplicativo"),
        (r#"{"NumPedido":"1""#, "não é um objeto JSON completo: reenvie pelo aplicativo"),
    ] {
        assert_eq!(PedidoMaxima::parse(json).expect_err(json).to_string(), told);
    }
}
