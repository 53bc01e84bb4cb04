//! A plugin's text from the choices.

use crate::comments::{self, Line};
use crate::grammar::{BINDINGS, BREAK, CALLBACKS, PLACES, SOURCES, STYLES, TYPES};
use crate::spec::{Creation, Field, Owner, Reader, Spec};

/// A plugin in the layout that rustfmt would give it.
#[derive(Clone, Debug)]
pub(crate) struct Plugin {
    pub(crate) text: String,
    /// What may change, for each line of the text.
    pub(crate) parts: Vec<bool>,
    /// The comments in order, and whether they stand in what may change.
    pub(crate) comments: Vec<(String, bool)>,
}

const HEAD: &str = "use proxy_wasm::traits::*;
use proxy_wasm::types::*;

proxy_wasm::main! {{
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root) });
}}
";

const ROOT: &str = "pub struct Root;

impl Context for Root {}

impl RootContext for Root {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, id: u32) -> Option<Box<dyn HttpContext>> {
        let _ = id;
        $make
    }
}
";

const TIER: &str = "#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Tier {
    #[default]
    Free,
    Gold,
}

impl Tier {
    fn of(name: Option<&str>) -> Self {
        if name == Some(\"gold\") { Self::Gold } else { Self::Free }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gold => \"gold\",
            Self::Free => \"free\",
        }
    }
}

impl From<Option<&str>> for Tier {
    fn from(name: Option<&str>) -> Self {
        Self::of(name)
    }
}
";

const INFO: &str = "#[derive(Clone, Debug, Default)]
struct Info {
    name: Option<String>,
    hits: u32,
}

impl Info {
    fn new(name: Option<String>) -> Self {
        Self { name, hits: 1 }
    }
}
";

const NOTE: &str = "macro_rules! note {
    ($e:expr) => {
        log::info!(\"note {{ {}\", $e)
    };
}
";

/// Lines under way.
#[derive(Default)]
struct Out {
    lines: Vec<Line>,
    parts: usize,
}

impl Out {
    /// Code that stays, a step deeper for each of `depth`.
    fn fixed(&mut self, depth: usize, code: &str) {
        self.put(depth, code, None);
    }

    /// Code of one part that may change.
    fn part(&mut self, depth: usize, code: &str) {
        self.parts += 1;
        self.put(depth, code, Some(self.parts));
    }

    fn put(&mut self, depth: usize, code: &str, part: Option<usize>) {
        for line in code.trim_end_matches('\n').split('\n') {
            let indent = if line.is_empty() { 0 } else { depth * 4 };
            let text = format!("{}{line}", " ".repeat(indent));
            let starts = ["fn ", "struct ", "pub struct ", "impl ", "trait ", "enum "];
            let item = starts.iter().any(|s| line.trim_start().starts_with(s));
            self.lines.push(Line {
                documented: item && part.is_none(),
                text,
                part,
            });
        }
    }

    fn gap(&mut self) {
        if self
            .lines
            .last()
            .is_some_and(|l| !l.text.is_empty() && !l.text.ends_with('{'))
        {
            self.fixed(0, "");
        }
    }
}

/// Puts `code` where `name` stands, its later lines as deep as the line it comes to.
fn put(template: &str, name: &str, code: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(name) {
        let head = &rest[..at];
        let line = out.rfind('\n').map_or(0, |n| n + 1);
        let line = head.rfind('\n').map_or_else(
            || format!("{}{head}", &out[line..]),
            |n| head[n + 1..].to_owned(),
        );
        let indent: String = line.chars().take_while(|c| *c == ' ').collect();
        out.push_str(head);
        out.push_str(&code.replace('\n', &format!("\n{indent}")));
        rest = &rest[at + name.len()..];
    }
    out.push_str(rest);
    out
}

/// The entry of a list, counted round.
fn at<'a>(list: &[&'a str], index: usize) -> &'a str {
    list[index % list.len()]
}

impl Field {
    fn plain(&self) -> &'static str {
        self.name.trim_start_matches("r#")
    }

    fn ty(&self) -> &'static str {
        TYPES[self.ty].ty
    }

    fn init(&self) -> &'static str {
        at(TYPES[self.ty].inits, self.init)
    }

    /// Fills in what stands for names and paths.
    fn names(&self, owner: &str, code: &str) -> String {
        let path = format!("vec!{}", self.path);
        code.replace("$Owner", owner)
            .replace("$array", self.path)
            .replace("$path", &path)
            .replace("$ty", self.ty())
            .replace("$f", self.name)
            .replace("$v", self.name)
            .replace("$n", self.plain())
            .replace("$o", &owner.to_lowercase())
    }

    /// The value and whether the source is needed for it.
    fn value(&self) -> (String, bool) {
        let source = &SOURCES[self.source];
        let value = at(TYPES[self.ty].values, self.value);
        (put(value, "$opt", source.opt), value.contains("$opt"))
    }

    /// The statements that store.
    fn store(&self) -> String {
        let (value, asks) = self.value();
        let mut lines: Vec<String> = Vec::new();
        if asks {
            let lets = SOURCES[self.source].lets.iter();
            lines.extend(lets.map(|l| (*l).to_owned()));
        }
        // In a method there is no callback to leave.
        let method = !PLACES[self.place].1.is_empty();
        for line in BINDINGS[self.binding] {
            lines.push(put(line, "$value", &value));
        }
        let code = lines.join("\n");
        if method {
            code.replace("return Action::Continue;", "return;")
        } else {
            code
        }
    }

    fn read(&self, reader: &Reader, code: &str) -> String {
        let ty = &TYPES[self.ty];
        let place = STYLES[reader.style].place;
        let text = at(ty.texts, reader.text).replace("$p", place);
        let text0 = ty.texts[0].replace("$p", place);
        let cond = at(ty.conds, reader.cond).replace("$p", place);
        let code = put(code, "$text0", &text0);
        let code = put(&code, "$text", &text);
        let code = put(&code, "$cond", &cond);
        code.replace("$leave", CALLBACKS[reader.callback].1)
    }
}

fn callback(out: &mut Out, owner: &Owner, depth: usize, head: &str, body: &[(String, bool)]) {
    out.gap();
    if owner.flags.inline {
        out.fixed(depth, "#[inline]");
    }
    let codes: Vec<&str> = body
        .iter()
        .map(|(c, _)| c.as_str())
        .filter(|c| !c.is_empty())
        .collect();
    let long = |c: &&str| c.contains(['\n', BREAK]);
    if owner.flags.one_line_functions && !codes.iter().any(long) {
        out.part(depth, &format!("{head} {{ {} }}", codes.join(" ")));
        return;
    }
    out.fixed(depth, &format!("{head} {{"));
    for (code, part) in body {
        if code.is_empty() {
            continue;
        }
        if *part {
            out.part(depth + 1, code);
        } else {
            out.fixed(depth + 1, code);
        }
    }
    out.fixed(depth, "}");
}

/// `name: value` for each field, `hits` in its place.
fn entries(owner: &Owner, hits: &str, of: impl Fn(&Field) -> String) -> Vec<(String, bool)> {
    let mut out: Vec<(String, bool)> = owner.fields.iter().map(|f| (of(f), true)).collect();
    let at = if owner.flags.hits_last { out.len() } else { 0 };
    out.insert(at, (hits.to_owned(), false));
    out
}

/// `head { entries }`.
fn braces(
    out: &mut Out,
    owner: &Owner,
    depth: usize,
    head: &str,
    list: &[(String, bool)],
    tail: &str,
) {
    if owner.flags.one_line {
        let texts: Vec<&str> = list.iter().map(|(t, _)| t.as_str()).collect();
        out.part(depth, &format!("{head} {{ {} }}{tail}", texts.join(", ")));
        return;
    }
    out.fixed(depth, &format!("{head} {{"));
    for (n, (text, part)) in list.iter().enumerate() {
        let last = n + 1 == list.len();
        let base = text.starts_with("..");
        let comma = if base || (last && owner.flags.bare_end) {
            ""
        } else {
            ","
        };
        let text = format!("{text}{comma}");
        // The comma before the last field goes when that does.
        if *part || n + 2 >= list.len() {
            out.part(depth + 1, &text);
        } else {
            out.fixed(depth + 1, &text);
        }
    }
    out.fixed(depth, &format!("}}{tail}"));
}

fn literal(out: &mut Out, owner: &Owner, depth: usize, head: &str, tail: &str) {
    let mut list = entries(owner, "hits: 0", |f| {
        if owner.creation == Creation::Shorthand {
            f.name.to_owned()
        } else {
            format!("{}: {}", f.name, f.init())
        }
    });
    if owner.creation == Creation::Rest {
        list.truncate(1.max(list.len() / 2));
        list.push(("..Default::default()".to_owned(), false));
    }
    braces(out, owner, depth, head, &list, tail);
}

fn structure(out: &mut Out, owner: &Owner, depth: usize, name: &str) {
    let mut derives = Vec::new();
    if matches!(owner.creation, Creation::Derived | Creation::Rest) {
        derives.push("Default");
    }
    if owner.flags.cloned {
        derives.push("Clone");
    }
    if !derives.is_empty() {
        out.fixed(depth, &format!("#[derive({})]", derives.join(", ")));
    }
    let list = entries(owner, "hits: u32", |f| format!("{}: {}", f.name, f.ty()));
    braces(out, owner, depth, &format!("struct {name}"), &list, "");
}

/// The expression that makes a context; statements before it are put out.
fn make(out: &mut Out, owner: &Owner, depth: usize, name: &str) -> String {
    match owner.creation {
        Creation::Derived | Creation::Default => format!("{name}::default()"),
        Creation::New => format!("{name}::new()"),
        Creation::Literal | Creation::Rest | Creation::Shorthand => {
            if owner.creation == Creation::Shorthand {
                for f in &owner.fields {
                    out.part(
                        depth,
                        &format!("let {}: {} = {};", f.name, f.ty(), f.init()),
                    );
                }
            }
            literal(out, owner, depth, &format!("let made = {name}"), ";");
            "made".to_owned()
        }
    }
}

/// Methods and their bodies, each one item.
fn methods(owner: &Owner, name: &str) -> Vec<(String, bool)> {
    let mut list: Vec<(String, bool)> = Vec::new();
    for f in &owner.fields {
        let (_, asks) = f.value();
        if asks && !SOURCES[f.source].method.is_empty() {
            list.push((f.names(name, SOURCES[f.source].method), false));
        }
        let place = PLACES[f.place].1;
        if !place.is_empty() {
            list.push((f.names(name, &put(place, "$body", &f.store())), true));
        }
        let mut known: Vec<&str> = Vec::new();
        for r in &f.readers {
            let method = STYLES[r.style].method;
            if !method.is_empty() && !known.contains(&method) {
                known.push(method);
                list.push((f.names(name, &f.read(r, method)), true));
            }
        }
    }
    list
}

fn inherent(out: &mut Out, owner: &Owner, depth: usize, name: &str) {
    let list = methods(owner, name);
    let has_new = owner.creation == Creation::New;
    if list.is_empty() && !has_new {
        return;
    }
    out.gap();
    out.fixed(depth, &format!("impl {name} {{"));
    if has_new {
        out.fixed(depth + 1, "fn new() -> Self {");
        literal(out, owner, depth + 2, "Self", "");
        out.fixed(depth + 1, "}");
    }
    for (n, (method, part)) in list.iter().enumerate() {
        if n > 0 && owner.flags.split {
            out.fixed(depth, "}");
            out.gap();
            out.fixed(depth, &format!("impl {name} {{"));
        } else if n > 0 || has_new {
            out.gap();
        }
        let lines: Vec<&str> = method.split('\n').collect();
        if !part || lines.len() == 1 {
            out.put(depth + 1, method, part.then_some(out.parts + 1));
            out.parts += 1;
            continue;
        }
        out.fixed(depth + 1, lines[0]);
        let inner: Vec<&str> = lines[1..lines.len() - 1].to_vec();
        out.part(depth + 1, &inner.join("\n"));
        out.fixed(depth + 1, lines[lines.len() - 1]);
    }
    out.fixed(depth, "}");
}

fn callbacks(out: &mut Out, owner: &Owner, depth: usize, name: &str) {
    out.gap();
    out.fixed(depth, &format!("impl HttpContext for {name} {{"));
    let mut body: Vec<(String, bool)> = owner
        .fields
        .iter()
        .map(|f| {
            (
                f.names(name, &put(PLACES[f.place].0, "$body", &f.store())),
                true,
            )
        })
        .collect();
    body.push(("Action::Continue".to_owned(), false));
    callback(
        out,
        owner,
        depth + 1,
        "fn on_http_request_headers(&mut self, _: usize, end: bool) -> Action",
        &body,
    );
    for (index, (head, result)) in CALLBACKS.iter().enumerate() {
        let mut body: Vec<(String, bool)> = Vec::new();
        for f in &owner.fields {
            for r in f.readers.iter().filter(|r| r.callback == index) {
                body.push((f.names(name, &f.read(r, STYLES[r.style].code)), true));
            }
        }
        if body.is_empty() {
            continue;
        }
        body.push(((*result).to_owned(), false));
        callback(out, owner, depth + 1, head, &body);
    }
    out.fixed(depth, "}");
}

fn context(out: &mut Out, owner: &Owner, depth: usize, name: &str) {
    for f in &owner.fields {
        let item = SOURCES[f.source].item;
        if f.value().1 && !item.is_empty() {
            out.gap();
            out.fixed(depth, &f.names(name, item));
        }
    }
    out.gap();
    structure(out, owner, depth, name);
    out.gap();
    out.fixed(depth, &format!("impl Context for {name} {{}}"));
    if owner.creation == Creation::Default {
        out.gap();
        out.fixed(depth, &format!("impl Default for {name} {{"));
        out.fixed(depth + 1, "fn default() -> Self {");
        literal(out, owner, depth + 2, "Self", "");
        out.fixed(depth + 1, "}");
        out.fixed(depth, "}");
    }
    if owner.flags.methods_last {
        callbacks(out, owner, depth, name);
        inherent(out, owner, depth, name);
    } else {
        inherent(out, owner, depth, name);
        callbacks(out, owner, depth, name);
    }
}

const OWNERS: [&str; 2] = ["Plugin", "Other"];

fn root(out: &mut Out, spec: &Spec, depth: usize) {
    let (head, tail) = ROOT.split_once("        $make\n").expect("it is there");
    out.gap();
    out.fixed(depth, head);
    for (owner, name) in spec.contexts.iter().zip(OWNERS).skip(1) {
        out.fixed(depth + 2, "if id % 2 == 1 {");
        let made = make(out, owner, depth + 3, name);
        out.fixed(depth + 3, &format!("return Some(Box::new({made}));"));
        out.fixed(depth + 2, "}");
    }
    let made = make(out, &spec.contexts[0], depth + 2, OWNERS[0]);
    out.fixed(depth + 2, &format!("Some(Box::new({made}))"));
    out.fixed(depth, tail);
}

/// The text of a plugin.
pub(crate) fn plugin(spec: &Spec) -> Plugin {
    let mut out = Out::default();
    out.fixed(0, HEAD);
    let mut depth = 0;
    if spec.nested {
        out.gap();
        out.fixed(0, "pub use inner::Root;");
        out.gap();
        out.fixed(0, "mod inner {");
        out.fixed(1, "use super::*;");
        depth = 1;
    }
    let used = |wanted: &str| {
        let mut fields = spec.contexts.iter().flat_map(|c| &c.fields);
        fields.any(|f| {
            f.ty() == wanted
                || f.readers
                    .iter()
                    .any(|r| STYLES[r.style].code.starts_with(wanted))
        })
    };
    for (name, code) in [("note!", NOTE), ("Tier", TIER), ("Info", INFO)] {
        if used(name) {
            out.gap();
            out.fixed(depth, code);
        }
    }
    root(&mut out, spec, depth);
    for (owner, name) in spec.contexts.iter().zip(OWNERS) {
        context(&mut out, owner, depth, name);
    }
    if spec.nested {
        out.fixed(0, "}");
    }
    let (lines, comments) = comments::insert(out.lines, &spec.comments);
    let mut text = String::new();
    let mut parts = Vec::new();
    for line in lines {
        let code = line.text.replace(BREAK, "\n");
        parts.extend(code.split('\n').map(|_| line.part.is_some()));
        text.push_str(&code);
        text.push('\n');
    }
    Plugin {
        text,
        parts,
        comments,
    }
}
