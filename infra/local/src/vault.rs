//! Credentials of real partners on one computer: a file that only whoever has the key can read.
//!
//! ```text
//! {"format":1,"key":"arquivo","salt":"…","nonce":"…","text":"…"}     AES-256-GCM over the JSON of all secrets
//!            arquivo: the key is in the file `chave` beside it, which only its owner may read
//!            frase:   the key follows from a passphrase (PBKDF2-HMAC-SHA256), which is kept nowhere
//! ```
//!
//! Every writing draws a new nonce and replaces the file in one step.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::num::NonZeroU32;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use partner_http::Secret;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::pbkdf2;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};

/// The variable with the passphrase.
pub const PASSPHRASE: &str = "PONTE_KEY";
/// The format that is written.
const FORMAT: u32 = 1;
/// Bytes of a key.
const KEY: usize = 32;
/// Bytes of a salt.
const SALT: usize = 16;
/// As OWASP asks for PBKDF2 with SHA-256; a start takes a fraction of a second longer.
const ROUNDS: NonZeroU32 = NonZeroU32::new(600_000).expect("more than none");
/// Shorter passphrases could be guessed.
const SHORTEST: usize = 12;

/// A file of secrets, and what opens it.
#[derive(Debug)]
pub struct Vault {
    file: PathBuf,
    key: LessSafeKey,
    origin: Origin,
    salt: String,
}

/// Where the key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Origin {
    #[serde(rename = "arquivo")]
    File,
    #[serde(rename = "frase")]
    Phrase,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    format: u32,
    key: Origin,
    salt: String,
    nonce: String,
    text: String,
}

/// Why the credentials cannot be had. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The system refuses.
    #[error("não consegui ler ou gravar {}: {source}", path.display())]
    File {
        /// The vault or its key.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It does not open with this key.
    #[error(
        "as credenciais em {} não abrem com esta chave: volte a chave de antes ({}); nada foi alterado",
        .0.display(),
        .1
    )]
    WrongKey(PathBuf, &'static str),
    /// The key's file is gone.
    #[error("falta o arquivo {}, a chave das credenciais: volte-o de uma cópia; nada foi alterado", .0.display())]
    KeyIsGone(PathBuf),
    /// The key is no key.
    #[error("o arquivo {} não é uma chave: volte-o de uma cópia; nada foi alterado", .0.display())]
    NoKey(PathBuf),
    /// Others can read the key.
    #[error("outros usuários deste computador podem ler {}: rode `chmod 600` nesse arquivo", .0.display())]
    KeyIsShown(PathBuf),
    /// A passphrase is asked for.
    #[error("as credenciais em {} foram fechadas com uma frase: defina {PASSPHRASE} com ela", .0.display())]
    PhraseIsMissing(PathBuf),
    /// A passphrase is given where none is asked for.
    #[error("as credenciais em {} abrem com o arquivo chave, não com uma frase: tire {PASSPHRASE}", .0.display())]
    PhraseIsStrange(PathBuf),
    /// The passphrase could be guessed.
    #[error("a frase em {PASSPHRASE} é curta: use {SHORTEST} caracteres ou mais")]
    PhraseIsShort,
    /// The file is not of ours.
    #[error("o arquivo {} não é um cofre deste programa, ou é de uma versão mais nova", .0.display())]
    Malformed(PathBuf),
}

impl Vault {
    /// Opens the vault at `file`, with `passphrase` or else with the key at `key_file`, which is made when there is neither
    /// key nor vault yet. Gives the secrets in it.
    pub fn open(
        file: &Path,
        key_file: &Path,
        passphrase: Option<&Secret>,
    ) -> Result<(Self, BTreeMap<String, String>), VaultError> {
        let found = read(file)?;
        let origin = if passphrase.is_some() { Origin::Phrase } else { Origin::File };
        match (found.as_ref().map(|found| found.key), origin) {
            (Some(Origin::Phrase), Origin::File) => return Err(VaultError::PhraseIsMissing(file.to_owned())),
            (Some(Origin::File), Origin::Phrase) => return Err(VaultError::PhraseIsStrange(file.to_owned())),
            _ => {}
        }
        let salt =
            found.as_ref().map_or_else(|| STANDARD.encode(random::<SALT>()), |found| found.salt.clone());
        let key = match passphrase {
            Some(phrase) => derived(phrase, &salt)?,
            None => kept(key_file, found.is_none())?,
        };
        let key = UnboundKey::new(&AES_256_GCM, &key).expect("a key of this length");
        let vault = Self { file: file.to_owned(), key: LessSafeKey::new(key), origin, salt };
        let secrets = found.map_or_else(|| Ok(BTreeMap::new()), |found| vault.unsealed(&found))?;
        Ok((vault, secrets))
    }

    /// Replaces what is in the file, in one step: after a crash it holds the old secrets or the new ones.
    pub fn write(&self, secrets: &BTreeMap<String, String>) -> io::Result<()> {
        let nonce = random::<NONCE_LEN>();
        let mut text = serde_json::to_vec(secrets)?;
        let sealed = self.key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(self.bound()),
            &mut text,
        );
        sealed.map_err(|_| io::Error::other("the credentials could not be sealed"))?;
        let sealed = Sealed {
            format: FORMAT,
            key: self.origin,
            salt: self.salt.clone(),
            nonce: STANDARD.encode(nonce),
            text: STANDARD.encode(&text),
        };
        let fresh = self.file.with_extension("new");
        let mut file = private(OpenOptions::new().write(true).create(true).truncate(true), &fresh)?;
        file.write_all(&serde_json::to_vec(&sealed)?)?;
        file.sync_all()?;
        std::fs::rename(&fresh, &self.file)?;
        // The name is on the disk too before anybody is told that it is kept.
        self.file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }

    fn unsealed(&self, found: &Sealed) -> Result<BTreeMap<String, String>, VaultError> {
        let malformed = || VaultError::Malformed(self.file.clone());
        let nonce =
            STANDARD.decode(&found.nonce).ok().and_then(|nonce| <[u8; NONCE_LEN]>::try_from(nonce).ok());
        let nonce = Nonce::assume_unique_for_key(nonce.ok_or_else(malformed)?);
        let mut text = STANDARD.decode(&found.text).map_err(|_| malformed())?;
        let opened = self.key.open_in_place(nonce, Aad::from(self.bound()), &mut text);
        let what = match self.origin {
            Origin::File => "o arquivo chave",
            Origin::Phrase => "a frase em PONTE_KEY",
        };
        let opened = opened.map_err(|_| VaultError::WrongKey(self.file.clone(), what))?;
        serde_json::from_slice(opened).map_err(|_| malformed())
    }

    /// What is not secret and must not be changed either.
    fn bound(&self) -> String {
        format!("ponte {FORMAT} {:?} {}", self.origin, self.salt)
    }
}

/// A text of `length` letters and digits that nobody can guess.
pub fn random_text(length: usize) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    // Bytes beyond a whole number of alphabets would make the first letters likelier.
    let fair = u8::try_from(SIGNS.len() * (256 / SIGNS.len())).unwrap_or(u8::MAX);
    let bytes = std::iter::repeat_with(random::<64>).flatten().filter(|byte| *byte < fair);
    bytes.take(length).map(|byte| char::from(SIGNS[usize::from(byte) % SIGNS.len()])).collect()
}

/// Bytes that nobody can guess.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

fn read(file: &Path) -> Result<Option<Sealed>, VaultError> {
    let text = match std::fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(VaultError::File { path: file.to_owned(), source }),
    };
    let sealed = serde_json::from_slice::<Sealed>(&text).ok().filter(|sealed| sealed.format == FORMAT);
    sealed.map(Some).ok_or_else(|| VaultError::Malformed(file.to_owned()))
}

fn derived(phrase: &Secret, salt: &str) -> Result<[u8; KEY], VaultError> {
    if phrase.expose().chars().count() < SHORTEST {
        return Err(VaultError::PhraseIsShort);
    }
    let mut key = [0; KEY];
    let (salt, phrase) = (salt.as_bytes(), phrase.expose().as_bytes());
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt, phrase, &mut key);
    Ok(key)
}

/// The key of the file, made when it `may_begin`.
fn kept(file: &Path, may_begin: bool) -> Result<[u8; KEY], VaultError> {
    let failed = |source| VaultError::File { path: file.to_owned(), source };
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && may_begin => {
            return begun(file).map_err(failed);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(VaultError::KeyIsGone(file.to_owned()));
        }
        Err(source) => return Err(failed(source)),
    };
    let mode = std::fs::metadata(file).map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(VaultError::KeyIsShown(file.to_owned()));
    }
    let key = STANDARD.decode(text.trim()).ok().and_then(|key| key.try_into().ok());
    key.ok_or_else(|| VaultError::NoKey(file.to_owned()))
}

fn begun(file: &Path) -> io::Result<[u8; KEY]> {
    let key = random::<KEY>();
    let mut made = private(OpenOptions::new().write(true).create_new(true), file)?;
    made.write_all(STANDARD.encode(key).as_bytes())?;
    made.write_all(b"\n")?;
    made.sync_all()?;
    Ok(key)
}

/// Opens a file that only its owner may read, from its first moment on.
fn private(options: &mut OpenOptions, file: &Path) -> io::Result<File> {
    options.mode(0o600).open(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("a folder"))
        }

        fn file(&self) -> PathBuf {
            self.0.path().join("segredos")
        }

        fn key(&self) -> PathBuf {
            self.0.path().join("chave")
        }

        fn open(&self, phrase: Option<&str>) -> Result<(Vault, BTreeMap<String, String>), VaultError> {
            Vault::open(&self.file(), &self.key(), phrase.map(Secret::new).as_ref())
        }
    }

    fn secrets() -> BTreeMap<String, String> {
        BTreeMap::from([(
            "ponte/demo/omie-maxima".to_owned(),
            r#"{"omie":{"app_key":"CANARIO-1"}}"#.to_owned(),
        )])
    }

    const PHRASE: &str = "uma frase que ninguém adivinha";

    #[test]
    fn what_was_kept_is_there_again_and_nothing_of_it_is_in_the_folder() {
        for phrase in [None, Some(PHRASE)] {
            let place = Place::new();
            let (vault, none) = place.open(phrase).expect("new");
            assert!(none.is_empty());
            vault.write(&secrets()).expect("written");

            assert_eq!(place.open(phrase).expect("opened again").1, secrets());
            for file in std::fs::read_dir(place.0.path()).expect("a folder") {
                let file = file.expect("a file").path();
                let text = std::fs::read(&file).expect("readable");
                let text = String::from_utf8_lossy(&text).into_owned();
                for plain in ["CANARIO", "app_key", "omie", "Q0FOQVJJTy0x", PHRASE] {
                    assert!(!text.contains(plain), "{plain} in {}", file.display());
                }
                let mode = std::fs::metadata(&file).expect("there").permissions().mode();
                assert_eq!(mode & 0o777, 0o600, "{}", file.display());
            }
        }
    }

    #[test]
    fn each_writing_is_sealed_anew() {
        let place = Place::new();
        let (vault, _) = place.open(None).expect("new");
        let written = || {
            vault.write(&secrets()).expect("written");
            std::fs::read(place.file()).expect("there")
        };

        assert_ne!(written(), written());
    }

    #[test]
    fn another_key_opens_nothing_and_changes_nothing() {
        let place = Place::new();
        place.open(Some(PHRASE)).expect("new").0.write(&secrets()).expect("written");
        let before = std::fs::read(place.file()).expect("there");

        let wrong = place.open(Some("uma frase que não é aquela")).expect_err("another phrase");
        assert!(matches!(wrong, VaultError::WrongKey(..)), "{wrong}");
        assert!(wrong.to_string().contains("PONTE_KEY"), "{wrong}");
        assert!(matches!(place.open(None), Err(VaultError::PhraseIsMissing(_))));

        assert_eq!(std::fs::read(place.file()).expect("there"), before);
        assert_eq!(place.open(Some(PHRASE)).expect("the right one").1, secrets());
    }

    #[test]
    fn a_key_that_is_gone_or_another_is_told_and_no_new_one_is_made() {
        let place = Place::new();
        place.open(None).expect("new").0.write(&secrets()).expect("written");
        let key = std::fs::read(place.key()).expect("there");

        std::fs::remove_file(place.key()).expect("removed");
        assert!(matches!(place.open(None), Err(VaultError::KeyIsGone(_))));
        assert!(!place.key().exists());
        begun(&place.key()).expect("another");
        assert!(matches!(place.open(None), Err(VaultError::WrongKey(..))));
        std::fs::write(place.key(), "x").expect("written");
        assert!(matches!(place.open(None), Err(VaultError::NoKey(_))));
        assert!(matches!(place.open(Some(PHRASE)), Err(VaultError::PhraseIsStrange(_))));

        std::fs::write(place.key(), key).expect("the old one");
        assert_eq!(place.open(None).expect("opened").1, secrets());
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let place = Place::new();
        place.open(None).expect("new");
        let shown = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(place.key(), shown).expect("changed");

        assert!(matches!(place.open(None), Err(VaultError::KeyIsShown(_))));
    }

    #[test]
    fn what_was_changed_by_hand_does_not_open() {
        let place = Place::new();
        let (vault, _) = place.open(None).expect("new");
        vault.write(&secrets()).expect("written");
        let text = std::fs::read_to_string(place.file()).expect("there");
        let mut sealed: Sealed = serde_json::from_str(&text).expect("JSON");

        let mut bytes = STANDARD.decode(&sealed.text).expect("base64");
        bytes[0] ^= 1;
        sealed.text = STANDARD.encode(bytes);
        std::fs::write(place.file(), serde_json::to_vec(&sealed).expect("JSON")).expect("written");
        assert!(matches!(place.open(None), Err(VaultError::WrongKey(..))));

        for text in ["", "{}", r#"{"format":2,"key":"arquivo","salt":"","nonce":"","text":""}"#] {
            std::fs::write(place.file(), text).expect("written");
            assert!(matches!(place.open(None), Err(VaultError::Malformed(_))), "{text}");
        }
    }

    #[test]
    fn a_phrase_that_could_be_guessed_is_refused() {
        assert!(matches!(Place::new().open(Some("curta")), Err(VaultError::PhraseIsShort)));
    }

    #[test]
    fn a_random_text_is_long_and_never_the_same() {
        let one = random_text(43);

        assert_eq!(one.len(), 43);
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{one}");
        assert_ne!(one, random_text(43));
    }
}
