//! Rewrites after which the tool judges wrongly, with the reason in miniature.
//!
//! A file below `testdata/metamorphic/known` is the least plugin that shows the mistake; its first
//! line says what the verdict should be. When the tool gets it right, the test says so: the file then
//! moves to `testdata/metamorphic`, and its entry goes.

/// One mistake of the tool.
pub(crate) struct Known {
    /// The file that shows it.
    pub(crate) file: &'static str,
    /// The sources, or `*` for all, and rows of rewrites that it was seen with.
    pub(crate) seen: &'static [(&'static str, &'static [&'static str])],
}

/// All of them.
pub(crate) const KNOWN: &[Known] = &[
    Known {
        // What a branch decides goes into the calls that stand in it, and no deeper.
        file: "branch_calls_two_deep",
        seen: &[
            ("bad_method_of_field", &["extract_statements"]),
            ("bad_method_of_field", &["extract_function"]),
            ("bad_method_of_field", &["store_by_generic_function"]),
            ("bad_method_of_field", &["store_by_setter"]),
            ("bad_flag_of_field", &["extract_function"]),
            ("bad_flag_of_field", &["store_by_generic_function"]),
            ("bad_flag_of_field", &["store_by_setter"]),
        ],
    },
    Known {
        // The content of a counted pointer that is stored through a reference is not told by the field.
        file: "kept_pointer_by_reference",
        seen: &[
            ("bad_shared_made_once", &["store_by_reference"]),
            ("bad_shared_made_once", &["store_by_generic_function"]),
            ("bad_shared_made_once", &["store_by_replace"]),
        ],
    },
    Known {
        // A reference that a closure captures is what it leads to there: `From<T>` is taken for `From<&T>`.
        file: "reference_in_closure",
        seen: &[("bad_from_of_reference", &["value_in_closure"])],
    },
];

/// Whether a row of rewrites holds one after which the source is known to be judged wrongly.
pub(crate) fn is_known(source: &str, rewrites: &[&str]) -> bool {
    KNOWN.iter().flat_map(|k| k.seen).any(|(s, row)| {
        // In the same order, with others between them or not.
        let mut rest = rewrites.iter();
        (*s == source || *s == "*") && row.iter().all(|wanted| rest.any(|r| r == wanted))
    })
}
