//! Invented companies, people and streets that read like Brazilian ones.

use fastrand::Rng;

use super::latin;

const FIRST: [&str; 40] = [
    "Ana",
    "Antônio",
    "Beatriz",
    "Bruno",
    "Camila",
    "Carlos",
    "Cláudia",
    "Daniel",
    "Débora",
    "Eduardo",
    "Fernanda",
    "Francisco",
    "Gabriela",
    "Geraldo",
    "Helena",
    "Inês",
    "João",
    "José",
    "Júlia",
    "Larissa",
    "Leonardo",
    "Letícia",
    "Lúcia",
    "Luiz",
    "Márcia",
    "Maria",
    "Mateus",
    "Mônica",
    "Natália",
    "Otávio",
    "Patrícia",
    "Paulo",
    "Rafael",
    "Raimundo",
    "Renata",
    "Rita",
    "Sebastião",
    "Sônia",
    "Thiago",
    "Vera",
];
const LAST: [&str; 40] = [
    "Almeida",
    "Alves",
    "Araújo",
    "Assunção",
    "Barbosa",
    "Barros",
    "Batista",
    "Borges",
    "Camargo",
    "Cardoso",
    "Carvalho",
    "Castro",
    "Conceição",
    "Correia",
    "Costa",
    "Cruz",
    "Dias",
    "Duarte",
    "Fernandes",
    "Ferreira",
    "Freitas",
    "Gomes",
    "Gonçalves",
    "Lima",
    "Lopes",
    "Machado",
    "Magalhães",
    "Melo",
    "Moreira",
    "Nogueira",
    "Nunes",
    "Oliveira",
    "Pereira",
    "Ribeiro",
    "Rocha",
    "Santos",
    "Silva",
    "Souza",
    "Teixeira",
    "Vieira",
];
const TRADE: [&str; 20] = [
    "Mercado",
    "Supermercado",
    "Mercearia",
    "Padaria",
    "Panificadora",
    "Empório",
    "Distribuidora",
    "Atacadão",
    "Farmácia",
    "Drogaria",
    "Açougue",
    "Restaurante",
    "Lanchonete",
    "Conveniência",
    "Armazém",
    "Hortifruti",
    "Quitanda",
    "Pizzaria",
    "Cantina",
    "Bar e Mercearia",
];
const BRAND: [&str; 30] = [
    "Boa Compra",
    "São Jorge",
    "Nossa Senhora Aparecida",
    "Pague Menos",
    "Bom Preço",
    "Estrela do Norte",
    "Três Irmãos",
    "Do Povo",
    "Central",
    "Economia",
    "Primavera",
    "Boa Vista",
    "União",
    "Progresso",
    "Planalto",
    "Santo Antônio",
    "Serra Azul",
    "Rio Verde",
    "Avenida",
    "Popular",
    "Da Família",
    "Vitória",
    "Esperança",
    "Ponto Certo",
    "Novo Horizonte",
    "Araguaia",
    "Pantanal",
    "Cerrado",
    "Sol Nascente",
    "Imperial",
];
const STREET: [&str; 20] = [
    "Rua das Flores",
    "Rua Sete de Setembro",
    "Avenida Brasil",
    "Avenida Goiás",
    "Rua Quinze de Novembro",
    "Rua Tiradentes",
    "Avenida Getúlio Vargas",
    "Rua Santos Dumont",
    "Rua Marechal Deodoro",
    "Travessa do Comércio",
    "Rua Dom Pedro II",
    "Avenida Independência",
    "Rua São José",
    "Rua José Bonifácio",
    "Alameda dos Ipês",
    "Rua Rui Barbosa",
    "Avenida Presidente Kennedy",
    "Rua Amazonas",
    "Praça da Matriz",
    "Rodovia BR-153",
];
const DISTRICT: [&str; 16] = [
    "Centro",
    "Setor Bueno",
    "Jardim América",
    "Vila Nova",
    "São Francisco",
    "Boa Esperança",
    "Industrial",
    "Nova Brasília",
    "Santa Luzia",
    "Cidade Nova",
    "Liberdade",
    "Jardim das Oliveiras",
    "Parque das Laranjeiras",
    "Bela Vista",
    "Alto da Glória",
    "Santo Antônio",
];

/// A company: its legal name (at most 60 characters) and its trade name.
pub(crate) fn company(rng: &mut Rng) -> (String, String) {
    let (trade, brand) = (pick(rng, &TRADE), pick(rng, &BRAND));
    let kind = pick(rng, &["LTDA", "LTDA", "LTDA ME", "EIRELI", "S/A", "ME", "EPP"]);
    let owner = pick(rng, &LAST);
    let legal = match rng.u8(..3) {
        0 => format!("{trade} {brand} {kind}"),
        1 => format!("{owner} Comércio de Alimentos {kind}"),
        _ => format!("{trade} {owner} e Filhos {kind}"),
    };
    (legal.to_uppercase(), format!("{trade} {brand}").to_uppercase())
}

/// A person's full name in capitals.
pub(crate) fn person(rng: &mut Rng) -> String {
    format!("{} {} {}", pick(rng, &FIRST), pick(rng, &LAST), pick(rng, &LAST)).to_uppercase()
}

/// A street in capitals.
pub(crate) fn street(rng: &mut Rng) -> String {
    pick(rng, &STREET).to_uppercase()
}

/// A district in capitals.
pub(crate) fn district(rng: &mut Rng) -> String {
    pick(rng, &DISTRICT).to_uppercase()
}

/// An address at `exemplo.com.br`, which nobody reads, made of the first and last word of a name.
pub(crate) fn email(name: &str, number: usize) -> String {
    let plain = latin::plain(name).to_lowercase();
    let words: Vec<String> = plain
        .split_whitespace()
        .map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect())
        .filter(|word: &String| !word.is_empty())
        .collect();
    let first = words.first().map_or("contato", String::as_str);
    let last = words.get(1).map_or("vendas", String::as_str);
    format!("{first}.{last}{number}@exemplo.com.br")
}

/// One of a list.
pub(crate) fn pick<'a>(rng: &mut Rng, list: &[&'a str]) -> &'a str {
    list[rng.usize(..list.len())]
}
