//! What the partners may answer, for the walk through the whole machine.

use super::*;

/// The settings of a tenant: what they decide is the same for the whole life of an order.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of the operator")]
pub(super) struct House {
    pub(super) reads: bool,
    pub(super) lifts: bool,
    pub(super) believes: bool,
    pub(super) resends: bool,
}

fn failures(reason: Reason) -> Vec<Failure> {
    vec![
        passing(),
        Failure::Postponed { why: "limite".to_owned(), after: Duration::from_secs(7) },
        Failure::Lasting { reason, why: "não".to_owned() },
    ]
}

/// What an effect may come to, with all ways to fail.
pub(super) fn answers(effect: &Effect, house: House) -> Vec<Event> {
    let events = of_opening(effect, house);
    if events.is_empty() { of_closing(effect, house) } else { events }
}

/// What the effects that lead to the SS may come to; nothing for others.
fn of_opening(effect: &Effect, house: House) -> Vec<Event> {
    let House { resends, .. } = house;
    let linkless = || Found { link: None, ..found() };
    let cut = || Found { unsure: true, ..found() };
    let erp = || failures(Reason::SeniorAuth).into_iter();
    let sismetro = || failures(Reason::SismetroAuth).into_iter();
    match effect {
        Effect::Prepare => {
            let mut events = vec![
                Prepared::Ready { account: "principal".to_owned(), branch: None },
                Prepared::Inactive { branch: None },
                Prepared::Parked(Reason::BranchUnknown, String::new()),
            ];
            events.extend(erp().map(Prepared::Failed));
            events.into_iter().map(Event::Prepared).collect()
        }
        Effect::Open => {
            let mut events = vec![
                Opened::Done(found()),
                Opened::Done(linkless()),
                Opened::Done(cut()),
                // Of an order that is opened again: the first is the number it had.
                Opened::Done(Found { number: "1287600".to_owned(), ..found() }),
                Opened::Refused("não".to_owned()),
                Opened::Ambiguous("perdeu-se".to_owned()),
            ];
            events.extend(sismetro().map(Opened::NotDone));
            events.into_iter().map(Event::Opened).collect()
        }
        Effect::Scan => {
            let mut events = vec![
                Scanned::Found(found()),
                Scanned::Several(2),
                Scanned::Nothing { resend: resends },
                Scanned::Off,
            ];
            events.extend(sismetro().map(|failure| Scanned::Part(Scan::default(), failure)));
            events.extend(sismetro().map(Scanned::Failed));
            events.into_iter().map(Event::Scanned).collect()
        }
        Effect::Confirm(_) => {
            let mut events = vec![Confirmed::Yes(found()), Confirmed::No];
            events.extend(sismetro().map(Confirmed::Failed));
            events.into_iter().map(Event::Confirmed).collect()
        }
        _ => Vec::new(),
    }
}

/// What the effects after the opening may come to.
fn of_closing(effect: &Effect, house: House) -> Vec<Event> {
    let House { reads, lifts, believes, .. } = house;
    let calls = || {
        let mut answers = vec![
            Answer::Done { readable: reads },
            Answer::Waiting { text: "aguarda".to_owned(), lift: lifts },
            Answer::Refused { text: "não".to_owned(), already: false },
            Answer::Refused { text: "já".to_owned(), already: true },
            Answer::Unclear("perdeu-se".to_owned()),
        ];
        answers.extend(failures(Reason::SeniorAuth).into_iter().map(Answer::NotDone));
        answers
    };
    let erp = || failures(Reason::SeniorAuth).into_iter();
    let sismetro = || failures(Reason::SismetroAuth).into_iter();
    match effect {
        Effect::Seek => {
            let mut events = vec![Ok(None), Ok(found().link)];
            events.extend(sismetro().map(Err));
            events.into_iter().map(Event::Sought).collect()
        }
        Effect::Note => [Ok(())].into_iter().chain(erp().map(Err)).map(Event::Noted).collect(),
        Effect::Verify { really } => {
            let mut events = vec![
                Verified::Ended(What::Completed),
                Verified::Ended(What::Cancelled),
                Verified::Otherwise("ABERTA".to_owned()),
            ];
            events.extend((believes && !really).then_some(Verified::Trusted));
            events.extend(sismetro().map(Verified::Failed));
            events.into_iter().map(Event::Verified).collect()
        }
        Effect::Guard if !reads => vec![Event::Stands(Stands::Unread)],
        Effect::Guard => {
            let mut events = vec![
                Stands::Waiting,
                Stands::Billable,
                Stands::Billed,
                Stands::Cancelled,
                Stands::Otherwise("Suspenso".to_owned()),
                Stands::Missing,
            ];
            events.extend(erp().map(Stands::Failed));
            events.into_iter().map(Event::Stands).collect()
        }
        Effect::Release => calls().into_iter().map(Event::Released).collect(),
        Effect::Lift => calls().into_iter().map(Event::Lifted).collect(),
        Effect::Cancel => calls().into_iter().map(Event::Cancelled).collect(),
        _ => Vec::new(),
    }
}
