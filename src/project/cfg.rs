//! Which `#[cfg(..)]` predicates hold in a plugin build.

use std::collections::BTreeSet;

use cfg_expr::targets::{TargetInfo, get_builtin_target_by_triple};
use cfg_expr::{Expression, Predicate};

use crate::rust::Cfg;

/// The configuration under which one package is compiled.
#[derive(Clone, Debug)]
pub(crate) struct CfgSet {
    triple: String,
    target: Option<&'static TargetInfo>,
    features: BTreeSet<String>,
}

impl CfgSet {
    /// For a target triple, without features.
    pub(crate) fn new(triple: &str) -> Self {
        Self {
            triple: triple.to_owned(),
            target: get_builtin_target_by_triple(current(triple)),
            features: BTreeSet::new(),
        }
    }

    /// The same with these features.
    pub(crate) fn with_features(&self, features: BTreeSet<String>) -> Self {
        Self {
            features,
            ..self.clone()
        }
    }

    /// Whether the target triple is one that has a description.
    pub(crate) fn knows_target(&self) -> bool {
        self.target.is_some()
    }

    /// Whether a key of `[target.KEY.dependencies]` selects this target: a `cfg(..)` or a triple.
    pub(crate) fn selects(&self, key: &str) -> bool {
        if key.trim_start().starts_with("cfg") {
            self.active(key)
        } else {
            current(key) == current(&self.triple)
        }
    }

    fn holds(&self, predicate: &Predicate<'_>) -> bool {
        match predicate {
            Predicate::Target(target) => self.target.is_some_and(|info| target.matches(info)),
            Predicate::Feature(name) => self.features.contains(*name),
            // `cfg(true)` is a literal of the language, not a flag.
            Predicate::Flag(name) => *name == "true",
            // A plugin is built for release, outside of the test harness.
            Predicate::Test
            | Predicate::DebugAssertions
            | Predicate::ProcMacro
            | Predicate::TargetFeature(_)
            | Predicate::KeyValue { .. } => false,
        }
    }
}

/// Old manifests and scripts know the target by the name that it had before preview 2.
fn current(triple: &str) -> &str {
    match triple {
        "wasm32-wasi" => "wasm32-wasip1",
        other => other,
    }
}

impl Cfg for CfgSet {
    fn active(&self, predicate: &str) -> bool {
        // What can't be read is kept: an item too many is better than an item missed.
        Expression::parse(predicate).map_or(true, |e| e.eval(|p| self.holds(p)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> CfgSet {
        CfgSet::new("wasm32-wasip1").with_features(BTreeSet::from(["x".to_owned()]))
    }

    #[test]
    fn predicates() {
        let set = set();
        for (predicate, expected) in [
            ("test", false),
            ("not(test)", true),
            ("not (test)", true),
            ("all(test, feature = \"x\")", false),
            ("all (not (test) , feature = \"x\",)", true),
            ("feature = \"y\"", false),
            ("target_arch = \"wasm32\"", true),
            ("target_arch=\"x86_64\"", false),
            ("target_family = \"wasm\"", true),
            ("target_os = \"wasi\"", true),
            ("target_env = \"p1\"", true),
            ("unix", false),
            ("windows", false),
            ("debug_assertions", false),
            ("loom", false),
            ("true", true),
            ("false", false),
            ("any(loom, target_pointer_width = \"32\")", true),
            ("panic = \"abort\"", true),
            ("all()", true),
            ("any()", false),
        ] {
            assert_eq!(set.active(predicate), expected, "{predicate}");
        }
    }

    #[test]
    fn unreadable_predicates_hold() {
        for predicate in ["", "all(", "))", "version(\"1.50\")", "a b c", "\u{0}é"] {
            assert!(set().active(predicate), "{predicate}");
        }
    }

    #[test]
    fn target_keys() {
        let set = set();
        assert!(set.selects("cfg(target_arch = \"wasm32\")"));
        assert!(!set.selects("cfg(not(target_arch = \"wasm32\"))"));
        assert!(set.selects("wasm32-wasip1"));
        assert!(set.selects("wasm32-wasi"));
        assert!(CfgSet::new("wasm32-wasi").knows_target());
        assert!(!set.selects("x86_64-unknown-linux-gnu"));
    }
}
