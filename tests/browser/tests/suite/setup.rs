//! The set-up from the door to a load that has finished, through an interruption.

use browser::{Chrome, Person, Ponte};
use simulators::{APP_KEY, APP_SECRET, LOGIN, PASSWORD};

const FRESH: [&str; 4] = ["--fresh", "--branch-incomplete", "--speed", "100"];

/// Through the two logins.
async fn signs_in_at_both(person: &Person) {
    person.sees("Credenciais").await;
    person.keeps("configuracao-maxima").await;
    person.fills("login", LOGIN).await;
    person.fills("password", "errada").await;
    person.presses("Testar e salvar").await;
    person.sees("A Máxima recusou as credenciais").await;
    person.keeps("configuracao-maxima-recusada").await;
    person.fills("login", LOGIN).await;
    person.fills("password", PASSWORD).await;
    person.presses("Testar e salvar").await;
    person.sees("A Máxima aceitou o acesso.").await;

    person.keeps("configuracao-omie").await;
    person.fills("app_key", APP_KEY).await;
    person.fills("app_secret", APP_SECRET).await;
    person.presses("Testar e salvar").await;
    person.sees("O Omie aceitou as chaves.").await;
    let page = person.reads().await;
    for secret in [LOGIN, PASSWORD, APP_KEY, APP_SECRET] {
        assert!(!page.contains(secret), "{page}");
    }
}

/// Through de-para, accounts and defaults.
async fn maps(person: &Person) {
    person.chooses_any("categoria").await;
    person.chooses_any("local_estoque").await;
    person.fills("valor_parcela_boleto", "2,50").await;
    person.fills("valor_frete", "12,345").await;
    for stage in person.fields("etapa-").await {
        let position = if stage.ends_with("60") { "F" } else { "P" };
        person.fills(&stage, position).await;
    }
    person.presses("Salvar e continuar").await;
    person.sees("Corrija antes de continuar").await;
    person.keeps("configuracao-de-para-erros").await;
    person.fills("valor_frete", "12.34").await;
    person.keeps("configuracao-de-para").await;
    person.presses("Salvar e continuar").await;

    person.sees("sem conta: inativo").await;
    for means in ["01", "15", "17"] {
        person.chooses_account(&format!("conta-{means}")).await;
    }
    person.keeps("configuracao-contas").await;
    person.presses("Salvar e continuar").await;

    person.sees("Plano de pagamento padrão").await;
    person.chooses_any("tabela_preco").await;
    person.fills("cobranca", "15").await;
    person.keeps("configuracao-padroes").await;
    person.presses("Salvar e continuar").await;
}

/// Through the schedules: an uneven one is refused, the others show when they fire.
async fn schedules(person: &Person) {
    person.sees("Próximas execuções").await;
    person.fills("modo-sync-clientes", "expressao").await;
    person.fills("valor-sync-clientes", "cron(0 0/7 * * ? *)").await;
    person.presses("Ver as próximas execuções").await;
    person.sees("ora 7 h, ora 3 h").await;
    person.keeps("configuracao-agendas-recusada").await;
    person.fills("modo-sync-clientes", "intervalo").await;
    person.fills("valor-sync-clientes", "7 h").await;
    person.presses("Ver as próximas execuções").await;
    person.sees("nada foi salvo ainda").await;
    person.keeps("configuracao-agendas").await;
    person.presses("Salvar e continuar").await;
}

/// Through the dry run, which tells beforehand that the load would stop at a branch.
async fn rehearses(person: &Person) {
    person.sees("Um ensaio antes da carga").await;
    person.presses("Começar o ensaio").await;
    person.sees("A carga pararia nas filiais:").await;
    person.keeps("configuracao-ensaio").await;
    person.follows("a[href$=\"/configuracao/ensaio/filiais\"]").await;
    person.sees("Ficariam fora").await;
    person.keeps("configuracao-ensaio-entidade").await;
    person.opens("/configuracao/ensaio").await;
    person.presses("Seguir para a carga").await;
}

/// Through the load: interrupted by a branch, mended in Omie, stopped by a credential that Omie refuses, finished.
async fn loads(person: &Person, ponte: &Ponte, has_scripts: bool) {
    person.sees("Tudo pronto para a carga").await;
    person.keeps("carga").await;
    person.opens("/configuracao").await;
    person.sees("é o próximo").await;
    person.keeps("configuracao").await;
    person.opens("/configuracao/carga").await;
    person.presses("Começar a carga").await;
    person.sees("Carga interrompida").await;
    person.sees("Inscrição estadual").await;
    person.keeps("carga-interrompida").await;
    let fault = |body: &str| ponte.tells(&format!("{}/_sim/faults", ponte.erp), &[], body);
    fault(r#"{"method":"ListarTabelasPreco","fault":"unauthorized","count":1}"#);
    ponte.tells("/_ponte/omie/branch", &[], "");
    person.presses("Verificar de novo").await;
    person.sees("A carga parou em").await;
    person.sees("Continuar daqui").await;
    person.keeps("carga-falhou").await;
    // Omie keeps the products to itself for half an hour: the load waits for it, and goes on.
    fault(r#"{"method":"ListarProdutos","fault":"blocked425","count":1}"#);
    person.presses("Continuar daqui").await;
    person.sees("A carga está em andamento.").await;
    assert_eq!(person.is_without_scripts().await, !has_scripts);
    person.sees("ListarProdutos pede espera").await;
    person.keeps("carga-andamento").await;
    // The page may be closed meanwhile.
    person.opens("/auditoria").await;
    person.opens("/configuracao/carga").await;
    person.sees("A carga terminou: os agendamentos estão rodando.").await;
    person.sees("Fazer outra carga").await;
    person.keeps("carga-concluida").await;
    person.presses("Mostrar o endereço").await;
    person.sees("Cadastre no Omie").await;
    assert!(person.reads().await.contains("/webhooks/omie/"));
    person.keeps("webhook").await;
}

/// From the door to the end.
async fn walks(person: &Person, ponte: &Ponte, has_scripts: bool) {
    person.opens("/jobs").await;
    person.sees("Chave de acesso").await;
    person.keeps("entrar").await;
    person.fills("nome", "Maria Souza").await;
    person.fills("chave", "uma chave que não é").await;
    person.presses("Entrar").await;
    person.sees("A chave não confere").await;
    person.keeps("entrar-recusada").await;
    person.signs_in("Maria Souza", &ponte.operate).await;
    signs_in_at_both(person).await;
    maps(person).await;
    schedules(person).await;
    rehearses(person).await;
    loads(person, ponte, has_scripts).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_is_set_up_through_an_interruption_to_the_end() {
    let chrome = Chrome::start().await;
    let ponte = Ponte::start(&[&FRESH[..], &["--preset", "small"]].concat());
    let person = Person::new(chrome.client(true).await, &ponte.console, true);
    walks(&person, &ponte, true).await;
    for step in ["", "/maxima", "/omie", "/de-para", "/contas", "/padroes", "/agendas", "/ensaio", "/carga"] {
        person.opens(&format!("/configuracao{step}")).await;
        assert!(!person.must_scroll_sideways().await, "{step} is cut off");
    }
    person.opens("?ver=saude").await;
    person.sees("Saúde da integração").await;
    person.presses("Sair").await;
    person.sees("Chave de acesso").await;
    person.leaves().await;
}

/// And in an account without a fault, so that health has nothing to say.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_without_javascript() {
    let chrome = Chrome::start().await;
    let ponte = Ponte::start(&[&FRESH[..], &["--preset", "tiny"]].concat());
    let client = chrome.client(false).await;
    let person = Person::new(client.clone(), &ponte.console, false);
    walks(&person, &ponte, false).await;
    let photographer = Person::new(client, &ponte.console, true);
    photographer.comes_to_see("?ver=saude", "Tudo em dia").await;
    photographer.keeps("saude").await;
    photographer.keeps_as_on_a_phone("saude-celular").await;
    person.presses("Sair").await;
    person.sees("Chave de acesso").await;
    person.leaves().await;
}
