//! Which equipment an order is about. A gap in our pointers must not silently block an order
//! (`contracts/senior-x.md` §11.1): only places that are there and empty mean that there is none.

use crate::{
    json::{Node, Tree},
    options::{RequireEquipment, SeniorOptions},
    scalar,
};

use super::Equipamento;

/// What stands at a pointer.
#[derive(Clone, Debug, PartialEq)]
enum Place {
    /// Nothing of it is there.
    Missing,
    /// It is there and says nothing.
    Empty,
    Text(String),
    /// Something is there that we cannot read.
    Opaque,
}

pub(super) fn read(payload: &Tree<'_>, options: &SeniorOptions) -> Equipamento {
    let at = |field| places(payload, options.pointers(field));
    let (ids, descriptions, new) =
        (at("equipment.id"), at("equipment.description"), at("equipment.new_text"));
    match (text(&ids), text(&new), text(&descriptions)) {
        (Some(id), Some(text), _) => Equipamento::Both { id, text },
        (Some(id), None, text) => Equipamento::Existing { id, text },
        (None, Some(text), _) | (None, None, Some(text)) => Equipamento::New { text },
        (None, None, None) => {
            let all = [ids, descriptions, new].concat();
            let is_there = all.contains(&Place::Empty);
            let is_absent = is_there && !all.contains(&Place::Opaque);
            match options.require_equipment {
                _ if is_absent => Equipamento::Absent,
                RequireEquipment::MustBePresent => Equipamento::Absent,
                RequireEquipment::ExplicitAbsence => Equipamento::Unknown,
            }
        }
    }
}

fn places(payload: &Tree<'_>, pointers: &[String]) -> Vec<Place> {
    pointers.iter().map(|pointer| place(payload, pointer)).collect()
}

fn text(places: &[Place]) -> Option<String> {
    places.iter().find_map(|place| match place {
        Place::Text(text) => Some(text.clone()),
        Place::Missing | Place::Empty | Place::Opaque => None,
    })
}

fn place(payload: &Tree<'_>, pointer: &str) -> Place {
    let mut tree = payload;
    for (depth, step) in pointer.split('/').skip(1).enumerate() {
        let Some(next) = tree.step(step) else {
            return match depth {
                0 => Place::Missing,
                // The equipment itself says nothing: {"equipment": null}.
                _ if tree.is_blank() => Place::Empty,
                // It says something in members that we do not know.
                _ => Place::Opaque,
            };
        };
        tree = next;
    }
    match &tree.node {
        _ if tree.is_blank() => Place::Empty,
        // A flag is no text; "no" says that there is none. The ERP's keys begin at 1.
        Node::Flag(false) => Place::Empty,
        Node::Number if tree.raw == "0" => Place::Empty,
        Node::Flag(true) | Node::List(_) | Node::Object(_) => Place::Opaque,
        Node::Text(_) | Node::Number | Node::Null => scalar::text(tree).map_or(Place::Empty, Place::Text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn read(json: &str) -> Equipamento {
        super::read(&parse(json).expect("JSON"), &SeniorOptions::default())
    }

    #[test]
    fn an_id_is_existing_equipment_and_a_text_is_new() {
        let existing =
            |text: Option<&str>| Equipamento::Existing { id: "88121".into(), text: text.map(Into::into) };
        let new = |text: &str| Equipamento::New { text: text.into() };
        for (json, expected) in [
            (
                r#"{"equipment":{"id":88121,"description":"Balança"},"newEquipment":null}"#,
                existing(Some("Balança")),
            ),
            (r#"{"idPatrimonio":"88121"}"#, existing(None)),
            (r#"{"equipment":{"id":""},"newEquipment":"Guincho"}"#, new("Guincho")),
            (r#"{"equipment":null,"novoEquipamento":"Guincho"}"#, new("Guincho")),
            (r#"{"availableEquipment":"Balança 80 t"}"#, new("Balança 80 t")),
            (r#"{"equipment":{"id":0,"new":"Guincho"}}"#, new("Guincho")),
            (
                r#"{"equipmentId":"88121","newEquipment":"Guincho"}"#,
                Equipamento::Both { id: "88121".into(), text: "Guincho".into() },
            ),
        ] {
            assert_eq!(read(json), expected, "{json}");
        }
    }

    #[test]
    fn only_places_that_are_there_and_empty_mean_none() {
        for json in [
            r#"{"equipment":null}"#,
            r#"{"equipment":{}}"#,
            r#"{"equipment":{"id":"","description":null,"tag":" "},"newEquipment":""}"#,
            r#"{"newEquipment":false}"#,
        ] {
            assert_eq!(read(json), Equipamento::Absent, "{json}");
        }
        for json in [
            r#"{"order":{"id":"1"}}"#,
            r#"{"equipment":{"id":"","serialNumber":"BR80"},"newEquipment":null}"#,
            r#"{"equipment":"Balança"}"#,
            r#"{"newEquipment":{"texto":"Guincho"}}"#,
            r#"{"newEquipment":true}"#,
        ] {
            assert_eq!(read(json), Equipamento::Unknown, "{json}");
        }
    }

    #[test]
    fn a_tenant_may_ask_for_equipment_that_is_recognised() {
        let options =
            SeniorOptions { require_equipment: RequireEquipment::MustBePresent, ..SeniorOptions::default() };
        let read = |json: &str| super::read(&parse(json).expect("JSON"), &options);

        assert_eq!(read(r#"{"order":{"id":"1"}}"#), Equipamento::Absent);
        assert!(matches!(read(r#"{"equipmentId":"7"}"#), Equipamento::Existing { .. }));
    }
}
