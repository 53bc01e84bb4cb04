//! Rounds of edits, each proven by another analysis.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{atomic, diff};
use crate::finding::{Edit, Finding, Fix, Safety};
use crate::source::{FileId, Overlay};
use crate::{AnalyseOptions, Analysis, analyse};

/// With more offers than this, those that are neighbours are worked in together: one at a time, each with an
/// analysis, would take too long.
const CROWD: usize = 8;

/// After so many rounds something goes in a circle.
const MAX_ROUNDS: usize = 16;

/// So many analyses prove the offers of one run; what is left then is not shown. Nearly always one is
/// enough for all.
const MAX_PROOFS: usize = 64;

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

/// The number of a finding, what it can be told by, and a fix of it.
type Offer = (usize, Identity, Fix);

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
        let open = candidates(&out.analysis, wanted, &barred);
        // All that do not meet at once.
        let crowded = open.len() > CROWD;
        let room = if crowded { Room::Lines } else { Room::Own };
        let (chosen, _) = disjoint(open, room);
        if chosen.is_empty() {
            break;
        }
        if let Some(next) = attempt(&options, &out.analysis, &chosen) {
            accept(&mut out, &mut options, next, chosen.len());
            continue;
        }
        // One by one when that proves wrong, of those that prove right by themselves.
        prove(&options, &mut out.analysis);
        let open = candidates(&out.analysis, wanted, &barred);
        let (chosen, waiting) = disjoint(open, Room::Own);
        let mut progressed = false;
        for one in &chosen {
            match attempt(&options, &out.analysis, std::slice::from_ref(one)) {
                Some(next) => {
                    accept(&mut out, &mut options, next, 1);
                    progressed = true;
                    break;
                }
                None => {
                    barred.insert(one.1.clone());
                    out.refused.push(format!(
                        "{}: `{}`: the fix did not prove right and was taken back",
                        one.1.0, one.1.1
                    ));
                }
            }
        }
        if !progressed && chosen.iter().all(|c| barred.contains(&c.1)) && waiting.is_empty() {
            break;
        }
    }
    out
}

fn candidates(analysis: &Analysis, wanted: Wanted, barred: &BTreeSet<Identity>) -> Vec<Offer> {
    let findings = analysis.findings.iter().enumerate();
    findings
        .filter(|(_, f)| f.is_shown(analysis.pedantic) && !barred.contains(&identity(f)))
        .filter_map(|(n, f)| {
            let fix = f.fixes.iter().find(|x| wanted.takes(x))?;
            Some((n, identity(f), fix.clone()))
        })
        .collect()
}

/// Takes back offers that do not prove right, so that nobody is shown a change after which the finding
/// would still be there. All that do not meet are tried at once; halves of them when that fails.
pub fn prove(options: &AnalyseOptions, analysis: &mut Analysis) {
    let alternatives = |f: &&Finding| f.fixes.len() > 1 && f.is_shown(analysis.pedantic);
    if analysis.findings.iter().filter(alternatives).count() > CROWD {
        // Second ways overlap, so each would take an analysis of its own, and nobody reads so many.
        analysis
            .findings
            .iter_mut()
            .for_each(|f| f.fixes.truncate(1));
    }
    let most = analysis.findings.iter().map(|f| f.fixes.len()).max();
    // The last alternative first, so that those before it keep their number.
    for nth in (0..most.unwrap_or(0)).rev() {
        let shown = analysis.findings.iter().enumerate();
        let mut open: Vec<Offer> = shown
            .filter(|(_, f)| f.is_shown(analysis.pedantic))
            .filter_map(|(n, f)| Some((n, identity(f), f.fixes.get(nth)?.clone())))
            .collect();
        let mut proofs = MAX_PROOFS;
        let mut wrong: Vec<usize> = Vec::new();
        while !open.is_empty() {
            let (batch, rest) = disjoint(open, Room::Shared);
            open = rest;
            settle(options, analysis, &batch, &mut proofs, &mut wrong);
        }
        for n in wrong {
            let finding = &mut analysis.findings[n];
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

/// Finds the offers of a batch that do not prove right.
fn settle(
    options: &AnalyseOptions,
    analysis: &Analysis,
    batch: &[Offer],
    proofs: &mut usize,
    wrong: &mut Vec<usize>,
) {
    let tried = *proofs > 0;
    *proofs = proofs.saturating_sub(1);
    if tried && attempt(options, analysis, batch).is_some() {
        return;
    }
    if let ([_], _) | (_, false) = (batch, tried) {
        wrong.extend(batch.iter().map(|(n, ..)| *n));
        return;
    }
    let (first, second) = batch.split_at(batch.len() / 2);
    settle(options, analysis, first, proofs, wrong);
    settle(options, analysis, second, proofs, wrong);
}

/// How close edits of several fixes may come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    /// They do not touch.
    Own,
    /// They may be neighbours, and variables may be made at one place one after the other.
    Lines,
    /// Anything may be put at one place: the text will do, but is not what one would write.
    Shared,
}

/// Those whose edits keep clear of those of an earlier one, and the others.
fn disjoint(offers: Vec<Offer>, room: Room) -> (Vec<Offer>, Vec<Offer>) {
    // By file, where each taken edit ends and starts: none of them meet.
    let mut taken: BTreeMap<(FileId, u32), u32> = BTreeMap::new();
    offers.into_iter().partition(|(_, _, fix)| {
        let meets = |e: &Edit| {
            let all = (e.span.file, e.span.lo)..=(e.span.file, u32::MAX);
            let mut behind = taken.range(all).map(|((_, hi), lo)| (*lo, *hi));
            if room == Room::Own {
                return behind.next().is_some_and(|(lo, _)| lo <= e.span.hi);
            }
            let (lo, hi) = (e.span.lo, e.span.hi);
            let is_line = lo == hi && e.text.trim_start().starts_with("let ");
            let stacks = lo == hi && (room == Room::Shared || is_line);
            let mut near = behind.take_while(|t| t.0 <= hi);
            near.any(|t| t.0 < hi && lo < t.1 || t == (lo, hi) && !stacks)
        };
        let free = !fix.edits.iter().any(meets);
        if free {
            for span in fix.edits.iter().map(|e| e.span) {
                let lo = taken.entry((span.file, span.hi)).or_insert(span.lo);
                *lo = span.lo.min(*lo);
            }
        }
        free
    })
}

/// The texts and the analysis after some fixes; `None` when one of the findings is still there, there
/// is a new one, or a file can't be parsed any more.
fn attempt(
    options: &AnalyseOptions,
    before: &Analysis,
    chosen: &[Offer],
) -> Option<(Overlay, Analysis)> {
    let mut by_file: BTreeMap<_, Vec<&Edit>> = BTreeMap::new();
    for edit in chosen.iter().flat_map(|(_, _, f)| &f.edits) {
        by_file.entry(edit.span.file).or_default().push(edit);
    }
    let mut overlay = options.overlay.clone();
    let mut written: BTreeMap<PathBuf, Vec<Range<usize>>> = BTreeMap::new();
    for (file, mut edits) in by_file {
        // Those at one place stay in the order of their findings.
        edits.sort_by_key(|e| e.span);
        let file = before.sources.file(file);
        let text = diff::edited(&file.text, &edits);
        written.insert(file.path.clone(), places(&edits));
        overlay.insert(file.path.clone(), text.into());
    }
    let next = AnalyseOptions {
        overlay: overlay.clone(),
        ..options.clone()
    };
    let after = analyse(&next);
    // What other rules say of code goes with the code.
    let said: BTreeSet<(&str, &str)> = before
        .findings
        .iter()
        .filter(|f| f.is_shown(before.pedantic))
        .map(|f| (f.rule, f.subject.as_str()))
        .collect();
    let moved = |f: &Finding| {
        let span = f.primary.span;
        let places = written.get(&after.sources.file(span.file).path);
        let inside =
            |place: &Range<usize>| place.start <= span.lo as usize && span.hi as usize <= place.end;
        chosen.iter().all(|(_, (rule, ..), _)| f.rule != rule)
            && said.contains(&(f.rule, f.subject.as_str()))
            && places.is_some_and(|p| p.iter().any(inside))
    };
    let (old, new) = (shown(before, |_| true), shown(&after, |_| true));
    let fresh = shown(&after, |f| !moved(f));
    let count =
        |list: &BTreeMap<Identity, usize>, id: &Identity| list.get(id).copied().unwrap_or(0);
    let worse = fresh.iter().any(|(id, n)| *n > count(&old, id));
    let gone = chosen
        .iter()
        .all(|(_, id, _)| count(&new, id) < count(&old, id));
    let broken = after.problems.len() > before.problems.len();
    (gone && !worse && !broken).then_some((overlay, after))
}

/// Where the new text of edits stands in the result.
fn places(edits: &[&Edit]) -> Vec<Range<usize>> {
    let (mut added, mut gone) = (0, 0);
    let mut out = Vec::new();
    for edit in edits {
        let start = edit.span.lo as usize + added - gone;
        added += edit.text.len();
        gone += (edit.span.hi - edit.span.lo) as usize;
        out.push(start..start + edit.text.len());
    }
    out
}

/// How often each finding of some is shown.
fn shown(analysis: &Analysis, some: impl Fn(&Finding) -> bool) -> BTreeMap<Identity, usize> {
    let mut out = BTreeMap::new();
    let findings = analysis.findings.iter();
    for finding in findings.filter(|f| f.is_shown(analysis.pedantic) && some(f)) {
        *out.entry(identity(finding)).or_default() += 1;
    }
    out
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
    let count = |a: &Analysis| shown(a, |_| true).values().sum::<usize>();
    out.fixed += count(&out.analysis)
        .saturating_sub(count(&analysis))
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
