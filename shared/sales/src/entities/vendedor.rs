//! Vendedor: sellers (mapping §4.7). All are sent, inactive ones blocked, so that the clients who name them pass
//! (§13.10) and a dismissed seller loses access.

use std::time::Duration;

use engine::{Entity, Key, Mapped, Retirement, Scope, State};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

use super::reasons::Reasons;
use super::{Filial, Refs, change};
use crate::settings::{Settings, SetupError};
use crate::source::{A_DAY, days};
use crate::synced::FromOmie;
use crate::text::{dec, sn, txt};

/// A seller.
pub struct Vendedor;

/// What all sellers share.
#[derive(Clone, Debug, Serialize)]
pub struct VendedorRefs {
    filial: String,
    supervisor: Option<String>,
    tipovend: &'static str,
}

impl Refs for VendedorRefs {
    async fn load(state: &impl State, settings: &Settings, _: Date) -> Result<Self, SetupError> {
        Ok(Self {
            filial: Filial::padrao(state, settings).await?,
            supervisor: settings.supervisor_padrao.clone(),
            tipovend: settings.tipovend.as_str(),
        })
    }
}

impl Entity for Vendedor {
    const NAME: &'static str = "vendedores";
    const AFTER: &'static [&'static str] = &[Filial::NAME];
    type Record = omie::Vendedor;
    type Row = maxima::Usuari;
    type Refs = VendedorRefs;

    fn key(vendedor: &omie::Vendedor) -> Key {
        vendedor.codigo.into()
    }

    fn map(vendedor: omie::Vendedor, refs: &VendedorRefs) -> Mapped<maxima::Usuari> {
        let mut reasons = Reasons::default();
        // Two places, as Máxima's columns have; what is outside their range is found by the field rules.
        let comissao = vendedor.comissao.map(|percent| dec(percent, 2));
        let row = maxima::Usuari {
            codusur: reasons.code("codigo", vendedor.codigo),
            nome: reasons.required(
                "nome",
                txt(vendedor.nome.as_deref(), 100),
                "preencha o nome no cadastro do vendedor no Omie",
            ),
            bloqueio: sn(vendedor.inativo),
            email: txt(vendedor.email.as_deref(), 100),
            codfilial: refs.filial.clone(),
            codsupervisor: refs.supervisor.clone(),
            tipovend: refs.tipovend,
            percent: comissao,
            percent2: comissao,
            ..maxima::Usuari::default()
        };
        reasons.verdict(row)
    }

    fn retirement(key: &Key, _: Option<&Value>, _: &VendedorRefs) -> Retirement {
        change(json!({"Codusur": key, "Bloqueio": sn(true)}))
    }
}

impl FromOmie for Vendedor {
    type Listing = omie::ListarVendedores;

    const OVERLAP: Option<Duration> = Some(A_DAY);

    fn listing(_refs: &Self::Refs, scope: Scope, _part: &str) -> omie::ListarVendedores {
        let (first, last) = days(scope);
        omie::ListarVendedores {
            filtrar_por_data_de: Some(first),
            filtrar_por_data_ate: Some(last),
            ..Default::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::testing::{a_morning, changed, record, rejected_fields, row};
    use super::*;

    fn refs() -> VendedorRefs {
        VendedorRefs { filial: "3456789012".into(), supervisor: None, tipovend: "E" }
    }

    fn seller(members: &str) -> omie::Vendedor {
        record(&format!(r#"{{"codigo":4567890123,"nome":"MARIA RCA"{members}}}"#))
    }

    #[test]
    fn a_seller_is_external_and_belongs_to_the_default_branch() {
        let vendedor = seller(r#","inativo":"N","email":"maria@exemplo.com.br","comissao":3.5"#);
        let percent = Some(Decimal::new(35, 1));

        assert_eq!(Vendedor::key(&vendedor), "4567890123".into());
        assert_eq!(
            row(Vendedor::map(vendedor, &refs())),
            maxima::Usuari {
                codusur: "4567890123".into(),
                nome: "MARIA RCA".into(),
                tipovend: "E",
                bloqueio: "N",
                codfilial: "3456789012".into(),
                codsupervisor: None,
                percent,
                percent2: percent,
                proxnumpedforca: 1,
                usadebcredrca: "N",
                email: Some("maria@exemplo.com.br".into()),
            }
        );
    }

    #[test]
    fn an_inactive_seller_is_sent_blocked() {
        assert_eq!(row(Vendedor::map(seller(r#","inativo":"S""#), &refs())).bloqueio, "S");
    }

    #[test]
    fn a_seller_who_is_gone_is_blocked() {
        let retirement = Vendedor::retirement(&4_567_890_123.into(), None, &refs());

        assert_eq!(changed(retirement), json!({"Codusur": "4567890123", "Bloqueio": "S"}));
    }

    #[test]
    fn changes_are_asked_for_by_day() {
        let asked = |scope| serde_json::to_value(Vendedor::listing(&refs(), scope, "")).expect("a request");
        let (whole, window) = (asked(Scope::Full), asked(a_morning()));

        assert_eq!(Vendedor::OVERLAP, Some(A_DAY));
        assert_eq!(
            [&whole["filtrar_por_data_de"], &whole["filtrar_por_data_ate"]],
            ["01/01/2000", "31/12/2099"]
        );
        assert_eq!(
            [&window["filtrar_por_data_de"], &window["filtrar_por_data_ate"]],
            ["01/02/2025", "02/02/2025"]
        );
    }

    #[test]
    fn settings_choose_the_kind_and_the_supervisor() {
        let refs = VendedorRefs { supervisor: Some("9".into()), tipovend: "R", ..refs() };
        let row = row(Vendedor::map(seller(""), &refs));

        assert_eq!((row.tipovend, row.codsupervisor.as_deref()), ("R", Some("9")));
    }

    #[test]
    fn a_commission_has_two_places_and_may_be_absent() {
        let percent = |members| row(Vendedor::map(seller(members), &refs())).percent.map(|p| p.to_string());

        assert_eq!(percent(r#","comissao":3.505"#).as_deref(), Some("3.51"));
        assert_eq!(percent(""), None);
    }

    #[test]
    fn a_seller_without_code_or_name_is_rejected() {
        let nobody = record(r#"{"codigo":0,"nome":" "}"#);

        assert_eq!(rejected_fields(Vendedor::map(nobody, &refs())), ["codigo", "nome"]);
    }
}
