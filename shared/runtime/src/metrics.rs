//! Metrics: CloudWatch reads them from the log, from lines in its embedded metric format. No call, nothing to wait for.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::edge::Edge;

/// Where CloudWatch files what we measure.
const NAMESPACE: &str = "Ponte";
/// The dimension that every metric has.
const TENANT: &str = "tenant";

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Seconds.
    Seconds,
}

/// One number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Name of the metric.
    pub name: &'static str,
    /// The number.
    pub value: u64,
    /// What it counts.
    pub unit: Unit,
}

impl Measure {
    /// So many things.
    pub fn count(name: &'static str, value: u64) -> Self {
        Self { name, value, unit: Unit::Count }
    }

    /// So many seconds.
    pub fn seconds(name: &'static str, value: u64) -> Self {
        Self { name, value, unit: Unit::Seconds }
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
    line.extend(measures.iter().map(|measure| (measure.name.to_owned(), json!(measure.value))));
    Value::Object(line)
}

#[cfg(test)]
mod tests {
    use super::*;

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
