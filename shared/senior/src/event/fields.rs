//! What the flow needs to know of an order's event; where it stands is data (`contracts/senior-x.md` §11.1).

use crate::{
    json::{self, Node, Tree},
    options::SeniorOptions,
    scalar,
};

use super::{Cliente, ServiceOrderEvent, Servico, Unreadable, envelope::Found, equipment};

pub(super) fn event(
    found: Found,
    relay: String,
    options: &SeniorOptions,
) -> Result<ServiceOrderEvent, Unreadable> {
    let payload = json::parse(&found.payload)?;
    let fields = Fields { tree: &payload, options };
    let customer = |field: &str| fields.text(&format!("customer.{field}"));
    Ok(ServiceOrderEvent {
        order_id: found.order_id,
        order_number: fields.text("order_number"),
        tenant: found.metadata.tenant,
        event_name: found.metadata.event_name,
        event_id: found.metadata.event_id,
        occurred_at: found.metadata.occurred_at,
        company_code: fields.first("company_code", scalar::integer),
        branch_code: fields.first("branch_code", scalar::integer),
        customer: Cliente {
            code: customer("code"),
            name: customer("name"),
            document: customer("document"),
            phone: customer("phone"),
            email: customer("email"),
        },
        equipment: equipment::read(&payload, options),
        services: services(&fields),
        observation: fields.text("observation"),
        relay,
        unwrapped: found.payload,
    })
}

/// A document and where things stand in it.
struct Fields<'t, 'a> {
    tree: &'t Tree<'a>,
    options: &'t SeniorOptions,
}

impl<'t, 'a> Fields<'t, 'a> {
    /// What the first of the field's pointers gives.
    fn first<T>(&self, field: &str, read: impl Fn(&'t Tree<'a>) -> Option<T>) -> Option<T> {
        self.options.pointers(field).iter().find_map(|pointer| read(self.tree.at(pointer)?))
    }

    fn text(&self, field: &str) -> Option<String> {
        self.first(field, scalar::text)
    }
}

fn services(fields: &Fields<'_, '_>) -> Vec<Servico> {
    let list = fields.first("services", |tree| match &tree.node {
        Node::List(items) if !tree.is_blank() => Some(items),
        _ => None,
    });
    let objects = list.into_iter().flatten().filter(|item| matches!(item.node, Node::Object(_)));
    objects.map(|item| service(&Fields { tree: item, options: fields.options })).collect()
}

fn service(item: &Fields<'_, '_>) -> Servico {
    Servico {
        sequence: item.first("service.sequence", scalar::integer),
        code: item.text("service.code"),
        description: item.text("service.description"),
        quantity: item.first("service.quantity", scalar::decimal),
        price: item.first("service.price", scalar::decimal),
        note: item.text("service.note"),
    }
}

/// A decimal kept as its digits.
pub(super) mod digits {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    #[expect(clippy::ref_option, reason = "the signature that serde asks for")]
    pub(in crate::event) fn serialize<S: Serializer>(
        value: &Option<Decimal>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        value.map(|value| value.to_string()).serialize(to)
    }

    pub(in crate::event) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Decimal>, D::Error> {
        let digits = Option::<String>::deserialize(from)?;
        digits.map(|digits| digits.parse().map_err(|_| D::Error::custom("not a decimal"))).transpose()
    }
}
