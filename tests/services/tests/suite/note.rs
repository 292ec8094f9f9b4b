//! R7 and R8: number and link, and where they stand.

use std::time::Duration;

use engine::Mark;
use serde_json::json;
use service_orders::{Alarm, KIND, Reason, State};
use services::{SS, World};
use simulators::{Fault, ReplyShape, ViolationKind};

/// R7: the reply carries number and link and both are stored: all reply fixtures, escaped slashes, parameter order and
/// plain text among them.
#[tokio::test(start_paused = true)]
async fn r07_number_and_link_are_read_from_every_form_of_the_reply() {
    for shape in ReplyShape::TURNS {
        let world = World::with(|options| options.sismetro.reply = Some(shape), |_| {});
        let (id, number) = world.opens().await;

        let order = world.order(&id).await;
        let known = order.ss.expect("an SS");
        assert_eq!(known.number, number.to_string(), "{shape:?}");
        let link = known.link.expect("a link");
        let theirs = world.partners.sismetro.ss(number).expect("it is there").link;
        let parts = |link: &str| {
            let (address, query) = link.split_once('?').expect("a query");
            let mut query: Vec<String> = query.split('&').map(str::to_owned).collect();
            query.sort();
            (address.to_owned(), query)
        };
        assert_eq!(parts(&link), parts(&theirs), "{shape:?}");
        let mark = Mark::new("ss", number.to_string());
        let pointer = engine::Cases::marked(&world.state, KIND, &mark, None, 2).await.expect("read");
        assert_eq!(pointer, [id], "{shape:?}");
        // A text that ends with the link may have been cut there: its record has it whole.
        let asked = usize::from(shape == ReplyShape::Text);
        assert_eq!(world.partners.sismetro.calls("findBySs").len(), asked, "{shape:?}: nothing was missing");
        world.judge().await;
    }
}

/// A reply that was cut on its way brings the SS and its whole link, or has to be looked for; half a link would open
/// nothing, and half a number is that of another SS.
#[tokio::test(start_paused = true)]
async fn r07_half_a_link_is_never_written_on_the_order() {
    for shape in ReplyShape::TURNS {
        let world = World::with(|options| options.sismetro.reply = Some(shape), |_| {});
        world.partners.sismetro.faults().next("open", Fault::Truncated, 1);
        let id = world.closes_one();
        world.lives(Duration::from_mins(50)).await;
        let number = world.partners.sismetro.numbers(&id)[0];
        world.partners.sismetro.conclude(number).expect("it is there");
        world.lives(Duration::from_mins(50)).await;

        let ss = world.partners.sismetro.ss(number).expect("it is there");
        let notes = world.seen(&id).order.observations;
        assert_eq!(notes, [format!("Sismetro SS {number} | {}", ss.link)], "{shape:?}");
        assert_eq!(world.state_of(&id).await, State::Released, "{shape:?}");
        world.judge().await;
    }
}

/// R7: a reply that has only the number recovers the link by `findBySs`.
#[tokio::test(start_paused = true)]
async fn r07_a_number_alone_recovers_its_link() {
    let world = World::with(|options| options.sismetro.reply = Some(ReplyShape::NumberOnly), |_| {});
    let (id, number) = world.opens().await;

    let link = world.order(&id).await.ss.and_then(|ss| ss.link);
    assert_eq!(link, Some(world.partners.sismetro.ss(number).expect("it is there").link));
    assert_eq!(world.partners.sismetro.calls("findBySs").len(), 1);
    world.judge().await;
}

/// R7, `contracts/sismetro.md` §5.3.5: where there is no link anywhere the number alone goes on, with an alarm.
#[tokio::test(start_paused = true)]
async fn r07_without_any_link_the_number_goes_on_alone() {
    let world = World::with(
        |options| {
            options.sismetro.reply = Some(ReplyShape::NumberOnly);
            options.sismetro.url_in_record = false;
        },
        |_| {},
    );
    let (id, number) = world.opens().await;

    let order = world.order(&id).await;
    assert!(order.alarms.contains(&Alarm::SsLinkMissing));
    assert_eq!(world.seen(&id).order.observations, [format!("Sismetro SS {number}")]);
    world.partners.sismetro.conclude(number).expect("it is there");
    world.lives(Duration::from_mins(3)).await;
    assert_eq!(world.state_of(&id).await, State::Released);
    world.judge().await;
}

/// R8: number and link stand once in the order's observation list, in a line of at most 250 characters, also after
/// a crash between the writing and T10.
#[tokio::test(start_paused = true)]
async fn r08_number_and_link_stand_once_on_the_order_also_after_a_crash() {
    let mut world = World::new();
    let id = world.closes_one();
    // The process dies with the answer to its observation.
    let calm = World::new();
    calm.closes_one();
    calm.deliver().await;
    calm.works().await;
    let answered = calm.faults().calls().iter().position(|call| *call == "note answered").expect("it notes");
    world.faults().strike(answered + 1, engine::Moment::Before, engine::Harm::Crash);
    let ended = world.until_killed(async { (world.deliver().await, world.works().await) }).await;
    assert!(ended.is_none(), "it was to die");
    assert_eq!((world.state_of(&id).await, world.seen(&id).order.observations.len()), (State::Opened, 1));
    world.faults().spare();
    world.restart();

    world.lives(Duration::from_mins(10)).await;

    let link = world.partners.sismetro.ss(SS).expect("it is there").link;
    let text = format!("Sismetro SS {SS} | {link}");
    assert!(text.chars().count() <= 250);
    assert_eq!(world.seen(&id).order.observations, [text]);
    assert_eq!(world.partners.senior.calls("addObservation").len(), 1);
    assert_eq!(world.state_of(&id).await, State::AwaitingExecution);
    world.judge().await;
}

/// R8, §15.1: a link that does not fit is cut into parts, none of them is lost by a crash, and none stands twice.
#[tokio::test(start_paused = true)]
async fn r08_a_long_link_is_written_in_parts_each_once() {
    let token = "k".repeat(256);
    let link = format!("https://br.sismetro.com/printSS.php?os={SS}&token={token}");
    let reply = json!({"valid": true, "ss": SS, "link": link}).to_string();
    let life = async |world: &World| {
        world.partners.sismetro.faults().next(
            "open",
            Fault::Answered { status: 200, body: reply.clone() },
            1,
        );
        world.closes_one();
        world.deliver().await;
        world.works().await;
    };
    let calm = World::new();
    life(&calm).await;
    let calls = calm.faults().calls();
    let second = calls.iter().enumerate().filter(|(_, call)| **call == "note").nth(1).expect("two parts").0;
    let mut world = World::new();
    world.faults().strike(second + 1, engine::Moment::Before, engine::Harm::Crash);
    assert!(world.until_killed(life(&world)).await.is_none(), "it was to die between the parts");
    world.faults().spare();
    world.restart();
    world.lives(Duration::from_mins(10)).await;

    let parts = world.seen(services::ORDER).order.observations;
    assert!(parts.len() >= 2 && parts.iter().all(|part| part.chars().count() <= 250), "{parts:?}");
    let chunks = parts.iter().enumerate().map(|(n, part)| {
        let marker = format!("Sismetro SS {SS} ({}/{}) ", n + 1, parts.len());
        part.strip_prefix(&marker).unwrap_or_else(|| panic!("{part} lacks {marker}"))
    });
    assert_eq!(chunks.collect::<String>(), link, "nothing of the link is lost");
    world.judge().await;
}

/// R8, flow §4: a note that the ERP refuses for good parks the order, billing stays blocked; only a person can do
/// without it.
#[tokio::test(start_paused = true)]
async fn r08_without_its_note_no_order_is_released_unless_a_person_says_so() {
    let world = World::with(|options| options.senior.missing = ["addObservation".to_owned()].into(), |_| {});
    let id = world.closes_one();
    world.lives(Duration::from_mins(5)).await;
    let number = world.partners.sismetro.numbers(&id)[0];
    world.partners.sismetro.conclude(number).expect("it is there");
    world.lives(Duration::from_hours(3)).await;

    let order = world.order(&id).await;
    assert_eq!((order.state, order.attention), (State::NeedsAttention, Some(Reason::NoteRefused)));
    assert!(world.seen(&id).order.releases.is_empty());
    world.judge().await;

    let skip = json!({"op": "skip_note", "order_id": id, "reason": "anotado à mão", "command_id": "c-1"});
    world.told(skip).await.expect("obeyed");
    world.lives(Duration::from_mins(5)).await;
    assert_eq!(world.state_of(&id).await, State::Released);
    // The simulator cannot know that a person has waived it.
    world.judge_but(&[ViolationKind::ReleaseWithoutNote]).await;
}
