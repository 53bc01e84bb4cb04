//! What is rewritten: the examples of the rule documents and the construct cases.

use std::fs;
use std::path::{Path, PathBuf};

use quote::ToTokens;
use syn::visit::Visit;
use syn::{Block, ExprStruct, File, Item, parse_quote};
use wasm_route_lint::checks::{ExampleKind, rules};

/// A plugin in one file.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The construct's file name, or the rule with the number of its example.
    pub(crate) name: String,
    /// The text.
    pub(crate) text: String,
}

/// A folder of this package.
pub(crate) fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The Rust files in a folder, by name.
pub(crate) fn files(path: &str) -> Vec<Source> {
    let Ok(entries) = fs::read_dir(folder(path)) else {
        return Vec::new();
    };
    let mut list: Vec<Source> = entries
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "rs"))
        .map(|p| Source {
            name: p
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned(),
            text: fs::read_to_string(&p).expect("a case"),
        })
        .collect();
    list.sort_by(|a, b| a.name.cmp(&b.name));
    list
}

/// The text with the start of the plugin as a function, where a context is built in it field by field:
/// rewrites do not see what stands in a macro.
fn with_start(text: &str) -> String {
    #[derive(Default)]
    struct Literals(bool);
    impl<'a> Visit<'a> for Literals {
        fn visit_expr_struct(&mut self, _: &'a ExprStruct) {
            self.0 = true;
        }
    }
    let mut file: File = syn::parse_file(text).expect("sources parse");
    let mut start: Option<Item> = None;
    for item in &mut file.items {
        let Item::Macro(m) = item else { continue };
        if m.mac.path.segments.last().is_none_or(|s| s.ident != "main") {
            continue;
        }
        let Ok(body) = m.mac.parse_body::<Block>() else {
            continue;
        };
        let mut literals = Literals::default();
        literals.visit_block(&body);
        if literals.0 {
            start = Some(parse_quote!(fn start() #body));
            m.mac.tokens = parse_quote!({
                start();
            });
        }
    }
    match start {
        None => text.to_owned(),
        Some(start) => {
            file.items.push(start);
            file.to_token_stream().to_string()
        }
    }
}

/// All of them, in a fixed order.
pub(crate) fn all() -> Vec<Source> {
    let mut list = files("testdata/constructs");
    for source in &mut list {
        source.text = with_start(&source.text);
    }
    for rule in rules() {
        // What is a comment does not survive a rewrite.
        if rule.name == "unused-suppression" {
            continue;
        }
        for (n, example) in rule.document().examples.iter().enumerate() {
            let kind = match example.kind {
                ExampleKind::Bad => "bad",
                ExampleKind::Good => "good",
                ExampleKind::Fixed => continue,
            };
            list.push(Source {
                name: format!("{}_{n}_{kind}", rule.name.replace('-', "_")),
                text: with_start(example.code),
            });
        }
    }
    list
}
