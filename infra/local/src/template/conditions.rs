//! The `Conditions` section.

use serde_json::Value as Json;
use serde_yaml_ng::Value as Yaml;

use super::Broken;
use super::references::References;

impl References<'_> {
    /// Whether a condition, by its name, holds.
    pub(super) fn condition(&self, at: &str, name: &str) -> Result<bool, Broken> {
        let missing = || Broken::new(at, format!("a condição {name} não existe"));
        let conditions = self.document.get("Conditions").ok_or_else(missing)?;
        self.holds(name, conditions.get(name).ok_or_else(missing)?)
    }

    fn holds(&self, at: &str, condition: &Yaml) -> Result<bool, Broken> {
        let Yaml::Tagged(tagged) = condition else {
            return Err(Broken::new(at, "uma condição precisa de !Equals, !Not, !And, !Or ou !Condition"));
        };
        let tag = tagged.tag.to_string();
        let misfit = || Broken::new(at, format!("não entendo o argumento de {tag}"));
        match (tag.trim_start_matches('!'), &tagged.value) {
            ("Condition", Yaml::String(name)) => self.condition(at, name),
            ("Equals", Yaml::Sequence(sides)) => {
                let [left, right] = sides.as_slice() else { return Err(misfit()) };
                Ok(self.text(at, left)? == self.text(at, right)?)
            }
            ("Not", Yaml::Sequence(conditions)) => {
                let [condition] = conditions.as_slice() else { return Err(misfit()) };
                Ok(!self.holds(at, condition)?)
            }
            ("And", Yaml::Sequence(all)) => {
                all.iter().try_fold(true, |held, condition| Ok(held & self.holds(at, condition)?))
            }
            ("Or", Yaml::Sequence(any)) => {
                any.iter().try_fold(false, |held, condition| Ok(held | self.holds(at, condition)?))
            }
            ("Condition" | "Equals" | "Not" | "And" | "Or", _) => Err(misfit()),
            (other, _) => Err(Broken::new(at, format!("a função !{other} não é suportada"))),
        }
    }

    fn text(&self, at: &str, side: &Yaml) -> Result<String, Broken> {
        let side = self.resolve(at, side)?.unwrap_or(Json::Null);
        Ok(side.as_str().map_or_else(|| side.to_string(), str::to_owned))
    }
}
