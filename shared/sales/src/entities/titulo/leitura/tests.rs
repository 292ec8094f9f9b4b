use engine::{Documents as _, Expected, Memory};
use jiff::civil::date;
use serde_json::json;

use super::super::super::testing::{TODAY, accept, learn, let_go, memory, record};
use super::super::{Numero, TituloNumerado};
use super::*;

const TITLE: &str = include_str!("../../../../testdata/titulo_a_vencer_com_boleto.json");
/// 180 days before [`TODAY`], which is a Sunday.
const FIRST_DAY: Date = date(2024, 8, 6);
const WINDOW: (Date, Date) = (FIRST_DAY, TODAY);

fn title(id: i64, included: Date, status: &str) -> TituloNumerado {
    let mut titulo: omie::Titulo = record(TITLE);
    titulo.cabec.cod_titulo = id;
    titulo.cabec.status = Some(status.to_owned());
    titulo.info = Some(omie::Info { data_inc: Some(included), ..omie::Info::default() });
    let numero = Numero { numtransvenda: id, prest: "1".into(), dtvencorig: None };
    TituloNumerado { titulo, numero: Some(numero), ..TituloNumerado::default() }
}

/// A store in which the last complete whole reading began at this moment.
async fn read_at(full: &str) -> Memory {
    let state = memory();
    let watermark = json!({"v": 1, "from": full, "full": full});
    state.put("watermark", "titulos", &watermark, Expected::Absent, None).await.expect("stored");
    state
}

async fn on(state: &Memory, today: Date) -> Vec<(Date, Date)> {
    let first_day = today.saturating_sub(180.days());
    Leitura::load(state, first_day, today).await.expect("read").0
}

#[tokio::test]
async fn the_first_whole_reading_of_a_week_also_reads_the_months_of_what_is_open() {
    let state = read_at("2025-02-01T06:45:00Z").await;
    accept::<Titulo>(&state, &[title(1, date(2024, 3, 17), "ATRASADO")]).await;

    assert_eq!(on(&state, TODAY).await, [WINDOW, (date(2024, 3, 1), date(2024, 3, 31))]);
    let of_monday = on(&state, date(2025, 2, 3)).await;
    assert_eq!(of_monday.len(), 2, "that of Sunday has failed: {of_monday:?}");
}

#[tokio::test]
async fn once_it_has_ended_well_the_others_of_the_week_read_the_window_only() {
    let state = read_at("2025-02-02T06:45:00Z").await;
    accept::<Titulo>(&state, &[title(1, date(2024, 3, 17), "ATRASADO")]).await;

    for (day, parts) in [(2, 1), (3, 1), (8, 1), (9, 2)] {
        let read = on(&state, date(2025, 2, day)).await;
        assert_eq!(read.len(), parts, "{day}: {read:?}");
    }
}

#[tokio::test]
async fn only_what_maxima_has_as_open_is_worth_another_look() {
    let state = read_at("2025-01-01T06:45:00Z").await;
    let (march, nowhere) = (date(2024, 3, 17), TituloNumerado { numero: None, ..title(4, FIRST_DAY, "") });
    let closed =
        [title(1, march, "LIQUIDADO"), title(2, march, "CANCELADO"), title(3, FIRST_DAY, "ATRASADO")];
    accept::<Titulo>(&state, &closed).await;
    accept::<Titulo>(&state, &[nowhere, title(5, march, "ATRASADO")]).await;
    learn::<Titulo>(&state, &[title(6, march, "ATRASADO")]).await;
    let_go::<Titulo>(&state, "5").await;

    assert_eq!(on(&state, TODAY).await, [WINDOW]);
}

#[tokio::test]
async fn a_reading_under_way_keeps_the_days_with_which_it_began() {
    let state = read_at("2025-01-20T06:45:00Z").await;
    accept::<Titulo>(&state, &[title(1, date(2024, 3, 17), "ATRASADO")]).await;
    let cursor = json!({"parts": ["2024-08-05..2025-02-01"]});
    state.put(CURSOR, "titulos", &cursor, Expected::Absent, None).await.expect("stored");

    let read = Leitura::load(&state, FIRST_DAY, TODAY).await.expect("read");

    assert_eq!(read.parts(), ["2024-08-05..2025-02-01"]);
    let covered = [(2024, 3, 17), (2024, 8, 5), (2025, 2, 1), (2025, 2, 2)];
    assert_eq!(covered.map(|(y, m, d)| read.covers(date(y, m, d))), [false, true, true, false]);
}

#[test]
fn months_that_follow_each_other_are_one_part_that_ends_before_the_window() {
    let days = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 9), date(2024, 5, 2), date(2024, 8, 5)];

    let periods = months(&days.into(), FIRST_DAY);

    assert_eq!(
        periods,
        [
            (date(2023, 12, 1), date(2024, 1, 31)),
            (date(2024, 5, 1), date(2024, 5, 31)),
            (date(2024, 8, 1), date(2024, 8, 5)),
        ]
    );
    assert_eq!(months(&BTreeSet::new(), FIRST_DAY), []);
}
