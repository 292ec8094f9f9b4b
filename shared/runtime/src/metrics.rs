//! Metrics: CloudWatch reads them from the log, from lines in its embedded metric format. No call, nothing to wait for.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::edge::Edge;

/// Where CloudWatch files what we measure.
const NAMESPACE: &str = "Ponte";
/// The dimension that every metric has.
const TENANT: &str = "tenant";

/// Numbers of one metric that CloudWatch takes from one line (the embedded metric format's specification).
const MOST_VALUES: usize = 100;

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
}

/// One metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Name of the metric.
    pub name: &'static str,
    /// Its numbers; at most 100 are read.
    pub values: Vec<u64>,
    /// What it counts.
    pub unit: Unit,
}

impl Measure {
    /// So many things.
    pub fn count(name: &'static str, value: u64) -> Self {
        Self { name, values: vec![value], unit: Unit::Count }
    }

    /// So many seconds.
    pub fn seconds(name: &'static str, value: u64) -> Self {
        Self { name, values: vec![value], unit: Unit::Seconds }
    }

    /// How long each of several things took: as many metrics as the format needs for them, none for none.
    pub fn durations(name: &'static str, took: &[Duration]) -> impl Iterator<Item = Self> {
        let milliseconds = |took: &Duration| u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        took.chunks(MOST_VALUES).map(move |took| {
            let values = took.iter().map(milliseconds).collect();
            Self { name, values, unit: Unit::Milliseconds }
        })
    }
}

impl Edge {
    /// Writes metrics of the namespace `Ponte` with the dimension `tenant` and these further `dimensions`; a metric is
    /// one for each combination of their values.
    pub fn measure(&self, dimensions: &[(&'static str, &str)], measures: &[Measure]) {
        if !measures.is_empty() {
            println!("{}", line(&self.config.tenant, self.clock().now(), dimensions, measures));
        }
    }
}

fn line(tenant: &str, now: Timestamp, dimensions: &[(&'static str, &str)], measures: &[Measure]) -> Value {
    let mut names = vec![TENANT];
    names.extend(dimensions.iter().map(|(name, _)| *name));
    let metric = |Measure { name, unit, .. }: &Measure| {
        let unit = match unit {
            Unit::Count => "Count",
            Unit::Seconds => "Seconds",
            Unit::Milliseconds => "Milliseconds",
        };
        json!({ "Name": name, "Unit": unit })
    };
    let metrics: Vec<Value> = measures.iter().map(metric).collect();
    let mut line = Map::new();
    let directive = json!({ "Namespace": NAMESPACE, "Dimensions": [names], "Metrics": metrics });
    line.insert(
        "_aws".to_owned(),
        json!({ "Timestamp": now.as_millisecond(), "CloudWatchMetrics": [directive] }),
    );
    line.insert(TENANT.to_owned(), json!(tenant));
    line.extend(dimensions.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    line.extend(measures.iter().map(|measure| (measure.name.to_owned(), numbers(&measure.values))));
    Value::Object(line)
}

fn numbers(values: &[u64]) -> Value {
    match values {
        [value] => json!(value),
        values => json!(values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_many_durations_is_in_a_line_and_no_line_has_more_than_are_read() {
        let took: Vec<_> = (1..=150).map(Duration::from_millis).collect();
        let now = "2026-11-22T08:00:00Z".parse().expect("an instant");

        let lines: Vec<_> = Measure::durations("partner_latency", &took)
            .map(|measure| line("demo", now, &[("partner", "sismetro")], &[measure]))
            .collect();

        let read: Vec<_> = lines.iter().filter_map(|line| line["partner_latency"].as_array()).collect();
        assert_eq!(read.iter().map(|values| values.len()).collect::<Vec<_>>(), [100, 50]);
        assert_eq!(read[1][49], 150);
        let metric = &lines[0]["_aws"]["CloudWatchMetrics"][0]["Metrics"][0];
        assert_eq!(metric["Unit"], "Milliseconds");
        assert_eq!(Measure::durations("partner_latency", &[]).count(), 0);
    }

    #[test]
    fn a_line_names_each_dimension_and_metric_and_holds_its_value() {
        let now = "2026-11-22T08:00:00Z".parse().expect("an instant");
        let measures = [Measure::count("so_state_count", 3), Measure::seconds("so_age_seconds", 90)];

        let line = line("demo", now, &[("state", "opened")], &measures);

        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(line["_aws"]["Timestamp"], 1_795_334_400_000_i64);
        assert_eq!(directive["Namespace"], "Ponte");
        assert_eq!(directive["Dimensions"], json!([["tenant", "state"]]));
        assert_eq!(directive["Metrics"][1], json!({ "Name": "so_age_seconds", "Unit": "Seconds" }));
        for dimension in ["tenant", "state"] {
            assert!(line[dimension].is_string(), "{dimension}");
        }
        assert_eq!((&line["so_state_count"], &line["so_age_seconds"]), (&json!(3), &json!(90)));
    }
}
