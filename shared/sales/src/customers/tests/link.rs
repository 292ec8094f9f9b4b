//! Customers that Omie has already (mapping §8).

use serde_json::json;

use super::super::case::Stage;
use super::super::machine::Word;
use super::super::map::completing;
use super::*;

const LINKED: &str = "Cliente já existia, vinculado ao código 55";

fn told(case: &Customer) -> Option<&str> {
    case.owed.answer.as_ref().map(|answer| answer.text.as_str())
}

#[test]
fn a_document_that_is_there_is_linked_and_not_included() {
    let mut case = associating();
    story(&mut case, &[(&wrote(What::Associate, Written::Done(CODIGO)), "in-erp post")], at(1));

    assert_eq!(told(&case), Some(LINKED));
}

#[test]
fn a_key_of_another_integration_is_left_and_a_tag_that_is_there_is_enough() {
    let mut other = included();
    other["codigo_cliente_integracao"] = json!("ABC");
    other["tags"] = json!([{"tag": " cliente "}]);
    other["inativo"] = json!("S");
    let mut case = after(fresh(), &[ready(|_| {})], at(0));

    story(&mut case, &[(&by_document(listed(&other)), "in-erp post")], at(1));

    assert_eq!(told(&case), Some("Cliente já existia, vinculado ao código 55. Está inativo no Omie"));
}

#[test]
fn the_key_comes_first_and_then_the_tag() {
    let mut case = after(fresh(), &[ready(|_| {})], at(0));
    let (bare, keyed) = (untagged(without_key()), untagged(included()));
    let mut keyed_by_other = keyed.clone();
    keyed_by_other["codigo_cliente_integracao"] = json!("ABC");
    let steps = [
        (&by_document(listed(&bare)), "sending associate"),
        (&wrote(What::Associate, Written::Done(CODIGO)), "new prepare"),
        (&ready(|_| {}), "new look codigo"),
        (&by_codigo(here(&keyed_by_other)), "sending alter"),
        (&wrote(What::Alter, Written::Done(CODIGO)), "in-erp post"),
    ];
    story(&mut case, &steps, at(1));

    assert_eq!(told(&case), Some(LINKED));
}

#[test]
fn a_linked_record_gets_the_tag_and_nothing_of_what_the_seller_wrote() {
    let mut record = untagged(without_key());
    record["razao_social"] = json!("OUTRO NOME");
    record["email"] = json!("a@b.c");
    let Found::Here(here) = here(&record) else { panic!("a record") };
    let mut wanted = wish().request;
    (wanted.endereco, wanted.email) = (Some("RUA A".into()), Some("x@y.z".into()));

    let sent = completing(&wanted, &here.cliente).expect("the tag is missing");

    let expected = omie::NovoCliente { tags: tag(), endereco: Some("RUA A".into()), ..Default::default() };
    assert_eq!(sent, expected, "and the address that every change must bring, where there is none");
}

#[test]
fn a_duplicate_that_names_the_record_is_looked_at_and_linked() {
    let mut case = including();
    let duplicate = Written::Duplicate { codigo: Some(CODIGO), text: "já cadastrado".into() };
    let steps = [
        (&wrote(What::Include, duplicate), "new prepare"),
        (&ready(|_| {}), "new look codigo"),
        (&by_codigo(here(&without_key())), "sending associate"),
        (&wrote(What::Associate, Written::Done(CODIGO)), "in-erp post"),
    ];
    story(&mut case, &steps, at(1));

    assert_eq!(told(&case), Some(LINKED));
}

#[test]
fn a_duplicate_that_is_our_own_include_is_no_link() {
    let mut case = including();
    let duplicate = Written::Duplicate { codigo: Some(CODIGO), text: "já cadastrado".into() };
    let steps = [
        (&wrote(What::Include, duplicate), "new prepare"),
        (&ready(|_| {}), "new look codigo"),
        (&by_codigo(here(&included())), "in-erp post"),
    ];
    story(&mut case, &steps, at(1));

    assert_eq!(told(&case), Some("Cliente importado com sucesso."));
}

#[test]
fn a_duplicate_that_omie_does_not_show_is_held_and_not_sent_for_ever() {
    let duplicate =
        |codigo| wrote(What::Include, Written::Duplicate { codigo, text: "já cadastrado".into() });
    let is_held = |case: &Customer| {
        assert!(case.why.as_deref().is_some_and(|why| why.ends_with("já cadastrado")), "{:?}", case.why);
        let again = after(case.clone(), &[Event::Due, ready(|_| {})], at(1_000));
        assert_eq!(again.stage, Stage::Held, "the same is not sent again");
    };

    let mut by_our_key = including();
    let late = [(&duplicate(None), "sending look key"), (&by_key(Found::Nowhere), "sending")];
    story(&mut by_our_key, &late, at(1));
    story(&mut by_our_key, &[(&Event::Due, "sending look key"), (&by_key(Found::Nowhere), "held")], at(100));
    is_held(&by_our_key);

    let mut by_its_id = including();
    let looked = [(&ready(|_| {}), "new look codigo"), (&by_codigo(Found::Nowhere), "new")];
    story(&mut by_its_id, &[(&duplicate(Some(CODIGO)), "new prepare"), looked[0], looked[1]], at(1));
    let looked = [(&Event::Due, "new prepare"), looked[0], (&by_codigo(Found::Nowhere), "held")];
    story(&mut by_its_id, &looked, at(100));
    is_held(&by_its_id);
}

#[test]
fn a_duplicate_of_another_document_waits_for_a_person() {
    let mut case = including();
    let mut other = included();
    other["cnpj_cpf"] = json!("99.888.777/0001-00");
    let duplicate = Written::Duplicate { codigo: Some(CODIGO), text: "já cadastrado".into() };
    let steps = [
        (&wrote(What::Include, duplicate), "new prepare"),
        (&ready(|_| {}), "new look codigo"),
        (&by_codigo(here(&other)), "held"),
    ];
    story(&mut case, &steps, at(1));

    assert_eq!((case.due, case.codigo), (None, None));
    story(&mut case, &[(&Event::Told(Word::Refuse("duplicado".into())), "rejected post error")], at(2));
}

#[test]
fn what_omie_refuses_of_a_link_is_a_warning_and_not_tried_again() {
    let mut case = after(fresh(), &[ready(|_| {})], at(0));
    let bare = untagged(without_key());
    let steps = [
        (&by_document(listed(&bare)), "sending associate"),
        (&wrote(What::Associate, Written::Refused("código em uso".into())), "new prepare"),
        (&ready(|_| {}), "new look codigo"),
        (&by_codigo(here(&bare)), "sending alter"),
        (&wrote(What::Alter, Written::Refused("sem endereço".into())), "in-erp post"),
    ];
    story(&mut case, &steps, at(1));

    assert_eq!(told(&case), Some(LINKED));
    assert!(case.warning.is_some_and(|warning| warning.contains("sem endereço")));
}

#[test]
fn an_association_in_doubt_is_asked_for_by_our_key() {
    let mut case = associating();
    story(
        &mut case,
        &[(&wrote(What::Associate, unclear()), "sending"), (&Event::Due, "sending look key")],
        at(1),
    );
    story(&mut case, &[(&by_key(Found::Nowhere), "new prepare")], at(100));
    story(
        &mut case,
        &[(&ready(|_| {}), "new look codigo"), (&by_codigo(here(&without_key())), "sending associate")],
        at(100),
    );
}

#[test]
fn a_change_of_a_customer_without_code_is_found_by_its_document_and_changed() {
    let mut other = without_key();
    other["nome_fantasia"] = json!("OUTRA");
    let mut case = after(fresh(), &[ready(|wish| wish.is_change = true)], at(0));
    let by_document = Event::Looked {
        question: Question::Document(CNPJ.into()),
        wish: Some(Box::new(Wish { is_change: true, ..wish() })),
        found: listed(&other),
    };

    story(
        &mut case,
        &[(&by_document, "new look codigo"), (&by_codigo(here(&other)), "sending alter")],
        at(1),
    );
    story(&mut case, &[(&wrote(What::Alter, Written::Done(CODIGO)), "in-erp post")], at(2));
    assert_eq!(told(&case), Some("Cliente alterado com sucesso."));
}

#[test]
fn a_customer_that_is_not_in_omie_any_more_cannot_be_changed() {
    let mut case = after(fresh(), &[ready(|wish| wish.codigo = Some(CODIGO))], at(0));

    story(&mut case, &[(&by_codigo(Found::Nowhere), "rejected post error")], at(1));

    assert_eq!((case.stage, case.codigo), (Stage::Rejected, None));
    assert!(case.why.is_some_and(|why| why.contains("o cliente 55 não existe no Omie")));
}
