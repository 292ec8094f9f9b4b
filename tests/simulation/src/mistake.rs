//! What a program with a mistake makes of what it says and hears.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::Value;

use crate::partners::LISTING;

/// A mistake between us and the partners.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mistake {
    /// With the order as it leaves for Omie.
    Saying(fn(&mut Value)),
    /// Of each order only the first delivery is looked at.
    OnlyTheFirst,
    /// That an order is cancelled is not looked at.
    NeverCancelled,
    /// That there were too many requests is taken for any trouble.
    NeverTooMany,
}

/// The orders of a listing as they were delivered first.
pub(crate) type First = BTreeMap<String, Value>;

impl Mistake {
    /// The request that leaves.
    pub(crate) fn said(self, name: &str, request: Request<Bytes>) -> Request<Bytes> {
        let Self::Saying(spoil) = self else { return request };
        if name != "IncluirPedido" {
            return request;
        }
        request.map(|body| {
            let mut body: Value = serde_json::from_slice(&body).unwrap_or_default();
            spoil(&mut body["param"][0]);
            body.to_string().into()
        })
    }

    /// The answer as the program reads it.
    pub(crate) fn heard(self, name: &str, answer: Response<Bytes>, first: &mut First) -> Response<Bytes> {
        if matches!(self, Self::NeverTooMany) && answer.status() == StatusCode::TOO_MANY_REQUESTS {
            let mut trouble = Response::new(Bytes::from_static(b"<html></html>"));
            *trouble.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            return trouble;
        }
        if name != LISTING || matches!(self, Self::Saying(_) | Self::NeverTooMany) {
            return answer;
        }
        answer.map(|body| {
            let Ok(mut body) = serde_json::from_slice::<Value>(&body) else { return body };
            for row in body["success"].as_array_mut().into_iter().flatten() {
                self.misread(row, first);
            }
            body.to_string().into()
        })
    }

    fn misread(self, row: &mut Value, first: &mut First) {
        let Some(members) = row.as_object_mut() else { return };
        let id = members.iter().find(|(name, _)| name.eq_ignore_ascii_case("id_pedido"));
        let id = id.map(|(_, id)| id.to_string().replace('"', "")).unwrap_or_default();
        let object = members.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("objeto_json"));
        let Some((_, object)) = object else { return };
        match self {
            Self::OnlyTheFirst => *object = first.entry(id).or_insert_with(|| object.clone()).clone(),
            Self::NeverCancelled => {
                let text = object.as_str().unwrap_or_default();
                *object = text.replace("\"Cancelado\":true", "\"Cancelado\":false").into();
            }
            Self::Saying(_) | Self::NeverTooMany => {}
        }
    }
}
