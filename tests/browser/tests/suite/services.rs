//! The other bridge: its set-up, and service orders that wait for a decision.

use browser::{Chrome, Person, Ponte};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn service_orders_are_set_up_and_followed() {
    let (ponte, chrome) = (Ponte::start(&["senior-sismetro"]), Chrome::start());
    let person = Person::new(chrome.client(true).await, &ponte.console, true);
    person.signs_in("Maria Souza", &ponte.operate).await;

    person.opens("/configuracao/os").await;
    person.sees("Acesso ao Senior X").await;
    person.keeps("configuracao-os").await;
    person.fills("porta", "senior").await;
    person.presses("Enviar o teste").await;
    person.sees("O aviso chegou e foi entendido.").await;
    person.keeps("teste-aviso").await;
    person.opens("/configuracao/os").await;
    person.presses("Mostrar os segredos").await;
    person.sees("x-webhook-secret").await;
    person.keeps("segredos-os").await;

    person.comes_to_see("/os", "liberada").await;
    person.keeps("os").await;
    person.follows("main table a[href*=\"/os/\"]").await;
    person.sees("Avisos sobre este pedido").await;
    person.keeps("os-detalhe").await;
    person.opens("/os-avisos").await;
    person.sees("Avisos que não foram entendidos").await;
    person.keeps("os-avisos").await;
    for path in ["/os", "/configuracao/os"] {
        person.opens(path).await;
        assert!(!person.must_scroll_sideways().await, "{path} is wider than a phone");
    }
    person.leaves().await;
}
