//! What we write when Sismetro is to be told in its own words: the text of an SS and the DTO of the mode `mapped`
//! (`contracts/sismetro.md` §5.2, §8).

use rust_decimal::Decimal;
use serde::{Serialize, Serializer, ser::Error};
use serde_json::value::RawValue;

use crate::plain::{cut, tidy};

/// An order that asks for an SS, as far as Sismetro is told about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solicitacao {
    /// Senior's id of the order.
    pub order_id: String,
    /// Its number.
    pub order_number: Option<String>,
    /// Code of the branch, which Sismetro knows as *ID ERP*.
    pub branch: i64,
    /// Who asks.
    pub customer: Cliente,
    /// What is to be serviced.
    pub equipment: Equipamento,
    /// What is to be done.
    pub services: Vec<Servico>,
    /// What the ERP's user wrote about it.
    pub observation: Option<String>,
}

/// The customer of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cliente {
    /// Code in the ERP.
    pub code: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// CNPJ or CPF.
    pub document: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
}

/// The equipment of an order: all its services belong to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Equipamento {
    /// One that Sismetro knows.
    Existing {
        /// Sismetro's id of it.
        id: String,
        /// What it is.
        description: Option<String>,
        /// Its TAG.
        tag: Option<String>,
        /// Its serial number.
        serial_number: Option<String>,
    },
    /// One that nobody has registered.
    New {
        /// What the ERP's user calls it.
        text: String,
    },
    /// The event does not say.
    #[default]
    Unknown,
}

/// A line of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Servico {
    /// Its sequence in the order.
    pub sequence: Option<i64>,
    /// Code of the service.
    pub code: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// How many times.
    pub quantity: Option<Decimal>,
}

/// The text of an SS: one line of at most 1,000 characters. The number of the order is in it, so that the SS can be
/// found by it (§5.5); its id where it has none.
pub fn composed(order: &Solicitacao) -> String {
    const MOST: usize = 1_000;
    let number = order.order_number.as_deref().unwrap_or(&order.order_id);
    let mut text = format!("Pedido {number}");
    let services: Vec<String> = order.services.iter().filter_map(service).collect();
    if !services.is_empty() {
        text = format!("{text} - {}", services.join("; "));
    }
    let equipment = match &order.equipment {
        Equipamento::Existing { tag, description, id, .. } => {
            let name = filled(tag.as_deref()).or_else(|| filled(description.as_deref()));
            Some(name.unwrap_or(id).to_owned())
        }
        Equipamento::New { text } => filled(Some(text)).map(|text| format!("NOVO: {text}")),
        Equipamento::Unknown => None,
    };
    if let Some(equipment) = equipment {
        text = format!("{text} | Equip.: {equipment}");
    }
    if let Some(observation) = filled(order.observation.as_deref()) {
        text = format!("{text} | {observation}");
    }
    cut(tidy(&text), MOST)
}

fn service(service: &Servico) -> Option<String> {
    let name = filled(service.description.as_deref()).or_else(|| filled(service.code.as_deref()))?;
    Some(match service.quantity {
        Some(quantity) => format!("{name} (qtd {})", quantity.normalize()),
        None => name.to_owned(),
    })
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The body of an opening in the mode `mapped`; its form is assumed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mapped<'a> {
    external_id: &'a str,
    order_number: Option<Code<'a>>,
    branch: i64,
    customer: MappedCustomer<'a>,
    equipment: Option<MappedEquipment<'a>>,
    new_equipment: Option<&'a str>,
    description: String,
    services: Vec<MappedService<'a>>,
}

#[derive(Clone, Debug, Serialize)]
struct MappedCustomer<'a> {
    code: Option<Code<'a>>,
    name: Option<&'a str>,
    document: Option<&'a str>,
    phone: Option<&'a str>,
    email: Option<&'a str>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MappedEquipment<'a> {
    id: &'a str,
    description: Option<&'a str>,
    tag: Option<&'a str>,
    serial_number: Option<&'a str>,
}

#[derive(Clone, Debug, Serialize)]
struct MappedService<'a> {
    sequence: Option<i64>,
    code: Option<&'a str>,
    description: Option<&'a str>,
    #[serde(serialize_with = "exact")]
    quantity: Option<Decimal>,
}

impl<'a> Mapped<'a> {
    /// The DTO of `order`.
    pub fn of(order: &'a Solicitacao) -> Self {
        let Cliente { code, name, document, phone, email } = &order.customer;
        let (equipment, new_equipment) = match &order.equipment {
            Equipamento::Existing { id, description, tag, serial_number } => {
                let (description, tag) = (description.as_deref(), tag.as_deref());
                (
                    Some(MappedEquipment { id, description, tag, serial_number: serial_number.as_deref() }),
                    None,
                )
            }
            Equipamento::New { text } => (None, Some(text.as_str())),
            Equipamento::Unknown => (None, None),
        };
        Self {
            external_id: &order.order_id,
            order_number: order.order_number.as_deref().map(Code),
            branch: order.branch,
            customer: MappedCustomer {
                code: code.as_deref().map(Code),
                name: name.as_deref(),
                document: document.as_deref(),
                phone: phone.as_deref(),
                email: email.as_deref(),
            },
            equipment,
            new_equipment,
            description: composed(order),
            services: order.services.iter().map(MappedService::of).collect(),
        }
    }

    /// Its JSON.
    pub fn body(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers are JSON")
    }
}

impl<'a> MappedService<'a> {
    fn of(service: &'a Servico) -> Self {
        Self {
            sequence: service.sequence,
            code: service.code.as_deref(),
            description: service.description.as_deref(),
            quantity: service.quantity,
        }
    }
}

/// A code: the number it is, or its text where it is none.
#[derive(Clone, Debug)]
struct Code<'a>(&'a str);

impl Serialize for Code<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.parse::<u64>() {
            // A leading zero, or a plus, belongs to a text.
            Ok(number) if number.to_string() == self.0 => serializer.serialize_u64(number),
            _ => serializer.serialize_str(self.0),
        }
    }
}

/// A quantity as its digits, never through a binary float.
#[expect(clippy::ref_option, reason = "the signature is serde's")]
fn exact<S: Serializer>(quantity: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(quantity) = quantity else { return serializer.serialize_none() };
    let digits = RawValue::from_string(quantity.normalize().to_string()).map_err(S::Error::custom)?;
    digits.serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> Solicitacao {
        Solicitacao {
            order_id: "5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10".to_owned(),
            order_number: Some("48213".to_owned()),
            branch: 3,
            customer: Cliente {
                code: Some("2207".to_owned()),
                name: Some("Metalúrgica Rio Verde Ltda".to_owned()),
                document: Some("00000000000191".to_owned()),
                phone: Some("4733330000".to_owned()),
                email: None,
            },
            equipment: Equipamento::Existing {
                id: "88121".to_owned(),
                description: Some("Balança rodoviária 80 t".to_owned()),
                tag: Some("BAL-01".to_owned()),
                serial_number: Some("BR80-2231".to_owned()),
            },
            services: vec![Servico {
                sequence: Some(1),
                code: Some("SV-CALIB-01".to_owned()),
                description: Some("Calibração de balança".to_owned()),
                quantity: Some(Decimal::new(100, 2)),
            }],
            observation: None,
        }
    }

    #[test]
    fn the_text_names_order_services_equipment_and_observation() {
        let mut order = order();
        assert_eq!(composed(&order), "Pedido 48213 - Calibração de balança (qtd 1) | Equip.: BAL-01");

        let more = Servico {
            code: Some("SV-2".to_owned()),
            quantity: Some(Decimal::new(25, 1)),
            ..Servico::default()
        };
        order.services.extend([more, Servico::default()]);
        order.equipment = Equipamento::New { text: "Balança\nde piso".to_owned() };
        order.observation = Some(" urgente\u{7} ".to_owned());
        assert_eq!(
            composed(&order),
            "Pedido 48213 - Calibração de balança (qtd 1); SV-2 (qtd 2.5) | Equip.: NOVO: Balança de piso | urgente"
        );
    }

    #[test]
    fn what_is_missing_leaves_no_trace() {
        let bare = Solicitacao {
            order_number: None,
            services: Vec::new(),
            equipment: Equipamento::Unknown,
            ..order()
        };
        assert_eq!(composed(&bare), "Pedido 5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10");
    }

    #[test]
    fn an_equipment_without_tag_goes_by_its_description_and_then_by_its_id() {
        let named = |description: Option<&str>| {
            let equipment = Equipamento::Existing {
                id: "88121".to_owned(),
                description: description.map(str::to_owned),
                tag: Some(" ".to_owned()),
                serial_number: None,
            };
            composed(&Solicitacao { equipment, services: Vec::new(), ..order() })
        };
        assert_eq!(named(Some("Balança")), "Pedido 48213 | Equip.: Balança");
        assert_eq!(named(None), "Pedido 48213 | Equip.: 88121");
    }

    #[test]
    fn a_long_text_is_cut_between_letters() {
        let long = Solicitacao { observation: Some("ç".repeat(2_000)), ..order() };

        let text = composed(&long);

        assert_eq!(text.chars().count(), 1_000);
        assert!(text.starts_with("Pedido 48213 - ") && text.ends_with('ç'));
    }

    #[test]
    fn the_dto_is_that_of_the_contract() {
        let written = |order: &Solicitacao| -> serde_json::Value {
            serde_json::from_str(&Mapped::of(order).body()).expect("JSON")
        };
        let fixture = include_str!("../tests/fixtures/mapped.json");
        let fixture: serde_json::Value = serde_json::from_str(fixture).expect("JSON");
        assert_eq!(written(&order()), fixture);

        let new = Solicitacao { equipment: Equipamento::New { text: "Prensa".to_owned() }, ..order() };
        assert_eq!(written(&new)["newEquipment"], "Prensa");
        assert_eq!(written(&new)["equipment"], serde_json::Value::Null);
    }

    #[test]
    fn codes_are_numbers_where_they_are_and_quantities_keep_their_digits() {
        let mut order = order();
        order.customer.code = Some("007".to_owned());
        order.order_number = Some("PV-1".to_owned());
        order.services[0].quantity = Some("0.1000000000000000055".parse().expect("a decimal"));

        let body = Mapped::of(&order).body();

        assert!(body.contains(r#""code":"007""#) && body.contains(r#""orderNumber":"PV-1""#), "{body}");
        assert!(body.contains(r#""quantity":0.1000000000000000055"#), "{body}");
    }
}
