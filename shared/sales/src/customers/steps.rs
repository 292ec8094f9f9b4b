//! What follows from what Omie says: pure, a part of the machine.

use jiff::Timestamp;
use omie::{AlterarCliente, AssociarCodIntCliente, Cliente, ClienteInteiro, NovoCliente};

use super::case::{Customer, Link, Question, Sent, Stage, What};
use super::machine::{Effect, Found, Here, Next, Wish, Written, again, ask, hold, sending, wait};
use super::map::{completing, has_tag, is_same_document, rest};
use super::telling::{arrived, reject};
use crate::orders::machine::{SETTLE, already};
use crate::text::txt;

/// The texts for the seller (`contracts/maxima.md` §8).
const IMPORTED: &str = "Cliente importado com sucesso.";
const CHANGED: &str = "Cliente alterado com sucesso.";
/// What stands for the digest of a write that is about our link and not about what the seller wrote.
const ASSOCIATION: &str = "associar";
const TAG: &str = "etiqueta";

/// Omie was asked.
pub(super) fn looked(
    mut case: Customer,
    question: &Question,
    wish: Option<&Wish>,
    found: &Found,
    now: Timestamp,
) -> Option<Next> {
    // It was on its way until now.
    case.note_asked(question, now);
    let doubt = case.in_doubt().map(|sent| sent.what);
    let is_expected = match (case.stage, doubt) {
        (Stage::New | Stage::Held, _) => wish.is_some(),
        (Stage::Sending, Some(What::Alter)) => wish.is_some() && matches!(question, Question::Codigo(_)),
        (Stage::Sending, Some(What::Include | What::Associate)) => *question == Question::Key,
        (Stage::Sending | Stage::InErp | Stage::Rejected, _) => false,
    };
    if !is_expected {
        return None;
    }
    let stage = case.stage;
    Some(match (found, wish) {
        (Found::Unknown { why, after }, _) => wait(case, stage, why, (*after).max(SETTLE), now),
        (Found::Unreadable(why), _) if stage == Stage::Sending => wait(case, stage, why, SETTLE, now),
        (Found::Unreadable(why), _) => hold(case, why, now),
        (Found::Here(here), Some(wish)) => met(case, question, wish, here, now),
        (Found::Here(here), None) => has_our_key(case, &here.cliente, now),
        (Found::Nowhere, Some(wish)) => missing(case, question, wish, now),
        (Found::Nowhere, None) => not_there(case, now),
    })
}

/// Omie has a record that is this customer.
fn met(mut case: Customer, question: &Question, wish: &Wish, here: &Here, now: Timestamp) -> Next {
    let cliente = &here.cliente;
    let codigo = cliente.codigo_cliente_omie;
    let is_ours = key_of(cliente) == Some(case.key());
    case.codigo = Some(codigo);
    if matches!(question, Question::Document(_)) {
        if is_ours || wish.is_change {
            return ask(case, Question::Codigo(codigo), Some(Box::new(wish.clone())), now);
        }
        case.link = Some(link_of(cliente, wish));
        return linked(case, wish, here, now);
    }
    if case.link.is_none() {
        return changed(case, wish, here, now);
    }
    if !is_same_document(cliente, &wish.documento) {
        let other = cliente.cnpj_cpf.as_deref().unwrap_or("nenhum");
        let why = format!(
            "o Omie já tem, com o código de integração {}, o cliente {codigo}, de outro documento ({other}). \
             Confira os dois e decida",
            case.id
        );
        (case.codigo, case.link) = (None, None);
        return for_a_person(case, &why, now);
    }
    let associated = case.link.unwrap_or_default().associated;
    if is_ours && !associated {
        case.link = None;
        return changed(case, wish, here, now);
    }
    case.link = Some(Link { associated, ..link_of(cliente, wish) });
    linked(case, wish, here, now)
}

fn link_of(cliente: &Cliente, wish: &Wish) -> Link {
    Link {
        tagged: wish.request.tags.iter().all(|tag| has_tag(cliente, tag)),
        inactive: cliente.inativo == Some(true),
        associated: false,
    }
}

/// A record that was there before gets our key when it has none, and the tag; what Omie refuses of that is a warning,
/// for the customer is there all the same.
fn linked(case: Customer, wish: &Wish, here: &Here, now: Timestamp) -> Next {
    let codigo = here.cliente.codigo_cliente_omie;
    if key_of(&here.cliente).is_none() && case.refusals.of(ASSOCIATION).is_none() {
        let call =
            AssociarCodIntCliente { codigo_cliente_omie: codigo, codigo_cliente_integracao: case.key() };
        return sending(case, What::Associate, ASSOCIATION, Effect::Associate(call), now);
    }
    match completing(&wish.request, &here.cliente).filter(|_| case.refusals.of(TAG).is_none()) {
        None => arrived_linked(case, now),
        Some(changes) => match &here.whole {
            Some(whole) => alter(case, TAG, whole, changes, now),
            None => ask(case, Question::Codigo(codigo), Some(Box::new(wish.clone())), now),
        },
    }
}

fn arrived_linked(case: Customer, now: Timestamp) -> Next {
    let text = case.link.unwrap_or_default().text(case.codigo.unwrap_or_default());
    arrived(case, &text, now)
}

/// A record that is ours, or that the seller changes: what it does not say yet is sent.
fn changed(case: Customer, wish: &Wish, here: &Here, now: Timestamp) -> Next {
    match (rest(&wish.request, &here.cliente), &here.whole) {
        (None, _) => {
            let text = result_of(&case, wish);
            arrived(case, text, now)
        }
        (Some(changes), Some(whole)) => alter(case, &wish.digest, whole, changes, now),
        (Some(_), None) => {
            let codigo = here.cliente.codigo_cliente_omie;
            ask(case, Question::Codigo(codigo), Some(Box::new(wish.clone())), now)
        }
    }
}

fn result_of(case: &Customer, wish: &Wish) -> &'static str {
    let was_there = wish.is_change || wish.codigo.is_some() || case.seen.is_some();
    if was_there { CHANGED } else { IMPORTED }
}

/// Sends the record with `changes` in it. When one of ours may have left, what was just read says that it was not
/// done, once it had the time.
fn alter(
    mut case: Customer,
    digest: &str,
    whole: &ClienteInteiro,
    changes: NovoCliente,
    now: Timestamp,
) -> Next {
    if let Some(Sent { at, words, digest: before, .. }) = case.in_doubt().cloned() {
        if now < clock::later(at, SETTLE) {
            return wait(case, Stage::Sending, "ainda não está alterado no Omie", SETTLE, now);
        }
        case.attempts = case.attempts.saturating_add(1);
        if let Some(words) = words.filter(|_| before == digest) {
            return not_understood(case, &before, &words, now);
        }
    }
    let call = AlterarCliente::of(whole.clone(), changes);
    sending(case, What::Alter, digest, Effect::Alter(Box::new(call)), now)
}

/// Omie has nobody.
fn missing(mut case: Customer, question: &Question, wish: &Wish, now: Timestamp) -> Next {
    let Question::Codigo(codigo) = question else {
        let request = Box::new(wish.request.clone());
        return sending(case, What::Include, &wish.digest, Effect::Include(request), now);
    };
    let refusal = case.sent.clone().filter(|_| case.link.is_some());
    if let Some(Sent { at, digest, words: Some(words), .. }) = refusal {
        if now < clock::later(at, SETTLE) {
            return wait(case, Stage::New, "o cliente encontrado ainda não aparece no Omie", SETTLE, now);
        }
        (case.codigo, case.seen, case.link) = (None, None, None);
        return not_understood(case, &digest, &words, now);
    }
    // So that another attempt looks for the document.
    (case.codigo, case.seen) = (None, None);
    if case.link.take().is_some() {
        return wait(case, Stage::New, "o cliente encontrado não está mais no Omie", SETTLE, now);
    }
    let why = format!("o cliente {codigo} não existe no Omie: confira se ele foi excluído");
    reject(case, &why, now)
}

/// Omie has our key: the include or the association that was in doubt was done, if it is the same customer.
fn has_our_key(mut case: Customer, cliente: &Cliente, now: Timestamp) -> Next {
    let codigo = cliente.codigo_cliente_omie;
    if case.in_doubt().is_some_and(|sent| sent.what == What::Associate) {
        if case.codigo != Some(codigo) {
            let why = format!("o código de integração {} já é do cliente {codigo}", case.id);
            return unassociated(case, &why, now);
        }
        return associated(case, now);
    }
    let documento = case.shown.documento.clone().unwrap_or_default();
    if !is_same_document(cliente, &documento) {
        let why = format!(
            "o Omie já tem, com o código de integração {}, o cliente {codigo}, que é de outro documento. \
             Confira os dois e decida",
            case.id
        );
        return for_a_person(case, &why, now);
    }
    case.codigo = Some(codigo);
    arrived(case, IMPORTED, now)
}

/// Omie does not have our key. Once what was sent had its time, that is the truth, and it may be sent again, unless
/// Omie said something about it that nobody understands.
fn not_there(mut case: Customer, now: Timestamp) -> Next {
    let Some(sent) = case.in_doubt().cloned() else { return again(case, "nada foi enviado", now) };
    if now < clock::later(sent.at, SETTLE) {
        return wait(case, Stage::Sending, "ainda não está no Omie", SETTLE, now);
    }
    case.attempts = case.attempts.saturating_add(1);
    if let Some(words) = &sent.words {
        return not_understood(case, &sent.digest, words, now);
    }
    again(case, "o Omie confirma que não tem o cadastro", now)
}

/// Nobody knows what Omie's words mean, and it was not done: sent again, it would bring the same words.
fn not_understood(mut case: Customer, digest: &str, words: &str, now: Timestamp) -> Next {
    match digest {
        ASSOCIATION => unassociated(case, words, now),
        TAG => untagged(case, words, now),
        _ => {
            case.refusals.remember(digest, words, true);
            hold(case, words, now)
        }
    }
}

/// A write was answered, or was not.
pub(super) fn wrote(case: Customer, what: What, written: &Written, now: Timestamp) -> Option<Next> {
    let sent = case.in_doubt().filter(|sent| sent.what == what).cloned()?;
    Some(match written {
        Written::Unclear { words } => {
            let mut case = case;
            // It left when its turn came, which may have been just now.
            case.sent = Some(Sent { words: words.clone(), at: now, ..sent });
            let why = words.as_deref().map_or("o Omie não respondeu: será consultado".to_owned(), |words| {
                format!("o Omie respondeu de um modo que não conhecemos e será consultado: {words}")
            });
            wait(case, Stage::Sending, &why, SETTLE, now)
        }
        // Not before the redundancy window is over: the same request within it would be refused unread.
        Written::NotDone { why, after } => wait(case, Stage::New, why, (*after).max(SETTLE), now),
        Written::Done(codigo) => done(case, &sent, *codigo, now),
        Written::Duplicate { codigo, text } if what == What::Include => {
            let mut case = case;
            case.sent = Some(Sent { words: Some(already(text)), ..sent });
            let Some(codigo) = codigo else { return Some(ask(case, Question::Key, None, now)) };
            (case.codigo, case.link) = (Some(*codigo), Some(Link::default()));
            again(case, "o Omie já tem o cliente", now)
        }
        Written::Refused(text) | Written::Duplicate { text, .. } => refused(case, &sent, text, false, now),
        Written::Misfit(text) => refused(case, &sent, text, true, now),
    })
}

fn done(mut case: Customer, sent: &Sent, codigo: i64, now: Timestamp) -> Next {
    match sent.what {
        What::Include => {
            case.codigo = Some(codigo);
            arrived(case, IMPORTED, now)
        }
        What::Associate => associated(case, now),
        What::Alter if case.link.is_some() => arrived_linked(case, now),
        What::Alter => arrived(case, CHANGED, now),
    }
}

fn refused(mut case: Customer, sent: &Sent, text: &str, is_setting: bool, now: Timestamp) -> Next {
    match sent.digest.as_str() {
        ASSOCIATION => unassociated(case, text, now),
        TAG => untagged(case, text, now),
        digest => {
            case.refusals.remember(digest, text, is_setting);
            if is_setting { hold(case, text, now) } else { reject(case, text, now) }
        }
    }
}

/// The record has our key; what it may still lack is the tag.
fn associated(mut case: Customer, now: Timestamp) -> Next {
    if let Some(link) = &mut case.link {
        link.associated = true;
    }
    if case.link.is_some_and(|link| link.tagged) {
        return arrived_linked(case, now);
    }
    again(case, "vinculado no Omie; falta a etiqueta", now)
}

fn unassociated(mut case: Customer, text: &str, now: Timestamp) -> Next {
    case.refusals.remember(ASSOCIATION, text, true);
    case.warning = Some(format!("o Omie recusou o código de integração: {text}"));
    associated(case, now)
}

fn untagged(mut case: Customer, text: &str, now: Timestamp) -> Next {
    case.refusals.remember(TAG, text, true);
    case.warning = Some(format!(
        "o Omie recusou a etiqueta; inclua-a no cadastro, sem ela o cliente não vai à Máxima: {text}"
    ));
    arrived_linked(case, now)
}

/// Trying again would only find the same: it waits for somebody's word.
fn for_a_person(case: Customer, why: &str, now: Timestamp) -> Next {
    let mut held = hold(case, why, now);
    if held.effect.is_none() {
        held.case.due = None;
    }
    held
}

fn key_of(cliente: &Cliente) -> Option<String> {
    txt(cliente.codigo_cliente_integracao.as_deref(), 60)
}
