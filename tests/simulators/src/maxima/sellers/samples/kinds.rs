//! The kinds of orders and customers a test may ask for.

use std::fmt;
use std::str::FromStr;

/// What is special about an order; the rest of it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderKind {
    /// Boleto in three instalments: plan A03, means 15.
    Boleto,
    /// Cash: plan 000, means 01.
    Cash,
    /// PIX: plan 000, means 17.
    Pix,
    /// Sale type 5, with the bonus plan and means (`contracts/maxima.md` §9.6).
    Bonus,
    /// An ordinary order whose last item is a bonus.
    BonusItem,
    /// Instalments on days of the seller's choice.
    Variable,
    /// With freight the seller typed, in the total or not.
    Freight,
    /// By means 16, which no account is mapped to.
    UnmappedMeans,
    /// For a client who is a natural person.
    NaturalPerson,
    /// A quotation: kind 2.
    Quotation,
    /// 200 items.
    TooLong,
    /// Discounts already in the sale prices, and a discount of the whole order spread over them.
    Discount,
    /// Sale prices are the list's, the discount of each item comes off in the total.
    DiscountOnTop,
    /// A total that neither reading of the items gives.
    WrongTotal,
    /// For a customer who is not in the ERP yet: no `Codigo`, but a `CodigoClienteNuvem`.
    NewCustomer,
    /// `PedidoBloqueadoEnvioErp`.
    Blocked,
    /// No items.
    Empty,
    /// Sale type 7.
    FutureDelivery,
}

impl OrderKind {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Boleto,
        Self::Cash,
        Self::Pix,
        Self::Bonus,
        Self::BonusItem,
        Self::Variable,
        Self::Freight,
        Self::UnmappedMeans,
        Self::NaturalPerson,
        Self::Quotation,
        Self::TooLong,
        Self::Discount,
        Self::DiscountOnTop,
        Self::WrongTotal,
        Self::NewCustomer,
        Self::Blocked,
        Self::Empty,
        Self::FutureDelivery,
    ];
}

impl fmt::Display for OrderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boleto => "boleto",
            Self::Cash => "cash",
            Self::Pix => "pix",
            Self::Bonus => "bonus",
            Self::BonusItem => "bonus_item",
            Self::Variable => "variable",
            Self::Freight => "freight",
            Self::UnmappedMeans => "unmapped_means",
            Self::NaturalPerson => "natural_person",
            Self::Quotation => "quotation",
            Self::TooLong => "too_long",
            Self::Discount => "discount",
            Self::DiscountOnTop => "discount_on_top",
            Self::WrongTotal => "wrong_total",
            Self::NewCustomer => "new_customer",
            Self::Blocked => "blocked",
            Self::Empty => "empty",
            Self::FutureDelivery => "future_delivery",
        })
    }
}

/// What is special about a customer to register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerKind {
    /// A company with a document of its own.
    Company,
    /// A natural person with a document of its own.
    Person,
    /// Someone with the document of a client the cloud already holds.
    ExistingDocument,
    /// A company whose document has a wrong check digit.
    BadDocument,
}

impl CustomerKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Company, Self::Person, Self::ExistingDocument, Self::BadDocument];
}

impl fmt::Display for CustomerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Company => "company",
            Self::Person => "person",
            Self::ExistingDocument => "existing_document",
            Self::BadDocument => "bad_document",
        })
    }
}

/// The text names no kind.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownKind(String);

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" não é um tipo de pedido ou cliente", self.0)
    }
}

impl std::error::Error for UnknownKind {}

impl FromStr for OrderKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let found = Self::ALL.into_iter().find(|kind| kind.to_string() == text);
        found.ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

impl FromStr for CustomerKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let found = Self::ALL.into_iter().find(|kind| kind.to_string() == text);
        found.ok_or_else(|| UnknownKind(text.to_owned()))
    }
}
