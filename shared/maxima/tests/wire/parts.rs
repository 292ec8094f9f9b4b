//! Rows whose key has several parts: what a refusal leads to, and what it costs.

use maxima::{Hashed, Maxima, TabelaPreco};
use partner_http::{CallError, Fault};

use crate::cloud::{Cloud, Mishap, connected};

const HASH: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const ENDPOINT: &str = "TabelasPrecos";

/// Prices of these products in region 9, all believed new or all believed known. The same products have prices
/// in region 10 already, so that a look-up by product would find them.
async fn upsert(
    maxima: &Maxima,
    cloud: &Cloud,
    products: std::ops::Range<u32>,
    known: bool,
) -> Result<(), CallError> {
    cloud.has(ENDPOINT, products.clone().map(|product| format!("{product}/10")));
    let pvenda = "19.90".parse().expect("a decimal");
    let row = |product: u32| TabelaPreco {
        codprod: product.to_string(),
        numregiao: "9".to_owned(),
        pvenda,
        pvenda1: pvenda,
        ..TabelaPreco::default()
    };
    let rows: Vec<TabelaPreco> = products.map(row).collect();
    let rows: Vec<_> = rows.iter().map(|row| Hashed { row, hash: HASH, known }).collect();
    maxima.upsert(&rows).await
}

fn in_region_9(products: impl IntoIterator<Item = u32>) -> Vec<String> {
    products.into_iter().map(|product| format!("{product}/9")).collect()
}

fn all_stored(cloud: &Cloud, products: std::ops::Range<u32>) -> bool {
    in_region_9(products).iter().all(|key| {
        let record = cloud.record(ENDPOINT, key);
        record.is_some_and(|record| record.get("Hash").is_some_and(|hash| hash == HASH))
    })
}

#[tokio::test(start_paused = true)]
async fn a_thousand_known_prices_believed_new_cost_one_request_more() {
    let (maxima, cloud) = connected();
    cloud.has(ENDPOINT, in_region_9(0..1_000));

    upsert(&maxima, &cloud, 0..1_000, false).await.expect("stored");

    assert_eq!(cloud.story(), ["POST TabelasPrecos", "PUT TabelasPrecos"]);
    assert!(all_stored(&cloud, 0..1_000));
}

#[tokio::test(start_paused = true)]
async fn a_thousand_new_prices_believed_known_cost_one_request_more() {
    let (maxima, cloud) = connected();

    upsert(&maxima, &cloud, 0..1_000, true).await.expect("stored");

    assert_eq!(cloud.story(), ["PUT TabelasPrecos", "POST TabelasPrecos"]);
    assert!(all_stored(&cloud, 0..1_000));
}

#[tokio::test(start_paused = true)]
async fn an_insertion_whose_answer_was_lost_becomes_an_update() {
    let (maxima, cloud) = connected();
    cloud.next("POST TabelasPrecos", Mishap::LoseAnswer);

    upsert(&maxima, &cloud, 0..1_000, false).await.expect("stored");

    assert_eq!(cloud.story(), ["POST TabelasPrecos", "POST TabelasPrecos", "PUT TabelasPrecos"]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_half_stored_is_sorted_out_in_pieces() {
    let (maxima, cloud) = connected();
    cloud.has(ENDPOINT, in_region_9(0..333));

    upsert(&maxima, &cloud, 0..1_000, false).await.expect("stored");

    assert!(all_stored(&cloud, 0..1_000));
    assert!(cloud.story().len() < 50, "{} requests", cloud.story().len());
}

#[tokio::test(start_paused = true)]
async fn a_few_missing_among_known_ones_are_inserted() {
    let (maxima, cloud) = connected();
    cloud.has(ENDPOINT, in_region_9((0..1_000).filter(|product| ![17, 500].contains(product))));

    upsert(&maxima, &cloud, 0..1_000, true).await.expect("stored");

    assert!(all_stored(&cloud, 0..1_000));
    assert!(cloud.story().len() < 100, "{} requests", cloud.story().len());
}

#[tokio::test(start_paused = true)]
async fn every_other_one_stored_is_looked_at_and_sorted_out() {
    let (maxima, cloud) = connected();
    cloud.has(ENDPOINT, in_region_9((0..64).filter(|product| product % 2 == 0)));

    upsert(&maxima, &cloud, 0..64, false).await.expect("stored");

    assert!(all_stored(&cloud, 0..64));
}

#[tokio::test(start_paused = true)]
async fn a_bad_row_among_new_ones_is_refused_with_its_words_at_once() {
    let (maxima, cloud) = connected();
    cloud.refuses(ENDPOINT, "7/9", "O campo Perdescmax não aceita este valor");

    let error = upsert(&maxima, &cloud, 0..1_000, false).await.expect_err("refused");

    let text = "O campo Perdescmax não aceita este valor".to_owned();
    assert_eq!(error.fault, Fault::Refused { text });
    assert_eq!(cloud.story(), ["POST TabelasPrecos", "PUT TabelasPrecos"]);
}

#[tokio::test(start_paused = true)]
async fn a_bad_row_among_known_ones_is_refused_with_its_words_at_once() {
    let (maxima, cloud) = connected();
    cloud.has(ENDPOINT, in_region_9(0..1_000));
    cloud.refuses(ENDPOINT, "7/9", "O campo Perdescmax não aceita este valor");

    for known in [true, false] {
        let error = upsert(&maxima, &cloud, 0..1_000, known).await.expect_err("refused");

        assert!(matches!(error.fault, Fault::Refused { text } if text.contains("Perdescmax")));
    }
    assert_eq!(cloud.story().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn words_that_nobody_knows_are_settled_by_looking() {
    for known in [true, false] {
        let (maxima, cloud) = connected();
        cloud.has(ENDPOINT, in_region_9(0..3));
        for verb in ["POST TabelasPrecos", "PUT TabelasPrecos"] {
            cloud.next(verb, Mishap::Answer(400, r#"{"success":null,"error":"Falha ao gravar (7)"}"#));
        }

        upsert(&maxima, &cloud, 0..6, known).await.expect("stored");

        assert!(all_stored(&cloud, 0..6));
        assert_eq!(cloud.story().iter().filter(|name| name.starts_with("GET ")).count(), 6);
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_that_is_what_it_was_believed_to_be_and_refused_is_bad() {
    let (maxima, cloud) = connected();
    for verb in ["POST TabelasPrecos", "PUT TabelasPrecos", "POST TabelasPrecos"] {
        cloud.next(verb, Mishap::Answer(400, r#"{"success":null,"error":"Falha ao gravar (7)"}"#));
    }

    let error = upsert(&maxima, &cloud, 0..1, false).await.expect_err("refused");

    assert_eq!(error.fault, Fault::Refused { text: "Falha ao gravar (7)".to_owned() });
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_no_refusal() {
    let (maxima, cloud) = connected();
    for _ in 0..10 {
        cloud.next("POST TabelasPrecos", Mishap::Answer(503, "<html>manutenção</html>"));
    }

    let error = upsert(&maxima, &cloud, 0..1, false).await.expect_err("unavailable");

    assert_eq!(error.fault, Fault::Unavailable);
    assert!(cloud.seen("PUT TabelasPrecos").is_empty());
}
