//! The operator's guide and its pictures: what it shows is there, and is what a walk leaves.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const WALKS: [&str; 3] = [include_str!("setup.rs"), include_str!("daily.rs"), include_str!("services.rs")];

/// What stands between the two, each time.
fn between<'t>(text: &'t str, before: &str, after: &str) -> BTreeSet<&'t str> {
    text.split(before).skip(1).filter_map(|rest| rest.split(after).next()).collect()
}

#[test]
fn every_picture_of_the_guide_is_there_and_is_one_that_a_walk_takes() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let guide = fs::read_to_string(docs.join("operador.md")).expect("the guide");
    let shown = between(&guide, "(telas/", ".png)");
    let files = fs::read_dir(docs.join("telas")).expect("the pictures");
    let names = files.map(|file| file.expect("a file").file_name().into_string().expect("a name"));
    let names: Vec<_> = names.collect();
    let there: BTreeSet<_> = names.iter().filter_map(|name| name.strip_suffix(".png")).collect();
    let taken: BTreeSet<_> = WALKS
        .iter()
        .flat_map(|walk| [between(walk, ".keeps(\"", "\""), between(walk, ".keeps_as_on_a_phone(\"", "\"")])
        .flatten()
        .collect();

    assert!(shown.len() > 40, "{shown:?}");
    assert_eq!(shown, there, "what the guide shows, and docs/telas");
    assert_eq!(there, taken, "docs/telas, and what the walks leave in target/screenshots");
}
