//! The rules of every resource: a valid row passes, and each rule bites.

use jiff::civil;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::*;
use crate::{
    check,
    record::{Member, record},
    resource::Resource,
    rules::{Rule, violations},
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

/// Values that break `rule`, each with a piece of the sentence that says so.
fn breaking(rule: &Rule) -> Vec<(Value, &'static str)> {
    let mut cases = Vec::new();
    if rule.required {
        cases.extend([(json!(null), "é obrigatório"), (json!("  "), "é obrigatório")]);
    }
    if let Some(max) = rule.max_len {
        cases.push((json!("é".repeat(max + 1)), "encurte"));
    }
    if let Some(range) = rule.range {
        let above = (range.max + Decimal::new(1, range.max.scale())).to_string();
        let above: Value = serde_json::from_str(&above).expect("a number");
        cases.extend([(above, "precisa ser um número de 0 a "), (json!(-1), "precisa ser um número")]);
    }
    if rule.set.is_some() {
        cases.push((json!("?"), "precisa ser um destes valores: "));
    }
    cases
}

fn member(value: Value) -> Member {
    match value {
        Value::Null => Member::Nothing,
        Value::String(text) => Member::Text(text),
        other => Member::Number(other.to_string()),
    }
}

/// Asserts that `valid` passes, that each rule names a member and bites, and that the violation names the
/// member, its value and the rule, and nothing else is found.
fn rules_hold<R: Resource>(valid: &R) {
    assert_eq!(check(valid), vec![], "the valid {}", R::PATH);
    let json = serde_json::to_value(valid).expect("a row");
    assert!(R::RULES.iter().any(|rule| rule.field == R::KEY && rule.required), "{} has its key", R::PATH);
    for rule in R::RULES {
        assert!(json.get(rule.field).is_some(), "{} has no {}", R::PATH, rule.field);
        for (value, sentence) in breaking(rule) {
            let mut row = record(valid);
            row.set(rule.field, member(value));

            let found = violations(R::RULES, &row);

            assert_eq!(found.len(), 1, "{}: {found:?}", rule.field);
            let shown = found[0].value.trim_end_matches('…');
            assert_eq!(found[0].field, rule.field);
            assert!(row.member(rule.field).text().starts_with(shown), "{found:?}");
            assert!(found[0].rule.contains(sentence), "{found:?}");
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
fn three_names_are_lower_case() {
    assert!(serde_json::to_string(&cobranca()).expect("a row").contains(r#""cobranca":"BOLETO""#));
    assert!(serde_json::to_string(&regiao()).expect("a row").contains(r#""regiao":"TABELA""#));
    assert!(serde_json::to_string(&praca()).expect("a row").contains(r#""praca":"TABELA""#));
}
