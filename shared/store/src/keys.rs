//! Every key of the table. The sort key has a prefix because DynamoDB takes no empty key, and a record may have
//! an empty one.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use engine::Key;

use crate::Item;

pub(crate) const PK: &str = "pk";
pub(crate) const SK: &str = "sk";

/// Where an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Address<'a> {
    Ledger { entity: &'a str, key: &'a str },
    Quarantine { entity: &'a str, key: &'a str },
    Lease { lane: &'a str },
    Document { kind: &'a str, id: &'a str },
}

impl Address<'_> {
    /// The partition key: what is read together.
    pub(crate) fn pk(self) -> String {
        match self {
            Self::Ledger { entity, .. } => format!("ledger#{entity}"),
            Self::Quarantine { entity, .. } => format!("quarantine#{entity}"),
            Self::Lease { .. } => "lease".to_owned(),
            Self::Document { kind, .. } => format!("document#{kind}"),
        }
    }

    /// The sort key: the order within the partition.
    pub(crate) fn sk(self) -> String {
        match self {
            Self::Ledger { key: name, .. }
            | Self::Quarantine { key: name, .. }
            | Self::Lease { lane: name }
            | Self::Document { id: name, .. } => format!("k#{name}"),
        }
    }

    /// Both, as the SDK takes them.
    pub(crate) fn item(self) -> Item {
        HashMap::from([
            (PK.to_owned(), AttributeValue::S(self.pk())),
            (SK.to_owned(), AttributeValue::S(self.sk())),
        ])
    }
}

/// The key, lane or id in a sort key.
pub(crate) fn name_of(sk: &str) -> Option<&str> {
    sk.strip_prefix("k#")
}

/// The record's key in a sort key.
pub(crate) fn key_of(sk: &str) -> Option<Key> {
    name_of(sk).map(Key::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The address these two keys were built from: no two addresses share them.
    fn address<'a>(pk: &'a str, sk: &'a str) -> Option<Address<'a>> {
        let name = name_of(sk)?;
        match pk.split_once('#') {
            Some(("ledger", entity)) => Some(Address::Ledger { entity, key: name }),
            Some(("quarantine", entity)) => Some(Address::Quarantine { entity, key: name }),
            Some(("document", kind)) => Some(Address::Document { kind, id: name }),
            None if pk == "lease" => Some(Address::Lease { lane: name }),
            _ => None,
        }
    }

    fn returns(original: Address<'_>) {
        let (pk, sk) = (original.pk(), original.sk());

        assert_eq!(address(&pk, &sk), Some(original), "{pk} {sk}");
    }

    #[test]
    fn a_ledger_key_returns() {
        returns(Address::Ledger { entity: "cidade", key: "SITIO D'ABADIA (GO)" });
        returns(Address::Ledger { entity: "a#b", key: "" });
    }

    #[test]
    fn a_quarantine_key_returns() {
        returns(Address::Quarantine { entity: "cliente", key: "k#1" });
    }

    #[test]
    fn a_lease_key_returns() {
        returns(Address::Lease { lane: "0a1b2c3d/ListarClientes" });
    }

    #[test]
    fn a_document_key_returns() {
        returns(Address::Document { kind: "run", id: "2026-10-01/sync-cidades#3" });
        returns(Address::Document { kind: "lease", id: "x" });
    }

    #[test]
    fn the_keys_of_each_kind_stay_what_they_are() {
        let keys = |address: Address<'_>| (address.pk(), address.sk());

        assert_eq!(keys(Address::Ledger { entity: "e", key: "1" }), ("ledger#e".into(), "k#1".into()));
        assert_eq!(
            keys(Address::Quarantine { entity: "e", key: "1" }),
            ("quarantine#e".into(), "k#1".into())
        );
        assert_eq!(keys(Address::Lease { lane: "c/M" }), ("lease".into(), "k#c/M".into()));
        assert_eq!(keys(Address::Document { kind: "run", id: "1" }), ("document#run".into(), "k#1".into()));
    }
}
