//! What Máxima holds, as far as two loads of the same account must agree.

use std::collections::BTreeMap;

use serde_json::Value;

/// Rows by resource and key.
pub(crate) type Held = BTreeMap<String, BTreeMap<String, Value>>;

/// Without the numbers we gave to loose titles: a kill may leave a gap among them, and then the titles after it have
/// other numbers, each its own.
pub(crate) fn without_our_own_numbers(mut held: Held) -> Held {
    const FIRST_OF_OURS: i64 = 2_000_000_001;
    let Some(titles) = held.remove("PrestacoesTitulos") else { return held };
    let (loose, numbered): (Vec<_>, Vec<_>) = titles.into_iter().partition(|(_, title)| {
        title["Numtransvenda"].as_i64().is_some_and(|number| number >= FIRST_OF_OURS)
    });
    let loose = loose.into_iter().map(|(_, mut title)| {
        let members = title.as_object_mut().expect("a row is an object");
        members.retain(|name, _| !["Numtransvenda", "Duplic", "Hash"].contains(&name.as_str()));
        title.to_string()
    });
    let mut loose: Vec<String> = loose.collect();
    loose.sort();
    let named = loose.into_iter().enumerate().map(|(at, title)| (format!("avulso {at}"), Value::from(title)));
    held.insert("PrestacoesTitulos".to_owned(), numbered.into_iter().chain(named).collect());
    held
}
