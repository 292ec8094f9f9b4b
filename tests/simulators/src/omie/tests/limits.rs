//! The limits, each at its edge.

use super::*;

#[tokio::test(start_paused = true)]
async fn the_same_query_inside_a_minute_is_redundant_and_starts_the_minute_again() {
    let sim = account();
    let param = json!({ "pagina": 1, "registros_por_pagina": 10 });

    assert_eq!(ask(&sim, "ListarVendedores", param.clone()).await.0, 200);
    pass(&sim, 50).await;
    let (status, body) = ask(&sim, "ListarVendedores", param.clone()).await;
    assert_eq!((status, code(&body)), (500, "SOAP-ENV:Client-6"));
    pass(&sim, 50).await;
    assert_eq!(code(&ask(&sim, "ListarVendedores", param.clone()).await.1), "SOAP-ENV:Client-6");
    assert_eq!(ask(&sim, "ListarBancos", param.clone()).await.0, 200, "another method is another query");
    pass(&sim, 60).await;

    assert_eq!(ask(&sim, "ListarVendedores", param).await.0, 200);
    assert_eq!(sim.verdict().total("redundant"), 2);
}

#[tokio::test(start_paused = true)]
async fn the_241st_call_of_a_method_in_a_minute_is_refused() {
    let sim = account();
    sim.configure(|options| options.latency = Duration::ZERO);

    for nth in 0..240 {
        assert_eq!(distinct(&sim, nth).await.0, 200, "{nth}");
    }
    assert_eq!(distinct(&sim, 240).await.0, 429);
    assert_eq!(ask(&sim, "ListarBancos", json!({})).await.0, 200, "another method has its own count");
    pass(&sim, 60).await;

    assert_eq!(distinct(&sim, 241).await.0, 200);
    assert_eq!(sim.verdict().methods["ListarVendedores"].most_per_minute, 241);
    assert_eq!(sim.verdict().faults("ListarVendedores", "rate_limited"), 1);
}

#[tokio::test(start_paused = true)]
async fn the_961st_call_of_an_address_in_a_minute_is_refused() {
    let sim = account();
    sim.configure(|options| options.latency = Duration::ZERO);

    for nth in 0..240_u32 {
        for method in ["ListarVendedores", "ListarBancos", "ListarFormasPagVendas", "ListarClientes"] {
            let (status, _) =
                ask(&sim, method, json!({ "pagina": 1, "registros_por_pagina": nth + 1 })).await;
            assert_eq!(status, 200);
        }
    }

    assert_eq!(ask(&sim, "ListarTipoAtiv", json!({})).await.0, 429);
    assert_eq!(sim.verdict().most_per_minute, 961);
}

#[tokio::test(start_paused = true)]
async fn more_than_four_at_once_are_refused() {
    let sim = account();

    let answers = tokio::join!(
        distinct(&sim, 1),
        distinct(&sim, 2),
        distinct(&sim, 3),
        distinct(&sim, 4),
        distinct(&sim, 5)
    );

    assert_eq!([answers.0.0, answers.1.0, answers.2.0, answers.3.0], [200; 4]);
    assert_eq!(code(&answers.4.1), "SOAP-ENV:Client-1880");
    assert_eq!(distinct(&sim, 6).await.0, 200, "those that ended no longer count");
}

#[tokio::test(start_paused = true)]
async fn some_methods_take_one_call_at_a_time() {
    let sim = account();
    sim.configure(|options| options.in_flight.extend([("ListarVendedores".to_owned(), 1)]));

    let (first, second) = tokio::join!(distinct(&sim, 1), distinct(&sim, 2));

    assert_eq!((first.0, code(&second.1)), (200, "SOAP-ENV:Client-1880"));
    assert_eq!(sim.verdict().methods["ListarVendedores"].most_in_flight, 2, "the attempt counts");
}

#[tokio::test(start_paused = true)]
async fn the_tenth_failure_in_a_minute_blocks_the_method_for_half_an_hour() {
    let sim = account();

    for page in 100..109 {
        let (status, _) = ask(&sim, "ListarVendedores", json!({ "pagina": page })).await;
        assert_eq!(status, 500);
    }
    let (status, body) = ask(&sim, "ListarVendedores", json!({ "pagina": 109 })).await;
    assert_eq!((status, code(&body)), (425, "MISUSE_API_PROCESS"));
    assert!(
        body["faultstring"].as_str().is_some_and(|text| text.ends_with("Tente novamente em 1800 segundos."))
    );
    assert_eq!(ask(&sim, "ListarBancos", json!({})).await.0, 200, "another method is not blocked");

    pass(&sim, 1_000).await;
    let (_, body) = ask(&sim, "ListarVendedores", json!({ "pagina": 1 })).await;
    assert!(
        body["faultstring"].as_str().is_some_and(|text| text.ends_with("em 860 segundos.")),
        "a call adds a minute: {body}"
    );
    pass(&sim, 859).await;
    assert_eq!(ask(&sim, "ListarVendedores", json!({ "pagina": 1 })).await.0, 425);
    pass(&sim, 62).await;
    assert_eq!(ask(&sim, "ListarVendedores", json!({ "pagina": 1 })).await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn failures_spread_over_more_than_a_minute_do_not_block() {
    let sim = account();

    for page in 100..120 {
        assert_eq!(ask(&sim, "ListarVendedores", json!({ "pagina": page })).await.0, 500);
        pass(&sim, 7).await;
    }

    assert_eq!(sim.verdict().total("blocked"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_page_takes_its_time() {
    let sim = account();

    let begun = sim.now();
    distinct(&sim, 1).await;

    assert_eq!(clock::until(begun, sim.now()), Duration::from_millis(350));
}
