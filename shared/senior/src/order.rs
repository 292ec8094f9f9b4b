//! An order as we read it (`contracts/senior-x.md` §9.2).

use rust_decimal::Decimal;

use crate::{
    json::{Node, Tree},
    options::SeniorOptions,
    scalar,
    situation::Situacao,
};

/// One sales order of the ERP. What the ERP did not say is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pedido {
    /// The ERP's id, what all calls go by.
    pub id: String,
    /// The number that people see.
    pub number: Option<i64>,
    /// Code of the company.
    pub company_code: Option<i64>,
    /// Code of the branch.
    pub branch_code: Option<i64>,
    /// Name of the customer.
    pub customer_name: Option<String>,
    /// Where the order stands.
    pub situation: Situacao,
    /// The order's own text.
    pub observation: Option<String>,
    /// Its lines.
    pub items: Vec<Item>,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its place.
    pub sequence: Option<i64>,
    /// Code of the service.
    pub service_code: Option<String>,
    /// What is done.
    pub description: Option<String>,
    /// How many sale units.
    pub quantity: Option<Decimal>,
    /// Price of one.
    pub price: Option<Decimal>,
    /// Where the line stands; unknown when the ERP does not say.
    pub situation: Situacao,
    /// The line's own text.
    pub observation: Option<String>,
}

/// Whether `id` can be an order's id: a UUID, or up to 64 of `A-Za-z0-9_-` (`contracts/service-order-flow.md` §10).
/// Anything else is forged and goes into no URL and no key.
pub fn valid_order_id(id: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=64).contains(&id.len()) && id.bytes().all(letter)
}

impl Pedido {
    /// The order in `tree`; nothing without an id.
    pub(crate) fn read(tree: &Tree<'_>, options: &SeniorOptions) -> Option<Self> {
        Some(Self {
            id: first(tree, &["/id"], scalar::text)?,
            number: first(tree, &["/number", "/orderNumber", "/numPed"], scalar::integer),
            company_code: first(tree, &["/company/code", "/e070emp/codEmp"], scalar::integer),
            branch_code: first(tree, &["/branch/code", "/e070fil/codFil"], scalar::integer),
            customer_name: first(tree, &["/customer/name", "/e001pes/nomPes"], scalar::text),
            situation: situation(tree, &["/situation", "/status", "/orderStatus", "/sitPed"], options),
            observation: first(tree, &["/observation"], scalar::text),
            items: items(tree, options),
        })
    }
}

fn items(tree: &Tree<'_>, options: &SeniorOptions) -> Vec<Item> {
    let Some(Tree { node: Node::List(items), .. }) = tree.at("/items") else { return Vec::new() };
    let objects = items.iter().filter(|item| matches!(item.node, Node::Object(_)));
    objects.map(|item| read_item(item, options)).collect()
}

fn read_item(item: &Tree<'_>, options: &SeniorOptions) -> Item {
    Item {
        sequence: first(item, &["/sequence", "/seqIsp"], scalar::integer),
        service_code: first(item, &["/service/code", "/codSer"], scalar::text),
        description: first(item, &["/description", "/cplIsp"], scalar::text),
        quantity: first(item, &["/quantity", "/qtdPed"], scalar::decimal),
        price: first(item, &["/price", "/preUni"], scalar::decimal),
        situation: situation(item, &["/situation", "/sitIsp"], options),
        observation: first(item, &["/observation", "/obsIsp"], scalar::text),
    }
}

/// The first of `pointers` where `read` finds something.
pub(crate) fn first<T>(
    tree: &Tree<'_>,
    pointers: &[&str],
    read: impl Fn(&Tree<'_>) -> Option<T>,
) -> Option<T> {
    pointers.iter().find_map(|pointer| read(tree.at(pointer)?))
}

fn situation(tree: &Tree<'_>, pointers: &[&str], options: &SeniorOptions) -> Situacao {
    let there = |pointer: &&str| tree.at(pointer).filter(|found| !found.is_blank());
    options.situation(pointers.iter().find_map(there))
}
