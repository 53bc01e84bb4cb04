//! What decides which findings are reported and which of them fail the run, as transcripts of the
//! built binary. `SNAPSHOTS=overwrite cargo test --test gate` rewrites what they are compared with.

mod baseline;
mod config;
mod effective;
mod explain;
mod folder;
mod formats;
mod since;
mod suppress;
