//! The operator's command line: asks the tenant's function, and shows what it answers.

mod invoke;
mod shown;
mod words;

use std::process::ExitCode;

use clap::Parser as _;
use serde_json::{Value, json};

use crate::invoke::Place;
use crate::words::{Options, Word};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse_from(words::given(std::env::args_os()));
    match run(&options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(why) => {
            eprintln!("erro: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Whether the word was obeyed; the error says what kept it from being asked.
async fn run(options: &Options) -> Result<bool, String> {
    let function = options.function();
    if options.print {
        println!("{}", words::as_command(&function, &options.event(options.word.id())?));
        return Ok(true);
    }
    let place = Place::of(options.endpoint.as_deref()).await?;
    let id = match options.word.order() {
        Some(text) => Some(resolved(&place, &function, text).await?),
        None => None,
    };
    let event = options.event(id.as_deref())?;
    let answer = place.invoke(&function, &event).await.map_err(|why| again(&why, &event))?;
    if options.json {
        println!("{answer:#}");
    } else {
        print!("{}", shown::answer(&options.word, &answer));
    }
    Ok(answer["done"] == json!(true))
}

/// The id of the order that a person names by id, number or SS.
async fn resolved(place: &Place, function: &str, text: &str) -> Result<String, String> {
    let event = json!({"so": Word::Find { text: text.to_owned() }.command(None, "")?, "actor": ""});
    let answer = place.invoke(function, &event).await?;
    let found = answer["result"]["orders"].as_array().map(Vec::as_slice).unwrap_or_default();
    match found {
        [one] => Ok(one["order_id"].as_str().unwrap_or(text).to_owned()),
        // The function says it better.
        [] => Ok(text.to_owned()),
        several => {
            let ids: Vec<&str> = several.iter().filter_map(|order| order["order_id"].as_str()).collect();
            Err(format!("\"{text}\" é de mais de um pedido; use o id: {}", ids.join(", ")))
        }
    }
}

/// What was asked may have been done: the same command_id makes a repetition harmless.
fn again(why: &str, event: &Value) -> String {
    match event["so"]["command_id"].as_str() {
        Some(id) => format!("{why}\nrepita com --command-id {id}: o que já foi feito não é feito de novo"),
        None => why.to_owned(),
    }
}
