//! The operator's guide has the words that the console shows, so that whoever searches it for them finds them.

use senior::event::Unreadable;
use service_orders::{Alarm, Reason};

use crate::alarms;

const GUIDE: &str = include_str!("../../../../../docs/operador.md");

#[test]
fn what_stops_a_service_order_or_rings_is_in_the_guide_word_for_word() {
    let mut texts: Vec<String> = alarms::TEXTS.map(|(_, text)| text.to_owned()).into();
    texts.extend(Reason::ALL.iter().map(|reason| reason.text().to_owned()));
    texts.extend(Alarm::ALL.map(|alarm| alarm.text().to_owned()));
    let unreadable = [Unreadable::TooDeep, Unreadable::NotJson, Unreadable::NoOrder, Unreadable::BadOrderId];
    texts.extend(unreadable.map(|unreadable| unreadable.to_string()));
    let strange = ["tenant_mismatch", "other_event"];
    texts.extend(strange.map(service_orders::inbound::told));

    let missing: Vec<_> = texts.iter().filter(|text| !GUIDE.contains(text.as_str())).collect();

    assert!(texts.len() > 50, "{}", texts.len());
    assert!(missing.is_empty(), "{missing:#?}");
}
