//! What the callers of a partner can rely on, with a partner inside the process and once over the network.

mod closing;
mod deadline;
mod hiding;
mod misuse;
mod network;
mod once;
mod pacing;
mod partner;
mod repeating;
