//! The dry run: the whole load without a write to Máxima, and what it would have done.

use clock::until;
use comfy_table::Table;
use engine::{Key, Shadow, StateError};
use jiff::Timestamp;
use sales::load;
use sales::preview::{self, Outlook};
use simulators::Verdict;

use crate::asl::Trail;
use crate::outcome::{self, Outcome};
use crate::report;
use crate::session::{SessionError, Steps, in_order, tell_usage, watched};
use crate::stack::Stack;
use crate::words::{duration, number};

/// How many keys are shown of each kind of change.
const EXAMPLES: usize = 3;

/// Runs the load dry with its progress, and tells what it would have done.
pub async fn rehearse(stack: &Stack) -> Result<Outcome, SessionError> {
    let started = stack.clock().now();
    let ended = watched(stack, stack.rehearse(Trail::default()), || steps(stack, started)).await?;
    let took = until(started, stack.clock().now());
    let rehearsal = load::latest_rehearsal(&stack.store).await?;
    let id = rehearsal.as_ref().map(|load| load.id.clone()).unwrap_or_default();
    let outcome = outcome::outcome(rehearsal, &ended);
    tell(stack, &id, started).await?;
    match &outcome {
        Outcome::Finished => println!("\nEnsaio concluído em {} do inquilino.", duration(took)),
        Outcome::Interrupted(screen) => println!("\n{screen}"),
        Outcome::Failed(error, cause) => println!("\nO ensaio parou com {error}: {cause}"),
    }
    let writes = writes(&stack.partners.simulators.maxima.verdict());
    println!("{} gravações na Máxima.", number(writes));
    Ok(outcome)
}

/// The steps of the dry run that was started then; those of one before it are not its.
async fn steps(stack: &Stack, started: Timestamp) -> Result<Steps, StateError> {
    match load::latest_rehearsal(&stack.store).await? {
        Some(load) if load.started >= started => {
            outcome::steps(&Shadow::new(&stack.store, &stack.store, &load.id), &load.id).await
        }
        _ => Ok(Steps::new()),
    }
}

async fn tell(stack: &Stack, id: &str, started: Timestamp) -> Result<(), SessionError> {
    let shadow = Shadow::new(&stack.store, &stack.store, id);
    let steps = in_order(stack, steps(stack, started).await?);
    let entities = outcome::entities(steps.iter().map(|(_, record)| record));
    println!("\nO que foi lido:\n{}", report::entities(&steps));
    let mut outlooks = Vec::new();
    for entity in &entities {
        outlooks.push((entity.clone(), preview::outlook(&shadow, entity).await?));
    }
    println!("\nO que mudaria na Máxima:\n{}", table(&outlooks));
    if let Some(skips) = report::skips(&steps) {
        println!("\nIgnorados e por quê:\n{skips}");
    }
    let rejections = outcome::rejections(&shadow, &entities).await?;
    if !rejections.is_empty() {
        println!("\nRejeitados e por quê:\n{}", report::rejections(&rejections));
    }
    tell_usage(stack);
    Ok(())
}

/// Per entity: what would be created, changed, removed, kept out, with the first keys of each.
fn table(outlooks: &[(String, Outlook)]) -> Table {
    let head = ["entidade", "exemplos", "criados", "alterados", "removidos", "rejeitados"];
    let mut table = report::table(&head, 2);
    for (entity, outlook) in outlooks {
        let counts =
            [outlook.creates.len(), outlook.updates.len(), outlook.removes.len(), outlook.rejects.len()];
        let row = [entity.clone(), examples(outlook)].into_iter();
        table.add_row(row.chain(counts.map(|count| number(count as u64))));
    }
    table
}

/// `criados 1, 2, 3; removidos 9`.
fn examples(outlook: &Outlook) -> String {
    let rejects: Vec<Key> = outlook.rejects.iter().map(|(key, _)| key.clone()).take(EXAMPLES).collect();
    let kinds = [
        ("criados", &outlook.creates),
        ("alterados", &outlook.updates),
        ("removidos", &outlook.removes),
        ("rejeitados", &rejects),
    ];
    let some = kinds.into_iter().filter(|(_, keys)| !keys.is_empty());
    let told = some.map(|(kind, keys)| {
        let keys: Vec<_> = keys.iter().take(EXAMPLES).map(Key::as_str).collect();
        format!("{kind} {}", keys.join(", "))
    });
    told.collect::<Vec<_>>().join("; ")
}

/// Every call that could have changed Máxima.
fn writes(maxima: &Verdict) -> u64 {
    let changes = |method: &str| ["POST ", "PUT ", "DELETE "].iter().any(|verb| method.starts_with(verb));
    maxima.methods.iter().filter(|(method, _)| changes(method)).map(|(_, seen)| seen.calls).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_keys_of_each_kind_are_shown() {
        let keys = |names: &[&str]| names.iter().map(|name| Key::from(*name)).collect::<Vec<_>>();
        let outlook =
            Outlook { creates: keys(&["1", "2", "3", "4"]), removes: keys(&["9"]), ..Outlook::default() };

        assert_eq!(examples(&outlook), "criados 1, 2, 3; removidos 9");
        let told = table(&[("cidades".to_owned(), outlook)]).to_string();
        assert!(told.contains("cidades") && told.contains('4'), "{told}");
    }
}
