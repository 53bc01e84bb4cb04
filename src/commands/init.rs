//! `init`: a configuration to start from.

use std::fs::OpenOptions;
use std::io::{self, Write as _};

use super::{SUCCESS, complain};
use crate::cli::InitArgs;
use crate::config::{FILE_NAME, template};

/// Writes the file and gives the exit code. A file that is there stays, unless asked otherwise.
pub fn run(args: &InitArgs) -> u8 {
    let path = args.folder.join(FILE_NAME);
    let path = path.strip_prefix(".").unwrap_or(&path);
    let shown = path.display();
    let text = template(&crate::rules());
    let mut options = OpenOptions::new();
    options.write(true);
    if args.force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    match options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
    {
        Ok(()) => {
            let _ = writeln!(io::stdout().lock(), "wrote {shown}");
            SUCCESS
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            complain(&format!("{shown} is there already; --force replaces it"))
        }
        Err(error) => complain(&format!("can't write {shown}: {error}")),
    }
}
