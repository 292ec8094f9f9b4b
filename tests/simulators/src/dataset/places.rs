//! Real municipalities (IBGE and SIAFI codes), with the area code and postal range of their state.

use super::{Preset, latin};

const CITIES: &str = include_str!("../../data/municipios.csv");

/// A city as the registry lists it; `ibge` is empty for places abroad.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// `NAME (UF)` in capitals without accents: Omie's `cCod`.
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) uf: &'static str,
    pub(crate) ibge: &'static str,
    pub(crate) siafi: &'static str,
}

/// The cities of a preset; the small one has those of two states, Rondônia (many apostrophes) and Acre.
/// The last is `EXTERIOR (EX)`, which has no IBGE code.
pub(crate) fn cities(preset: Preset) -> Vec<Place> {
    let all = CITIES.lines().skip(1).filter_map(place);
    let mut cities: Vec<Place> = match preset {
        Preset::Small => all.filter(|place| matches!(place.uf, "RO" | "AC")).collect(),
        Preset::Tiny | Preset::Typical | Preset::Large => all.collect(),
    };
    let (code, name) = ("EXTERIOR (EX)".to_owned(), "EXTERIOR".to_owned());
    cities.push(Place { code, name, uf: "EX", ibge: "", siafi: "9707" });
    cities
}

fn place(line: &'static str) -> Option<Place> {
    let mut columns = line.split(',');
    let (ibge, siafi, name, uf) = (columns.next()?, columns.next()?, columns.next()?, columns.next()?);
    let name = latin::plain(name).to_uppercase();
    Some(Place { code: format!("{name} ({uf})"), name, uf, ibge, siafi })
}

/// Where the preset's own company is: the state of the state-wide price table too.
pub(crate) fn home(preset: Preset) -> (&'static str, &'static str) {
    match preset {
        Preset::Small => ("PORTO VELHO (RO)", "RO"),
        Preset::Tiny | Preset::Typical | Preset::Large => ("GOIANIA (GO)", "GO"),
    }
}

/// Area code (DDD) and first two digits of the postal code of a state.
pub(crate) fn region(uf: &str) -> (&'static str, &'static str) {
    STATES.iter().find(|(state, ..)| *state == uf).map_or(("11", "01"), |(_, ddd, cep)| (ddd, cep))
}

/// A state, another for each of the first 27 numbers.
pub(crate) fn state(nth: usize) -> &'static str {
    STATES[nth % STATES.len()].0
}

const STATES: [(&str, &str, &str); 27] = [
    ("AC", "68", "69"),
    ("AL", "82", "57"),
    ("AM", "92", "69"),
    ("AP", "96", "68"),
    ("BA", "71", "40"),
    ("CE", "85", "60"),
    ("DF", "61", "70"),
    ("ES", "27", "29"),
    ("GO", "62", "74"),
    ("MA", "98", "65"),
    ("MG", "31", "30"),
    ("MS", "67", "79"),
    ("MT", "65", "78"),
    ("PA", "91", "66"),
    ("PB", "83", "58"),
    ("PE", "81", "50"),
    ("PI", "86", "64"),
    ("PR", "41", "80"),
    ("RJ", "21", "20"),
    ("RN", "84", "59"),
    ("RO", "69", "76"),
    ("RR", "95", "69"),
    ("RS", "51", "90"),
    ("SC", "48", "88"),
    ("SE", "79", "49"),
    ("SP", "11", "04"),
    ("TO", "63", "77"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_large_presets_have_every_municipality_and_one_place_abroad() {
        let cities = cities(Preset::Typical);

        assert_eq!(cities.len(), 5_571);
        assert!(cities.iter().any(|c| c.code == "GOIANIA (GO)" && c.ibge == "5208707" && c.siafi == "9373"));
        assert!(cities.iter().all(|c| c.code.is_ascii() && c.code.len() <= 40));
    }

    #[test]
    fn every_state_has_an_area_code() {
        for city in cities(Preset::Typical).iter().filter(|city| city.uf != "EX") {
            assert!(STATES.iter().any(|(uf, ..)| *uf == city.uf), "{}", city.uf);
        }
    }
}
