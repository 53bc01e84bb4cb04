//! `check`: analyse, report, and the exit code.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anstream::AutoStream;
use anstyle::AnsiColor;

use super::{FAILED, complain};
use crate::baseline;
use crate::cli::{CheckArgs, Color, Format, Levels, UsageError};
use crate::config::{Configs, Shown};
use crate::fix::apply;
use crate::project;
use crate::report::Report;
use crate::{AnalyseOptions, Analysis};

/// Runs the command and gives the exit code, which is the same in every format.
///
/// # Errors
///
/// A level flag with a name that is not a rule.
pub fn run(args: &CheckArgs) -> Result<u8, UsageError> {
    let Some(options) = options(args)? else {
        return Ok(FAILED);
    };
    if args.show_config {
        return Ok(show_config(args, &options));
    }
    let analysis = crate::analyse(&options);
    let mut analysis = match super::fix::run(args, &options, analysis) {
        super::fix::Outcome::Report(analysis) => *analysis,
        super::fix::Outcome::Exit(code) => return Ok(code),
    };
    analysis.pedantic |= args.pedantic;
    apply::prove(&options, &mut analysis);
    let cargo = std::env::var("CARGO_TERM_COLOR").ok();
    let color = Color::choose(args.color, cargo.as_deref());
    let stdout = io::stdout().lock();
    let stderr = &mut AutoStream::new(io::stderr().lock(), color.stream_choice());
    if args.verbose {
        // What can't be told here can't be told of either.
        let _ = stderr.write_all(progress(&analysis).as_bytes());
    }
    let written = match args.format {
        // Not through the colour filter: what programs read goes out byte by byte.
        format if format != Format::Human => {
            let mut stdout = stdout;
            report(args, &analysis, &options.cwd, &mut stdout, stderr)
        }
        _ => {
            let mut stdout = AutoStream::new(stdout, color.stream_choice());
            report(args, &analysis, &options.cwd, &mut stdout, stderr)
        }
    };
    Ok(written.unwrap_or_else(|error| complain(&format!("the report can't be written: {error}"))))
}

/// What to analyse; none when that can't even be said, which is complained about.
///
/// # Errors
///
/// A level flag with a name that is not a rule.
pub(super) fn options(args: &CheckArgs) -> Result<Option<AnalyseOptions>, UsageError> {
    let rules = crate::rules();
    let known: Vec<&str> = rules.iter().map(|rule| rule.name).collect();
    let levels = Levels::from_flags(args.levels.flags(), &known)?;
    let cwd = match std::env::current_dir() {
        Ok(cwd) => cwd,
        Err(error) => {
            complain(&format!("no working directory: {error}"));
            return Ok(None);
        }
    };
    Ok(Some(AnalyseOptions {
        cwd,
        paths: args.paths.clone(),
        manifest_path: args.manifest_path.clone(),
        selection: args.selection(),
        features: args.features(),
        all_features: args.all_features,
        no_default_features: args.no_default_features,
        target: args.target.clone(),
        threads: args.threads,
        levels,
        no_suppressions: args.no_suppressions,
        baseline: args.baseline.clone(),
        baseline_use: if args.no_baseline {
            baseline::Use::Ignore
        } else {
            baseline::Use::Apply
        },
        since: args.since.clone(),
        config: args.config_choice(),
        host: args.host.clone(),
        sdk_files: args.sdk_files.clone(),
        no_fixes: false,
        overlay: crate::source::Overlay::default(),
        model: args.show_model,
    }))
}

/// `--show-config`: what holds for each path, then what is wrong with it.
fn show_config(args: &CheckArgs, options: &AnalyseOptions) -> u8 {
    let rules = &crate::rules();
    let names: Vec<&'static str> = rules.iter().map(|rule| rule.name).collect();
    let configs = Configs::new(&options.cwd, &options.config, &names);
    let shown = Shown {
        pedantic: args.pedantic,
        host: args.host.as_ref().map(|host| host.title.as_str()),
        sdk: &args.sdk_files,
        baseline: args.baseline.as_deref(),
        no_baseline: args.no_baseline,
        levels: &options.levels,
        rules,
    };
    let paths = if args.paths.is_empty() && args.manifest_path.is_none() {
        vec![PathBuf::new()]
    } else {
        options.named_paths()
    };
    let texts: Vec<String> = paths
        .iter()
        .map(|path| shown.text(&configs, path))
        .collect();
    let mut analysis = Analysis::default();
    analysis.problems = configs.take_problems(&mut analysis.sources);
    let report = Report::new(&analysis, &options.cwd, false, true);
    let text = texts.join("\n");
    let mut written = io::stdout().lock().write_all(text.as_bytes());
    if !analysis.problems.is_empty() {
        let problems = report.problems();
        written = written.and_then(|()| io::stderr().lock().write_all(problems.as_bytes()));
    }
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("the configuration can't be written: {error}"))
        }
        _ => report.exit_code,
    }
}

/// What was analysed and what was left out, in the form in which cargo tells its progress.
pub(super) fn progress(analysis: &Analysis) -> String {
    let style = AnsiColor::Green.on_default().bold();
    let line = |(word, text): &(&str, String)| format!("{style}{word:>12}{style:#} {text}\n");
    analysis.progress.iter().map(line).collect()
}

/// Writes the report of an analysis and gives the exit code. The human format is written with
/// colours, which `out` may filter.
///
/// # Errors
///
/// Those of `out` and `err`, except that a reader who stops reading (`| head`) is no error: what
/// was found still counts.
pub fn report(
    args: &CheckArgs,
    analysis: &Analysis,
    cwd: &Path,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let root = project::repository(cwd);
    let pedantic = args.pedantic || analysis.pedantic;
    let report = Report::new(analysis, cwd, pedantic, args.exit_zero)
        .in_repository(root.as_deref().unwrap_or(cwd));
    match deliver(args, analysis, &report, out, err) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(report.exit_code),
    }
}

fn deliver(
    args: &CheckArgs,
    analysis: &Analysis,
    report: &Report<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<()> {
    let text = match args.format {
        Format::Human => report.human(true, !args.quiet),
        Format::Short => report.short(),
        Format::Json => report.json(),
        Format::Sarif => report.sarif(),
        Format::Github => report.github(),
        Format::CargoJson => report.cargo_json(),
    };
    if args.show_model && !analysis.model.is_empty() {
        let model = format!("{}\n\n", analysis.model.trim_end());
        // What a program reads has to stay readable for it.
        if args.format.is_data() {
            err.write_all(model.as_bytes())?;
        } else {
            out.write_all(model.as_bytes())?;
        }
    }
    out.write_all(text.as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::path::Path;

    use clap::ValueEnum as _;

    use super::report;
    use crate::cli::{CheckArgs, Cli, Command, Format};
    use crate::report::fixture;

    fn args(line: &str) -> CheckArgs {
        let words = std::iter::once("x").chain(line.split_whitespace());
        let cli = Cli::parse_args(words.map(Into::into)).unwrap_or_else(|e| panic!("{e}"));
        match cli.command() {
            Command::Check(args) => *args,
            other => panic!("{other:?}"),
        }
    }

    fn run(args: &CheckArgs, problems: bool) -> (u8, String, String) {
        let mut analysis = fixture::analysis();
        if !problems {
            analysis.problems.clear();
        }
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = report(args, &analysis, Path::new("/plugin"), &mut out, &mut err);
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (code.unwrap_or_else(|e| panic!("{e}")), text(out), text(err))
    }

    #[test]
    fn every_format_gives_the_same_exit_code() {
        for format in Format::value_variants() {
            let code = |line, problems| {
                let mut args = args(line);
                args.format = *format;
                run(&args, problems).0
            };
            assert_eq!(code("", true), 2);
            assert_eq!(code("--exit-zero", true), 2);
            assert_eq!(code("", false), 1);
            assert_eq!(code("--exit-zero --pedantic -q", false), 0);
        }
        let (code, log, _) = run(&args("--format sarif"), false);
        assert!(log.contains(&format!("\"exitCode\": {code}")));
    }

    #[test]
    fn the_model_comes_first_and_not_into_a_sarif_file() {
        let model = "Filter: a stream context\n\n";
        let (_, out, err) = run(&args("--show-model --format short"), true);
        assert!(out.starts_with(model) && err.is_empty());
        let (_, out, err) = run(&args("--show-model --format sarif"), true);
        assert!(out.starts_with('{') && err == model);
    }

    #[test]
    fn quiet_leaves_out_the_summary() {
        let last = |line| run(&args(line), false).1.lines().last().map(str::to_owned);
        assert!(last("").is_some_and(|line| line.contains(" in 2 packages")));
        assert_eq!(last("-q"), Some(String::new()));
    }

    #[test]
    fn a_reader_who_stops_is_no_error() {
        struct Closed(io::ErrorKind);
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(self.0.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(self.0.into())
            }
        }
        let write = |kind| {
            let mut analysis = fixture::analysis();
            analysis.problems.clear();
            let (cwd, mut out) = (Path::new("/plugin"), Closed(kind));
            report(&args(""), &analysis, cwd, &mut out, &mut Vec::new()).ok()
        };
        assert_eq!(write(io::ErrorKind::BrokenPipe), Some(1));
        assert_eq!(write(io::ErrorKind::StorageFull), None);
    }
}
