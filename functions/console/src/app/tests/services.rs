//! Service orders, and what came in and helped none, when there is much of it.

use service_orders::delivery::{Came, Source};
use service_orders::notice::{self, Callback, Fate};

use super::changes::needs_a_reason;
use super::*;
use crate::ports::World as _;

/// Larger pages are slow on a phone.
const LARGEST: usize = 60_000;

/// So many deliveries that nobody understands, and callbacks without an order, each with a long text.
async fn fill(browser: &Browser, number: usize) {
    let house = browser.app.world();
    let why = "falta o número da SS: ".repeat(14);
    let mut callbacks = Vec::new();
    for n in 0..number {
        let body = format!("{{\"pedido\": {n}}}");
        let came = Came { source: Source::Senior, path: "/senior/eventos", headers: &[], body: &body };
        came.store(house.state(), house.clock(), "quarentena", Some(&why), vec![]).await.expect("stored");
        let said = serde_json::json!({
            "ss_number": (70_000 + n).to_string(), "outcome": "completed", "item_sequences": [],
        });
        let said = serde_json::from_value(said).expect("a callback");
        let told = "nenhum pedido daqui tem esta SS ".repeat(6);
        let callback = Callback { fate: Fate::Unmatched, told, ..Callback::new(said, sample::before(1_600)) };
        callbacks.push((format!("muitos-{n:03}"), callback));
    }
    notice::store_all(house.state(), &callbacks).await.expect("stored");
}

/// The boxes of one of the two forms.
fn boxes(page: &str, form: &str) -> Vec<String> {
    let (_, rest) = page.split_once(&format!("action=\"/console/os-avisos/{form}\"")).expect("a form");
    let (rest, _) = rest.split_once("</form>").expect("its end");
    let all = rest.split("name=\"aviso\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    all.map(str::to_owned).collect()
}

/// Where the page leads on to: one address for each list.
fn older(page: &str) -> Vec<String> {
    let all = page
        .split("href=\"")
        .filter(|rest| rest.split('<').next().is_some_and(|it| it.contains(">Mais antigos")));
    all.filter_map(|rest| rest.split('"').next()).map(|link| link.replace("&amp;", "&")).collect()
}

#[tokio::test(start_paused = true)]
async fn deliveries_that_are_still_not_understood_stay_where_they_are() {
    let mut browser = Browser::operator().await;
    let page = browser.get("/console/os-avisos").await.text().into_owned();
    let boxes = boxes(&page, "reprocessar");
    let path = "/console/os-avisos/reprocessar";

    needs_a_reason(path, &[("aviso", &boxes[0])]).await;
    needs_a_reason(&format!("/console/os-avisos/{}/reprocessar", boxes[0]), &[]).await;
    let nothing = browser.post(path, &[("motivo", "mapa corrigido")]).await;
    assert!(
        nothing.status == StatusCode::UNPROCESSABLE_ENTITY && nothing.text().contains("Marque ao menos um")
    );
    let single = format!("/console/os-avisos/{}/reprocessar", boxes[0]);
    let refused = browser.post(&single, &[("motivo", "mapa corrigido")]).await;
    assert!(browser.follow(&refused).await.text().contains("A entrega continua sem ser entendida"));
    let all: Vec<_> =
        boxes.iter().map(|id| ("aviso", id.as_str())).chain([("motivo", "mapa corrigido")]).collect();
    let refused = browser.post(path, &all).await;

    let page = browser.follow(&refused).await.text().into_owned();
    assert!(page.contains("Nenhum aviso mudou.") && page.contains("continua sem ser entendida"), "{page}");
    assert_eq!((boxes.len(), self::boxes(&page, "reprocessar").len()), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn callbacks_that_belong_to_no_order_are_dismissed_together_and_once() {
    let mut browser = Browser::operator().await;
    fill(&browser, 3).await;
    let page = browser.get("/console/os-avisos").await.text().into_owned();
    let boxes = boxes(&page, "dispensar");
    assert_eq!(boxes.len(), 4);
    let path = "/console/os-avisos/dispensar";

    needs_a_reason(path, &[("aviso", "sample")]).await;
    let fields = [
        ("aviso", "sample"),
        ("aviso", "muitos-001"),
        ("motivo", "SS aberta à mão"),
        ("comando_id", "console-r1"),
    ];
    let done = browser.post(path, &fields).await;
    let page = browser.follow(&done).await.text().into_owned();
    assert!(
        page.contains("2 avisos dispensados.") && !page.contains("99881") && page.contains("70002"),
        "{page}"
    );
    let same = browser.post(path, &fields).await;
    assert!(browser.follow(&same).await.text().contains("2 avisos dispensados."), "the same form again");
    let more = [("aviso", "sample"), ("aviso", "muitos-002"), ("motivo", "outra vez")];
    let other = browser.post(path, &more).await;
    let page = browser.follow(&other).await.text().into_owned();
    assert!(page.contains("1 aviso dispensado. 1 ficou: este aviso não está mais sem pedido."), "{page}");
}

#[tokio::test(start_paused = true)]
async fn many_deliveries_fit_a_page_are_counted_honestly_and_all_are_found() {
    let mut browser = Browser::operator().await;
    fill(&browser, 60).await;

    let mut seen = std::collections::BTreeSet::new();
    let mut next = Some("/console/os-avisos".to_owned());
    while let Some(path) = next {
        let page = browser.get(&path).await;
        assert!(page.body.len() <= LARGEST, "{path}: {} bytes", page.body.len());
        let text = page.text();
        seen.extend(boxes(&text, "reprocessar"));
        next = older(&text).into_iter().find(|link| !link.contains("sem=1"));
    }
    assert_eq!(seen.len(), 63);
    let first = browser.get("/console/os-avisos").await;
    assert!(first.text().contains("25 ou mais avisos"), "{}", first.text());
    let last = browser.get("/console/os-avisos?p=2").await;
    assert!(last.text().contains("63 avisos") && last.text().contains("25 ou mais avisos"));
    let others = browser.get("/console/os-avisos?sem=2").await;
    assert_eq!(boxes(&others.text(), "dispensar").len(), 11);
}

#[tokio::test(start_paused = true)]
async fn every_service_order_under_way_is_on_one_of_the_pages() {
    let mut browser = Browser::operator().await;
    // The sample has the first 24.
    for n in 24..144 {
        sample::services::put(browser.app.world().state(), &sample::services::order(n)).await;
    }

    let (mut seen, mut pages) = (std::collections::BTreeSet::new(), 0);
    let mut next = Some("/console/os".to_owned());
    while let Some(path) = next {
        let page = browser.get(&path).await;
        let text = page.text();
        assert!(page.body.len() <= LARGEST, "{path}: {} bytes", page.body.len());
        let of_it = text.split("href=\"/console/os/").skip(1).filter_map(|rest| rest.split('"').next());
        seen.extend(of_it.map(str::to_owned));
        next = older(&text).pop();
        pages += 1;
    }

    // One in six is skipped, which is an end.
    assert_eq!((seen.len(), pages), (120, 3));
}

#[tokio::test(start_paused = true)]
async fn a_search_keeps_to_the_state_that_is_chosen() {
    let mut browser = Browser::operator().await;
    let found = |text: &str| text.contains("href=\"/console/os/5b1f6f0e-0003\"");

    let other = browser.get("/console/os?q=4403&estado=opening").await;
    let same = browser.get("/console/os?q=4403&estado=awaiting_execution").await;
    let any = browser.get("/console/os?q=4403").await;

    assert!(!found(&other.text()) && found(&same.text()) && found(&any.text()));
    assert!(any.text().contains("“em andamento” procura em todos"));
}

#[tokio::test(start_paused = true)]
async fn an_order_with_a_long_history_and_many_deliveries_fits_a_page() {
    let mut browser = Browser::operator().await;
    let house = browser.app.world();
    let mut order = sample::services::order(25);
    for n in 0..150 {
        let cause = format!("o Sismetro recusou {n}: {}", "o setor informado não existe ".repeat(6));
        order.history.note(sample::before(600 - n), "opening", "opening", cause);
    }
    sample::services::put(house.state(), &order).await;
    for n in 0..20 {
        let body = format!("{{\"order\": {n}}}");
        let came = Came { source: Source::Senior, path: "/senior/eventos", headers: &[], body: &body };
        let of = vec![order.id.clone()];
        came.store(house.state(), house.clock(), "repetido", None, of).await.expect("stored");
    }
    let path = format!("/console/os/{}", order.id);
    let kept = order.history.steps().len();

    let mut steps = 0;
    for number in 0..kept.div_ceil(40) {
        let page = browser.get(&format!("{path}?passos={number}")).await;
        assert!(page.body.len() <= LARGEST, "{} bytes", page.body.len());
        steps += page.text().matches("o Sismetro recusou ").count();
        assert!(page.text().contains("Os 8 mais recentes de 20 ou mais."));
    }
    assert!(kept > 100 && steps > kept - 5 && browser.get(&path).await.text().contains("recusou 149"));
    let again = browser.post(&format!("{path}/retomar"), &[]).await;
    assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.body.len() <= LARGEST);
    assert!(again.text().contains(&format!("href=\"{path}?passos=1\"")), "{}", again.text());
}
