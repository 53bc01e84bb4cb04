//! Rewrites in a row, drawn by proptest from a fixed seed.

use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::rewrites;
use crate::source::Source;
use crate::{Case, known, names};

/// How many are drawn unless `PROPTEST_CASES` says something else. Some of them do not apply, or are
/// known.
const DRAWN: u32 = 1200;

type Tree = Box<dyn ValueTree<Value = (usize, Vec<usize>)>>;

/// A drawn case, which knows how to become smaller.
pub(crate) struct Combination<'a> {
    /// What was drawn.
    pub(crate) case: Case<'a>,
    tree: Tree,
}

/// The source and those rewrites that have something to do there, each once.
fn case<'a>(sources: &'a [Source], drawn: &(usize, Vec<usize>)) -> Case<'a> {
    let source = &sources[drawn.0];
    let mut file = syn::parse_file(&source.text).expect("sources parse");
    let mut row: Case = (source, Vec::new());
    for n in &drawn.1 {
        let rewrite = &rewrites::ALL[*n];
        if names(&row).contains(&rewrite.name) {
            continue;
        }
        if let Some(next) = (rewrite.apply)(file.clone()) {
            file = next;
            row.1.push(rewrite);
        }
    }
    row
}

/// The cases, the same ones each time: two to four rewrites each, none of them a known mistake.
pub(crate) fn cases(sources: &[Source]) -> Vec<Combination<'_>> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut config = Config::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = DRAWN;
    }
    let drawn = config.cases;
    let mut runner = TestRunner::new_with_rng(config, rng);
    let strategy = (0..sources.len(), vec(0..rewrites::ALL.len(), 2..=4)).boxed();
    let mut list: Vec<Combination> = Vec::new();
    for _ in 0..drawn {
        let tree = strategy.new_tree(&mut runner).expect("nothing is rejected");
        let case = case(sources, &tree.current());
        if case.1.len() > 1 && !known::is_known(&case.0.name, &names(&case)) {
            let tree: Tree = Box::new(tree);
            list.push(Combination { case, tree });
        }
    }
    list
}

impl Combination<'_> {
    /// The smallest case on the way down that fails as well.
    pub(crate) fn shrunk<'a>(
        &mut self,
        sources: &'a [Source],
        fails: &dyn Fn(&Case) -> bool,
    ) -> Case<'a> {
        let mut smallest = case(sources, &self.tree.current());
        let mut more = self.tree.simplify();
        while more {
            let next = case(sources, &self.tree.current());
            if fails(&next) {
                smallest = next;
                more = self.tree.simplify();
            } else {
                more = self.tree.complicate();
            }
        }
        smallest
    }
}
