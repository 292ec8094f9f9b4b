//! The client on the wire, against a cloud inside this process.

mod cloud;
mod keys;
mod login;
mod parts;
mod removal;
mod writes;
