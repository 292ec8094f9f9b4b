//! Every key of the table. The sort key has a prefix because DynamoDB takes no empty key, and a record may have
//! an empty one.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use engine::Key;
use jiff::Timestamp;

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
    Case { kind: &'a str, id: &'a str },
    Due { kind: &'a str, due: Timestamp, id: &'a str },
    Mark { kind: &'a str, name: &'a str, value: &'a str, id: &'a str },
}

impl Address<'_> {
    /// The partition key: what is read together.
    pub(crate) fn pk(self) -> String {
        match self {
            Self::Ledger { entity, .. } => format!("ledger#{entity}"),
            Self::Quarantine { entity, .. } => format!("quarantine#{entity}"),
            Self::Lease { .. } => "lease".to_owned(),
            Self::Document { kind, .. } => format!("document#{kind}"),
            // One each: nobody reads cases side by side, and a large one is written often.
            Self::Case { id, .. } => format!("case#{id}"),
            Self::Due { kind, .. } => format!("due#{kind}"),
            Self::Mark { kind, name, value, .. } => format!("mark#{kind}#{name}#{value}"),
        }
    }

    /// The sort key: the order within the partition.
    pub(crate) fn sk(self) -> String {
        match self {
            Self::Ledger { key: name, .. }
            | Self::Quarantine { key: name, .. }
            | Self::Lease { lane: name }
            | Self::Document { id: name, .. }
            | Self::Case { kind: name, .. }
            | Self::Mark { id: name, .. } => format!("k#{name}"),
            // Nanoseconds since 1970 in as many digits as the last moment there is has; what is before is then.
            Self::Due { due, id, .. } => format!("{:021}#{id}", due.as_nanosecond().max(0)),
        }
    }

    /// Both, as the SDK takes them.
    pub(crate) fn item(self) -> Item {
        item_of((self.pk(), self.sk()))
    }
}

/// The key, lane, id or kind in a sort key.
pub(crate) fn name_of(sk: &str) -> Option<&str> {
    sk.strip_prefix("k#")
}

/// The nanosecond and the id in the sort key of what is due.
pub(crate) fn due_of(sk: &str) -> Option<(i128, &str)> {
    let (nanosecond, id) = sk.split_once('#')?;
    Some((nanosecond.parse().ok()?, id))
}

/// These two keys as the SDK takes them.
pub(crate) fn item_of((pk, sk): (String, String)) -> Item {
    HashMap::from([(PK.to_owned(), AttributeValue::S(pk)), (SK.to_owned(), AttributeValue::S(sk))])
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
        let pk = pk.split_once('#').ok_or(pk);
        if let Ok(("due", kind)) = pk {
            let (nanosecond, id) = due_of(sk)?;
            return Some(Address::Due { kind, due: Timestamp::from_nanosecond(nanosecond).ok()?, id });
        }
        let name = name_of(sk)?;
        match pk {
            Ok(("ledger", entity)) => Some(Address::Ledger { entity, key: name }),
            Ok(("quarantine", entity)) => Some(Address::Quarantine { entity, key: name }),
            Ok(("document", kind)) => Some(Address::Document { kind, id: name }),
            Ok(("case", id)) => Some(Address::Case { kind: name, id }),
            Ok(("mark", mark)) => {
                let (kind, mark) = mark.split_once('#')?;
                let (mark, value) = mark.split_once('#')?;
                Some(Address::Mark { kind, name: mark, value, id: name })
            }
            Err("lease") => Some(Address::Lease { lane: name }),
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
    fn a_case_key_returns() {
        returns(Address::Case { kind: "pedido", id: "123" });
        returns(Address::Case { kind: "aviso", id: "a#k#b" });
        returns(Address::Case { kind: "aviso", id: "" });
    }

    #[test]
    fn a_due_key_returns() {
        let due = "2026-10-01T03:00:00.123456789Z".parse().expect("a moment");
        returns(Address::Due { kind: "pedido", due, id: "1#2" });
        returns(Address::Due { kind: "pedido", due: Timestamp::UNIX_EPOCH, id: "" });
        returns(Address::Due { kind: "pedido", due: Timestamp::MAX, id: "São João" });
    }

    #[test]
    fn a_mark_key_returns() {
        returns(Address::Mark { kind: "pedido", name: "numero", value: "000#1", id: "k#1" });
        returns(Address::Mark { kind: "pedido", name: "cliente", value: "", id: "" });
    }

    #[test]
    fn what_is_due_is_in_the_order_of_time() {
        let moments = [
            "-009999-01-02T01:59:59Z",
            "1970-01-01T00:00:01Z",
            "2026-10-01T03:00:00Z",
            "9999-12-30T22:00:00Z",
        ];
        let sk =
            |moment: &str| Address::Due { kind: "x", due: moment.parse().expect("a moment"), id: "z" }.sk();

        assert!(moments.map(sk).is_sorted());
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
        assert_eq!(keys(Address::Case { kind: "pedido", id: "1" }), ("case#1".into(), "k#pedido".into()));
        let due = Timestamp::from_second(1_790_000_000).expect("a valid second");
        assert_eq!(
            keys(Address::Due { kind: "pedido", due, id: "1" }),
            ("due#pedido".into(), "001790000000000000000#1".into())
        );
        assert_eq!(
            keys(Address::Mark { kind: "pedido", name: "numero", value: "7", id: "1" }),
            ("mark#pedido#numero#7".into(), "k#1".into())
        );
    }
}
