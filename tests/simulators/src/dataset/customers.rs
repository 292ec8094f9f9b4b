//! Customers, suppliers and carriers: one registry, made record by record from the seed and the position.

use std::sync::Arc;

use fastrand::Rng;
use jiff::Timestamp;
use jiff::tz::Offset;
use serde::Serialize;

use super::maker::{Maker, nth};
use super::{DAY, Marks, Preset, Registry, World, documents, names, places, sn};

/// Makes the record of any position; holds nothing but what all records share.
#[derive(Clone, Debug)]
pub(crate) struct Customers {
    pub(crate) world: Arc<World>,
}

/// Who a record is, drawn before the rest so that a filter need not make the whole record.
struct Sketch {
    rng: Rng,
    tags: &'static [&'static str],
    included: i64,
    changed: i64,
}

const CUSTOMER: &[&str] = &["cliente"];
const WHOLESALE: &[&str] = &["cliente", "atacado"];
const RETAIL: &[&str] = &["cliente", "varejo"];
const SUPPLIER: &[&str] = &["fornecedor"];
const CARRIER: &[&str] = &["transportadora"];
const BOTH: &[&str] = &["fornecedor", "transportadora"];

const OLDER: u64 = 5_366_578_425;
const YOUNGER: u64 = 11_489_512_176;
const STEP: u64 = 37;

/// The identity of a position: ten digits, eleven for the youngest fifth; neither fits 32 bits.
pub(crate) fn id_of(preset: Preset, index: usize) -> u64 {
    let start = if index >= (preset.customers() + preset.others()) / 5 * 4 { YOUNGER } else { OLDER };
    start + index as u64 * STEP + (index as u64 * 7_919) % 31
}

/// The positions of the suppliers that are not customers.
pub(crate) fn suppliers(preset: Preset) -> impl Iterator<Item = usize> {
    let others = (0..preset.others()).filter(|nth| tags_of_other(*nth).contains(&"fornecedor"));
    others.map(move |nth| preset.customers() + nth)
}

fn tags_of_other(nth: usize) -> &'static [&'static str] {
    match nth % 6 {
        0 => CARRIER,
        3 if nth % 4 == 1 => BOTH,
        _ => SUPPLIER,
    }
}

impl Maker for Customers {
    fn len(&self) -> usize {
        self.world.preset.customers() + self.world.preset.others()
    }

    fn id(&self, index: usize) -> String {
        id_of(self.world.preset, index).to_string()
    }

    fn position(&self, id: &str) -> Option<usize> {
        let right = |index: &usize| *index < self.len() && self.id(*index) == id;
        [YOUNGER, OLDER].into_iter().filter_map(|start| nth(id, start, STEP)).find(right)
    }

    fn marks(&self, index: usize) -> Marks {
        let sketch = self.sketch(index);
        let (included, changed) = (Some(sketch.included), Some(sketch.changed));
        Marks { tags: sketch.tags, included, changed, ..Marks::default() }
    }

    fn text(&self, index: usize, whole: bool) -> String {
        let mut record = self.record(index);
        record.observacao = record.observacao.filter(|_| whole);
        serde_json::to_string(&record).expect("a record of texts and numbers is JSON")
    }
}

impl Customers {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    fn sketch(&self, index: usize) -> Sketch {
        let mut rng = self.world.rng(Registry::Clientes, index);
        let tags = if index < self.world.preset.customers() {
            match rng.u8(..100) {
                0..8 => WHOLESALE,
                8..14 => RETAIL,
                _ => CUSTOMER,
            }
        } else {
            tags_of_other(index - self.world.preset.customers())
        };
        let now = self.world.now;
        let included = now - rng.i64(2 * DAY..1_500 * DAY);
        let changed = (included + rng.i64(0..1_500 * DAY)).min(now - rng.i64(0..30 * DAY)).max(included);
        Sketch { rng, tags, included, changed }
    }

    fn record(&self, index: usize) -> Cadastro<'_> {
        let Sketch { mut rng, tags, included, changed } = self.sketch(index);
        let rng = &mut rng;
        let (person, second_phone) = (rng.u8(..100) < 12, rng.u8(..4) == 0);
        let (razao_social, nome_fantasia) = named(rng, person);
        let place = &self.world.cities[rng.usize(..self.world.cities.len() - 1)];
        let address = Address::new(rng, place);
        let (ddd, _) = places::region(place.uf);
        Cadastro {
            codigo_cliente_omie: id_of(self.world.preset, index),
            codigo_cliente_integracao: if rng.u8(..20) == 0 { format!("ERP-{index}") } else { String::new() },
            cnpj_cpf: document(index, person),
            telefone1_ddd: ddd,
            telefone1_numero: phone(rng),
            telefone2_ddd: if second_phone { ddd } else { "" },
            telefone2_numero: if second_phone { phone(rng) } else { String::new() },
            contato: if rng.bool() { names::person(rng) } else { String::new() },
            email: names::email(&nome_fantasia, index),
            inscricao_estadual: registration(rng, person),
            inscricao_municipal: "",
            optante_simples_nacional: sn(rng.u8(..10) < 6),
            contribuinte: sn(!person),
            produtor_rural: "N",
            tipo_atividade: ["0", "4", "4", "4", "5"][rng.usize(..5)],
            cnae: "4711302",
            observacao: Some(if rng.u8(..10) == 0 { "Entregar somente pela manhã" } else { "" }),
            pessoa_fisica: sn(person),
            exterior: "N",
            inativo: sn(rng.u8(..100) < 3),
            bloquear_faturamento: sn(rng.u8(..100) < 3),
            valor_limite_credito: rng.u32(0..400) * 250,
            tags: tags.iter().map(|tag| Tag { tag: shown(tag) }).collect(),
            recomendacoes: self.recommended(rng),
            endereco_entrega: (rng.u8(..10) == 0).then(|| Delivery::of(&razao_social, rng, place)),
            dados_bancarios: BankData { codigo_banco: "001", agencia: "1234-5", conta_corrente: "98765-4" },
            info: Info::new(included, changed),
            razao_social,
            nome_fantasia,
            address,
        }
        .with_gaps(rng)
    }

    fn recommended(&self, rng: &mut Rng) -> Recommended {
        let seller = self.world.sellers[rng.usize(..self.world.sellers.len())];
        Recommended {
            numero_parcelas: self.world.plans[rng.usize(..self.world.plans.len())],
            codigo_vendedor: (rng.u8(..100) != 0).then_some(seller),
            email_fatura: "",
            gerar_boletos: sn(rng.bool()),
            codigo_transportadora: 0,
        }
    }
}

impl Cadastro<'_> {
    /// Registries filled by people have holes: one record in a hundred lacks each of these.
    fn with_gaps(mut self, rng: &mut Rng) -> Self {
        if rng.u8(..20) == 0 {
            self.nome_fantasia.clear();
        }
        if rng.u8(..100) == 0 {
            self.address.bairro.clear();
        }
        if rng.u8(..100) == 0 {
            self.address.cep.clear();
        }
        if rng.u8(..20) == 0 {
            self.address.endereco_numero.clear();
        }
        self
    }
}

fn named(rng: &mut Rng, person: bool) -> (String, String) {
    if person {
        let name = names::person(rng);
        (name.clone(), name)
    } else {
        names::company(rng)
    }
}

/// Every record has its own document: the multiplier has no factor in common with the range.
fn document(index: usize, person: bool) -> String {
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    if person {
        documents::cpf(100_000_000 + index.wrapping_mul(6_151) % 899_999_981)
    } else {
        documents::cnpj(10_000_000 + index.wrapping_mul(613) % 89_999_999)
    }
}

fn phone(rng: &mut Rng) -> String {
    format!("9{:04}-{:04}", rng.u16(8_000..10_000), rng.u16(..10_000))
}

fn registration(rng: &mut Rng, person: bool) -> String {
    if person || rng.u8(..10) == 0 { String::new() } else { rng.u32(100_000_000..999_999_999).to_string() }
}

fn shown(tag: &str) -> &'static str {
    match tag {
        "cliente" => "Cliente",
        "atacado" => "ATACADO",
        "varejo" => "VAREJO",
        "fornecedor" => "Fornecedor",
        _ => "Transportadora",
    }
}

/// A record of `clientes_cadastro` (`contracts/omie.md` §8.8).
#[derive(Serialize)]
struct Cadastro<'a> {
    codigo_cliente_omie: u64,
    codigo_cliente_integracao: String,
    razao_social: String,
    nome_fantasia: String,
    cnpj_cpf: String,
    telefone1_ddd: &'a str,
    telefone1_numero: String,
    telefone2_ddd: &'a str,
    telefone2_numero: String,
    contato: String,
    #[serde(flatten)]
    address: Address<'a>,
    email: String,
    inscricao_estadual: String,
    inscricao_municipal: &'static str,
    optante_simples_nacional: &'static str,
    contribuinte: &'static str,
    produtor_rural: &'static str,
    tipo_atividade: &'static str,
    cnae: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    observacao: Option<&'static str>,
    pessoa_fisica: &'static str,
    exterior: &'static str,
    inativo: &'static str,
    bloquear_faturamento: &'static str,
    valor_limite_credito: u32,
    tags: Vec<Tag>,
    recomendacoes: Recommended,
    #[serde(rename = "enderecoEntrega", skip_serializing_if = "Option::is_none")]
    endereco_entrega: Option<Delivery<'a>>,
    #[serde(rename = "dadosBancarios")]
    dados_bancarios: BankData,
    info: Info,
}

#[derive(Serialize)]
struct Address<'a> {
    endereco: String,
    endereco_numero: String,
    complemento: &'static str,
    bairro: String,
    estado: &'a str,
    cidade: &'a str,
    cidade_ibge: &'a str,
    cep: String,
    codigo_pais: &'static str,
}

impl<'a> Address<'a> {
    fn new(rng: &mut Rng, place: &'a places::Place) -> Self {
        Self {
            endereco: names::street(rng),
            endereco_numero: rng.u16(1..3_000).to_string(),
            complemento: ["", "", "", "LOJA 2", "SALA 101", "FUNDOS"][rng.usize(..6)],
            bairro: names::district(rng),
            estado: place.uf,
            cidade: &place.code,
            cidade_ibge: place.ibge,
            cep: postal_code(rng, place.uf),
            codigo_pais: "1058",
        }
    }
}

fn postal_code(rng: &mut Rng, uf: &str) -> String {
    format!("{}{:03}-{:03}", places::region(uf).1, rng.u16(..1_000), rng.u16(..1_000))
}

#[derive(Serialize)]
struct Tag {
    tag: &'static str,
}

#[derive(Serialize)]
struct Recommended {
    numero_parcelas: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    codigo_vendedor: Option<u64>,
    email_fatura: &'static str,
    gerar_boletos: &'static str,
    codigo_transportadora: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the partner's own names")]
struct Delivery<'a> {
    ent_razao_social: String,
    ent_endereco: String,
    ent_numero: String,
    ent_complemento: &'static str,
    ent_bairro: String,
    #[serde(rename = "entCEP")]
    ent_cep: String,
    ent_estado: &'a str,
    ent_cidade: &'a str,
    ent_telefone: String,
    #[serde(rename = "entIE")]
    ent_ie: &'static str,
}

impl<'a> Delivery<'a> {
    fn of(name: &str, rng: &mut Rng, place: &'a places::Place) -> Self {
        Self {
            ent_razao_social: name.to_owned(),
            ent_endereco: names::street(rng),
            ent_numero: rng.u16(1..3_000).to_string(),
            ent_complemento: "DOCA 3",
            ent_bairro: names::district(rng),
            ent_cep: postal_code(rng, place.uf),
            ent_estado: place.uf,
            ent_cidade: &place.code,
            ent_telefone: String::new(),
            ent_ie: "",
        }
    }
}

/// Never to be stored: a test may search for these values.
#[derive(Serialize)]
struct BankData {
    codigo_banco: &'static str,
    agencia: &'static str,
    conta_corrente: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    d_inc: String,
    h_inc: String,
    u_inc: &'static str,
    d_alt: String,
    h_alt: String,
    u_alt: &'static str,
    #[serde(rename = "cImpAPI")]
    c_imp_api: &'static str,
}

impl Info {
    fn new(included: i64, changed: i64) -> Self {
        let ((d_inc, h_inc), (d_alt, h_alt)) = (written(included), written(changed));
        Self { d_inc, h_inc, u_inc: "WEBSERVICE", d_alt, h_alt, u_alt: "ADMIN", c_imp_api: "N" }
    }
}

/// `dd/mm/yyyy` and `hh:mm:ss` of a local second.
pub(crate) fn written(second: i64) -> (String, String) {
    let at = Offset::UTC.to_datetime(Timestamp::from_second(second).unwrap_or_default());
    (
        format!("{:02}/{:02}/{:04}", at.day(), at.month(), at.year()),
        format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second()),
    )
}
