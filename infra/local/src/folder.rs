//! Where the tenant's state is kept: a folder of the user's, or one that ends with the runner.

use std::fs::{File, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// The state's folder, held by one runner at a time.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    _lock: File,
    _temporary: Option<tempfile::TempDir>,
}

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The system refuses.
    #[error("não consegui usar a pasta {}: {source}", path.display())]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another runner works in it.
    #[error("a pasta {} está em uso por outro ponte", path.display())]
    Held {
        /// The folder.
        path: PathBuf,
    },
    /// It holds the credentials of real partners, and what was sent to them.
    #[error(
        "a pasta {} é de parceiros de verdade: nada é apagado nela. Use --real, ou outra pasta para os simulados",
        .0.display()
    )]
    IsReal(PathBuf),
    /// It holds what simulated partners were told.
    #[error("a pasta {} é de parceiros simulados: --real precisa de outra, nova", .0.display())]
    IsSimulated(PathBuf),
    /// Somebody sets its tenant up in the console.
    #[error(
        "o inquilino da pasta {} se configura pelo console: rode só com --data, ou use --fresh para apagá-lo antes",
        .0.display()
    )]
    IsForTheWizard(PathBuf),
}

/// Whose the partners are, and who sets the tenant up. A folder is of one kind for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenancy {
    /// Simulated partners; the runner does what an operator would.
    Demonstration,
    /// Simulated partners; an operator sets the tenant up in the console.
    Wizard,
    /// Real partners; an operator sets the tenant up in the console.
    Real,
}

impl Tenancy {
    const ALL: [Self; 3] = [Self::Demonstration, Self::Wizard, Self::Real];

    /// As the folder says it.
    fn word(self) -> &'static str {
        match self {
            Self::Demonstration => "parceiros simulados",
            Self::Wizard => "parceiros simulados, configurados pelo console",
            Self::Real => "parceiros de verdade",
        }
    }

    /// Whether everything comes from the console and nothing from the runner.
    pub fn is_by_wizard(self) -> bool {
        self != Self::Demonstration
    }
}

impl Folder {
    /// Opens the folder at `path`, made if need be, or a temporary one. `fresh` forgets what a run left there,
    /// and nothing else: the folder may be the user's. What real partners were told is never forgotten.
    pub fn open(path: Option<&Path>, fresh: bool) -> Result<Self, FolderError> {
        let given = path.unwrap_or(Path::new(""));
        let unusable = |source| FolderError::Unusable { path: given.to_owned(), source };
        let temporary = match path {
            Some(_) => None,
            None => Some(tempfile::Builder::new().prefix("ponte-").tempdir().map_err(unusable)?),
        };
        let path = temporary.as_ref().map_or(given, tempfile::TempDir::path).to_owned();
        // Only its owner looks into a folder that is made here.
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(unusable)?;
        let path = std::fs::canonicalize(&path).map_err(unusable)?;
        let lock = File::create(path.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderError::Held { path }),
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        let folder = Self { path, _lock: lock, _temporary: temporary };
        if fresh && folder.tenancy().map_err(unusable)? == Some(Tenancy::Real) {
            return Err(FolderError::IsReal(folder.path));
        }
        if fresh {
            folder.forget().map_err(unusable)?;
        }
        std::fs::create_dir_all(folder.logs()).map_err(unusable)?;
        Ok(folder)
    }

    /// Makes the folder one of this kind, or says of which kind it is already. One of a wizard stays so when nothing
    /// `else` is asked of it than to be there.
    pub fn claim(&self, wanted: Tenancy, nothing_else: bool) -> Result<Tenancy, FolderError> {
        let unusable = |source| FolderError::Unusable { path: self.path.clone(), source };
        match (self.tenancy().map_err(unusable)?, wanted) {
            (None, wanted) => {
                if wanted == Tenancy::Real {
                    // Customers and orders are nobody else's business, also in a folder that was there.
                    let own = Permissions::from_mode(0o700);
                    std::fs::set_permissions(&self.path, own).map_err(unusable)?;
                }
                std::fs::write(self.kind(), wanted.word()).map_err(unusable)?;
                Ok(wanted)
            }
            (Some(Tenancy::Wizard), Tenancy::Demonstration) if nothing_else => Ok(Tenancy::Wizard),
            (Some(Tenancy::Wizard), Tenancy::Demonstration) => {
                Err(FolderError::IsForTheWizard(self.path.clone()))
            }
            (Some(Tenancy::Real), Tenancy::Wizard | Tenancy::Demonstration) => {
                Err(FolderError::IsReal(self.path.clone()))
            }
            (Some(Tenancy::Wizard | Tenancy::Demonstration), Tenancy::Real) => {
                Err(FolderError::IsSimulated(self.path.clone()))
            }
            (Some(found), _) => Ok(found),
        }
    }

    /// Of which kind it is. One of an earlier version says nothing and has simulated partners.
    fn tenancy(&self) -> io::Result<Option<Tenancy>> {
        match std::fs::read_to_string(self.kind()) {
            Ok(text) => {
                let known = Tenancy::ALL.into_iter().find(|tenancy| tenancy.word() == text.trim());
                known.map(Some).ok_or_else(|| io::Error::other("o arquivo `inquilino` não diz de quem ela é"))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok(self.tables().exists().then_some(Tenancy::Demonstration))
            }
            Err(error) => Err(error),
        }
    }

    fn kind(&self) -> PathBuf {
        self.path.join("inquilino")
    }

    /// The secrets of real partners, sealed.
    pub fn vault(&self) -> PathBuf {
        self.path.join("segredos")
    }

    /// The key that opens them, unless a passphrase does.
    pub fn key(&self) -> PathBuf {
        self.path.join("chave")
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The DynamoDB tables, a SQLite file.
    pub fn tables(&self) -> PathBuf {
        self.path.join("dynamodb.sqlite")
    }

    /// The secrets, JSON.
    pub fn secrets(&self) -> PathBuf {
        self.path.join("secrets.json")
    }

    /// The schedules that were changed, JSON.
    pub fn schedules(&self) -> PathBuf {
        self.path.join("schedules.json")
    }

    /// What the simulated partners have accepted, JSON lines.
    pub fn journal(&self) -> PathBuf {
        self.path.join("simulators.jsonl")
    }

    /// The last virtual time.
    pub fn clock(&self) -> PathBuf {
        self.path.join("clock")
    }

    /// The output of each function.
    pub fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }

    fn forget(&self) -> io::Result<()> {
        let tables = self.tables();
        let beside = ["-wal", "-shm", "-journal"].map(|suffix| {
            let mut name = tables.clone().into_os_string();
            name.push(suffix);
            PathBuf::from(name)
        });
        let files = [tables, self.secrets(), self.schedules(), self.journal(), self.clock(), self.kind()];
        let files = files.into_iter().chain(beside);
        for file in files {
            absent_is_fine(std::fs::remove_file(file))?;
        }
        absent_is_fine(std::fs::remove_dir_all(self.logs()))
    }
}

fn absent_is_fine(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_forgets_the_state_and_leaves_other_files_alone() {
        let outer = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(Some(outer.path()), false).expect("opened");
        let state = [folder.tables(), folder.clock(), folder.schedules(), folder.logs().join("f.log")];
        for file in state.into_iter().chain([folder.path().join("mine")]) {
            std::fs::write(file, "x").expect("written");
        }
        drop(folder);

        let folder = Folder::open(Some(outer.path()), true).expect("opened again");

        assert!(!folder.tables().exists() && !folder.clock().exists() && !folder.schedules().exists());
        assert!(folder.path().join("mine").exists());
        assert_eq!(std::fs::read_dir(folder.logs()).expect("a folder").count(), 0);
    }

    #[test]
    fn a_folder_is_of_one_kind_for_good_until_it_is_fresh() {
        use Tenancy::{Demonstration, Real, Wizard};
        let outer = tempfile::tempdir().expect("a folder");
        let claimed = |fresh, wanted, nothing_else| {
            Folder::open(Some(outer.path()), fresh).and_then(|folder| folder.claim(wanted, nothing_else))
        };
        assert_eq!(claimed(false, Wizard, true).expect("new"), Wizard);
        assert_eq!(claimed(false, Demonstration, true).expect("it goes on"), Wizard);
        assert!(matches!(claimed(false, Demonstration, false), Err(FolderError::IsForTheWizard(_))));
        assert!(matches!(claimed(false, Real, true), Err(FolderError::IsSimulated(_))));

        assert_eq!(claimed(true, Demonstration, false).expect("fresh"), Demonstration);
        assert_eq!(claimed(false, Demonstration, true).expect("again"), Demonstration);
    }

    #[test]
    fn what_real_partners_were_told_is_not_forgotten() {
        let outer = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(Some(outer.path()), false).expect("opened");
        std::fs::set_permissions(outer.path(), Permissions::from_mode(0o755)).expect("opened to all");
        assert_eq!(folder.claim(Tenancy::Real, true).expect("new"), Tenancy::Real);
        let mode = std::fs::metadata(outer.path()).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        for file in [folder.tables(), folder.vault(), folder.key()] {
            std::fs::write(file, "x").expect("written");
        }
        drop(folder);

        assert!(matches!(Folder::open(Some(outer.path()), true), Err(FolderError::IsReal(_))));
        let folder = Folder::open(Some(outer.path()), false).expect("opened");
        assert!(matches!(folder.claim(Tenancy::Demonstration, true), Err(FolderError::IsReal(_))));
        assert!([folder.tables(), folder.vault(), folder.key()].iter().all(|file| file.exists()));
    }

    #[test]
    fn a_folder_of_an_earlier_version_has_simulated_partners() {
        let outer = tempfile::tempdir().expect("a folder");
        std::fs::write(outer.path().join("dynamodb.sqlite"), "x").expect("written");
        let folder = Folder::open(Some(outer.path()), false).expect("opened");

        assert!(matches!(folder.claim(Tenancy::Real, true), Err(FolderError::IsSimulated(_))));
        assert_eq!(folder.claim(Tenancy::Demonstration, true).expect("its own"), Tenancy::Demonstration);
    }

    #[test]
    fn two_runners_cannot_share_a_folder() {
        let outer = tempfile::tempdir().expect("a folder");
        let _first = Folder::open(Some(outer.path()), false).expect("opened");

        let second = Folder::open(Some(outer.path()), false);

        assert!(matches!(second, Err(FolderError::Held { .. })));
    }
}
