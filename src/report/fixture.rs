//! A hand-made analysis for the tests.

use std::path::{Path, PathBuf};

use super::RuleInfo;
use crate::Analysis;
use crate::finding::{
    Confidence, Edit, Finding, Fix, Help, Label, Level, Problem, Safety, Step, StepKind,
};
use crate::source::{FileId, SourceFile, SourceMap, Span};

pub(crate) const CWD: &str = "/plugin";

const RULES: [RuleInfo; 2] = [
    RuleInfo {
        name: "route-in-stream-context",
        summary: "a route property kept in a stream context",
        help_markdown: "# `route-in-stream-context`\n\nThe route may be\nanother one later.\n\nRead it again.",
        default_level: Level::Deny,
    },
    RuleInfo {
        name: "route-decision-kept",
        summary: "a decision made from a route property is kept",
        help_markdown: "",
        default_level: Level::Warn,
    },
];

/// Tabs, CRLF line endings and characters of two and four bytes.
const LIB: &str = "impl HttpContext for Filter {\r\n\
    \tfn on_http_request_headers(&mut self) {\r\n\
    \t\t/* Größe 🦀 */ self.route = route::name(self); // gemerkt\r\n\
    \t}\r\n\
    }\r\n";

fn route_rs() -> String {
    format!(
        "pub fn name(cx: &Filter) -> String {{\n    {}cx.get_property(vec![\"route_name\"]){}\n}}\n",
        "let _ = 0; ".repeat(40),
        "; let _ = 1".repeat(40),
    )
}

/// The span of the first occurrence of `needle`.
fn span(sources: &SourceMap, file: FileId, needle: &str) -> Span {
    let text = &sources.file(file).text;
    let at = text.find(needle).unwrap_or_else(|| panic!("no `{needle}`"));
    Span::new(file, at, at + needle.len())
}

fn label(span: Span, text: &str) -> Label {
    Label {
        span,
        text: text.to_owned(),
    }
}

fn step(kind: StepKind, span: Option<Span>, text: &str) -> Step {
    Step {
        kind,
        span,
        text: text.to_owned(),
    }
}

fn sources() -> (SourceMap, FileId, FileId) {
    let mut sources = SourceMap::default();
    let mut add = |path: &str, text: &str| {
        let name = SourceMap::display_name(Path::new(path), Path::new(CWD));
        sources.add(SourceFile::new(PathBuf::from(path), name, text.into()))
    };
    let lib = add("/plugin/src/lib.rs", LIB);
    let route = add("/shared/route ü.rs", &route_rs());
    (sources, lib, route)
}

/// One finding of every class, two of them in a group, and both kinds of problem.
pub(crate) fn analysis() -> Analysis {
    let (sources, lib, route) = sources();
    let call = span(&sources, route, "cx.get_property(vec![\"route_name\"])");
    let store = span(&sources, lib, "self.route = route::name(self)");
    let first = Finding {
        rule: "route-in-stream-context",
        level: Level::Deny,
        confidence: Confidence::High,
        message: "`Filter.route` keeps the `route_name` of an earlier callback".to_owned(),
        primary: label(store, "stored here"),
        secondary: vec![
            label(call, "obtained here"),
            label(
                span(&sources, lib, "on_http_request_headers"),
                "in this callback",
            ),
        ],
        trace: vec![
            step(
                StepKind::Obtained,
                Some(call),
                "`get_property([\"route_name\"])` in `name`",
            ),
            step(
                StepKind::Passed,
                Some(span(&sources, lib, "route::name(self)")),
                "`route::name`",
            ),
            step(StepKind::Stored, Some(store), "`Filter.route`"),
            step(
                StepKind::Window,
                None,
                "the route is chosen again when headers change",
            ),
        ],
        notes: vec!["no callback reads the property again".to_owned()],
        fixes: Vec::new(),
        help: Some(Help {
            text: "read the property where it is used".to_owned(),
            replacement: Some("let route =\n\tself.get_property(vec![\"route_name\"]);".to_owned()),
        }),
        group: Some(7),
        item: "Filter::on_http_request_headers".to_owned(),
        suppressed: None,
        subject: "Filter.route".to_owned(),
        properties: vec!["route_name".to_owned()],
    };
    let second = Finding {
        primary: label(span(&sources, lib, "self.route"), "stored here too"),
        secondary: vec![],
        trace: vec![],
        notes: vec![],
        fixes: Vec::new(),
        help: None,
        ..first.clone()
    };
    let warning = Finding {
        rule: "route-decision-kept",
        level: Level::Warn,
        group: None,
        subject: "Filter.mode".to_owned(),
        primary: label(
            span(&sources, lib, "impl HttpContext for Filter {\r\n\tfn"),
            "all of it",
        ),
        ..second.clone()
    };
    let uncertain = Finding {
        confidence: Confidence::Low,
        ..warning.clone()
    };
    let brace = span(&sources, lib, "\t}\r\n");
    Analysis {
        sources,
        findings: vec![uncertain, first, warning, second],
        problems: vec![
            Problem::at("expected an item", brace).with_help("close the block"),
            Problem::error("no such file", "/plugin/src/missing.rs").with_help("check the path"),
            Problem::error("no package holds a plugin", "/other").warning(),
        ],
        model: "Filter: a stream context".to_owned(),
        packages: 2,
        files: 14,
        rules: RULES.to_vec(),
        ..Analysis::default()
    }
}

/// The same, where the first finding at deny level has two fixes and the second has one.
pub(crate) fn analysis_with_fixes() -> Analysis {
    let mut analysis = analysis();
    let sources = &analysis.sources;
    let ids: Vec<FileId> = sources.iter().map(|(id, _)| id).collect();
    let (lib, route) = (ids[0], ids[1]);
    let edit = |span: Span, text: &str| Edit {
        span,
        text: text.to_owned(),
    };
    let before = |span: Span| Span {
        hi: span.lo,
        ..span
    };
    let ask = Fix {
        title: "ask for the route where it is used".to_owned(),
        safety: Safety::Safe,
        reason: None,
        edits: vec![
            edit(
                before(span(sources, lib, "\tfn on_http")),
                "\t// größer 🦀\r\n",
            ),
            edit(span(sources, lib, "self.route = route::name(self);"), ""),
            edit(span(sources, lib, "gemerkt"), "\u{1f600} gefragt"),
        ],
    };
    let rename = Fix {
        title: "keep it under another name".to_owned(),
        safety: Safety::Unsafe,
        reason: Some("the name may be used elsewhere".to_owned()),
        edits: vec![
            edit(span(sources, lib, "self.route"), "self.former"),
            edit(
                span(sources, route, "let _ = 0; let _ = 0"),
                "let x = 0;\n    x",
            ),
        ],
    };
    let close = Fix {
        title: "close it".to_owned(),
        edits: vec![edit(span(sources, lib, "\t}\r\n}"), "\t}\r\n\r\n}")],
        ..ask.clone()
    };
    let denied = analysis.findings.iter_mut();
    let mut denied = denied.filter(|finding| finding.level == Level::Deny);
    if let Some(finding) = denied.next() {
        finding.fixes = vec![ask, rename];
    }
    if let Some(finding) = denied.next() {
        finding.fixes = vec![close];
    }
    analysis
}
