//! Where the tenant's state is kept: a folder of the user's, or one that ends with the runner.

use std::fs::{File, TryLockError};
use std::io;
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
}

impl Folder {
    /// Opens the folder at `path`, made if need be, or a temporary one. `fresh` forgets what a run left there,
    /// and nothing else: the folder may be the user's.
    pub fn open(path: Option<&Path>, fresh: bool) -> Result<Self, FolderError> {
        let given = path.unwrap_or(Path::new(""));
        let unusable = |source| FolderError::Unusable { path: given.to_owned(), source };
        let temporary = match path {
            Some(_) => None,
            None => Some(tempfile::Builder::new().prefix("ponte-").tempdir().map_err(unusable)?),
        };
        let path = temporary.as_ref().map_or(given, tempfile::TempDir::path).to_owned();
        std::fs::create_dir_all(&path).map_err(unusable)?;
        let path = std::fs::canonicalize(&path).map_err(unusable)?;
        let lock = File::create(path.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderError::Held { path }),
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        let folder = Self { path, _lock: lock, _temporary: temporary };
        if fresh {
            folder.forget().map_err(unusable)?;
        }
        std::fs::create_dir_all(folder.logs()).map_err(unusable)?;
        Ok(folder)
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
        let files = [tables, self.secrets(), self.schedules(), self.journal(), self.clock()];
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
    fn two_runners_cannot_share_a_folder() {
        let outer = tempfile::tempdir().expect("a folder");
        let _first = Folder::open(Some(outer.path()), false).expect("opened");

        let second = Folder::open(Some(outer.path()), false);

        assert!(matches!(second, Err(FolderError::Held { .. })));
    }
}
