//! Whether two rows are the same, in 44 characters.

mod canonical;

use std::cell::RefCell;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use canonical::Canonical;

thread_local! {
    static BUFFERS: RefCell<Canonical> = const { RefCell::new(Canonical::new()) };
}

/// Base64 of the SHA-256 of the row's canonical JSON: keys sorted, nulls removed, the member `Hash` excluded
/// (`contracts/omie-maxima-mapping.md` §0). Two rows with one fingerprint are the same to the target. Numbers stay
/// digits: a decimal never passes through a binary float.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Fingerprint of a row as it would be sent.
    ///
    /// # Panics
    /// When the row is no JSON, which only a type with such a defect can cause, never a value from outside.
    pub fn of(row: &impl Serialize) -> Self {
        BUFFERS.with(|buffers| match buffers.try_borrow_mut() {
            Ok(mut buffers) => {
                let fingerprint = Self::written(row, &mut buffers);
                buffers.forget_the_large();
                fingerprint
            }
            // A row that asks for a fingerprint while it is written.
            Err(_) => Self::written(row, &mut Canonical::new()),
        })
    }

    fn written(row: &impl Serialize, buffers: &mut Canonical) -> Self {
        let text = buffers.of(row).expect("a row is JSON by its type");
        Self(STANDARD.encode(Sha256::digest(text)))
    }

    /// The 44 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod model;

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    fn canonical(json: &str) -> String {
        let value: &RawValue = serde_json::from_str(json).expect("JSON");
        written(value)
    }

    fn written(row: &(impl Serialize + ?Sized)) -> String {
        String::from_utf8(Canonical::new().of(row).expect("JSON").to_vec()).expect("text")
    }

    #[derive(Serialize)]
    struct Row {
        #[serde(rename = "Nome")]
        nome: &'static str,
        #[serde(rename = "Codigo")]
        codigo: i64,
        #[serde(rename = "Fantasia")]
        fantasia: Option<&'static str>,
        #[serde(rename = "Hash")]
        hash: &'static str,
    }

    const ROW: Row = Row { nome: "São \"João\"", codigo: 7, fantasia: None, hash: "x" };

    #[test]
    fn the_canonical_text_is_sorted_and_has_no_nulls_and_no_hash() {
        assert_eq!(written(&ROW), r#"{"Codigo":7,"Nome":"São \"João\""}"#);
    }

    // Computed with Python: base64(sha256(json.dumps(row, sort_keys=True, separators=(",",":"), ensure_ascii=False))).
    #[test]
    fn the_fingerprint_stays_what_it_is() {
        assert_eq!(Fingerprint::of(&ROW).as_str(), "cFs/0o+3ZodsdCtP1ie8xU9vVeeNnweHJUIwLsXjvoY=");
        assert_eq!(
            Fingerprint::of(&serde_json::json!({})).as_str(),
            "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="
        );
    }

    #[test]
    fn nested_members_are_sorted_too_and_lists_keep_their_order() {
        let nested = r#"{"b":[{"z":1,"a":null},2],"a":{"d":1,"c":2}}"#;

        assert_eq!(canonical(nested), r#"{"a":{"c":2,"d":1},"b":[{"z":1},2]}"#);
    }

    #[test]
    fn decimals_keep_their_digits_and_lose_only_empty_zeros() {
        for (written, meant) in [
            ("12345678901234567890.123456", "12345678901234567890.123456"),
            ("1.50", "1.5"),
            ("2.00", "2"),
            ("100", "100"),
            ("-0.0", "0"),
            ("1.0e10", "1.0e10"),
        ] {
            assert_eq!(canonical(written), meant);
        }
    }

    #[test]
    fn a_changed_member_changes_the_fingerprint_and_the_hash_does_not() {
        let renamed = Row { nome: "São José", ..ROW };
        let hashed = Row { hash: "y", ..ROW };

        assert_ne!(Fingerprint::of(&renamed), Fingerprint::of(&ROW));
        assert_eq!(Fingerprint::of(&hashed), Fingerprint::of(&ROW));
    }

    #[test]
    fn a_row_may_ask_for_a_fingerprint_while_it_is_written() {
        struct Sealed;

        impl Serialize for Sealed {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Fingerprint::of(&ROW).serialize(serializer)
            }
        }

        assert_eq!(Fingerprint::of(&[Sealed]), Fingerprint::of(&[Fingerprint::of(&ROW).as_str()]));
    }

    #[test]
    fn one_large_value_does_not_stay_in_memory() {
        let mut buffers = Canonical::new();
        let large = "x".repeat(1 << 20);
        buffers.of(&large).expect("JSON");
        assert!(buffers.held() > 1 << 20);

        buffers.forget_the_large();

        assert_eq!(buffers.held(), 0);
    }

    #[test]
    fn the_last_value_of_a_name_counts() {
        assert_eq!(canonical(r#"{"b":1,"a":1,"b":null,"a":2}"#), r#"{"a":2}"#);
    }

    #[test]
    fn variants_are_objects_of_one_member() {
        #[derive(Serialize)]
        enum Shape {
            Point,
            Side(Option<i64>),
            Pair(i64, i64),
            Box { width: f64, height: Option<f64> },
            Hash(i64),
        }
        let shapes = [
            (Shape::Point, r#""Point""#),
            (Shape::Side(Some(1)), r#"{"Side":1}"#),
            (Shape::Side(None), "{}"),
            (Shape::Pair(2, 1), r#"{"Pair":[2,1]}"#),
            (Shape::Box { width: 2.0, height: None }, r#"{"Box":{"width":2}}"#),
            (Shape::Hash(1), "{}"),
        ];
        for (shape, wanted) in shapes {
            let json = serde_json::to_string(&shape).expect("JSON");
            assert_eq!((written(&shape).as_str(), model::canonical(&json).as_str()), (wanted, wanted));
        }
    }

    #[test]
    fn rows_of_other_types_in_between_change_nothing() {
        let mut buffers = Canonical::new();
        let rows = [
            r#"{"b":1,"a":2}"#,
            r#"{"a":1,"b":2}"#,
            r#"{"c":{"b":1,"a":2},"a":[]}"#,
            "7",
            r#"{"b":0,"a":0}"#,
        ];
        for json in rows.iter().chain(rows.iter().rev()) {
            let value: &RawValue = serde_json::from_str(json).expect("JSON");
            assert_eq!(buffers.of(value).expect("JSON"), model::canonical(json).as_bytes(), "{json}");
        }
    }

    #[test]
    fn a_row_that_is_no_json_is_told_and_leaves_no_trace() {
        let mut buffers = Canonical::new();
        let no_text = std::collections::BTreeMap::from([([1, 2], 3)]);

        assert!(buffers.of(&no_text).is_err());
        assert_eq!(buffers.of(&1).expect("JSON"), b"1");
    }

    #[test]
    fn any_value_is_written_as_the_model_writes_it() {
        let mut rng = fastrand::Rng::with_seed(7);
        let mut buffers = Canonical::new();
        for _ in 0..20_000 {
            let value = model::Any::random(&mut rng, 3);
            let json = serde_json::to_string(&value).expect("JSON");

            let text = String::from_utf8(buffers.of(&value).expect("JSON").to_vec()).expect("text");

            assert_eq!(text, model::canonical(&json), "{json}");
        }
    }
}
