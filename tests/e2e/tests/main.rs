//! The acceptance checks of `contracts/omie-maxima-mapping.md §11`, and the real binaries. One test binary, modules by
//! theme.

#[path = "suite/address.rs"]
mod address;
#[path = "suite/answers.rs"]
mod answers;
#[path = "suite/binaries.rs"]
mod binaries;
#[path = "suite/called_off.rs"]
mod called_off;
#[path = "suite/catalogue.rs"]
mod catalogue;
#[path = "suite/console.rs"]
mod console;
#[path = "suite/customers.rs"]
mod customers;
#[path = "suite/desk.rs"]
mod desk;
#[path = "suite/fate.rs"]
mod fate;
#[path = "suite/gate.rs"]
mod gate;
#[path = "suite/held.rs"]
mod held;
#[path = "suite/keeping.rs"]
mod keeping;
#[path = "suite/kills.rs"]
mod kills;
#[path = "suite/limits.rs"]
mod limits;
#[path = "suite/load.rs"]
mod load;
#[path = "suite/orders.rs"]
mod orders;
#[path = "suite/prices_kept.rs"]
mod prices_kept;
#[path = "suite/quarantine.rs"]
mod quarantine;
#[path = "suite/rehearsal.rs"]
mod rehearsal;
#[path = "suite/removal.rs"]
mod removal;
#[path = "suite/secrets.rs"]
mod secrets;
#[path = "suite/services_binaries.rs"]
mod services_binaries;
#[path = "suite/titles.rs"]
mod titles;
#[path = "suite/traffic.rs"]
mod traffic;
#[path = "suite/wizard/mod.rs"]
mod wizard;
