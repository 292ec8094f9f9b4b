use super::*;
use crate::setup::Choice;

fn listed(choices: &[(&str, &str)]) -> Listed {
    let choice = |(code, name): &(&str, &str)| Choice { code: (*code).to_owned(), name: (*name).to_owned() };
    Listed {
        choices: choices.iter().map(choice).collect(),
        fetched: Some(jiff::Timestamp::UNIX_EPOCH),
        error: None,
    }
}

fn lists() -> Lists {
    [
        (List::Categorias, listed(&[("1.01.03", "Revenda"), ("1.01.97", "Bonificações")])),
        (List::LocaisEstoque, listed(&[("4401", "Padrão")])),
        (List::Etapas, listed(&[("10", "Pedido de Venda"), ("30", "Em Separação"), ("60", "Faturado")])),
        (List::MeiosPagamento, listed(&[("15", "Boleto"), ("17", "PIX"), ("90", "Sem pagamento")])),
        (List::Contas, listed(&[("5366579915", "Caixa"), ("11489513917", "Banco do Brasil")])),
        (List::Filiais, listed(&[("101", "Matriz"), ("102", "Filial")])),
        (List::Vendedores, listed(&[("7", "Maria")])),
        (List::TabelasPreco, listed(&[("6001", "Padrão")])),
        (List::Planos, listed(&[("A03", "3 vezes")])),
    ]
    .into()
}

fn depara() -> DePara {
    let etapas = [("10", "P"), ("30", "L"), ("60", "F")];
    DePara {
        categoria: "1.01.03".to_owned(),
        local_estoque: "4401".to_owned(),
        valor_parcela_boleto: "2,5".to_owned(),
        valor_frete: "1.234,50".to_owned(),
        etapas: etapas.map(|(stage, place)| (stage.to_owned(), place.to_owned())).into(),
    }
}

fn fields(refused: Result<Settings, Vec<Invalid>>) -> Vec<String> {
    refused.expect_err("something is wrong").into_iter().map(|invalid| invalid.field).collect()
}

#[test]
fn the_de_para_becomes_settings_and_is_shown_again_as_it_was_typed() {
    let settings = depara().applied(&Settings::default(), &lists()).expect("all is right");

    assert_eq!(settings.pedidos.categoria_omie.as_deref(), Some("1.01.03"));
    assert_eq!(settings.local_estoque_omie, Some(4401));
    assert_eq!(settings.pedidos.valor_parcela_boleto_omie.to_string(), "2.5");
    assert_eq!(settings.pedidos.valor_frete_omie.to_string(), "1234.50");
    assert_eq!(settings.etapas["30"], Posicao::L);
    assert_eq!(settings.pedidos.nomes_etapas["30"], "Em Separação");
    let shown = DePara::of(&settings);
    assert_eq!((shown.valor_parcela_boleto.as_str(), shown.valor_frete.as_str()), ("2,50", "1234,50"));
    assert_eq!(shown.applied(&settings, &lists()).expect("all is right"), settings);
}

#[test]
fn everything_wrong_in_the_de_para_is_said_at_once_and_by_its_field() {
    let mut typed = depara();
    typed.categoria = "9.99".to_owned();
    typed.local_estoque = " ".to_owned();
    typed.valor_parcela_boleto = "-1".to_owned();
    typed.valor_frete = "1,234".to_owned();
    typed.etapas.remove("30");

    let wrong = fields(typed.applied(&Settings::default(), &lists()));

    assert_eq!(wrong, ["categoria", "local_estoque", "valor_parcela_boleto", "valor_frete", "etapa-30"]);
}

#[test]
fn an_amount_that_is_not_typed_is_none() {
    let typed = DePara { valor_frete: String::new(), ..depara() };

    let settings = typed.applied(&Settings::default(), &lists()).expect("all is right");

    assert_eq!(settings.pedidos.valor_frete_omie, Decimal::ZERO);
}

#[test]
fn nothing_is_checked_by_a_list_that_never_came() {
    let mut lists = lists();
    lists.remove(&List::Categorias);
    lists
        .insert(List::Etapas, Listed { error: Some("O Omie não respondeu".to_owned()), ..Listed::default() });

    let wrong = fields(depara().applied(&Settings::default(), &lists));

    assert_eq!(wrong, ["categorias", "categoria", "etapas"]);
}

fn contas(pairs: &[(&str, &str)]) -> Contas {
    Contas {
        contas: pairs.iter().map(|(means, account)| ((*means).to_owned(), (*account).to_owned())).collect(),
    }
}

#[test]
fn a_means_without_account_is_named_and_never_silently_mapped() {
    let typed = contas(&[("15", "5366579915"), ("17", "")]);

    let settings = typed.applied(&Settings::default(), &lists()).expect("all is right");

    assert_eq!(settings.contas, [("15".to_owned(), 5_366_579_915)].into());
    assert_eq!(typed.inactive(&lists()), ["PIX", "Sem pagamento"]);
    assert_eq!(settings.cobranca_padrao, "15", "the default one must have an account");
    assert_eq!(settings.problems(), []);
}

#[test]
fn accounts_that_are_not_omies_and_no_accounts_at_all_are_refused() {
    assert_eq!(
        fields(contas(&[("15", "1"), ("17", "x")]).applied(&Settings::default(), &lists())),
        ["conta-15", "conta-17", "contas"]
    );
    assert_eq!(fields(contas(&[]).applied(&Settings::default(), &lists())), ["contas"]);
}

fn mapped() -> Settings {
    contas(&[("15", "5366579915")]).applied(&Settings::default(), &lists()).expect("all is right")
}

#[test]
fn the_defaults_are_right_as_they_are_proposed() {
    let proposed = Padroes::of(&mapped());

    assert_eq!(proposed.applied(&mapped(), &lists()), Ok(mapped()));
}

#[test]
fn defaults_become_settings() {
    let typed = Padroes {
        filiais: vec!["101".to_owned()],
        filial: "101".to_owned(),
        vendedor: "7".to_owned(),
        tabela_preco: "6001".to_owned(),
        plano: "A03".to_owned(),
        bonificacao: false,
        categoria_bonificacao: "1.01.97".to_owned(),
        conta_bonificacao: "11489513917".to_owned(),
        regra_estoque: "saldo".to_owned(),
        etapa_inicial: "20".to_owned(),
        enviar_email: true,
        preencher_endereco: true,
        recusar_total_divergente: true,
        ..Padroes::of(&mapped())
    };

    let settings = typed.applied(&mapped(), &lists()).expect("all is right");

    assert_eq!(Padroes::of(&settings), typed);
    assert_eq!(settings.problems(), []);
}

#[test]
fn everything_wrong_in_the_defaults_is_said_at_once() {
    let typed = Padroes {
        filiais: vec!["102".to_owned()],
        filial: "101".to_owned(),
        vendedor: "8".to_owned(),
        cobranca: "17".to_owned(),
        plano: String::new(),
        regra_estoque: "tudo".to_owned(),
        etapa_inicial: "60".to_owned(),
        ..Padroes::of(&mapped())
    };

    let wrong = fields(typed.applied(&mapped(), &lists()));

    assert_eq!(wrong, ["vendedor", "cobranca", "plano", "regra_estoque", "etapa_inicial", "filial"]);
}
