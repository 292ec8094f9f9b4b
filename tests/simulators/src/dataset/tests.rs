use std::collections::BTreeSet;

use super::*;

fn now() -> Timestamp {
    "2025-11-21T12:00:00Z".parse().expect("an instant")
}

fn everything(dataset: &Dataset) -> Vec<Value> {
    Registry::ALL.into_iter().flat_map(|registry| dataset.records(registry)).collect()
}

#[test]
fn the_same_seed_gives_the_same_dataset() {
    let made = |seed| everything(&Dataset::generate(Preset::Small, seed, now()));

    assert_eq!(made(7), made(7));
    assert_ne!(made(7), made(8));
}

#[test]
fn every_document_has_its_check_digits_and_its_owner() {
    let dataset = Dataset::generate(Preset::Typical, 1, now());

    let mut seen = BTreeSet::new();
    for customer in dataset.records(Registry::Clientes).into_iter().step_by(3) {
        let document = customer["cnpj_cpf"].as_str().expect("a document").to_owned();
        if document.is_empty() {
            continue;
        }
        assert!(documents::is_valid(&document), "{document}");
        assert!(customer["razao_social"].as_str().is_some_and(|name| name.chars().count() <= 60));
        // The two natural persons among the awkward ones share a document on purpose.
        assert!(seen.insert(document.clone()) || document.len() == 14, "{document} twice");
    }
    let company = &dataset.records(Registry::Empresas)[0];
    assert!(company["cnpj"].as_str().is_some_and(documents::is_valid));
}

#[test]
fn every_awkward_record_is_in_every_preset() {
    let names = |preset| {
        let dataset = Dataset::generate(preset, 3, now());
        for (name, (registry, id)) in dataset.awkward() {
            assert!(dataset.shelf(*registry).position(id).is_ok(), "{preset}: {name} is not there: {id}");
        }
        dataset.awkward().keys().copied().collect::<Vec<_>>()
    };

    let small = names(Preset::Small);

    assert!(small.len() > 60, "{}", small.len());
    assert_eq!(small, names(Preset::Typical));
    assert_eq!(small, names(Preset::Large));
}

#[test]
fn the_awkward_records_are_what_their_names_say() {
    let dataset = Dataset::generate(Preset::Small, 3, now());
    let record = |name: &str| {
        let (registry, id) = &dataset.awkward()[name];
        let shelf = dataset.shelf(*registry);
        shelf.record(shelf.position(id).expect("it is there"))
    };

    assert_eq!(record("cidade_sem_ibge")["nCodIBGE"], "");
    assert!(record("cidade_com_apostrofo")["cNome"].as_str().is_some_and(|name| name.contains('\'')));
    assert_eq!(record("vendedor_inativo")["inativo"], "S");
    assert_eq!(
        record("cliente_vendedor_inativo")["recomendacoes"]["codigo_vendedor"],
        record("vendedor_inativo")["codigo"]
    );
    assert!(record("plano_sem_lista").get("cListaParc").is_none());
    assert!(record("cliente_sem_recomendacoes").get("recomendacoes").is_none());
    assert!(record("cliente_sem_info").get("info").is_none());
    assert_eq!(record("cliente_plano_999")["recomendacoes"]["numero_parcelas"], "999");
    assert_eq!(record("tabela_vencida")["caracteristicas"]["dDtFinal"], "22/10/2025");
    assert_eq!(record("tabela_inativa")["cAtiva"], "N");
    assert_eq!(
        record("tabela_do_estado")["clientes"]["cUF"],
        record("cliente_da_tabela_do_estado")["estado"]
    );
    assert_eq!(record("banco_carteira")["tipo"], "CV");
    assert_eq!(record("produto_inativo")["inativo"], "S");
    assert_eq!(record("produto_sem_familia")["codigo_familia"], 0);
    assert_eq!(record("familia_inativa")["inativo"], "S");
    assert_eq!(record("fornecedor_sem_cnpj")["cnpj_cpf"], "");
    assert_eq!(record("fornecedor_e_transportadora")["tags"].as_array().map(Vec::len), Some(2));
    assert_eq!(record("item_preco_zero")["nValorTabela"], 0);
    assert!(record("item_sem_data").get("itemInfo").is_none());
    assert!(record("titulo_sem_nota")["cabecTitulo"].get("cNumDocFiscal").is_none());
    assert!(record("titulo_avulso")["cabecTitulo"].get("cNumOS").is_none());
    assert_eq!(record("titulo_cancelado")["cabecTitulo"]["dDtCanc"], "11/11/2025");
    assert_eq!(
        record("titulos_com_mesma_chave")["cabecTitulo"]["cNumOS"],
        record("titulos_com_mesma_chave_outro")["cabecTitulo"]["cNumOS"]
    );
    assert_eq!(record("pedido_cancelado")["infoCadastro"]["cancelado"], "S");
    assert!(record("pedido_sem_vendedor")["informacoes_adicionais"].get("codVend").is_none());
    assert_eq!(record("pedido_bonificado")["det"][0]["inf_adic"]["nao_gerar_financeiro"], "S");
}

#[test]
fn ids_rise_and_pass_ten_digits() {
    let dataset = Dataset::generate(Preset::Small, 1, now());

    for registry in [Registry::Clientes, Registry::Produtos, Registry::Titulos, Registry::Pedidos] {
        let shelf = dataset.shelf(registry);
        let ids: Vec<u64> = shelf.ids().iter().map(|id| id.parse().expect("a number")).collect();

        assert!(ids.is_sorted_by(|a, b| a < b), "each id is greater than the one before");
        assert!(ids.iter().any(|id| *id > 10_000_000_000));
        assert!(ids.iter().any(|id| *id < 10_000_000_000));
    }
}

#[test]
fn every_record_is_found_where_it_is_listed() {
    let dataset = Dataset::generate(Preset::Small, 1, now());

    for registry in Registry::ALL {
        let shelf = dataset.shelf(registry);
        for (index, _) in shelf.live() {
            assert_eq!(shelf.position(&shelf.id_at(index)), Ok(index), "{registry}");
            assert_eq!(maker::id_of(registry, &shelf.record(index)), shelf.id_at(index), "{registry}");
        }
        for id in ["", "0/0", "1", "5366578298", "99999999999", "6001/1", "4401/"] {
            if let Ok(index) = shelf.position(id) {
                assert_eq!(shelf.id_at(index), id, "{registry}");
            }
        }
    }
}

#[test]
fn what_a_filter_reads_is_what_the_record_says() {
    let dataset = Dataset::generate(Preset::Small, 9, now());

    for registry in [
        Registry::Produtos,
        Registry::ItensTabela,
        Registry::PosicoesEstoque,
        Registry::Titulos,
        Registry::Pedidos,
    ] {
        let shelf = dataset.shelf(registry);
        for (index, marks) in shelf.live() {
            let mut read = Marks::of(registry, &shelf.record(index));
            // No member says whether a product is of the point of sale, nor when stock changed.
            read.traits = read.traits.and(marks.traits.shared_with(Traits::PDV));
            if registry == Registry::PosicoesEstoque {
                (read.included, read.changed) = (marks.included, marks.changed);
            }
            assert_eq!(marks, read, "{}", shelf.record(index));
        }
    }
}

#[test]
fn what_a_listing_leaves_out_is_all_it_leaves_out() {
    let dataset = Dataset::generate(Preset::Small, 2, now());

    for registry in Registry::ALL {
        let shelf = dataset.shelf(registry);
        for (index, _) in shelf.live() {
            let (whole, shown) = (shelf.record(index), parsed(&shelf.shown(index, false)));
            assert_eq!(without(whole, registry.left_out()), shown, "{registry}");
        }
    }
}

#[test]
fn the_half_year_and_the_sixty_days_hold_what_the_load_reads() {
    let dataset = Dataset::generate(Preset::Typical, 1, now());
    let since = |days: i64| now().as_second() - 3 * 3_600 - days * DAY;
    let count = |registry: Registry, days: i64| {
        let wanted = |(_, marks): &(usize, Marks)| {
            marks.included > Some(since(days)) && !marks.traits.has(Traits::PAYABLE)
        };
        dataset.shelf(registry).live().filter(wanted).count()
    };

    assert!((10_000..10_200).contains(&count(Registry::Titulos, 180)), "{}", count(Registry::Titulos, 180));
    assert_eq!(count(Registry::Pedidos, 60), 5_998);
    for registry in [Registry::Produtos, Registry::ItensTabela, Registry::Titulos, Registry::Pedidos] {
        let fresh = dataset.shelf(registry).live().filter(|(_, marks)| marks.changed > Some(since(2)));
        assert_eq!(fresh.count(), 0, "{registry}: the first change is a test's own");
    }
}

#[test]
fn the_tables_that_are_in_use_have_thirty_thousand_prices() {
    let dataset = Dataset::generate(Preset::Typical, 1, now());
    let (_, ended) = &dataset.awkward()["tabela_vencida"];

    let tables = dataset.records(Registry::TabelasPreco);
    let in_use =
        tables.iter().filter(|table| table["cAtiva"] == "S" && text_of(&table["nCodTabPreco"]) != *ended);
    let prices = in_use.map(|table| {
        let id = table["nCodTabPreco"].as_u64().expect("a number");
        dataset.shelf(Registry::ItensTabela).live_in(id).filter(|(_, marks)| marks.group == id).count()
    });

    assert_eq!(prices.sum::<usize>(), 30_001);
}

#[test]
fn what_a_filter_reads_of_a_customer_is_what_the_record_says() {
    let dataset = Dataset::generate(Preset::Small, 5, now());

    for (index, marks) in dataset.shelf(Registry::Clientes).live() {
        let record = parsed(&dataset.shelf(Registry::Clientes).text(index));
        for tag in record["tags"].as_array().expect("tags") {
            let tag = tag["tag"].as_str().expect("a tag").to_lowercase();
            assert!(marks.has_tag(&tag), "{record}");
        }
        let stamp =
            |day: &str, hour: &str| seconds(record["info"][day].as_str()?, record["info"][hour].as_str()?);
        for (mark, stamp) in [(marks.included, stamp("dInc", "hInc")), (marks.changed, stamp("dAlt", "hAlt"))]
        {
            assert!(mark.is_some(), "a record without stamps has a date all the same");
            assert!(stamp.is_none() || mark == stamp, "{record}");
        }
    }
}

#[test]
fn an_incomplete_branch_lacks_its_state_registration() {
    let dataset = Dataset::generate(Preset::Small, 1, now()).with_incomplete_branch();

    assert_eq!(dataset.records(Registry::Empresas)[0]["inscricao_estadual"], "");
}

#[test]
fn the_presets_are_as_large_as_they_say() {
    for (preset, customers, cities, banks, prices) in [
        (Preset::Small, 120, 75, 20, 6 * 60 + 1),
        (Preset::Typical, 5_000, 5_571, 158, 12 * 3_000 + 1),
        (Preset::Large, 100_000, 5_571, 158, 102 * 10_000 + 1),
    ] {
        let dataset = Dataset::generate(preset, 1, now());

        let tagged = dataset.shelf(Registry::Clientes).live().filter(|(_, marks)| marks.has_tag("cliente"));
        assert_eq!(tagged.count(), customers);
        assert_eq!(dataset.shelf(Registry::Cidades).len(), cities);
        assert_eq!(dataset.shelf(Registry::Bancos).len(), banks);
        assert_eq!(dataset.shelf(Registry::ItensTabela).len(), prices);
    }
}

#[test]
fn the_tiny_account_is_whole_and_the_same_whatever_the_seed() {
    let dataset = Dataset::generate(Preset::Tiny, 1, now());
    let count = |registry: Registry| dataset.records(registry).len();

    assert_eq!(everything(&dataset), everything(&Dataset::generate(Preset::Tiny, 9, Timestamp::UNIX_EPOCH)));
    for (registry, wanted) in [
        (Registry::Empresas, 1),
        (Registry::Cidades, 3),
        (Registry::Vendedores, Preset::Tiny.sellers()),
        (Registry::Bancos, Preset::Tiny.banks()),
        (Registry::Clientes, Preset::Tiny.customers() + Preset::Tiny.others()),
        (Registry::Produtos, Preset::Tiny.products()),
        (Registry::TabelasPreco, Preset::Tiny.active_tables()),
        (Registry::ItensTabela, Preset::Tiny.active_tables() * Preset::Tiny.products()),
        (Registry::PosicoesEstoque, Preset::Tiny.products()),
        (Registry::Familias, Preset::Tiny.families()),
        (Registry::Titulos, 0),
        (Registry::TitulosExcluidos, 0),
        (Registry::Pedidos, 0),
    ] {
        assert_eq!(count(registry), wanted, "{registry}");
    }
    assert!(dataset.awkward().is_empty());
    for customer in dataset.records(Registry::Clientes) {
        assert!(customer["cnpj_cpf"].as_str().is_some_and(documents::is_valid), "{customer}");
        let city = customer["cidade"].as_str().expect("a city");
        assert!(dataset.shelf(Registry::Cidades).position(city).is_ok(), "{city}");
    }
    for id in ["6001/5366578297", "6002/11489600069"] {
        assert!(dataset.shelf(Registry::ItensTabela).position(id).is_ok(), "{id}");
    }
}

#[test]
fn an_edit_of_one_tiny_account_is_in_no_other() {
    let mut one = Dataset::generate(Preset::Tiny, 1, now());
    one.shelf_mut(Registry::Clientes).set("5366578425", "razao_social", "OUTRA".into()).expect("it is there");

    let other = Dataset::generate(Preset::Tiny, 1, now());

    assert_eq!(other.records(Registry::Clientes)[2]["razao_social"], "MERCADO BOA COMPRA LTDA");
}
