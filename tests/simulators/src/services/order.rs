//! A service order as the person at the ERP types it.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

/// What a service order says (`contracts/senior-x.md` §9.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceOrder {
    /// Code of the company.
    pub company: i64,
    /// Code of the branch.
    pub branch: i64,
    /// Who asked for the service.
    pub customer: Customer,
    /// What is to be serviced.
    pub equipment: OrderEquipment,
    /// The services, all for that one equipment.
    pub services: Vec<ServiceLine>,
    /// Text of the whole order.
    pub observation: String,
}

/// Who asked for the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Code in the ERP.
    pub code: i64,
    /// Legal name.
    pub name: String,
    /// CNPJ, digits only, of a root that is not given out.
    pub document: String,
    /// Digits only.
    pub phone: String,
    /// At a domain that nobody reads.
    pub email: String,
}

/// What can be serviced, as Sismetro's register has it (`contracts/sismetro.md` §9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equipment {
    /// `idPatrimonio`.
    pub id: i64,
    /// What it is.
    pub description: String,
    /// Technology type.
    pub tipo_tec: String,
    /// TAG.
    pub tag: String,
    /// Brand.
    pub marca: String,
    /// Model.
    pub modelo: String,
    /// Serial number.
    pub numero_serie: String,
    /// Asset number.
    pub numero_patrimonio: String,
}

/// What the ERP's screen says of the equipment (`contracts/service-order-flow.md` §7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderEquipment {
    /// Picked from the list known to Sismetro.
    Existing(Equipment),
    /// Free text.
    New(String),
    /// Picked, and free text too.
    Both(Equipment, String),
    /// None: the order is not integrated.
    Absent,
    /// Picked, told in members no pointer list has.
    Unrecognised(Equipment),
}

/// One service of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceLine {
    /// From 1.
    pub sequence: i64,
    /// Code of the service.
    pub code: String,
    /// What is done.
    pub description: String,
    /// In the sale unit.
    pub quantity: Decimal,
    /// Of one.
    pub price: Decimal,
    /// Text of the line.
    pub note: Option<String>,
}

/// The equipment cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EquipmentKind {
    /// [`OrderEquipment::Existing`].
    Existing,
    /// [`OrderEquipment::New`].
    New,
    /// [`OrderEquipment::Both`].
    Both,
    /// [`OrderEquipment::Absent`].
    Absent,
    /// [`OrderEquipment::Unrecognised`].
    Unrecognised,
}

impl EquipmentKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Existing, Self::New, Self::Both, Self::Absent, Self::Unrecognised];
}

impl OrderEquipment {
    /// Which case it is.
    pub fn kind(&self) -> EquipmentKind {
        match self {
            Self::Existing(_) => EquipmentKind::Existing,
            Self::New(_) => EquipmentKind::New,
            Self::Both(..) => EquipmentKind::Both,
            Self::Absent => EquipmentKind::Absent,
            Self::Unrecognised(_) => EquipmentKind::Unrecognised,
        }
    }
}

impl fmt::Display for EquipmentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Existing => "existing",
            Self::New => "new",
            Self::Both => "both",
            Self::Absent => "absent",
            Self::Unrecognised => "unrecognised",
        })
    }
}

/// No equipment case of that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownEquipmentKind(String);

impl fmt::Display for UnknownEquipmentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = EquipmentKind::ALL.map(|kind| kind.to_string()).join(", ");
        write!(f, "\"{}\" não é um caso de equipamento: {names}", self.0)
    }
}

impl std::error::Error for UnknownEquipmentKind {}

impl FromStr for EquipmentKind {
    type Err = UnknownEquipmentKind;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|kind| kind.to_string() == name);
        found.ok_or_else(|| UnknownEquipmentKind(name.to_owned()))
    }
}
