//! The rules of every resource: a valid row passes, and each rule bites.

use jiff::civil;
use rust_decimal::Decimal;

use super::*;
use crate::{
    check,
    record::Member,
    resource::Resource,
    rules::{Rule, each_rule},
};

fn text(text: &str) -> String {
    text.to_owned()
}

fn cidade() -> Cidade {
    Cidade {
        codcidade: text("SITIO D'ABADIA (GO)"),
        codibge: text("5220702"),
        nomecidade: text("SÍTIO D'ABADIA"),
        uf: text("GO"),
    }
}

fn filial() -> Filial {
    Filial {
        codigo: text("1"),
        razaosocial: text("PONTE LTDA"),
        fantasia: Some(text("PONTE")),
        cgc: text("11222333000181"),
        ie: text("1234567"),
        uf: text("SP"),
        telefone: Some(text("11 5555-0000")),
        ..Filial::default()
    }
}

fn atividade() -> Atividade {
    Atividade { codativ: text("4"), ramo: text("ATACADO"), ..Atividade::default() }
}

fn cobranca() -> Cobranca {
    Cobranca {
        codcob: text("15"),
        cobranca: text("BOLETO"),
        tipovenda: "VP",
        tipocobranca: "B",
        boleto: "S",
        ..Cobranca::default()
    }
}

fn plano() -> PlanoPagamento {
    PlanoPagamento {
        codplpag: text("000"),
        descricao: text("A VISTA"),
        numparcelas: Some(1),
        tipovenda: "VV",
        ..PlanoPagamento::default()
    }
}

fn banco() -> Banco {
    Banco { codbanco: text("001"), nome: text("BANCO DO BRASIL") }
}

fn usuari() -> Usuari {
    Usuari {
        codusur: text("7"),
        nome: text("ANA"),
        bloqueio: "N",
        codfilial: text("1"),
        percent: Some(Decimal::new(25, 1)),
        percent2: Some(Decimal::new(25, 1)),
        ..Usuari::default()
    }
}

fn regiao() -> Regiao {
    Regiao { numregiao: text("9"), regiao: text("TABELA"), status: "A", codfilial: text("1") }
}

fn praca() -> Praca {
    Praca { codpraca: text("9"), situacao: "A", numregiao: text("9"), praca: text("TABELA") }
}

fn cliente() -> Cliente {
    let [rua, numero, bairro, municipio, uf] = ["RUA A", "S/N", "CENTRO", "SAO PAULO", "SP"].map(text);
    Cliente {
        codcli: text("42"),
        cliente: text("LOJA LTDA"),
        fantasia: text("LOJA"),
        cgcent: text("11.222.333/0001-81"),
        tipofj: "J",
        limcred: Some(Decimal::new(150_000, 2)),
        dtcadastro: Some(civil::date(2025, 2, 2).at(8, 30, 0, 0)),
        codatv1: text("4"),
        codplpag: text("000"),
        codpraca: text("9"),
        codusur1: text("7"),
        codcidade: text("SAO PAULO (SP)"),
        enderent: rua.clone(),
        numeroent: numero.clone(),
        bairroent: bairro.clone(),
        cepent: text("01001000"),
        municent: municipio.clone(),
        estent: uf.clone(),
        endercom: rua,
        numerocom: numero,
        bairrocom: bairro,
        municcom: municipio,
        estcom: uf,
        bloqueiodefinitivo: "N",
        ..Cliente::default()
    }
}

fn fornecedor() -> Fornecedor {
    Fornecedor {
        codfornec: text("0"),
        fornecedor: text("SEM FORNECEDOR"),
        cgc: text("00000000000000"),
        ender: text("RUA A, 1"),
        bairro: text("CENTRO"),
        cidade: text("SAO PAULO"),
        estado: text("SP"),
        telfab: text("11 5555-0000"),
        bloqueio: "N",
        ..Fornecedor::default()
    }
}

fn transportadora() -> Transportadora {
    Transportadora {
        codtransp: text("3"),
        transportadora: text("LEVA LTDA"),
        cgc: text("11222333000181"),
        endereco: text("RUA A, 1"),
        bairro: text("CENTRO"),
        cidade: text("SAO PAULO (SP)"),
        uf: text("SP"),
        telefone: text("11 5555-0000"),
        bloqueio: "N",
        ..Transportadora::default()
    }
}

fn departamento() -> Departamento {
    Departamento { codepto: text("0"), descricao: text("SEM FAMILIA") }
}

fn secao() -> Secao {
    Secao { codsec: text("0"), codepto: text("0"), descricao: text("SEM FAMILIA") }
}

fn produto() -> Produto {
    Produto {
        codprod: text("55"),
        descricao: text("PREGO"),
        unidade: text("KG"),
        pesoliq: Decimal::new(1, 3),
        pesobruto: Decimal::new(1, 3),
        codfornec: text("0"),
        codepto: text("0"),
        codsec: text("0"),
        codfilial: text("1"),
        altura: Some(Decimal::new(10, 0)),
        volume: Some(Decimal::new(1, 6)),
        ..Produto::default()
    }
}

fn produto_filial() -> ProdutoFilial {
    ProdutoFilial { codprod: text("55"), codfilial: text("1"), ..ProdutoFilial::default() }
}

fn tributo() -> Tributo {
    Tributo { codst: text("1"), obs: text("TRIBUTACAO PADRAO"), ..Tributo::default() }
}

fn estoque() -> Estoque {
    Estoque {
        codfilial: text("1"),
        codprod: text("55"),
        qtestger: Decimal::new(-25, 1),
        ..Estoque::default()
    }
}

fn preco() -> TabelaPreco {
    TabelaPreco {
        codprod: text("55"),
        numregiao: text("9"),
        pvenda: Decimal::new(1_990, 2),
        pvenda1: Decimal::new(1_990, 2),
        ..TabelaPreco::default()
    }
}

fn titulo() -> PrestacaoTitulo {
    let due = Some(civil::date(2025, 3, 2).at(0, 0, 0, 0));
    PrestacaoTitulo {
        numtransvenda: 2_000_000_001,
        prest: text("1"),
        duplic: 12,
        codcli: text("42"),
        codusur: text("7"),
        codfilial: text("1"),
        dtemissao: due,
        dtvenc: due,
        dtvencorig: due,
        status: "A",
        ..PrestacaoTitulo::default()
    }
}

fn capa() -> HistoricoPedidoCapa {
    HistoricoPedidoCapa {
        numped: 1_507,
        numtransvenda: 1_507,
        data: Some(civil::date(2025, 2, 2).at(8, 3, 11, 0)),
        codcli: text("42"),
        codusur: text("7"),
        codfilial: text("1"),
        codcob: text("15"),
        codplpag: text("000"),
        origemped: "F",
        posicao: "P",
        ..HistoricoPedidoCapa::default()
    }
}

fn item() -> HistoricoPedidoItem {
    HistoricoPedidoItem { numped: 1_507, numseq: 1, codprod: text("55"), ..HistoricoPedidoItem::default() }
}

/// A value that breaks a rule.
enum Bad {
    Null,
    Text(String),
    Number(Decimal),
}

/// Values that break `rule`, each with a piece of the sentence that says so.
fn breaking(rule: &Rule) -> Vec<(Bad, &'static str)> {
    let mut cases = Vec::new();
    if rule.required {
        cases.extend([(Bad::Null, "é obrigatório"), (Bad::Text(text("  ")), "é obrigatório")]);
    }
    if let Some(max) = rule.max_len {
        cases.push((Bad::Text("é".repeat(max + 1)), "encurte"));
    }
    if let Some(range) = rule.range {
        let step = Decimal::new(1, range.max.scale());
        for outside in [range.max + step, range.min - step] {
            cases.push((Bad::Number(outside), "precisa ser um número de "));
        }
        cases.push((Bad::Text(text("dez")), "precisa ser um número de "));
    }
    if rule.set.is_some() {
        cases.push((Bad::Text(text("?")), "precisa ser um destes valores: "));
    }
    cases
}

/// Asserts that `valid` passes, that every rule is applied (it names a member and stands in its order) and bites,
/// and that the violation names the member, its value and the rule.
fn rules_hold<R: Resource>(valid: &R) {
    assert_eq!(check(valid), vec![], "the valid {}", R::PATH);
    let mut applied = Vec::new();
    each_rule(valid, |_, rule, _| applied.push(rule.field));
    let declared: Vec<&str> = R::RULES.iter().map(|rule| rule.field).collect();
    assert_eq!(applied, declared, "{}", R::PATH);
    assert_eq!(R::KEYS[0], R::KEY);
    for key in R::KEYS {
        assert!(R::RULES.iter().any(|rule| rule.field == *key && rule.required), "{} has its key", R::PATH);
    }
    for rule in R::RULES {
        for (bad, sentence) in breaking(rule) {
            let value = match &bad {
                Bad::Null => String::new(),
                Bad::Text(text) => text.clone(),
                Bad::Number(number) => number.to_string(),
            };
            let member = match &bad {
                Bad::Null => Member::Nothing,
                Bad::Text(_) => Member::Text(&value),
                Bad::Number(_) => Member::Number(&value),
            };

            let found = rule.violation(member).unwrap_or_else(|| panic!("{} takes {value}", rule.field));

            assert_eq!((found.field, found.missing), (rule.field, None));
            assert!(value.starts_with(found.value.trim_end_matches('…')), "{found:?}");
            assert!(found.rule.contains(sentence), "{found:?}");
        }
    }
}

#[test]
fn the_rules_of_every_resource_bite() {
    rules_hold(&cidade());
    rules_hold(&filial());
    rules_hold(&atividade());
    rules_hold(&cobranca());
    rules_hold(&plano());
    rules_hold(&banco());
    rules_hold(&usuari());
    rules_hold(&regiao());
    rules_hold(&praca());
    rules_hold(&cliente());
    rules_hold(&fornecedor());
    rules_hold(&transportadora());
    rules_hold(&departamento());
    rules_hold(&secao());
    rules_hold(&produto());
    rules_hold(&produto_filial());
    rules_hold(&tributo());
    rules_hold(&estoque());
    rules_hold(&preco());
    rules_hold(&titulo());
    rules_hold(&capa());
    rules_hold(&item());
}

#[test]
fn texts_and_numbers_may_stand_on_their_limits() {
    let cidade = Cidade { nomecidade: "é".repeat(100), ..cidade() };
    let atividade = Atividade { percdesc: Decimal::new(99_999, 2), ..atividade() };

    assert_eq!(check(&cidade), vec![]);
    assert_eq!(check(&atividade), vec![]);
}

#[test]
fn a_branch_without_state_registration_says_what_to_do() {
    let found = check(&Filial { ie: String::new(), ..filial() });

    assert_eq!((found[0].field, found[0].value.as_str()), ("Ie", ""));
    assert_eq!(found[0].rule, "é obrigatório e está vazio: preencha no cadastro de origem");
}

#[test]
fn a_number_outside_says_its_limits_in_portuguese() {
    let found = check(&Usuari { percent: Some(Decimal::new(10_050, 2)), ..usuari() });

    assert_eq!((found[0].field, found[0].value.as_str()), ("Percent", "100.5"));
    assert_eq!(found[0].rule, "precisa ser um número de 0 a 99,99: corrija no cadastro de origem");
}

#[test]
fn every_broken_rule_of_a_row_is_reported() {
    let fields: Vec<_> = check(&Praca::default()).into_iter().map(|violation| violation.field).collect();

    assert_eq!(fields, ["Codpraca", "Situacao", "Numregiao", "praca"]);
}

#[test]
fn the_defaults_of_a_client_leave_what_has_no_default() {
    let fields: Vec<_> = check(&Cliente::default()).into_iter().map(|violation| violation.field).collect();

    for absent in ["Codfuncultalter", "Codcob", "Ieent", "Bloqueio", "Condvenda20", "Fixarcoordenada"] {
        assert!(!fields.contains(&absent), "{absent} has a default");
    }
    for present in ["Codcli", "Tipofj", "Bloqueiodefinitivo", "Codusur1", "Cepent"] {
        assert!(fields.contains(&present), "{present} has none");
    }
}

#[test]
fn a_client_travels_under_the_names_of_the_contract() {
    let json = serde_json::to_string(&cliente()).expect("a row");

    for member in [
        r#""Codcli":"42""#,
        r#""Dtcadastro":"2025-02-02T08:30:00""#,
        r#""Limcred":1500,"#,
        r#""Fixarcoordenada":0"#,
        r#""Condvenda11":"N""#,
        r#""Email":null"#,
    ] {
        assert!(json.contains(member), "{member} in {json}");
    }
}

#[test]
fn a_weight_is_above_zero() {
    let found = check(&Produto { pesoliq: Decimal::ZERO, ..produto() });

    assert_eq!((found.len(), found[0].field, found[0].value.as_str()), (1, "Pesoliq", "0"));
    assert_eq!(
        found[0].rule,
        "precisa ser um número de 0,000001 a 999999,999999: corrija no cadastro de origem"
    );
}

#[test]
fn a_product_without_a_date_travels_with_that_of_the_sdk() {
    assert!(written(&produto()).contains(r#""Dtcadastro":"0001-01-01T00:00:00""#));
}

#[test]
fn the_placeholder_tribute_is_that_of_the_contract() {
    let expected = concat!(
        r#"{"CodSt":"1","Obs":"TRIBUTACAO PADRAO","Iva":0,"Aliqicms1":0,"Aliqicms2":0,"Pauta":0,"#,
        r#""Aliqicms1fonte":0,"Aliqicms2fonte":0,"Ivafonte":0,"Sittribut":"00","Sittributpf":"00"}"#
    );

    assert_eq!(written(&tributo()), expected);
}

fn written(row: &impl Resource) -> String {
    serde_json::to_string(row).expect("a row")
}

#[test]
fn some_names_are_odd() {
    for (row, member) in [
        (written(&cobranca()), r#""cobranca":"BOLETO""#),
        (written(&regiao()), r#""regiao":"TABELA""#),
        (written(&praca()), r#""praca":"TABELA""#),
        (written(&fornecedor()), r#""fornecedor":"SEM FORNECEDOR""#),
        (written(&departamento()), r#""DESCRICAO":"SEM FAMILIA""#),
        (written(&tributo()), r#""CodSt":"1""#),
        (written(&preco()), r#""Codst":"1""#),
        (written(&preco()), r#""Pvenda1":19.9"#),
        (written(&item()), r#""Qt_devolvida":null"#),
        (written(&item()), r#""Numped":1507,"Numseq":1,"#),
        (written(&capa()), r#""Dtaberturapedpalm":null"#),
    ] {
        assert!(row.contains(member), "{member} in {row}");
    }
}
