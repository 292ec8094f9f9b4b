//! The pages: what each shows, and what it can be told.

pub mod auditoria;
pub mod depara;
pub mod frequency;
pub mod home;
pub mod jobs;
pub mod os;
pub mod os_avisos;
pub mod os_words;
pub mod quarentena;
pub mod records;
pub mod runs;
pub mod setup;
pub mod standing;
