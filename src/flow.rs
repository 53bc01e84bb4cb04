//! Dataflow: from the program to the stores and later reads of what the host said.

mod interp;
mod resolve;
mod state;
mod tag;
mod types;
mod value;
