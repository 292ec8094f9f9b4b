//! `ponte` refuses to start with one clear sentence.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

fn ponte(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ponte")).arg("--no-build").args(arguments).output().expect("it runs")
}

fn refused(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("ponte: ") && said.trim_end().lines().count() == 1, "{said}");
    said
}

#[test]
fn a_busy_port_is_named() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();

    let said = refused(&ponte(&["--port", &port]));

    assert!(said.contains(&format!("a porta {port} está ocupada")), "{said}");
}

#[test]
fn a_broken_template_is_named_with_what_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let template = folder.path().join("template.yaml");
    let template = template.to_string_lossy();
    let cases = [
        ("Resources: [", "não é um YAML válido"),
        ("Resources: { V: { Type: AWS::EC2::VPC } }", "V: o tipo AWS::EC2::VPC não é suportado"),
    ];
    for (text, named) in cases {
        let text = format!("Parameters: {{ Tenant: {{ Type: String }} }}\n{text}\n");
        std::fs::write(&*template, text).expect("written");
        let output = ponte(&["--port", "0", "--template", &template]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(named), "{said}");
    }
    let said = refused(&ponte(&["--port", "0", "--template", "/nowhere/template.yaml"]));
    assert!(said.contains("não consegui ler /nowhere/template.yaml"), "{said}");
}

#[test]
fn a_missing_binary_is_named() {
    let empty = tempfile::tempdir().expect("a folder");

    let said =
        refused(&ponte(&["--port", "0", "--preset", "small", "--bin-dir", &empty.path().to_string_lossy()]));

    assert!(said.contains("falta o binário") && said.contains("--bin-dir"), "{said}");
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let said = refused(&ponte(&["--port", "0", "--data", "/proc/nowhere"]));

    assert!(said.contains("/proc/nowhere"), "{said}");
}

#[test]
fn a_wrong_argument_is_not_taken_for_an_interrupted_load() {
    assert_eq!(ponte(&["--speed", "0"]).status.code(), Some(1));
    assert_eq!(ponte(&["--help"]).status.code(), Some(0));
}

#[test]
fn without_cargo_the_build_says_so() {
    let nowhere = Path::new("/nonexistent");

    let output =
        Command::new(env!("CARGO_BIN_EXE_ponte")).args(["--port", "0"]).env("PATH", nowhere).output();

    let said = refused(&output.expect("it runs"));
    assert!(said.contains("não encontrei o cargo"), "{said}");
}

#[test]
fn partners_that_keep_nothing_want_a_new_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("dynamodb.sqlite"), "").expect("written");
    let data = folder.path().to_string_lossy();

    let said = refused(&ponte(&["senior-sismetro", "--port", "0", "--data", &data]));

    assert!(said.contains("já tem um inquilino") && said.contains("--fresh"), "{said}");
}

#[test]
fn what_only_an_account_of_omie_has_is_refused_for_service_orders() {
    for flag in ["--orders", "--dry-run", "--branch-incomplete"] {
        let output = ponte(&["senior-sismetro", flag]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(&format!("{flag} não existe para senior-sismetro")), "{said}");
    }
}

#[test]
fn real_partners_are_not_mixed_with_a_demonstration() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_string_lossy();
    for flag in ["--orders", "--faults", "--preset=small", "--changes", "--fresh"] {
        let output = ponte(&["--real", "--data", &data, flag]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(flag.split('=').next().expect("a flag")) && said.contains("--real"), "{said}");
    }
    let nowhere = ponte(&["--real"]);
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("--real precisa de --data PASTA"));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing was begun");

    std::fs::write(folder.path().join("dynamodb.sqlite"), "").expect("written");
    let said = refused(&ponte(&["--real", "--port", "0", "--data", &data]));
    assert!(said.contains("é de parceiros simulados"), "{said}");
}

#[test]
fn what_real_partners_were_told_is_neither_erased_nor_shown_to_simulated_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_string_lossy();
    std::fs::write(folder.path().join("inquilino"), "parceiros de verdade").expect("written");
    std::fs::write(folder.path().join("dynamodb.sqlite"), "x").expect("written");

    for more in [&[][..], &["--fresh"], &["--once"], &["senior-sismetro", "--fresh"]] {
        let said = refused(&ponte(&[&["--port", "0", "--data", &data], more].concat()));
        assert!(said.contains("é de parceiros de verdade"), "{said}");
    }
    assert_eq!(std::fs::read(folder.path().join("dynamodb.sqlite")).expect("there"), b"x");
}

#[test]
fn a_tenant_that_is_set_up_in_the_console_is_not_loaded_behind_its_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_string_lossy();
    let kind = "parceiros simulados, configurados pelo console";
    std::fs::write(folder.path().join("inquilino"), kind).expect("written");

    let said = refused(&ponte(&["--once", "--port", "0", "--data", &data]));

    assert!(said.contains("se configura pelo console"), "{said}");
}

#[test]
fn credentials_that_do_not_open_are_told_in_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_string_lossy();
    let begun = ponte(&["--real", "--port", "0", "--data", &data, "--bin-dir", &data]);
    assert!(refused(&begun).contains("falta o binário"), "the vault was begun before that");
    assert!(folder.path().join("chave").exists() && folder.path().join("segredos").exists());

    std::fs::remove_file(folder.path().join("chave")).expect("removed");

    let said = refused(&ponte(&["--real", "--port", "0", "--data", &data]));
    assert!(said.contains("chave das credenciais") && said.contains("nada foi alterado"), "{said}");
    let phrase = Command::new(env!("CARGO_BIN_EXE_ponte"))
        .args(["--no-build", "--real", "--port", "0", "--data", &data])
        .env("PONTE_KEY", "uma frase bem comprida")
        .output();
    assert!(refused(&phrase.expect("it runs")).contains("tire PONTE_KEY"));
}
