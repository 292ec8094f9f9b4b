//! Where a customer is: the addresses of the app as Omie takes them, cities by their code where we know it (mapping
//! §8).

use std::collections::BTreeMap;

use maxima::{ClienteMaximaCadastro, EnderecoMaxima};
use omie::{EnderecoEntrega, NovoCliente};

use crate::entities::Municipio;
use crate::praca::folded;
use crate::text::{digits, txt};

/// Cities of Omie by their code, `GOIANIA (GO)`: those that the addresses of one customer may name.
pub(crate) type Cidades = BTreeMap<String, Municipio>;

/// The codes that the cities of this customer may have in Omie.
pub(crate) fn cities_named_by(cadastro: &ClienteMaximaCadastro) -> Vec<String> {
    let main = &cadastro.endereco_comercial;
    let mut codes = codes_of(main.cidade.as_deref(), main.uf.as_deref());
    if let Some(delivery) = delivery(cadastro) {
        codes.extend(codes_of(delivery.city.as_deref(), delivery.state.as_deref()));
    }
    codes.extend(praca(cadastro));
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn praca(cadastro: &ClienteMaximaCadastro) -> Option<String> {
    txt(cadastro.praca.codigo_cidade.as_deref(), 50)
}

/// "Goiânia", "GO" → `GOIANIA (GO)`; what is a code already stays one.
fn codes_of(city: Option<&str>, state: Option<&str>) -> Vec<String> {
    let Some(city) = city.and_then(plain) else { return Vec::new() };
    let of_state = state.and_then(plain).map(|state| format!("{city} ({state})"));
    [Some(city), of_state].into_iter().flatten().collect()
}

/// Capitals without accents, as Omie writes its cities.
pub(super) fn plain(text: &str) -> Option<String> {
    let plain = |letter| match letter {
        'Á' | 'À' | 'Â' | 'Ã' | 'Ä' => 'A',
        'É' | 'È' | 'Ê' | 'Ë' => 'E',
        'Í' | 'Ì' | 'Î' | 'Ï' => 'I',
        'Ó' | 'Ò' | 'Ô' | 'Õ' | 'Ö' => 'O',
        'Ú' | 'Ù' | 'Û' | 'Ü' => 'U',
        'Ç' => 'C',
        other => other,
    };
    Some(folded(text)?.chars().map(plain).collect())
}

/// The city with its code, if we know it. The city of the praça serves an address that names none or names it without
/// its state; for an address that names another city it would be wrong.
fn known<'a>(
    (city, state): (Option<&str>, Option<&str>),
    praca: Option<&str>,
    cidades: &'a Cidades,
) -> Option<(&'a str, &'a Municipio)> {
    let by_code = |code: &str| cidades.get_key_value(code).map(|(code, city)| (code.as_str(), city));
    if let Some(found) = codes_of(city, state).iter().rev().find_map(|code| by_code(code)) {
        return Some(found);
    }
    let (code, municipio) = by_code(praca?)?;
    let is_it = match city.and_then(plain) {
        None => true,
        Some(named) => Some(named) == plain(&municipio.nome) && state.and_then(plain).is_none(),
    };
    is_it.then_some((code, municipio))
}

/// Fills in the main address and, where it is another one, the delivery address.
pub(super) fn place(cadastro: &ClienteMaximaCadastro, cidades: &Cidades, novo: &mut NovoCliente) {
    let praca = praca(cadastro);
    let main = &cadastro.endereco_comercial;
    let city = known((main.cidade.as_deref(), main.uf.as_deref()), praca.as_deref(), cidades);
    novo.endereco = txt(main.logradouro.as_deref(), 60);
    novo.endereco_numero = txt(main.numero.as_deref(), 60);
    novo.complemento = txt(main.complemento.as_deref(), 60);
    novo.bairro = txt(main.bairro.as_deref(), 60);
    novo.cep = digits(main.cep.as_deref());
    novo.cidade = match city {
        Some((code, municipio)) => Some(municipio.ibge.clone().unwrap_or_else(|| code.to_owned())),
        None => txt(main.cidade.as_deref(), 40),
    };
    novo.estado = state(main.uf.as_deref()).or_else(|| city.and_then(|(_, municipio)| municipio.uf.clone()));
    let delivery = delivery(cadastro).filter(|delivery| *delivery != Delivery::of(main));
    novo.endereco_entrega = delivery.map(|delivery| delivery.entrega(praca.as_deref(), cidades));
}

fn state(uf: Option<&str>) -> Option<String> {
    uf.and_then(plain).and_then(|uf| txt(uf.as_str(), 2))
}

/// Where the goods go, with what makes two addresses the same.
struct Delivery {
    street: Option<String>,
    number: Option<String>,
    complement: Option<String>,
    district: Option<String>,
    city: Option<String>,
    state: Option<String>,
    cep: Option<String>,
}

impl PartialEq for Delivery {
    fn eq(&self, other: &Self) -> bool {
        let same = |one: &Option<String>, other: &Option<String>| {
            one.as_deref().and_then(plain) == other.as_deref().and_then(plain)
        };
        same(&self.street, &other.street)
            && same(&self.number, &other.number)
            && same(&self.complement, &other.complement)
            && same(&self.district, &other.district)
            && same(&self.city, &other.city)
            && same(&self.state, &other.state)
            && digits(self.cep.as_deref()) == digits(other.cep.as_deref())
    }
}

/// `Endereco`, else the first of `EnderecosEntrega`; an address without a street is none.
fn delivery(cadastro: &ClienteMaximaCadastro) -> Option<Delivery> {
    let more = cadastro.enderecos_entrega.iter().map(|other| Delivery {
        street: other.endereco.clone(),
        number: other.numero.clone(),
        complement: other.complemento.clone(),
        district: other.bairro.clone(),
        city: other.municipio.clone(),
        state: other.estado.clone(),
        cep: other.cep.clone(),
    });
    std::iter::once(Delivery::of(&cadastro.endereco))
        .chain(more)
        .find(|delivery| txt(delivery.street.as_deref(), 1).is_some())
}

impl Delivery {
    fn of(endereco: &EnderecoMaxima) -> Self {
        Self {
            street: endereco.logradouro.clone(),
            number: endereco.numero.clone(),
            complement: endereco.complemento.clone(),
            district: endereco.bairro.clone(),
            city: endereco.cidade.clone(),
            state: endereco.uf.clone(),
            cep: endereco.cep.clone(),
        }
    }

    fn entrega(&self, praca: Option<&str>, cidades: &Cidades) -> EnderecoEntrega {
        let city = known((self.city.as_deref(), self.state.as_deref()), praca, cidades);
        EnderecoEntrega {
            endereco: txt(self.street.as_deref(), 60),
            numero: txt(self.number.as_deref(), 60),
            complemento: txt(self.complement.as_deref(), 60),
            bairro: txt(self.district.as_deref(), 60),
            // Unlike the main address it is kept as it is sent, and read as a code (`contracts/omie.md` §8.8, §8.10).
            cidade: city.map(|(code, _)| code.to_owned()).or_else(|| txt(self.city.as_deref(), 40)),
            estado: state(self.state.as_deref())
                .or_else(|| city.and_then(|(_, municipio)| municipio.uf.clone())),
            cep: digits(self.cep.as_deref()),
            ..EnderecoEntrega::default()
        }
    }
}
