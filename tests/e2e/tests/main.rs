//! The acceptance checks of `contracts/omie-maxima-mapping.md §11` that this catalogue touches, and the real
//! binaries. One test binary, modules by theme.

#[path = "suite/binaries.rs"]
mod binaries;
#[path = "suite/gate.rs"]
mod gate;
#[path = "suite/kills.rs"]
mod kills;
#[path = "suite/limits.rs"]
mod limits;
#[path = "suite/load.rs"]
mod load;
#[path = "suite/secrets.rs"]
mod secrets;
