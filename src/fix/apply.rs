//! Rounds of edits, each proven by another analysis.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{atomic, diff};
use crate::finding::{Edit, Finding, Fix, Safety};
use crate::source::Overlay;
use crate::{AnalyseOptions, Analysis, analyse};

/// After so many rounds something goes in a circle.
const MAX_ROUNDS: usize = 16;

/// So many offers are proven one by one. More of them fail in one run only when something is odd.
const MAX_PROOFS: usize = 32;

/// What came of the fixes.
#[derive(Debug, Default)]
pub struct Applied {
    /// New texts of the files that change.
    pub files: Overlay,
    /// What was on the disk before.
    pub old: Overlay,
    /// How many findings were fixed.
    pub fixed: usize,
    /// Fixes that were taken back, with what the next analysis said.
    pub refused: Vec<String>,
    /// The analysis of the new texts.
    pub analysis: Analysis,
}

/// What a fix can be told by from round to round: places move, names stay.
type Identity = (String, String, String);

/// Which fixes are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Those that change nothing but the age of a value.
    Safe,
    /// The others too.
    All,
}

impl Wanted {
    fn takes(self, fix: &Fix) -> bool {
        self == Self::All || fix.safety == Safety::Safe
    }
}

fn identity(f: &Finding) -> Identity {
    (f.rule.to_owned(), f.subject.clone(), f.item.clone())
}

/// Applies fixes in rounds until nothing changes. Nothing is written to the disk.
pub fn rounds(options: &AnalyseOptions, first: Analysis, wanted: Wanted) -> Applied {
    let mut out = Applied {
        analysis: first,
        ..Applied::default()
    };
    let mut options = options.clone();
    let mut barred: BTreeSet<Identity> = BTreeSet::new();
    for _ in 0..MAX_ROUNDS {
        prove(&options, &mut out.analysis);
        let candidates = candidates(&out.analysis, wanted, &barred);
        if candidates.is_empty() {
            break;
        }
        // All that do not meet at once; one by one when that proves wrong.
        let chosen = disjoint(&candidates);
        if let Some(next) = attempt(&options, &out.analysis, &chosen) {
            accept(&mut out, &mut options, next, chosen.len());
            continue;
        }
        let mut progressed = false;
        for one in &chosen {
            match attempt(&options, &out.analysis, std::slice::from_ref(one)) {
                Some(next) => {
                    accept(&mut out, &mut options, next, 1);
                    progressed = true;
                    break;
                }
                None => {
                    barred.insert(one.0.clone());
                    out.refused.push(format!(
                        "{}: `{}`: the fix did not prove right and was taken back",
                        one.0.0, one.0.1
                    ));
                }
            }
        }
        if !progressed
            && chosen.iter().all(|c| barred.contains(&c.0))
            && candidates.len() == chosen.len()
        {
            break;
        }
    }
    out
}

fn candidates(
    analysis: &Analysis,
    wanted: Wanted,
    barred: &BTreeSet<Identity>,
) -> Vec<(Identity, Fix)> {
    analysis
        .findings
        .iter()
        .filter(|f| f.is_shown(analysis.pedantic) && !barred.contains(&identity(f)))
        .filter_map(|f| {
            let fix = f.fixes.iter().find(|x| wanted.takes(x))?;
            Some((identity(f), fix.clone()))
        })
        .collect()
}

/// Takes back offers that do not prove right, so that nobody is shown a change after which the finding
/// would still be there. All are tried at once; one by one only when that fails.
pub fn prove(options: &AnalyseOptions, analysis: &mut Analysis) {
    let most = analysis.findings.iter().map(|f| f.fixes.len()).max();
    // The last alternative first, so that those before it keep their number.
    for nth in (0..most.unwrap_or(0)).rev() {
        let offers: Vec<(Identity, Fix)> = analysis
            .findings
            .iter()
            .filter(|f| f.is_shown(analysis.pedantic))
            .filter_map(|f| Some((identity(f), f.fixes.get(nth)?.clone())))
            .collect();
        let open = disjoint(&offers);
        if open.len() == offers.len() && attempt(options, analysis, &open).is_some() {
            continue;
        }
        let wrong: BTreeSet<Identity> = offers
            .into_iter()
            .take(MAX_PROOFS)
            .filter(|one| attempt(options, analysis, std::slice::from_ref(one)).is_none())
            .map(|(id, _)| id)
            .collect();
        for finding in &mut analysis.findings {
            if finding.fixes.len() > nth && wrong.contains(&identity(finding)) {
                finding.fixes.remove(nth);
                if finding.fixes.is_empty() {
                    finding.notes.push(
                        "no edit is offered: the change that suggests itself was tried, and does not \
                         cure it"
                            .to_owned(),
                    );
                }
            }
        }
    }
}

/// Those whose edits do not touch those of an earlier one.
fn disjoint(candidates: &[(Identity, Fix)]) -> Vec<(Identity, Fix)> {
    let mut taken: Vec<Edit> = Vec::new();
    let mut out = Vec::new();
    for (id, fix) in candidates {
        let meets = |e: &Edit| {
            taken.iter().any(|t| {
                t.span.file == e.span.file && t.span.lo <= e.span.hi && e.span.lo <= t.span.hi
            })
        };
        if !fix.edits.iter().any(meets) {
            taken.extend(fix.edits.iter().cloned());
            out.push((id.clone(), fix.clone()));
        }
    }
    out
}

/// The texts and the analysis after some fixes; `None` when one of the findings is still there, there
/// is a new one, or a file can't be parsed any more.
fn attempt(
    options: &AnalyseOptions,
    before: &Analysis,
    chosen: &[(Identity, Fix)],
) -> Option<(Overlay, Analysis)> {
    let mut by_file: BTreeMap<_, Vec<&Edit>> = BTreeMap::new();
    for edit in chosen.iter().flat_map(|(_, f)| &f.edits) {
        by_file.entry(edit.span.file).or_default().push(edit);
    }
    let mut overlay = options.overlay.clone();
    for (file, mut edits) in by_file {
        edits.sort();
        let file = before.sources.file(file);
        let text = diff::edited(&file.text, &edits);
        overlay.insert(file.path.clone(), text.into());
    }
    let next = AnalyseOptions {
        overlay: overlay.clone(),
        ..options.clone()
    };
    let after = analyse(&next);
    let shown = |a: &Analysis| -> Vec<Identity> {
        let all = a.findings.iter().filter(|f| f.is_shown(a.pedantic));
        all.map(identity).collect()
    };
    let (old, new) = (shown(before), shown(&after));
    let worse = new.iter().any(|id| {
        let count = |list: &[Identity]| list.iter().filter(|x| *x == id).count();
        count(&new) > count(&old)
    });
    let gone = chosen.iter().all(|(id, _)| {
        let count = |list: &[Identity]| list.iter().filter(|x| *x == id).count();
        count(&new) < count(&old)
    });
    let broken = after.problems.len() > before.problems.len();
    (gone && !worse && !broken).then_some((overlay, after))
}

fn accept(
    out: &mut Applied,
    options: &mut AnalyseOptions,
    (overlay, analysis): (Overlay, Analysis),
    fixed: usize,
) {
    for (path, text) in &overlay {
        if !out.old.contains_key(path) {
            let before = out.analysis.sources.iter().find(|(_, f)| f.path == *path);
            if let Some((_, f)) = before {
                out.old.insert(path.clone(), f.text.clone());
            }
        }
        out.files.insert(path.clone(), Arc::clone(text));
    }
    options.overlay = overlay;
    // One change may cure several.
    let shown = |a: &Analysis| a.findings.iter().filter(|f| f.is_shown(a.pedantic)).count();
    out.fixed += shown(&out.analysis)
        .saturating_sub(shown(&analysis))
        .max(fixed);
    out.analysis = analysis;
}

/// Writes new texts, each file either wholly or not at all.
///
/// # Errors
/// The file that could not be written, and why; those before it are written.
pub fn write(files: &Overlay) -> Result<(), (PathBuf, std::io::Error)> {
    for (path, text) in files {
        atomic::write(path, text).map_err(|e| (path.clone(), e))?;
    }
    Ok(())
}

/// Files of these that git does not hold in this state: changed, unknown to it, or outside of any
/// repository.
pub fn uncommitted(files: &Overlay) -> Vec<PathBuf> {
    files
        .keys()
        .filter(|path| !is_committed(path))
        .cloned()
        .collect()
}

fn is_committed(path: &Path) -> bool {
    // Through a link, the file it leads to is written.
    let Ok(path) = path.canonicalize() else {
        return false;
    };
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return false;
    };
    let git = |args: &[&str]| {
        std::process::Command::new("git")
            .current_dir(folder)
            .args(args)
            .arg("--")
            .arg(name)
            .output()
            .ok()
            .filter(|o| o.status.success())
            .map(|o| o.stdout)
    };
    let known = git(&["ls-files", "--error-unmatch"]).is_some();
    known && git(&["status", "--porcelain"]).is_some_and(|out| out.is_empty())
}
