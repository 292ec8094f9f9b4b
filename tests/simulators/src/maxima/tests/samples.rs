//! What sample orders and customers are, and the rows they are made from.

use fastrand::Rng;
use rust_decimal::Decimal;

use super::selling::Erp;
use super::*;
use crate::dataset::{documents, text_of};
use crate::{Dataset, Preset, Registry};

fn decimal(value: &Value) -> Decimal {
    text_of(value).parse().expect("a number, or a text that holds one")
}

/// What the items come to, at their sale prices and with their discount on top.
fn sums(order: &Value) -> (Decimal, Decimal) {
    let items = order["Produtos"].as_array().expect("a list");
    items.iter().fold((Decimal::ZERO, Decimal::ZERO), |(plain, lowered), item| {
        let price = decimal(&item["Quantidade"]) * decimal(&item["PrecoVenda"]);
        let left = (Decimal::ONE_HUNDRED - decimal(&item["PercDesconto"])) / Decimal::ONE_HUNDRED;
        (plain + price, lowered + price * left)
    })
}

fn near(one: Decimal, other: Decimal) -> bool {
    (one - other).abs() <= Decimal::new(1, 2)
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_order_is_what_its_name_says() {
    let erp = Erp::new().await;
    let seller = erp.sim.seller();
    for (seed, kind) in (0..30).flat_map(|seed| OrderKind::ALL.map(|kind| (seed, kind))) {
        let id = seller.place_sample(kind, &mut Rng::with_seed(seed)).expect("the tiny catalogue");
        let order = erp.sim.order(id).expect("it is there").object;
        let items = order["Produtos"].as_array().expect("a list");
        let (plain, lowered) = sums(&order);
        let total = decimal(&order["ValorTotal"]);
        let is = |path: &str| text_of(crate::dataset::at(&order, path));
        assert_eq!((is("CodigoPedidoNuvem"), is("TipoVenda.Codigo").is_empty()), (id.to_string(), false));
        assert!(!is("CodigoUsuarioMaxima").is_empty() && !is("NumPedido").is_empty(), "{kind}");
        assert!(erp.sim.row("Usuaris", &is("CodUsuario")).is_some(), "{kind}: {order}");
        assert!(items.iter().all(|item| erp.sim.row("Produtos", &text_of(&item["Codigo"])).is_some()));
        let wanted = match kind {
            OrderKind::Boleto => {
                (is("Cobranca.Codigo"), is("PlanoPagamento.Codigo")) == ("15".into(), "A03".into())
            }
            OrderKind::Cash => is("Cobranca.Codigo") == "01",
            OrderKind::Pix => is("Cobranca.Codigo") == "17",
            OrderKind::Bonus => (is("TipoVenda.Codigo"), is("Cobranca.Codigo")) == ("5".into(), "BNF".into()),
            OrderKind::BonusItem => {
                items.len() > 1 && items.iter().filter(|item| item["ItemBonificado"] == true).count() == 1
            }
            OrderKind::Variable => {
                let days = order["PlanoPagamento"]["VencimentosVariaveis"].as_array().map_or(0, Vec::len);
                days > 1 && days.to_string() == is("PlanoPagamento.NumeroParcelas")
            }
            OrderKind::Freight => decimal(&order["ValorFrete"]) > Decimal::ZERO,
            OrderKind::UnmappedMeans => is("Cobranca.Codigo") == "16",
            OrderKind::NaturalPerson => is("Cliente.CNPJ").len() == 11,
            OrderKind::Quotation => erp.sim.order(id).expect("it is there").kind == 2,
            OrderKind::TooLong => items.len() == 200,
            OrderKind::Discount => {
                decimal(&order["PercDescontoPedido"]) > Decimal::ZERO && near(total, plain)
            }
            OrderKind::DiscountOnTop => !near(total, plain) && near(total, lowered),
            OrderKind::WrongTotal => !near(total, plain) && !near(total, lowered),
            OrderKind::NewCustomer => {
                is("Cliente.Codigo").is_empty() && is("Cliente.CodigoClienteNuvem") == "88771"
            }
            OrderKind::Blocked => order["PedidoBloqueadoEnvioErp"] == true,
            OrderKind::Empty => items.is_empty(),
            OrderKind::FutureDelivery => is("TipoVenda.Codigo") == "7",
        };
        assert!(wanted, "{kind}, seed {seed}: {order}");
        let ordinary = !matches!(kind, OrderKind::DiscountOnTop | OrderKind::WrongTotal | OrderKind::Freight);
        assert!(!ordinary || near(total, plain), "{kind}, seed {seed}: {total} and {plain}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_places_the_same_orders() {
    let mut made = Vec::new();
    for seed in [5, 5, 6] {
        let erp = Erp::new().await;
        let rng = &mut Rng::with_seed(seed);
        for kind in OrderKind::ALL {
            erp.sim.seller().place_sample(kind, rng).expect("the tiny catalogue");
        }
        made.push(erp.sim.orders());
    }

    assert_eq!(made[0], made[1]);
    assert_ne!(made[0], made[2]);
    let numbers: Vec<&str> = made[0].iter().map(|order| order.numped.as_str()).collect();
    assert_eq!(numbers.iter().filter(|number| **number == "416").count(), 2, "each seller counts alone");
}

#[tokio::test(start_paused = true)]
async fn without_a_catalogue_nobody_sells() {
    let why =
        cloud().seller().sample_order(OrderKind::Cash, &mut Rng::with_seed(1)).expect_err("it is empty");

    assert_eq!(why.to_string(), "a Máxima não tem Clientes que sirva: faça a carga antes");
}

#[tokio::test(start_paused = true)]
async fn sample_customers_have_the_documents_their_kinds_say() {
    let erp = Erp::new().await;
    let held: Vec<String> = erp.sim.rows("Clientes").into_values().map(|row| bare(&row["Cgcent"])).collect();

    for seed in 0..50 {
        let document = |kind| {
            let customer = erp.sim.seller().sample_customer(kind, &mut Rng::with_seed(seed));
            let customer = customer.expect("the tiny catalogue");
            assert!(erp.sim.row("Cidades", &text_of(&customer["Praca"]["CodigoCidade"])).is_some());
            text_of(&customer["CNPJ"])
        };
        assert!(documents::is_valid(&document(CustomerKind::Company)));
        assert_eq!(bare(&document(CustomerKind::Person).into()).len(), 11);
        assert!(documents::is_valid(&document(CustomerKind::Person)));
        assert!(held.contains(&bare(&document(CustomerKind::ExistingDocument).into())));
        assert!(!documents::is_valid(&document(CustomerKind::BadDocument)));
    }
}

fn bare(document: &Value) -> String {
    text_of(document).replace(['.', '/', '-'], "")
}

#[tokio::test(start_paused = true)]
async fn the_preloaded_rows_break_no_rule() {
    let caller = Caller::new().await;
    let rows = tiny::by_resource();
    let known: Vec<&str> = resources::RESOURCES.iter().map(|resource| resource.path).collect();
    assert!(rows.keys().all(|path| known.contains(&path.as_str())), "{:?}", rows.keys());

    for path in known {
        let Some(rows) = rows.get(path) else { continue };
        assert_eq!(caller.error("POST", path, json!(rows)).await, "", "{path}");
    }

    let preloaded = Erp::new().await.sim;
    assert_eq!(preloaded.verdict().rows, caller.sim.verdict().rows);
    assert!(resources::RESOURCES.iter().all(|it| preloaded.rows(it.path) == caller.sim.rows(it.path)));
}

#[tokio::test(start_paused = true)]
async fn one_cloud_writes_nothing_into_another() {
    let (one, other) = (Erp::new().await, Erp::new().await);

    one.put("v3/Clientes", json!({ "Codcli": "5366578425", "Cliente": "OUTRO NOME" })).await;
    one.sim.seller().place_order(worked_example());

    assert_eq!(one.sim.row("Clientes", "5366578425").expect("it is there")["Cliente"], "OUTRO NOME");
    let kept = other.sim.row("Clientes", "5366578425").expect("it is there");
    assert_eq!(kept["Cliente"], "MERCADO BOA COMPRA LTDA");
    assert!(other.sim.orders().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_preloaded_rows_are_those_of_the_tiny_account() {
    let dataset = Dataset::generate(Preset::Tiny, 1, START.parse().expect("an instant"));
    let sim = Erp::new().await.sim;
    for (registry, id, path) in [
        (Registry::Cidades, "cCod", "Cidades"),
        (Registry::Vendedores, "codigo", "Usuaris"),
        (Registry::Produtos, "codigo_produto", "Produtos"),
        (Registry::TabelasPreco, "nCodTabPreco", "Regioes"),
        (Registry::Bancos, "codigo", "Banco"),
    ] {
        let ids: Vec<String> = dataset.records(registry).iter().map(|record| text_of(&record[id])).collect();
        let mut held: Vec<String> = sim.rows(path).into_keys().collect();
        held.sort_by_key(|key| ids.iter().position(|id| id == key));
        assert_eq!(held, ids, "{path}");
    }
    for price in dataset.records(Registry::ItensTabela) {
        let key = format!("{}/{}", price["nCodProd"], price["nCodTabPreco"]);
        assert_eq!(sim.row("TabelasPrecos", &key).expect("it is there")["Pvenda"], price["nValorTabela"]);
    }
}
