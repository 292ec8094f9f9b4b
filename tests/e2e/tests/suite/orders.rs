//! Checks 6, 7, 8, 10 and 11: a seller's order is in Omie exactly once and as it must be, or the seller reads why not.

use std::time::Duration;

use e2e::{Job, World};
use engine::{Cases as _, Harm, Moment};
use sales::desk;
use sales::orders::{self, Order};
use sales::settings::Settings;
use serde_json::{Value, json};
use simulators::{Fault, OrderSeen, Outcome, Preset, worked_example};

/// `contracts/maxima.md` §7.4.
const TAKEN: u8 = 4;
const REFUSED: u8 = 5;

/// A customer of the tiny account, by `codigo_cliente_omie`: a company in the state of the branch.
const IN_THE_STATE: &str = "5366578425";
/// The same outside the state.
const OUTSIDE: &str = "11489512176";

pub(crate) async fn selling() -> World {
    World::selling(Preset::Tiny, |_| {}).await
}

/// Sends the contract's worked example, as `change` has it.
pub(crate) fn place(world: &World, change: impl FnOnce(&mut Value)) -> u64 {
    let mut order = worked_example();
    change(&mut order);
    world.partners.maxima.seller().place_order(order)
}

pub(crate) fn seen(world: &World, id: u64) -> OrderSeen {
    world.partners.maxima.order(id).expect("it was placed")
}

/// What the operator's desk shows of it.
pub(crate) async fn shown(world: &World, id: u64) -> String {
    let case = world.state.case(orders::KIND, &id.to_string()).await.expect("a store").expect("it was taken");
    let order: Order = serde_json::from_value(case.filing.body).expect("an order");
    desk::timeline(&order, world.clock.now()).to_string()
}

/// How many orders Omie has ever made of it.
pub(crate) fn created(world: &World, id: u64) -> u64 {
    world.partners.omie.orders_created().get(&id.to_string()).copied().unwrap_or_default()
}

/// What became of each include of it.
pub(crate) fn includes(world: &World, id: u64) -> Vec<Outcome> {
    let log = world.partners.omie.log();
    let of_it = log.iter().filter(|entry| entry.method == "IncluirPedido" && entry.key == id.to_string());
    of_it.map(|entry| entry.outcome).collect()
}

/// The request that included it, as it left us.
pub(crate) fn request(world: &World, id: u64) -> Value {
    let code = json!(id.to_string());
    let sent = world.writes.of("IncluirPedido");
    let mut of_it = sent.into_iter().filter(|sent| sent["cabecalho"]["codigo_pedido_integracao"] == code);
    of_it.next().unwrap_or_else(|| panic!("{id} was never sent: {:?}", seen(world, id)))
}

/// In Omie once, and its seller knows its number.
pub(crate) fn assert_taken_once(world: &World, id: u64, what: &str) {
    let seen = seen(world, id);
    assert_eq!(created(world, id), 1, "{what}: orders in Omie");
    assert_eq!(seen.status, TAKEN, "{what}: {seen:?}");
    let in_omie = world.partners.omie.order(&id.to_string()).expect("it is there");
    assert_eq!(json!(seen.numpederp), in_omie["cabecalho"]["numero_pedido"], "{what}");
    assert_eq!(world.partners.maxima.violations(), Vec::<String>::new(), "{what}");
}

/// Check 6: Omie has committed the order and the connection is cut, at once, in the middle of the answer, or before the
/// work is done.
#[tokio::test(start_paused = true)]
async fn an_order_whose_answer_was_cut_is_in_omie_once_and_taken_in_maxima() {
    for fault in [Fault::LostAnswer, Fault::Truncated, Fault::Late(20_000)] {
        let world = selling().await;
        world.partners.omie.faults().next("IncluirPedido", fault.clone(), 1);
        let id = place(&world, |_| {});

        world.live(6).await;

        assert_eq!(world.partners.omie.faults().pending(), 0, "{fault:?}");
        assert_eq!(includes(&world, id), [Outcome::Done], "{fault:?}: asked for, not sent again");
        assert_taken_once(&world, id, &format!("{fault:?}"));
    }
}

/// Check 6, the other way round: what Omie certainly does not have is sent again, and only once it is certain.
#[tokio::test(start_paused = true)]
async fn an_order_that_never_arrived_is_asked_for_before_it_is_sent_again() {
    let world = selling().await;
    world.partners.omie.faults().next("IncluirPedido", Fault::LostRequest, 1);
    let id = place(&world, |_| {});

    world.live(6).await;

    assert_eq!(includes(&world, id), [Outcome::Lost, Outcome::Done]);
    let log = world.partners.omie.log();
    let of_it = log.iter().filter(|entry| entry.key == id.to_string());
    let said: Vec<_> = of_it.map(|entry| (entry.method, entry.outcome)).take(3).collect();
    assert_eq!(said[1], ("ConsultarPedido", Outcome::NotFound), "{said:?}");
    assert_taken_once(&world, id, "lost on its way");
}

/// Check 6: the process dies with the request, at any call of the turn.
#[tokio::test(start_paused = true)]
async fn a_process_that_dies_at_any_call_of_the_import_leaves_the_order_once_in_omie() {
    for (call, moment) in (1..60).flat_map(|call| [(call, Moment::Before), (call, Moment::After)]) {
        let world = selling().await;
        let id = place(&world, |_| {});
        world.faults.strike(call, moment, Harm::Crash);

        let is_killed = tokio::select! {
            _ = world.turn(Job::Orders) => false,
            () = world.faults.crashed() => true,
        };
        world.faults.spare();
        world.live(12).await;

        assert_taken_once(&world, id, &format!("killed {moment:?} call {call}"));
        if !is_killed {
            assert!(call > 15, "the turn makes more calls than {call}");
            return;
        }
    }
    panic!("the turn never ended");
}

/// Check 7: two imports that do not know of each other, a status job woken by Omie's own notice of the order while its
/// include is still under way, and another import meanwhile.
#[tokio::test(start_paused = true)]
async fn an_order_that_poll_and_push_bring_at_once_is_included_once() {
    let world = selling().await;
    world.partners.omie.faults().next("IncluirPedido", Fault::HeldAnswer, 1);
    let id = place(&world, |_| {});
    let pushed = async {
        world.clock.sleep(Duration::from_secs(5)).await;
        assert_eq!(created(&world, id), 1, "done, and not answered");
        assert!(world.deliver().await, "Omie tells of the order before it answers");
        tokio::join!(world.turn(Job::Status), world.overlapping(Job::Orders));
        world.partners.omie.faults().release();
    };

    tokio::join!(world.overlapping(Job::Orders), world.overlapping(Job::Orders), pushed);
    world.live(6).await;

    assert_eq!(includes(&world, id), [Outcome::Done]);
    assert_taken_once(&world, id, "at once");
}

/// Check 7: a turn that another has is not begun.
#[tokio::test(start_paused = true)]
async fn of_two_imports_that_start_together_one_works() {
    let world = selling().await;
    let ids: Vec<u64> = (0..5).map(|_| place(&world, |_| {})).collect();

    let worked = tokio::join!(world.turn(Job::Orders), world.turn(Job::Orders));

    assert!(worked.0 != worked.1, "{worked:?}");
    for id in ids {
        assert_eq!(includes(&world, id), [Outcome::Done]);
        assert_taken_once(&world, id, "together");
    }
}

/// Check 8: `Client-102` is the code of duplicates, and of everything else that does not fit.
#[tokio::test(start_paused = true)]
async fn a_refusal_with_the_code_of_a_duplicate_reaches_the_seller_in_omies_words() {
    let text = "Categoria não cadastrada para o Código [1.01.03]";
    let world = selling().await;
    let refusal = Fault::Reject { text: format!("ERROR: {text} !"), status: 500 };
    world.partners.omie.faults().next("IncluirPedido", refusal, 1);
    let id = place(&world, |_| {});

    world.live(15).await;

    let seen = seen(&world, id);
    let told: Vec<_> = seen.critiques.iter().map(|critique| critique.text.as_str()).collect();
    assert_eq!(seen.status, REFUSED, "{seen:?}");
    assert!(matches!(&told[..], [told] if told.contains(text)), "told once: {told:?}");
    assert_eq!((created(&world, id), &seen.numpederp, &seen.position), (0, &None, &None));
    assert_eq!(includes(&world, id).len(), 1, "a permanent refusal is not tried again");
    assert_eq!(world.partners.maxima.violations(), Vec::<String>::new());
}

/// Check 8: the category really is unknown; once it is corrected and the seller sends the order again, it goes.
#[tokio::test(start_paused = true)]
async fn an_order_refused_for_its_category_goes_when_the_seller_sends_it_again() {
    let world = selling().await;
    world.decide(|settings| settings.pedidos.categoria_omie = Some("9.99.99".to_owned())).await;
    let id = place(&world, |_| {});
    world.live(4).await;
    let refused = seen(&world, id);
    assert_eq!(refused.status, REFUSED, "{refused:?}");
    assert!(refused.critiques[0].text.contains("Categoria não cadastrada"), "{refused:?}");

    world.decide(|settings| settings.pedidos.categoria_omie = Some("1.01.03".to_owned())).await;
    let again = |order: &mut Value| order["Observacao"] = json!("de novo");
    world.partners.maxima.seller().edit_and_resend(id, again).expect("the seller may");
    world.live(4).await;

    assert_taken_once(&world, id, "sent again");
}

/// The worked example's fee and freight (mapping §6.7).
fn with_fee_and_freight(settings: &mut Settings) {
    settings.pedidos.valor_parcela_boleto_omie = "2.50".parse().expect("a decimal");
    settings.pedidos.valor_frete_omie = "15.00".parse().expect("a decimal");
}

fn by_pix(order: &mut Value) {
    order["Cobranca"] = json!({ "Codigo": "17", "Descricao": "PIX", "Boleto": false });
    order["PlanoPagamento"] = json!({ "Codigo": "000", "Descricao": "À vista", "NumeroParcelas": 1 });
}

/// Check 10: the fee is per instalment of a boleto and of nothing else, also where a plan of three is paid by PIX.
#[tokio::test(start_paused = true)]
async fn the_boleto_fee_is_on_the_boleto_order_and_on_no_other() {
    let world = World::selling(Preset::Tiny, with_fee_and_freight).await;
    let boleto = place(&world, |_| {});
    let pix = place(&world, by_pix);
    let pix_in_three = place(&world, |order| order["Cobranca"] = json!({ "Codigo": "17", "Boleto": false }));

    world.live(2).await;

    let freight = |id| request(&world, id)["frete"].clone();
    let without = json!({ "modalidade": "0", "valor_frete": 15 });
    assert_eq!(freight(boleto), json!({ "modalidade": "0", "valor_frete": 15, "outras_despesas": 7.5 }));
    assert_eq!((freight(pix), freight(pix_in_three)), (without.clone(), without));
    for (id, total) in [(boleto, "124.5"), (pix, "117.0"), (pix_in_three, "117.0")] {
        let in_omie = world.partners.omie.order(&id.to_string()).expect("it is there");
        let stated = in_omie["total_pedido"]["valor_total_pedido"].as_f64();
        assert_eq!(stated, total.parse().ok(), "12 × 8.50 and what is added: {in_omie}");
        assert_taken_once(&world, id, "to the cent");
    }
    assert_eq!(request(&world, pix)["cabecalho"]["nao_gerar_boleto"], "S");
    assert_eq!(request(&world, boleto)["cabecalho"].get("nao_gerar_boleto"), None);
}

/// Check 10: what the app writes with dot, with comma or as a number is the same amount.
#[tokio::test(start_paused = true)]
async fn a_sellers_freight_with_dot_and_with_comma_is_the_same_freight() {
    let world = selling().await;
    let typed = [json!(1_234.5), json!("1234.50"), json!("1234,50"), json!("1.234,50")];
    let ids: Vec<u64> =
        typed.iter().map(|freight| place(&world, |order| order["ValorFrete"] = freight.clone())).collect();

    world.live(2).await;

    for (id, typed) in ids.into_iter().zip(typed) {
        assert_eq!(request(&world, id)["frete"]["valor_frete"], json!(1_234.5), "{typed}");
    }
}

/// Check 10: so are the operator's freight and fee, however they were written into the settings.
#[tokio::test(start_paused = true)]
async fn freight_and_fee_of_the_settings_with_dot_and_with_comma_are_the_same() {
    let world = selling().await;
    let mut sent = Vec::new();
    for (freight, fee) in [("15.00", "2.50"), ("15,00", "2,50")] {
        world.write_order_setting("ValorFreteOmie", json!(freight)).await;
        world.write_order_setting("ValorParcelaBoletoOmie", json!(fee)).await;
        let id = place(&world, |_| {});
        world.live(2).await;
        sent.push(request(&world, id)["frete"].clone());
    }

    let wanted = json!({ "modalidade": "0", "valor_frete": 15, "outras_despesas": 7.5 });
    assert_eq!(sent, [wanted.clone(), wanted]);
}

fn as_bonus(order: &mut Value) {
    order["TipoVenda"] = json!({ "Codigo": 5, "Descricao": "Bonificação", "IsBonificacao": true });
    order["Cobranca"] = json!({ "Codigo": "BNF", "Descricao": "BONIFICACAO", "Boleto": false });
    order["PlanoPagamento"] = json!({ "Codigo": "BNF", "Descricao": "BONIFICACAO", "NumeroParcelas": 1 });
}

/// Check 11: plan "000", means "90", no fee, no boleto, no receivable, and the CFOP of the customer's state.
#[tokio::test(start_paused = true)]
async fn a_bonus_order_has_the_cfop_of_its_state_and_no_receivable() {
    let world = World::selling(Preset::Tiny, |settings| {
        with_fee_and_freight(settings);
        settings.pedidos.categoria_bonificacao = Some("1.01.97".to_owned());
    })
    .await;
    let place_for = |customer: &str| {
        place(&world, |order| {
            as_bonus(order);
            order["Cliente"]["Codigo"] = json!(customer);
        })
    };
    let placed = [(place_for(IN_THE_STATE), "5.910"), (place_for(OUTSIDE), "6.910")];

    world.live(2).await;

    for (id, cfop) in placed {
        let sent = request(&world, id);
        assert_eq!(sent["cabecalho"]["codigo_parcela"], "000");
        assert_eq!(sent["cabecalho"]["nao_gerar_boleto"], "S");
        assert_eq!(sent["informacoes_adicionais"]["meio_pagamento"], "90");
        assert_eq!(sent["informacoes_adicionais"]["codigo_categoria"], "1.01.97");
        assert_eq!(sent["frete"].get("outras_despesas"), None, "{sent}");
        for item in sent["det"].as_array().expect("items") {
            assert_eq!(item["produto"]["cfop"], cfop);
            assert_eq!(item["inf_adic"]["dados_adicionais_item"], "PRODUTO BONIFICADO");
            assert_eq!(item["inf_adic"]["nao_gerar_financeiro"], "S", "no receivable");
        }
        assert_taken_once(&world, id, cfop);
    }
}

/// Check 11: a bonus item of a sale is one without making the rest of the sale one.
#[tokio::test(start_paused = true)]
async fn a_bonus_item_of_a_sale_is_alone_without_receivable() {
    let world = World::selling(Preset::Tiny, with_fee_and_freight).await;
    let id = place(&world, |order| {
        let mut bonus = order["Produtos"][0].clone();
        bonus["Sequencia"] = json!(2);
        bonus["ItemBonificado"] = json!(true);
        order["Produtos"].as_array_mut().expect("items").push(bonus);
        order["ValorTotal"] = json!(204);
    });

    world.live(2).await;

    let sent = request(&world, id);
    let (sold, bonus) = (&sent["det"][0], &sent["det"][1]);
    assert_eq!(sold["produto"].get("cfop"), None, "Omie's own");
    assert_eq!(sold["inf_adic"].get("nao_gerar_financeiro"), None);
    assert_eq!(bonus["produto"]["cfop"], "5.910");
    assert_eq!(bonus["inf_adic"]["nao_gerar_financeiro"], "S");
    assert_eq!(sent["cabecalho"]["codigo_parcela"], "A03", "the sale is paid for");
    assert_eq!(sent["frete"]["outras_despesas"], json!(7.5));
    assert_taken_once(&world, id, "a bonus item");
}

/// The include never arrived; while nobody knows, the seller cancels. What Omie does not have is not sent any more.
#[tokio::test(start_paused = true)]
async fn an_order_cancelled_while_its_include_is_in_doubt_is_not_sent_again() {
    let world = selling().await;
    world.partners.omie.faults().next("IncluirPedido", Fault::LostRequest, 1);
    let id = place(&world, |_| {});
    world.turn(Job::Orders).await;
    world.partners.maxima.seller().cancel_order(id).expect("it is on its way");

    world.live(10).await;

    assert_eq!(world.partners.omie.faults().pending(), 0);
    assert_eq!(created(&world, id), 0, "{:?}", seen(&world, id));
    let desk = shown(&world, id).await;
    assert!(desk.contains("cancelado pelo vendedor"), "{desk}");
}

/// The include was done and its answer lost; while nobody knows, the seller cancels. They are told that it is too late.
#[tokio::test(start_paused = true)]
async fn an_order_cancelled_while_it_is_in_omie_unknown_to_us_is_told_to_be_there() {
    let world = selling().await;
    world.partners.omie.faults().next("IncluirPedido", Fault::LostAnswer, 1);
    let id = place(&world, |_| {});
    world.turn(Job::Orders).await;
    world.partners.maxima.seller().cancel_order(id).expect("it is on its way");

    world.live(10).await;

    assert_eq!(created(&world, id), 1);
    let order = seen(&world, id);
    let told = order.critiques.iter().any(|critique| critique.text.contains("O cancelamento chegou depois"));
    assert!(told, "{order:?}");
    let desk = shown(&world, id).await;
    assert!(desk.contains("Atenção: O cancelamento chegou depois"), "{desk}");
}

/// A row of Máxima's listing cannot be read: its seller is answered, and the others go on.
#[tokio::test(start_paused = true)]
async fn an_order_whose_row_cannot_be_read_is_answered_to_its_seller() {
    let world = selling().await;
    let damaged = place(&world, |_| {});
    let sound = place(&world, |_| {});
    world.partners.maxima.configure(|options| options.damaged_rows = [damaged].into());

    world.live(5).await;

    let order = seen(&world, damaged);
    assert_eq!((order.status, order.critiques.len()), (5, 1), "{order:?}");
    assert!(order.critiques[0].text.contains("tipopedido"), "{order:?}");
    assert_taken_once(&world, sound, "beside a damaged row");
    world.partners.maxima.configure(|options| options.damaged_rows.clear());
    world.partners.maxima.seller().edit_and_resend(damaged, |_| {}).expect("it was refused");
    world.live(5).await;
    assert_taken_once(&world, damaged, "mended and sent again");
    assert_eq!(world.partners.maxima.violations(), Vec::<String>::new());
}
