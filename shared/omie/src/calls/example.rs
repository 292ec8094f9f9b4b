//! What every listing's test asks of the contract's examples.

use serde_json::Value;

use crate::{Listing, Page};

/// The page that `body` decodes to.
pub(super) fn page<L: Listing + Default>(body: &str) -> Page<L::Item> {
    answer(&L::default(), body)
}

/// The page that `body` is to that question.
pub(super) fn answer<L: Listing>(listing: &L, body: &str) -> Page<L::Item> {
    let reply = partner_http::decode("omie", L::METHOD, body.as_bytes()).expect("an answer as agreed");
    listing.page(reply)
}

/// Without any of `members`, or with null there, the answer is malformed and not an empty page.
pub(super) fn needs<L: Listing>(body: &str, members: &[&str]) {
    let whole: Value = serde_json::from_str(body).unwrap();
    for member in members {
        let mut without = whole.clone();
        without.as_object_mut().unwrap().remove(*member).expect("the example has it");
        let mut null = whole.clone();
        null[*member] = Value::Null;
        for answer in [without, null] {
            let body = answer.to_string();
            let read = partner_http::decode::<L::Reply>("omie", L::METHOD, body.as_bytes());
            assert!(read.is_err(), "{member} in {body}");
        }
    }
}

/// The members of a page of the snake family that nothing may be read without.
pub(super) const SNAKE: [&str; 3] = ["pagina", "total_de_paginas", "total_de_registros"];

/// And those of the Hungarian family.
pub(super) const HUNGARIAN: [&str; 3] = ["nPagina", "nTotPaginas", "nTotRegistros"];
