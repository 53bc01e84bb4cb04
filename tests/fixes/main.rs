//! Fixes of plugins that nobody wrote: whatever the shape of a plugin, what the fixes make of it parses,
//! type-checks, is clean of what was fixed, and is the same everywhere else.
//!
//! Plugins are put together from a grammar by proptest, from a fixed seed; what is not drawn because of
//! known mistakes stands in `narrowed.rs`. A part of them is compiled against the real SDK and run with a
//! host that answers the same in each callback: fixed plugins tell it what the drawn ones do. Shrunk
//! failures are kept in `testdata/fixes`, with a first line `// fails: ` and the property, or `// holds`.

mod check;
mod comments;
mod compile;
mod grammar;
mod kept;
mod layout;
mod narrowed;
mod render;
mod spec;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use check::{Failure, check};
use spec::Spec;

/// How many plugins are drawn unless `PROPTEST_CASES` says something else.
const DRAWN: u32 = 150;

/// How many are compiled: more than 200 texts come of them.
const COMPILED: u32 = 350;

type Tree = Box<dyn ValueTree<Value = Spec>>;

/// The plugins, the same ones each time.
fn drawn(count: u32) -> Vec<Tree> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut config = Config::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = count;
    }
    let cases = config.cases;
    let mut runner = TestRunner::new_with_rng(config, rng);
    let strategy = spec::plugins();
    (0..cases)
        .map(|_| -> Tree { Box::new(strategy.new_tree(&mut runner).expect("nothing is rejected")) })
        .collect()
}

/// What `work` says of each plugin, on as many threads as there are. Threads of our own: a rayon worker
/// that waits for the pool of one analysis would begin another one on the same stack.
fn each<R: Send>(specs: &[Spec], work: impl Fn(&Spec) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = &work;
    std::thread::scope(|scope| {
        let workers: Vec<_> = specs
            .chunks(specs.len().div_ceil(threads).max(1))
            .map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<_>>()))
            .collect();
        workers
            .into_iter()
            .flat_map(|w| w.join().expect("every plugin is worked on"))
            .collect()
    })
}

fn failures(spec: &Spec) -> Vec<Failure> {
    check(&render::plugin(spec), spec.layout).failures
}

/// The smallest plugin for which the same property fails.
fn shrunk(tree: &mut Tree, property: &str) -> (String, Failure) {
    let of = |spec: &Spec| failures(spec).into_iter().find(|f| f.property == property);
    let mut smallest = tree.current();
    let mut failure = of(&smallest).expect("it failed before");
    let mut more = tree.simplify();
    let mut steps = 0;
    while more && steps < 100 {
        steps += 1;
        let next = tree.current();
        if let Some(f) = of(&next) {
            (smallest, failure) = (next, f);
            more = tree.simplify();
        } else {
            more = tree.complicate();
        }
    }
    (render::plugin(&smallest).text, failure)
}

/// Cases by the property that they fail; each has to be fixed often enough for that to mean something.
fn failed(specs: &[Spec]) -> BTreeMap<&'static str, Vec<usize>> {
    let verdicts = each(specs, |spec| check(&render::plugin(spec), spec.layout));
    let mut failed: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let (mut safe, mut all, mut refused) = (0, 0, 0);
    for (n, verdict) in verdicts.into_iter().enumerate() {
        safe += verdict.safe;
        all += verdict.all;
        refused += verdict.refused;
        for f in verdict.failures {
            let list = failed.entry(f.property).or_default();
            if list.last() != Some(&n) {
                list.push(n);
            }
        }
    }
    let least = specs.len() / 5;
    assert!(
        safe > least && all > safe && refused > least,
        "{safe} fixed, {all} with the unsafe ones, {refused} refused"
    );
    failed
}

#[test]
fn fixes_of_drawn_plugins_hold() {
    let mut trees = drawn(DRAWN);
    let specs: Vec<Spec> = trees.iter().map(|t| t.current()).collect();
    let failed = failed(&specs);
    let mut text = String::new();
    let mut taken = Vec::new();
    for (property, list) in &failed {
        // A tree that was shrunk for one property is of no use for another.
        let Some(n) = list.iter().find(|n| !taken.contains(*n)) else {
            continue;
        };
        taken.push(*n);
        let (plugin, failure) = shrunk(&mut trees[*n], property);
        let _ = write!(
            text,
            "\n=== {property}: {} times\n{plugin}\n--- fixed\n{}\n--- {failure}\n",
            list.len(),
            failure.fixed
        );
    }
    assert!(text.is_empty(), "{text}");
}

#[test]
fn fixed_plugins_compile_and_do_the_same() {
    let specs: Vec<Spec> = drawn(COMPILED).iter().map(|t| t.current()).collect();
    let mut texts = each(&specs, |spec| compile::fixed(&render::plugin(spec).text));
    let kept = kept::all();
    let kept = kept.iter().filter(|k| k.fails != "type-checks");
    texts.extend(kept.map(|k| compile::fixed(&k.plugin.text)));
    let plugins = compile::Plugins::new(texts);
    assert!(
        plugins.safe.len() > specs.len() / 5,
        "{}",
        plugins.safe.len()
    );
    let mistakes = compile::mistakes(plugins);
    assert!(mistakes.is_empty(), "{mistakes}");
}

/// Each kept case fails what its first line says and nothing else.
#[test]
fn kept_cases_are_as_they_say() {
    for case in kept::all() {
        let verdict = check(&case.plugin, case.layout);
        let failed: Vec<&str> = verdict.failures.iter().map(|f| f.property).collect();
        let wanted = Some(case.fails.as_str()).filter(|f| !f.is_empty() && *f != "type-checks");
        let right =
            failed.iter().all(|f| Some(*f) == wanted) && failed.is_empty() == wanted.is_none();
        assert!(right, "{}: {failed:?} fail, and not {wanted:?}", case.name);
    }
}
