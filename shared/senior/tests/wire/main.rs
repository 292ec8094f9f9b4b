//! The client against an ERP inside this process, and every shape of a document that it may send.

mod calls;
mod erp;
mod golden;
mod hostile;
mod login;
mod notes;
mod statuses;
