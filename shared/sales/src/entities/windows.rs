//! Windows of the methods that have one for inclusions and another for changes: the one place that says what each
//! of them shows.

use engine::Scope;
use jiff::civil::Date;

use crate::source::{EVER, days};

/// The days by which Omie is asked for changes; none when everything is read.
///
/// Only the window of changes is asked: a record's inclusion stamps its change too (`dAlt` is never empty in the
/// contract's stamps) [assumed: `contracts/omie.md` §7 does not say it of ListarTabelaItens and
/// PesquisarLancamentos]. Should that be wrong, new records wait for the nightly whole reading, and the remedy is a
/// second part that asks by the days of inclusion.
pub(super) fn changed_days(scope: Scope) -> Option<(Date, Date)> {
    match scope {
        Scope::Full => None,
        Scope::Changed(_) => Some(days(scope)),
    }
}

/// The name of the part of a whole reading that covers these days of inclusion. A reading may take more than a day;
/// its window stays the one of the day on which it began.
pub(super) fn part_of(from: Date, to: Date) -> String {
    format!("{from}..{to}")
}

/// The days of such a part; everything for one of another name.
pub(super) fn window_of(part: &str) -> (Date, Date) {
    period_of(part).unwrap_or(EVER)
}

/// The days of such a part.
pub(super) fn period_of(part: &str) -> Option<(Date, Date)> {
    let (from, to) = part.split_once("..")?;
    Some((from.parse().ok()?, to.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::testing::a_morning;
    use super::*;

    #[test]
    fn a_window_is_widened_to_the_days_it_touches_in_sao_paulo() {
        assert_eq!(changed_days(a_morning()), Some((date(2025, 2, 1), date(2025, 2, 2))));
        assert_eq!(changed_days(Scope::Full), None);
    }

    #[test]
    fn the_days_of_a_whole_reading_are_in_the_name_of_its_part() {
        let days = (date(2024, 8, 6), date(2025, 2, 2));

        assert_eq!(part_of(days.0, days.1), "2024-08-06..2025-02-02");
        assert_eq!(window_of("2024-08-06..2025-02-02"), days);
        assert_eq!((window_of("?"), period_of("?")), (EVER, None));
    }
}
