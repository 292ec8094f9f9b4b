//! The client on the wire, against a Sismetro inside this process, and what it makes of bytes from outside.

mod hiding;
mod hostile;
mod opening;
mod partner;
mod reading;
