//! Whole runs: sellers, both partners, the store.

use std::collections::BTreeMap;

use engine::flow::advance;
use engine::{Fingerprint, Key, Ledger as _};
use serde_json::json;

use super::super::machine::{Event, Word};
use super::super::{Standing, find_by_document, standing};
use super::world::{Mishap, World};
use super::*;
use crate::entities::testing::record;
use crate::entities::{self, ClienteRefs, Refs as _};

const IMPORTED: &str = "Cliente importado com sucesso.";

/// A record that was in Omie before, with another mask and without tag.
fn old(id: i64) -> Value {
    json!({"codigo_cliente_omie": id, "codigo_cliente_integracao": "", "razao_social": "PADARIA VELHA",
        "cnpj_cpf": "11.222.333/0001-81", "endereco": "RUA X", "endereco_numero": "9", "bairro": "SUL",
        "cidade": "GOIANIA (GO)", "estado": "GO", "cep": "74000-009", "email": "v@v.br", "tags": []})
}

#[tokio::test(start_paused = true)]
async fn a_new_customer_is_in_omie_and_in_maxima_and_the_catalogue_finds_it_in_step() {
    let world = World::new().await;
    world.sell(88_771, &[]);

    world.turns(2).await;

    assert_eq!(world.told(88_771), (4, "900".into(), IMPORTED.into()));
    let (clientes, rows) = world.partners().size();
    assert_eq!((clientes, rows), (1, 1));
    let cliente = record::<Cliente>(&world.partners().clientes[&900].to_string());
    let settings = &world.customers().tenant.settings;
    let today = crate::praca::day_in_sao_paulo(world.clock.now());
    let refs = ClienteRefs::load(&world.state, settings, today).await.expect("refs");
    let row = entities::testing::row(<entities::Cliente as engine::Entity>::map(cliente.clone(), &refs));
    let key = Key::from(900);
    let known = world.state.known("clientes", std::slice::from_ref(&key)).await.expect("known");
    assert_eq!(known[&key].fingerprint, Some(Fingerprint::of(&row)));
    assert_eq!(known[&key].facts, <entities::Cliente as engine::Entity>::facts(&cliente));
    assert_eq!(standing(&world.state, 88_771).await.expect("read"), Some(Standing::InErp(900)));
}

#[tokio::test(start_paused = true)]
async fn a_customer_that_is_settled_costs_nothing() {
    let world = World::new().await;
    world.sell(1, &[]);
    world.turns(2).await;
    let before = world.partners().asked.len();

    let imported = world.turns(1).await;

    assert_eq!((imported.shown, imported.worked.cases), (0, 0));
    assert_eq!(world.partners().asked.len(), before + 1, "the listing alone");
}

#[tokio::test(start_paused = true)]
async fn a_document_that_is_there_is_linked_and_the_bad_one_in_the_middle_stops_nobody() {
    let world = World::new().await;
    world.partners().clientes.insert(55, old(55));
    world.sell(1, &[]);
    world.sell(2, &[("CNPJ", json!("11.222.333/0001-82"))]);
    world.sell(3, &[("CNPJ", json!("529.982.247-25"))]);

    world.turns(3).await;

    assert_eq!(world.told(1), (4, "55".into(), "Cliente já existia, vinculado ao código 55".into()));
    let (status, codigo, text) = world.told(2);
    assert_eq!((status, codigo.as_str()), (14, ""));
    assert!(text.contains("inválido"), "{text}");
    assert_eq!(world.told(3), (4, "901".into(), IMPORTED.into()));
    let linked = world.partners().clientes[&55].clone();
    assert_eq!(linked["codigo_cliente_integracao"], "1");
    assert_eq!(linked["tags"], json!([{"tag": "Cliente"}]));
    assert_eq!(linked["razao_social"], "PADARIA VELHA", "only linked");
    assert_eq!(world.count("IncluirCliente"), 1);
    let rejected = standing(&world.state, 2).await.expect("read");
    assert_eq!(rejected, Some(Standing::Rejected(text)));
}

#[tokio::test(start_paused = true)]
async fn an_include_whose_answer_was_lost_is_one_customer() {
    for mishap in [Mishap::LoseAnswer, Mishap::LoseRequest] {
        let world = World::new().await;
        world.sell(1, &[]);
        world.next("IncluirCliente", mishap);

        world.turns(4).await;

        assert_eq!(world.told(1), (4, "900".into(), IMPORTED.into()));
        assert_eq!(world.partners().clientes.len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_is_waited_out_and_the_seller_hears_nothing_of_it() {
    let world = World::new().await;
    world.sell(1, &[]);
    let blocked = json!({"faultcode": "MISUSE_API_PROCESS",
        "faultstring": "API bloqueada por consumo indevido. Tente novamente em 1678 segundos."});
    world.next("IncluirCliente", Mishap::Answer(425, blocked));

    world.turns(2).await;
    assert_eq!((world.told(1).0, world.count("PUT StatusClientes")), (1, 0));

    world.turns(8).await;
    assert_eq!(world.told(1), (4, "900".into(), IMPORTED.into()));
    assert_eq!(world.count("IncluirCliente"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_and_a_corrected_customer_goes() {
    let world = World::new().await;
    world.sell(1, &[]);
    let refused = json!({"faultcode": "SOAP-ENV:Client-102", "faultstring": "ERROR: Vendedor inválido"});
    world.next("IncluirCliente", Mishap::Answer(500, refused));
    world.turns(2).await;
    let (status, _, text) = world.told(1);
    assert_eq!((status, text.contains("Vendedor inválido")), (14, true));

    world.sell(1, &[("CodigoRCA", json!("7"))]);
    world.turns(2).await;

    assert_eq!(world.told(1), (4, "900".into(), IMPORTED.into()));
}

#[tokio::test(start_paused = true)]
async fn a_change_is_merged_into_the_whole_record() {
    let world = World::new().await;
    world.sell(1, &[]);
    world.turns(2).await;
    world.partners().clientes.get_mut(&900).expect("included")["nif"] = json!("x");
    let change = [("TipoOperacao", json!("A")), ("Codigo", json!("900")), ("Fantasia", json!("NOVO NOME"))];
    world.sell(1, &change);

    world.turns(2).await;

    assert_eq!(world.told(1), (4, "900".into(), "Cliente alterado com sucesso.".into()));
    let sent = world.partners().asked.iter().rfind(|(name, _)| name == "AlterarCliente").cloned();
    let (_, sent) = sent.expect("a change");
    assert_eq!((&sent["nome_fantasia"], &sent["nif"]), (&json!("NOVO NOME"), &json!("x")));
    assert_eq!(sent["endereco"], "RUA A", "the whole record travels");
    assert_eq!(world.partners().rows["900"]["Fantasia"], "NOVO NOME");
}

#[tokio::test(start_paused = true)]
async fn a_row_that_cannot_be_read_is_refused_where_it_has_an_id() {
    let world = World::new().await;
    world.partners().pending.insert(5, (1, "nada".into()));
    world.sell(6, &[]);

    let imported = world.turns(1).await;

    assert_eq!((imported.shown, imported.unreadable.len()), (2, 0));
    let (status, answered) = world.partners().pending[&5].clone();
    assert_eq!(status, 14);
    assert!(answered.contains("Cadastro ilegível"), "{answered}");
    assert_eq!(world.told(6).0, 4);
}

#[tokio::test(start_paused = true)]
async fn a_customer_whom_the_catalogue_cannot_take_is_in_omie_all_the_same() {
    let world = World::new().await;
    world.sell(1, &[("EnderecoComercial", json!({"Logradouro": "RUA A"}))]);

    world.turns(2).await;

    assert_eq!(world.told(1).0, 4);
    assert!(world.partners().rows.is_empty());
    assert_eq!(standing(&world.state, 1).await.expect("read"), Some(Standing::InErp(900)));
    let known = world.state.known("clientes", &[Key::from(900)]).await.expect("known");
    assert!(known[&Key::from(900)].facts.is_some(), "orders find what they need");
}

#[tokio::test(start_paused = true)]
async fn an_operator_refuses_what_waits() {
    let world = World::new().await;
    world.sell(1, &[]);
    let unavailable = || Mishap::Answer(503, json!("<html>"));
    for _ in 0..8 {
        world.next("ListarClientes", unavailable());
    }
    world.turns(1).await;

    let told = Event::Told(Word::Refuse("cadastro duplicado".into()));
    advance(&world.customers(), &world.state, &world.clock, "1", told).await.expect("told");

    assert_eq!(world.told(1), (14, String::new(), "cadastro duplicado".into()));
}

#[tokio::test(start_paused = true)]
async fn a_document_is_found_only_in_a_record_that_has_it() {
    let world = World::new().await;
    let omie = &world.customers().tenant.omie;
    let mut other = old(55);
    other["cnpj_cpf"] = json!("529.982.247-25");
    let stranger = json!({"pagina": 1, "total_de_paginas": 1, "registros": 1, "total_de_registros": 1,
        "clientes_cadastro": [other]});
    world.next("ListarClientes", Mishap::Answer(200, stranger));

    assert_eq!(find_by_document(omie, CNPJ).await.expect("asked"), None);
}

#[tokio::test(start_paused = true)]
async fn no_question_is_asked_twice_within_a_minute() {
    let world = World::new().await;
    world.partners().clientes.insert(55, old(55));
    for id in 1..=3 {
        world.sell(id, &[]);
    }
    for name in ["IncluirCliente", "AssociarCodIntCliente", "AlterarCliente", "ConsultarCliente"] {
        world.next(name, Mishap::LoseAnswer);
    }

    world.turns(12).await;

    for id in 1..=3 {
        assert_eq!(world.told(id).0, 4, "{id}");
    }
    assert_eq!(world.partners().clientes.len(), 1);
    assert_eq!(world.count("AssociarCodIntCliente"), 1, "done, though the answer was lost");
    assert_repeats_are_apart(&world);
}

/// Every question to Omie, however often it came, lay outside the window of the one before (`contracts/omie.md` §3).
fn assert_repeats_are_apart(world: &World) {
    let partners = world.partners();
    let mut last = BTreeMap::new();
    let mut repeats = 0;
    for ((name, body), at) in partners.asked.iter().zip(&partners.times) {
        if !["ListarClientes", "ConsultarCliente"].contains(&name.as_str()) {
            continue;
        }
        let question = format!("{name} {body}");
        if let Some(before) = last.insert(question.clone(), *at) {
            repeats += 1;
            assert!(clock::later(before, Duration::from_mins(1)) < *at, "{question} at {before} and {at}");
        }
    }
    assert!(repeats > 0, "the schedule makes questions come again");
}
