//! Tributo: the tax figure that every price names (mapping §4.15). Omie has none, so the source is empty and the
//! neutral figure "1" is a guaranteed row.

use engine::{Delivery, Entity, Entry, Key, Mapped, Retiring, Source, State, Why};
use jiff::civil::Date;
use maxima::{Hashed, Maxima, Resource, Verb};
use partner_http::{CallError, Fault};
use serde::Serialize;

use super::Refs;
use crate::settings::{Settings, SetupError};
use crate::source::Local;
use crate::synced::Sourced;
use crate::target::{CloudRow, Planned};
use crate::tenant::Tenant;

/// A tax figure.
pub struct Tributo;

/// The only figure that is made when Máxima has none. What another one means, only Máxima's operator knows: it is
/// neither invented nor looked for here, and a price that names one that does not exist is kept out with that
/// reason.
const NEUTRO: &str = "1";

/// The figure that prices name.
#[derive(Clone, Debug, Serialize)]
pub struct TributoRefs {
    tributo_padrao: String,
}

impl Refs for TributoRefs {
    async fn load(_: &impl State, settings: &Settings, _: Date) -> Result<Self, SetupError> {
        Ok(Self { tributo_padrao: settings.tributo_padrao.clone() })
    }
}

/// A tax figure that gives way: Máxima may have configured its own under the same code, which then stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct TributoPadrao(maxima::Tributo);

impl Entity for Tributo {
    const NAME: &'static str = "tributos";
    const AFTER: &'static [&'static str] = &[];
    /// Never made: there is nothing to read.
    type Record = maxima::Tributo;
    type Row = TributoPadrao;
    type Refs = TributoRefs;

    fn key(tributo: &maxima::Tributo) -> Key {
        tributo.codst.as_str().into()
    }

    fn map(tributo: maxima::Tributo, _: &TributoRefs) -> Mapped<TributoPadrao> {
        Mapped::Row(TributoPadrao(tributo))
    }

    fn guaranteed(_: u64, refs: &TributoRefs) -> Vec<(Key, TributoPadrao)> {
        let neutral = || maxima::Tributo {
            codst: NEUTRO.to_owned(),
            obs: "TRIBUTACAO PADRAO".to_owned(),
            ..maxima::Tributo::default()
        };
        let wanted = refs.tributo_padrao == NEUTRO;
        wanted.then(|| (NEUTRO.into(), TributoPadrao(neutral()))).into_iter().collect()
    }

    // No retirement: nothing of Omie's is behind the row, and prices go on naming it.
}

impl Sourced for Tributo {
    async fn source<'a>(
        tenant: &'a Tenant,
        state: &'a impl State,
        _refs: &'a TributoRefs,
    ) -> Result<impl Source<maxima::Tributo> + 'a, SetupError> {
        if is_missing(&tenant.maxima).await {
            state.record(Self::NAME, &[(NEUTRO.into(), Entry::default())]).await?;
        }
        Ok(Local::new(Self::NAME, Vec::new()))
    }
}

/// Whether somebody has deleted the figure: without it every price would be kept out, so what we remember is not
/// enough. When Máxima does not say, what we remember holds until it does.
async fn is_missing(maxima: &Maxima) -> bool {
    let there = maxima.existing(maxima::Tributo::TABLE, maxima::Tributo::KEY, &[NEUTRO.to_owned()]).await;
    there.is_ok_and(|there| there.is_empty())
}

impl CloudRow for TributoPadrao {
    async fn check(maxima: &Maxima, rows: &[Self], planned: &Planned) -> Result<Vec<Vec<Why>>, CallError> {
        let rows: Vec<maxima::Tributo> = rows.iter().map(|row| row.0.clone()).collect();
        CloudRow::check(maxima, &rows, planned).await
    }

    /// Inserts what the cloud does not have; what it has is not touched, whoever made it.
    async fn write(maxima: &Maxima, rows: &[Delivery<'_, Self>]) -> Result<(), CallError> {
        let codes: Vec<String> = rows.iter().map(|delivery| delivery.row.0.codst.clone()).collect();
        let (table, column) = (maxima::Tributo::TABLE, maxima::Tributo::KEY);
        let there = maxima.existing(table, column, &codes).await?;
        let new: Vec<Hashed<'_, maxima::Tributo>> = rows
            .iter()
            .filter(|delivery| !there.contains(&delivery.row.0.codst))
            .map(|delivery| Hashed {
                row: &delivery.row.0,
                hash: delivery.fingerprint.as_str(),
                known: false,
            })
            .collect();
        match maxima.write(Verb::Post, &new).await {
            // Made in between, by whomever.
            Err(CallError { fault: Fault::Duplicate { .. }, .. }) => Ok(()),
            done => done,
        }
    }

    async fn retire(_: &Maxima, _: &[Retiring<'_>]) -> Result<(), CallError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use engine::Fingerprint;
    use serde_json::{Value, json};

    use super::super::wire::Wire;
    use super::*;

    fn guaranteed(tributo_padrao: &str) -> Vec<(Key, TributoPadrao)> {
        Tributo::guaranteed(0, &TributoRefs { tributo_padrao: tributo_padrao.to_owned() })
    }

    /// The body of mapping §4.15.
    #[test]
    fn the_neutral_figure_is_the_one_of_the_contract() {
        let rows = guaranteed("1");

        assert_eq!((rows.len(), rows[0].0.as_str()), (1, "1"));
        assert_eq!(
            serde_json::to_value(&rows[0].1).expect("JSON"),
            json!({
                "CodSt": "1", "Obs": "TRIBUTACAO PADRAO", "Iva": 0, "Aliqicms1": 0, "Aliqicms2": 0, "Pauta": 0,
                "Aliqicms1fonte": 0, "Aliqicms2fonte": 0, "Ivafonte": 0, "Sittribut": "00", "Sittributpf": "00",
            })
        );
        assert_eq!(maxima::check(&rows[0].1.0), [], "Máxima's rules hold");
    }

    #[test]
    fn another_figure_is_not_invented() {
        assert_eq!(guaranteed("57"), []);
    }

    async fn written(cloud: &Arc<Wire>) -> Result<(), CallError> {
        let [(key, row)] = &guaranteed("1")[..] else { panic!("one row") };
        let fingerprint = &Fingerprint::of(row);
        let delivery = Delivery { key, row, fingerprint, known: false };
        TributoPadrao::write(&cloud.maxima(), &[delivery]).await
    }

    fn answered(found: &Value) -> (u16, Value) {
        (200, json!({"success": found, "error": null}))
    }

    #[tokio::test(start_paused = true)]
    async fn the_figure_is_inserted_where_there_is_none() {
        let cloud = Wire::new(|_, _| answered(&json!([])));

        written(&cloud).await.expect("written");

        assert_eq!(cloud.story(), ["POST ValidarChaves/Localizar", "POST Tributos"]);
        assert_eq!(cloud.asked()[1].1[0]["Obs"], json!("TRIBUTACAO PADRAO"));
    }

    #[tokio::test(start_paused = true)]
    async fn what_maxima_has_configured_is_left_untouched() {
        let cloud = Wire::new(|_, _| answered(&json!([{"Chave": "1"}])));

        written(&cloud).await.expect("nothing to write");

        assert_eq!(cloud.story(), ["POST ValidarChaves/Localizar"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_figure_made_in_between_is_left_untouched_too() {
        let cloud = Wire::new(|name, _| match name {
            "POST Tributos" => (400, json!({"success": null, "error": "Registro já existe"})),
            _ => answered(&json!([])),
        });

        written(&cloud).await.expect("it is there");
    }
}
