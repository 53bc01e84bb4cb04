//! Where the time goes, and that it grows with the source and no faster: `cargo bench`.
//!
//! Ratios are printed beside times: those of one run on one machine can be compared.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use wasm_route_lint::{AnalyseOptions, analyse, project};

/// How many copies of the example plugin; each count is compared with the one before.
const COPIES: [usize; 3] = [1, 10, 100];
const RUNS: usize = 15;

/// A folder with copies of the example plugin.
fn copies(count: usize) -> io::Result<TempDir> {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/example-plugin");
    let folder = tempfile::tempdir()?;
    for n in 0..count {
        let to = folder.path().join(format!("plugin-{n}"));
        fs::create_dir_all(to.join("src"))?;
        let manifest = fs::read_to_string(example.join("Cargo.toml"))?;
        let renamed = manifest.replace("route-policy", &format!("route-policy-{n}"));
        fs::write(to.join("Cargo.toml"), renamed)?;
        for file in ["src/lib.rs", "src/policy.rs", "src/rules.rs"] {
            fs::copy(example.join(file), to.join(file))?;
        }
    }
    Ok(folder)
}

/// The median of a few runs.
fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:>7} {:>14} {:>12} {:>16} {:>22}",
        "plugins", "parse + lower", "whole run", "whole / parse", "time for each plugin"
    )?;
    let mut first = None;
    for count in COPIES {
        let folder = copies(count)?;
        // One thread, lest the number of processors bend the curve.
        let options = AnalyseOptions {
            cwd: folder.path().to_path_buf(),
            threads: std::num::NonZeroUsize::new(1),
            ..AnalyseOptions::default()
        };
        let load = project::Options {
            paths: vec![folder.path().to_path_buf()],
            threads: Some(1),
            ..project::Options::default()
        };
        let parse = median(|| drop(project::load(&load)));
        let whole = median(|| {
            let analysis = analyse(&options);
            assert_eq!(
                analysis.findings.len(),
                2 * count,
                "{:?}",
                analysis.problems
            );
        });
        let each = whole.as_secs_f64() / count as f64;
        let base = *first.get_or_insert(each);
        writeln!(
            out,
            "{count:>7} {:>11.2} ms {:>9.2} ms {:>16.2} {:>14.3} ms x{:.2}",
            parse.as_secs_f64() * 1e3,
            whole.as_secs_f64() * 1e3,
            whole.as_secs_f64() / parse.as_secs_f64(),
            each * 1e3,
            each / base
        )?;
    }
    Ok(())
}
