//! Invented service orders that read like Brazilian ones: the same kind and seed always give the same order.

use std::sync::LazyLock;

use fastrand::Rng;
use rust_decimal::Decimal;

use super::order::{Customer, Equipment, EquipmentKind, OrderEquipment, ServiceLine, ServiceOrder};
use crate::dataset::documents;
use crate::dataset::names::{email, pick};

/// CNPJ roots from here on are not given out.
const FIRST_ROOT: u32 = 98_000_000;

/// The order of `contracts/senior-x.md` §11.2.
pub fn worked_service_order() -> ServiceOrder {
    let customer = Customer {
        code: 2207,
        name: "Metalúrgica Rio Verde Ltda".to_owned(),
        document: "00000000000191".to_owned(),
        phone: "4733330000".to_owned(),
        email: "manutencao@example.com".to_owned(),
    };
    let calibration = ServiceLine {
        sequence: 1,
        code: "SV-CALIB-01".to_owned(),
        description: "Calibração de balança".to_owned(),
        quantity: Decimal::ONE,
        price: Decimal::new(38_000, 2),
        note: Some("Cliente pede certificado".to_owned()),
    };
    ServiceOrder {
        company: 1,
        branch: 3,
        customer,
        equipment: OrderEquipment::Existing(equipment_register()[0].clone()),
        services: vec![calibration],
        observation: "Atender pela manhã".to_owned(),
    }
}

/// A drawn order of branch 3.
pub fn sample_service_order(kind: EquipmentKind, rng: &mut Rng) -> ServiceOrder {
    let known = &equipment_register()[rng.usize(..equipment_register().len())];
    let equipment = match kind {
        EquipmentKind::Existing => OrderEquipment::Existing(known.clone()),
        EquipmentKind::New => OrderEquipment::New(unregistered(rng)),
        EquipmentKind::Both => OrderEquipment::Both(known.clone(), unregistered(rng)),
        EquipmentKind::Absent => OrderEquipment::Absent,
        EquipmentKind::Unrecognised => OrderEquipment::Unrecognised(known.clone()),
    };
    let services = (1..=rng.i64(1..=3)).map(|sequence| service(sequence, rng)).collect();
    let observation = pick(rng, &OBSERVATIONS).to_owned();
    ServiceOrder { company: 1, branch: 3, customer: customer(rng), equipment, services, observation }
}

/// Sismetro's register of equipment: 42 of them, always the same.
pub fn equipment_register() -> &'static [Equipment] {
    static REGISTER: LazyLock<Vec<Equipment>> = LazyLock::new(|| {
        let rng = &mut Rng::with_seed(88_121);
        (0..42).map(|nth| registered(nth, rng)).collect()
    });
    &REGISTER
}

fn registered(nth: usize, rng: &mut Rng) -> Equipment {
    // The contract's own, and two of everything else that is serviced.
    let (description, tipo_tec, tag) = match nth {
        0 => ("Balança rodoviária 80 t", "BALANÇA", "BAL"),
        _ => EQUIPMENT[nth % EQUIPMENT.len()],
    };
    let serial = if nth == 0 {
        "BR80-2231".to_owned()
    } else {
        format!("{tag}{}-{}", rng.u32(10..99), rng.u32(1000..9999))
    };
    let (marca, modelo) = BRANDS[rng.usize(..BRANDS.len())];
    Equipment {
        id: 88_121 + 13 * i64::try_from(nth).unwrap_or_default(),
        description: description.to_owned(),
        tipo_tec: tipo_tec.to_owned(),
        tag: format!("{tag}-{:02}", nth + 1),
        marca: marca.to_owned(),
        modelo: modelo.to_owned(),
        numero_serie: serial,
        numero_patrimonio: format!("{:06}", 4_100 + 17 * nth),
    }
}

fn customer(rng: &mut Rng) -> Customer {
    let name = format!(
        "{} {} {}",
        pick(rng, &TRADES),
        pick(rng, &NAMES),
        pick(rng, &["Ltda", "Ltda", "S/A", "Ltda ME", "EIRELI"])
    );
    let code = rng.i64(1_000..9_999);
    let root = FIRST_ROOT + rng.u32(..1_900_000);
    let document = documents::cnpj(root).chars().filter(char::is_ascii_digit).collect();
    let phone =
        format!("{}3{:07}", pick(rng, &["47", "49", "51", "41", "19", "62", "31"]), rng.u32(..10_000_000));
    let number = usize::try_from(code).unwrap_or_default();
    Customer { code, document, phone, email: email(&name, number), name }
}

fn service(sequence: i64, rng: &mut Rng) -> ServiceLine {
    let (code, description) = SERVICES[rng.usize(..SERVICES.len())];
    let quantity =
        if rng.u8(..4) == 0 { Decimal::new(rng.i64(3..=17) * 5, 1) } else { Decimal::from(rng.i64(1..=4)) };
    let price = Decimal::new(rng.i64(90..2_400) * 100 + [0, 50, 90][rng.usize(..3)], 2);
    let note = (rng.u8(..3) == 0).then(|| pick(rng, &NOTES).to_owned());
    ServiceLine {
        sequence,
        code: code.to_owned(),
        description: description.to_owned(),
        quantity,
        price,
        note,
    }
}

fn unregistered(rng: &mut Rng) -> String {
    let (description, ..) = EQUIPMENT[rng.usize(..EQUIPMENT.len())];
    let (marca, modelo) = BRANDS[rng.usize(..BRANDS.len())];
    format!("{description} {marca} {modelo}, ainda sem etiqueta")
}

const TRADES: [&str; 14] = [
    "Metalúrgica",
    "Laticínios",
    "Usina",
    "Frigorífico",
    "Cooperativa Agrícola",
    "Hospital",
    "Indústria de Papel",
    "Tecelagem",
    "Cerâmica",
    "Mineração",
    "Farmacêutica",
    "Moinho",
    "Fundição",
    "Curtume",
];
const NAMES: [&str; 16] = [
    "Rio Verde",
    "São Bento",
    "Vale do Itajaí",
    "Três Pinheiros",
    "Boa Esperança",
    "Serra Azul",
    "Santa Terezinha",
    "Planalto Norte",
    "Água Clara",
    "D'Oeste",
    "Irmãos Gonçalves",
    "União",
    "Araucária",
    "Pedra Branca",
    "Conceição & Filhos",
    "Novo Horizonte",
];
const EQUIPMENT: [(&str, &str, &str); 21] = [
    ("Balança rodoviária 60 t", "BALANÇA", "BAL"),
    ("Balança de plataforma 500 kg", "BALANÇA", "BAL"),
    ("Balança analítica 220 g", "BALANÇA", "BAN"),
    ("Compressor de parafuso 75 cv", "COMPRESSOR", "CMP"),
    ("Caldeira flamotubular 2 t/h", "CALDEIRA", "CAL"),
    ("Ponte rolante 10 t", "PONTE ROLANTE", "PRL"),
    ("Empilhadeira elétrica 2,5 t", "EMPILHADEIRA", "EMP"),
    ("Manômetro 0-16 bar", "MANÔMETRO", "MAN"),
    ("Paquímetro digital 300 mm", "PAQUÍMETRO", "PAQ"),
    ("Termômetro PT-100", "TERMÔMETRO", "TMP"),
    ("Autoclave hospitalar 250 L", "AUTOCLAVE", "AUT"),
    ("Monitor multiparâmetros", "MONITOR", "MON"),
    ("Ventilador pulmonar", "VENTILADOR", "VPL"),
    ("Torno CNC", "TORNO", "TRN"),
    ("Prensa hidráulica 150 t", "PRENSA", "PRE"),
    ("Bomba centrífuga 40 cv", "BOMBA", "BOM"),
    ("Gerador a diesel 300 kVA", "GERADOR", "GER"),
    ("Câmara frigorífica nº 2", "REFRIGERAÇÃO", "CFR"),
    ("Esteira transportadora 12 m", "ESTEIRA", "EST"),
    ("Transmissor de pressão", "TRANSMISSOR", "TPR"),
    ("Medidor de vazão eletromagnético", "MEDIDOR", "MDV"),
];
const BRANDS: [(&str, &str); 8] = [
    ("Metrotec", "MT-900"),
    ("Balmax", "PR 500/E"),
    ("Industrial Sul", "IS-40"),
    ("Termovale", "TV 2000"),
    ("Açoforte", "AF-150"),
    ("Precisa", "P-22 \"Lab\""),
    ("Hidrosul", "HS/75"),
    ("Vitalis", "V3"),
];
const SERVICES: [(&str, &str); 14] = [
    ("SV-CALIB-01", "Calibração de balança"),
    ("SV-CALIB-02", "Calibração de manômetro com certificado RBC"),
    ("SV-CALIB-07", "Calibração de termômetro em 3 pontos"),
    ("SV-MANUT-01", "Manutenção preventiva"),
    ("SV-MANUT-02", "Manutenção corretiva"),
    ("SV-MANUT-05", "Troca de óleo e filtros do compressor"),
    ("SV-INSP-01", "Inspeção de segurança NR-13"),
    ("SV-INSP-02", "Inspeção de ponte rolante NR-11"),
    ("SV-AJUST-01", "Ajuste e verificação de célula de carga"),
    ("SV-VISIT-01", "Visita técnica (hora)"),
    ("SV-DESL-01", "Deslocamento técnico (km)"),
    ("SV-QUAL-01", "Qualificação térmica de autoclave"),
    ("SV-ELET-01", "Revisão do painel elétrico"),
    ("SV-TREIN-01", "Treinamento de operação"),
];
const OBSERVATIONS: [&str; 8] = [
    "Atender pela manhã",
    "Apresentar-se na portaria 2 com documento",
    "Equipamento parado: prioridade",
    "Agendar com a manutenção, ramal 214",
    "Cliente pede certificado \"RBC\" & relatório fotográfico",
    "Linha 3\nturno da noite",
    "Só após liberação da segurança do trabalho – NR-12",
    "",
];
const NOTES: [&str; 4] = [
    "Cliente pede certificado",
    "Levar pesos-padrão de 500 kg",
    "Peça já está no almoxarifado",
    "Incluir deslocamento de 48 km",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_equipment_and_is_the_same_for_the_same_seed() {
        for kind in EquipmentKind::ALL {
            let order = sample_service_order(kind, &mut Rng::with_seed(5));

            assert_eq!(order.equipment.kind(), kind);
            assert_eq!(kind.to_string().parse(), Ok(kind));
            assert_eq!(order, sample_service_order(kind, &mut Rng::with_seed(5)));
        }
    }

    #[test]
    fn documents_have_check_digits_and_roots_that_nobody_has() {
        for seed in 0..50 {
            let customer = sample_service_order(EquipmentKind::New, &mut Rng::with_seed(seed)).customer;

            assert!(documents::is_valid(&customer.document), "{}", customer.document);
            assert!(customer.document.starts_with("98") || customer.document.starts_with("99"));
        }
    }

    #[test]
    fn the_register_begins_with_the_contract_s_equipment() {
        let register = equipment_register();

        assert_eq!((register[0].id, register[0].tag.as_str()), (88_121, "BAL-01"));
        let ids: std::collections::BTreeSet<i64> = register.iter().map(|equipment| equipment.id).collect();
        assert_eq!(ids.len(), register.len());
    }
}
