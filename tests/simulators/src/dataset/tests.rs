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
        parsed(&shelf.text(shelf.position(id).expect("it is there")))
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
}

#[test]
fn ids_rise_and_pass_ten_digits() {
    let dataset = Dataset::generate(Preset::Small, 1, now());

    let ids: Vec<u64> =
        dataset.shelf(Registry::Clientes).ids().iter().map(|id| id.parse().expect("a number")).collect();

    assert!(ids.is_sorted_by(|a, b| a < b), "each id is greater than the one before");
    assert!(ids.iter().any(|id| *id > 10_000_000_000));
    assert!(ids.iter().any(|id| *id < 10_000_000_000));
}

#[test]
fn what_a_filter_reads_is_what_the_record_says() {
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
    for (preset, customers, cities, banks) in [
        (Preset::Small, 120, 75, 20),
        (Preset::Typical, 5_000, 5_571, 158),
        (Preset::Large, 100_000, 5_571, 158),
    ] {
        let dataset = Dataset::generate(preset, 1, now());

        let tagged = dataset.shelf(Registry::Clientes).live().filter(|(_, marks)| marks.has_tag("cliente"));
        assert_eq!(tagged.count(), customers);
        assert_eq!(dataset.shelf(Registry::Cidades).len(), cities);
        assert_eq!(dataset.shelf(Registry::Bancos).len(), banks);
    }
}
