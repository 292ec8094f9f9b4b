//! The three addresses of a client (mapping §4.12, `contracts/maxima.md` §9.3): `…ent` is where the goods go,
//! `…com` and `…cob` are the main address. Omie often lacks what Máxima requires of them.

use super::super::cadastro::NOT_SAID;
use super::super::cidade::without_state;
use super::super::reasons::Reasons;
use super::{ClienteRefs, LONGEST, MEND};
use crate::entities::Municipio;
use crate::settings::EnderecoIncompleto;
use crate::text::{masked, txt};

/// What stands in for a postal code.
const NO_CEP: &str = "00000000";
/// The house number of a house without one, under either policy.
const UNNUMBERED: &str = "S/N";
/// Length of a city's name (mapping §13.5).
const CITY: usize = 15;

/// A member of an address with the name by which an operator finds it in Omie.
type Named<'a> = (&'static str, Option<&'a str>);

/// An address as Omie has it.
struct Written<'a> {
    street: Named<'a>,
    number: Option<&'a str>,
    complement: Option<&'a str>,
    district: Named<'a>,
    cep: Named<'a>,
    city: Named<'a>,
    state: Named<'a>,
}

/// How much of an address Máxima takes, and whether it demands the postal code.
struct Room {
    street: usize,
    complement: usize,
    district: usize,
    cep: usize,
    state: usize,
    needs_cep: bool,
}

const DELIVERY: Room = Room { street: 40, complement: 80, district: 40, cep: 9, state: 2, needs_cep: true };
const MAIN: Room = Room {
    street: LONGEST,
    complement: LONGEST,
    district: LONGEST,
    cep: LONGEST,
    state: LONGEST,
    needs_cep: false,
};

/// An address as Máxima takes it; `cep` is empty only where it is not demanded.
struct Address {
    street: String,
    number: String,
    complement: Option<String>,
    district: String,
    cep: Option<String>,
    city: String,
    state: String,
}

/// Fills in the city and the three addresses.
pub(super) fn where_it_is(
    cliente: &omie::Cliente,
    refs: &ClienteRefs,
    row: &mut maxima::Cliente,
    reasons: &mut Reasons,
) {
    row.codcidade = city_code(cliente, refs, reasons);
    row.paisent = txt(cliente.codigo_pais.as_deref(), LONGEST);
    let home = refs.municipios.get(&row.codcidade);

    let main = Written::main(cliente);
    let goods = Written::delivery(cliente).unwrap_or_else(|| Written::main(cliente));
    let goods = goods.read(&DELIVERY, refs, home, reasons);
    row.enderent = goods.street;
    row.numeroent = goods.number;
    row.complementoent = goods.complement;
    row.bairroent = goods.district;
    row.cepent = goods.cep.unwrap_or_default();
    row.municent = goods.city;
    row.estent = goods.state;

    let main = main.read(&MAIN, refs, home, reasons);
    row.endercob = Some(main.street.clone());
    row.numerocob = Some(main.number.clone());
    row.complementocob.clone_from(&main.complement);
    row.bairrocob = Some(main.district.clone());
    row.cepcob.clone_from(&main.cep);
    row.municcob = Some(main.city.clone());
    row.estcob = Some(main.state.clone());
    row.endercom = main.street;
    row.numerocom = main.number;
    row.complementocom = main.complement;
    row.bairrocom = main.district;
    row.cepcom = main.cep;
    row.municcom = main.city;
    row.estcom = main.state;
}

/// `cidade`, or the city of `cidade_ibge` when that is empty.
fn city_code(cliente: &omie::Cliente, refs: &ClienteRefs, reasons: &mut Reasons) -> String {
    const UNKNOWN: &str =
        "não está entre as cidades do Omie: escolha a cidade de novo no cadastro do cliente";
    if let Some(code) = txt(cliente.cidade.as_deref(), 50) {
        if refs.municipios.get(&code).is_none() {
            reasons.note("cidade", &code, UNKNOWN);
        }
        return code;
    }
    let Some(ibge) = txt(cliente.cidade_ibge.as_deref(), 50) else {
        return reasons.required("cidade", None, MEND);
    };
    let Some(code) = refs.municipios.code_of_ibge(&ibge) else {
        reasons.note("cidade_ibge", &ibge, UNKNOWN);
        return String::new();
    };
    code.to_owned()
}

impl<'a> Written<'a> {
    fn main(cliente: &'a omie::Cliente) -> Self {
        Self {
            street: ("endereco", cliente.endereco.as_deref()),
            number: cliente.endereco_numero.as_deref(),
            complement: cliente.complemento.as_deref(),
            district: ("bairro", cliente.bairro.as_deref()),
            cep: ("cep", cliente.cep.as_deref()),
            city: ("cidade", cliente.cidade.as_deref()),
            state: ("estado", cliente.estado.as_deref()),
        }
    }

    /// The delivery address, when it has a street. It is never completed from the main one: half of each would be
    /// an address where nobody lives.
    fn delivery(cliente: &'a omie::Cliente) -> Option<Self> {
        let entrega = cliente.endereco_entrega.as_ref()?;
        txt(entrega.endereco.as_deref(), 1)?;
        Some(Self {
            street: ("enderecoEntrega.entEndereco", entrega.endereco.as_deref()),
            number: entrega.numero.as_deref(),
            complement: entrega.complemento.as_deref(),
            district: ("enderecoEntrega.entBairro", entrega.bairro.as_deref()),
            cep: ("enderecoEntrega.entCEP", entrega.cep.as_deref()),
            city: ("enderecoEntrega.entCidade", entrega.cidade.as_deref()),
            state: ("enderecoEntrega.entEstado", entrega.estado.as_deref()),
        })
    }

    /// `home` is the city of the client.
    fn read(
        &self,
        room: &Room,
        refs: &ClienteRefs,
        home: Option<&Municipio>,
        reasons: &mut Reasons,
    ) -> Address {
        let fills = refs.endereco_incompleto == EnderecoIncompleto::Preencher;
        let fill = |stand_in: &str| fills.then(|| stand_in.to_owned());
        let municipio = self.municipio(refs, home);
        let city = municipio
            .map(|municipio| municipio.nome.as_str())
            .or_else(|| self.city.1.map(without_state))
            .and_then(|name| txt(name, CITY));
        let uf = || municipio.or(home).and_then(|municipio| municipio.uf.clone()).filter(|_| fills);
        let cep = masked(self.cep.1, room.cep);
        Address {
            street: required(
                reasons,
                self.street,
                txt(self.street.1, room.street).or_else(|| fill(NOT_SAID)),
            ),
            number: txt(self.number, LONGEST).unwrap_or_else(|| UNNUMBERED.to_owned()),
            complement: txt(self.complement, room.complement),
            district: required(
                reasons,
                self.district,
                txt(self.district.1, room.district).or_else(|| fill(NOT_SAID)),
            ),
            cep: if room.needs_cep {
                Some(required(reasons, self.cep, cep.or_else(|| fill(NO_CEP))))
            } else {
                cep
            },
            city: required(reasons, self.city, city.or_else(|| fill(NOT_SAID))),
            // A state has no stand-in; its city knows it.
            state: required(reasons, self.state, txt(self.state.1, room.state).or_else(uf)),
        }
    }

    /// The city of this address: the one its code names; for the main address without a code, the client's.
    fn municipio<'r>(&self, refs: &'r ClienteRefs, home: Option<&'r Municipio>) -> Option<&'r Municipio> {
        match txt(self.city.1, 50) {
            Some(code) => refs.municipios.get(&code),
            None => home.filter(|_| self.city.0 == "cidade"),
        }
    }
}

fn required(reasons: &mut Reasons, (field, _): Named<'_>, value: Option<String>) -> String {
    reasons.required(field, value, MEND)
}
