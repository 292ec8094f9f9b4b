//! The client on the wire, against a cloud inside this process.

mod cloud;
mod history;
mod keys;
mod login;
mod parts;
mod pdv;
mod removal;
mod writes;
