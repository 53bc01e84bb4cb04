//! `baseline`: what is found today, written down.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anstream::AutoStream;

use super::{FAILED, SUCCESS, check, complain};
use crate::baseline;
use crate::cli::{CheckArgs, UsageError};
use crate::finding::Problem;
use crate::report::Report;
use crate::source::SourceMap;

/// Writes the file and gives the exit code. A run that failed writes none: what was not analysed
/// would look new as soon as it is.
///
/// # Errors
///
/// A level flag with a name that is not a rule.
pub fn run(args: &CheckArgs) -> Result<u8, UsageError> {
    if args.since.is_some() {
        return Ok(complain(
            "a baseline has all findings in it; leave `--since` out",
        ));
    }
    let Some(mut options) = check::options(args)? else {
        return Ok(FAILED);
    };
    options.baseline_use = baseline::Use::Renew;
    let analysis = crate::analyse(&options);
    let named = options.baseline.as_ref().or(analysis.baseline.as_ref());
    let path = named.map_or(Path::new(baseline::FILE_NAME), PathBuf::as_path);
    if args.verbose {
        // What can't be told here can't be told of either.
        let _ = AutoStream::auto(io::stderr()).write_all(check::progress(&analysis).as_bytes());
    }
    let pedantic = args.pedantic || analysis.pedantic;
    if !analysis.problems.is_empty() {
        let report = Report::new(&analysis, &options.cwd, false, true);
        // Nobody is left to be told when it can't be written.
        let _ = io::stderr().write_all(report.problems().as_bytes());
    }
    if analysis.problems.iter().any(Problem::is_error) {
        return Ok(complain("the baseline was not written: the run failed"));
    }
    let shown = SourceMap::display_name(path, &options.cwd);
    let renewed = match baseline::renewed(&analysis, path, &options.cwd, pedantic) {
        Ok(renewed) => renewed,
        Err(error) => return Ok(complain(&format!("can't read {shown}: {error}"))),
    };
    if let Err(error) = std::fs::write(options.cwd.join(path), renewed.text) {
        return Ok(complain(&format!("can't write {shown}: {error}")));
    }
    if !args.quiet {
        let count = |n: usize, noun| format!("{n} {noun}{}", if n == 1 { "" } else { "s" });
        let findings = count(renewed.found, "finding");
        let kept = match renewed.kept {
            0 => String::new(),
            n => format!("; {} of what was not checked kept", count(n, "line")),
        };
        let _ = writeln!(io::stdout(), "wrote {findings} to {shown}{kept}");
    }
    Ok(SUCCESS)
}
