//! What plugins are put together from: ways of asking, of keeping, of reading.
//!
//! In these texts `$f` is the field as written, `$n` its plain name, `$v` a variable called like it,
//! `$path` the path of the property, `$opt` an expression for it as an `Option<String>`, `$p` the place
//! that is read, `$text` and `$cond` a `&str` and a `bool` made of that, `$o` and `$Owner` the context.
//! [`BREAK`] is a line break inside of a string.

/// Stands for a line break inside of a string, where no indentation may come.
pub(crate) const BREAK: char = '\u{1}';

/// A way of asking the host.
#[derive(Debug)]
pub(crate) struct Source {
    /// The expression, an `Option<String>`.
    pub(crate) opt: &'static str,
    /// Statements before it.
    pub(crate) lets: &'static [&'static str],
    /// A method that it calls.
    pub(crate) method: &'static str,
    /// An item that it needs.
    pub(crate) item: &'static str,
}

const fn source(opt: &'static str) -> Source {
    Source {
        opt,
        lets: &[],
        method: "",
        item: "",
    }
}

pub(crate) const SOURCES: &[Source] = &[
    Source {
        method: "fn read_$n(&self) -> Option<String> {\n    let bytes = self.get_property($path)?;\n    String::from_utf8(bytes).ok()\n}",
        ..source("self.read_$n()")
    },
    source("self.get_property($path).and_then(|b| String::from_utf8(b).ok())"),
    source("self\n    .get_property($path)\n    .and_then(|b| String::from_utf8(b).ok())"),
    Source {
        method: "fn read_$n(&self) -> Option<String> { self.get_property($path).and_then(|b| String::from_utf8(b).ok()) }",
        ..source("self.read_$n()")
    },
    Source {
        item: "fn read_$n_$o(cx: &dyn Context) -> Option<String> {\n    let bytes = cx.get_property($path)?;\n    String::from_utf8(bytes).ok()\n}",
        ..source("read_$n_$o(self)")
    },
    Source {
        item: "fn text_$n_$o(bytes: Option<Vec<u8>>) -> Option<String> {\n    bytes.and_then(|b| String::from_utf8(b).ok())\n}",
        ..source("text_$n_$o(self.get_property($path))")
    },
    source(
        "proxy_wasm::hostcalls::get_property($path).ok().flatten().and_then(|b| String::from_utf8(b).ok())",
    ),
    Source {
        lets: &["let bytes_$n = self.get_property($path);"],
        ..source("bytes_$n.and_then(|b| String::from_utf8(b).ok())")
    },
    Source {
        lets: &[
            "let path_$n = $path;",
            "let bytes_$n = self.get_property(path_$n);",
        ],
        ..source("bytes_$n.and_then(|b| String::from_utf8(b).ok())")
    },
    Source {
        lets: &["let $v = self.get_property($path).and_then(|b| String::from_utf8(b).ok());"],
        ..source("$v")
    },
    source("Context::get_property(self, $path).and_then(|b| String::from_utf8(b).ok())"),
    Source {
        item: "trait Fetch_$n_$o: Context {\n    fn fetch_$n(&self) -> Option<String> {\n        self.get_property($path).and_then(|b| String::from_utf8(b).ok())\n    }\n}\nimpl Fetch_$n_$o for $Owner {}",
        ..source("self.fetch_$n()")
    },
    Source {
        item: "const PATH_$n_$o: [&str; 2] = $array;",
        ..source("self.get_property(PATH_$n_$o.to_vec()).and_then(|b| String::from_utf8(b).ok())")
    },
    Source {
        lets: &[
            "let v_$n = self.get_property($path);",
            "let v_$n = v_$n.and_then(|b| String::from_utf8(b).ok());",
        ],
        ..source("v_$n")
    },
    Source {
        lets: &[
            "let ask_$n = |path: Vec<&str>| {\n    proxy_wasm::hostcalls::get_property(path)\n        .ok()\n        .flatten()\n        .and_then(|b| String::from_utf8(b).ok())\n};",
        ],
        ..source("ask_$n($path)")
    },
    source(
        "{\n    let raw = self.get_property($path);\n    raw.and_then(|b| String::from_utf8(b).ok())\n}",
    ),
    Source {
        lets: &["let (bytes_$n, _rest) = (self.get_property($path), 1);"],
        ..source("bytes_$n.and_then(|b| String::from_utf8(b).ok())")
    },
    Source {
        lets: &[
            "let text_$n: Option<String> = self.get_property($path).and_then(|b| String::from_utf8(b).ok());",
        ],
        ..source("text_$n")
    },
    Source {
        lets: &[
            "let mut text_$n = self.get_property($path).and_then(|b| String::from_utf8(b).ok());",
            "if let Some(text) = text_$n.as_mut() {\n    text.push('!');\n}",
        ],
        ..source("text_$n")
    },
    Source {
        lets: &[
            "let text_$n;",
            "text_$n = self.get_property($path).and_then(|b| String::from_utf8(b).ok());",
        ],
        ..source("text_$n")
    },
    Source {
        lets: &[
            "let Some(bytes_$n) = self.get_property($path) else {\n    return Action::Continue;\n};",
        ],
        ..source("String::from_utf8(bytes_$n).ok()")
    },
];

/// A type of a field.
#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) ty: &'static str,
    pub(crate) inits: &'static [&'static str],
    pub(crate) values: &'static [&'static str],
    pub(crate) texts: &'static [&'static str],
    pub(crate) conds: &'static [&'static str],
}

pub(crate) const TYPES: &[Type] = &[
    Type {
        ty: "String",
        inits: &[
            "String::new()",
            "String::default()",
            "\"unset {\".to_owned()",
            "Default::default()",
        ],
        values: &[
            "$opt.unwrap_or_default()",
            "$opt.unwrap_or_else(|| \"none {\".to_owned())",
            "match $opt {\n    Some(s) => s,\n    None => String::from(\"}\"),\n}",
            "if let Some(s) = $opt {\n    s\n} else {\n    String::new()\n}",
            "format!(\"{}-{{}}\", $opt.unwrap_or_default())",
            "$opt\n    .unwrap_or_default()\n    .to_lowercase()",
            "$opt.unwrap_or_else(|| {\n    String::from(\n        \"none\",\n    )\n})",
            "$opt.unwrap_or_else(|| \"two\u{1}  lines\".to_owned())",
            "$opt.unwrap_or_else(|| r#\"a \"raw\" one\"#.to_owned())",
            "$opt.unwrap_or_else(|| '\"'.to_string())",
            "$opt.unwrap_or_default().into()",
            "$opt.into_iter().collect()",
            "{\n    let s = $opt;\n    s.unwrap_or_default()\n}",
        ],
        texts: &["$p.as_str()", "&$p", "$p.trim()"],
        conds: &[
            "$p == \"gold\"",
            "!$p.is_empty()",
            "$p.starts_with(\"go\")",
            "$p.len() > 3",
        ],
    },
    Type {
        ty: "Option<String>",
        inits: &["None", "Default::default()", "Option::<String>::None"],
        values: &[
            "$opt",
            "$opt.filter(|s| !s.is_empty())",
            "match $opt {\n    Some(s) if s.is_empty() => None,\n    other => other,\n}",
            "Some($opt.unwrap_or_default())",
            "$opt.or_else(|| Some(\"none\".to_owned()))",
            "$opt.map(Into::into)",
        ],
        texts: &[
            "$p.as_deref().unwrap_or(\"none\")",
            "$p.as_ref().map_or(\"none {\", |s| s.as_str())",
            "match &$p {\n    Some(s) => s.as_str(),\n    None => \"}\",\n}",
        ],
        conds: &[
            "$p.as_deref() == Some(\"gold\")",
            "$p.is_some()",
            "matches!($p.as_deref(), Some(\"gold\"))",
            "matches!(&$p, Some(s) if s == \"gold\")",
            "$p.iter().any(|s| s == \"gold\")",
        ],
    },
    Type {
        ty: "Vec<u8>",
        inits: &["Vec::new()", "vec![]", "vec![b'{', 1]"],
        values: &[
            "self.get_property($path).unwrap_or_default()",
            "$opt.map(String::into_bytes).unwrap_or_default()",
            "$opt.unwrap_or_default().into()",
            "match self.get_property($path) {\n    Some(b) => b,\n    None => vec![b'{'],\n}",
            "self.get_property($path).unwrap_or_else(|| vec![b'\"'])",
        ],
        texts: &[
            "std::str::from_utf8(&$p).unwrap_or(\"?\")",
            "String::from_utf8_lossy(&$p).trim()",
        ],
        conds: &[
            "$p == b\"gold\"",
            "!$p.is_empty()",
            "$p.first() == Some(&b'g')",
            "$p.len() > 3 && $p[0] == b'g'",
        ],
    },
    Type {
        ty: "Option<Vec<u8>>",
        inits: &["None"],
        values: &[
            "self.get_property($path)",
            "$opt.map(String::into_bytes)",
            "self\n    .get_property($path)\n    .filter(|b| !b.is_empty())",
        ],
        texts: &["$p.as_deref().and_then(|b| std::str::from_utf8(b).ok()).unwrap_or(\"?\")"],
        conds: &[
            "$p.is_some()",
            "$p.as_deref() == Some(b\"gold\".as_slice())",
        ],
    },
    Type {
        ty: "bool",
        inits: &["false", "true", "bool::default()"],
        values: &[
            "$opt.as_deref() == Some(\"gold\")",
            "$opt.is_some_and(|s| s.starts_with(\"go\"))",
            "matches!($opt.as_deref(), Some(\"gold\" | \"silver {\"))",
            "match $opt.as_deref() {\n    Some(\"gold\") => true,\n    _ => false,\n}",
            "if let Some(\"gold\") = $opt.as_deref() { true } else { false }",
            "!($opt.unwrap_or_default() == \"gold\")",
        ],
        texts: &[
            "if $p { \"yes {\" } else { \"no }\" }",
            "if !$p { \"no\" } else { \"yes\" }",
        ],
        conds: &["$p", "!$p", "$p & true"],
    },
    Type {
        ty: "Tier",
        inits: &["Tier::Free", "Tier::default()", "Tier::of(None)"],
        values: &[
            "match $opt.as_deref() {\n    Some(\"gold\") => Tier::Gold,\n    _ => Tier::Free,\n}",
            "Tier::of($opt.as_deref())",
            "if $opt.as_deref() == Some(\"gold\") { Tier::Gold } else { Tier::Free }",
            "$opt.map_or(Tier::Free, |_| Tier::Gold)",
            "$opt.as_deref().into()",
        ],
        texts: &[
            "match $p {\n    Tier::Gold => \"gold\",\n    Tier::Free => \"free\",\n}",
            "$p.name()",
        ],
        conds: &["$p == Tier::Gold", "matches!($p, Tier::Gold)"],
    },
    Type {
        ty: "Info",
        inits: &["Info::default()", "Info { name: None, hits: 0 }"],
        values: &[
            "Info { name: $opt, hits: 0 }",
            "Info::new($opt)",
            "Info {\n    name: $opt,\n    ..Info::default()\n}",
        ],
        texts: &["$p.name.as_deref().unwrap_or(\"none\")"],
        conds: &["$p.name.is_some()", "$p.hits > 3 || $p.name.is_none()"],
    },
    Type {
        ty: "usize",
        inits: &["0", "usize::MAX"],
        values: &[
            "$opt.map_or(0, |s| s.len())",
            "$opt.and_then(|s| s.parse().ok()).unwrap_or_default()",
            "$opt.unwrap_or_default().len()",
        ],
        texts: &["if $p > 3 { \"long\" } else { \"short\" }"],
        conds: &["$p > 3", "$p % 2 == 0", "$p as u64 != 4"],
    },
    Type {
        ty: "std::rc::Rc<str>",
        inits: &["\"\".into()", "std::rc::Rc::default()"],
        values: &[
            "$opt.unwrap_or_default().into()",
            "std::rc::Rc::from($opt.unwrap_or_default())",
        ],
        texts: &["&*$p"],
        conds: &["$p.is_empty()", "&*$p == \"gold\""],
    },
];

/// How the value gets into the field: statements, with `$value` in one of them.
pub(crate) const BINDINGS: &[&[&str]] = &[
    &["self.$f = $value;"],
    &["let $v = $value;", "self.$f = $v;"],
    &["let value_$n = $value;", "self.$f = value_$n;"],
    &["let $v: $ty = $value;", "self.$f = $v;"],
    &[
        "let value_$n: $ty = $value;",
        "log::debug!(\"got {{}} {:?}\", value_$n);",
        "self.$f = value_$n;",
    ],
    &["let $v = $value;", "self.hits += 1;", "self.$f = $v;"],
    &["self.$f = $value; self.hits += 1;"],
    &["self.hits += 1; self.$f = $value;"],
    &[
        "#[allow(unused_mut)]\nlet mut value_$n: $ty = $value;",
        "self.$f = value_$n;",
    ],
    &["self.$f =\n    $value;"],
];

/// Where the store stands: the statements go where `$body` is. The second text is a method of its own.
pub(crate) const PLACES: &[(&str, &str)] = &[
    ("$body", ""),
    ("$body", ""),
    ("$body", ""),
    ("$body", ""),
    ("$body", ""),
    ("$body", ""),
    ("$body", ""),
    ("$body", ""),
    ("$body", ""),
    ("$body", ""),
    ("$body", ""),
    ("$body", ""),
    ("if end {\n    $body\n}", ""),
    ("{\n    $body\n}", ""),
    (
        "self.remember_$n();",
        "fn remember_$n(&mut self) {\n    $body\n}",
    ),
    (
        "if end && self.hits > 90 {\n    return Action::Continue;\n}\n$body",
        "",
    ),
    (
        "match end {\n    true => self.hits += 1,\n    false => {\n        $body\n    }\n}",
        "",
    ),
];

/// How a later callback reads the field.
#[derive(Debug)]
pub(crate) struct Style {
    /// What `$p` stands for.
    pub(crate) place: &'static str,
    pub(crate) code: &'static str,
    /// A method that the code calls.
    pub(crate) method: &'static str,
}

const fn style(code: &'static str) -> Style {
    Style {
        place: "self.$f",
        code,
        method: "",
    }
}

pub(crate) const STYLES: &[Style] = &[
    style("self.set_http_response_header(\"x-$n\", Some($text));"),
    style(
        "let value = String::from($text);\nself.set_http_response_header(\"x-$n\", Some(&value));",
    ),
    style(
        "let line = format!(\"{}: {{}}\", $text);\nself.set_http_response_header(\"x-$n\", Some(&line));",
    ),
    style("if $cond {\n    self.set_http_response_header(\"x-$n\", Some(\"1 {\"));\n}"),
    style("if $cond { self.set_http_response_header(\"x-$n\", Some(\"1\")); }"),
    style(
        "let check = || $cond;\nif check() {\n    self.set_http_response_header(\"x-$n\", Some(\"1\"));\n}",
    ),
    style(
        "let text = String::from($text);\nlet show = move || text.len();\nself.set_http_response_header(\"x-$n\", Some(&show().to_string()));",
    ),
    Style {
        method: "fn tag_$n(&self) -> String {\n    String::from($text)\n}",
        ..style("let tag = self.tag_$n();\nself.set_http_response_header(\"x-$n\", Some(&tag));")
    },
    Style {
        method: "fn is_$n(&self) -> bool { $cond }",
        ..style("if self.is_$n() {\n    self.set_http_response_header(\"x-$n\", Some(\"1\"));\n}")
    },
    style("log::info!(\"served {{by}} {}\", $text);"),
    Style {
        place: "kept",
        ..style(
            "let kept = self.$f.clone();\nself.set_http_response_header(\"x-$n\", Some($text));",
        )
    },
    Style {
        place: "(*kept)",
        ..style("let kept = &self.$f;\nself.set_http_response_header(\"x-$n\", Some($text));")
    },
    style("let $v = 1;\nlet _ = $v;\nself.set_http_response_header(\"x-$n\", Some($text));"),
    style(
        "for n in 0..2 {\n    if n > 0 && ($cond) {\n        self.set_http_response_header(\"x-$n\", Some(\"1\"));\n    }\n}",
    ),
    style(
        "let text = format!(\"{}\u{1}  raw }} \\\"line\", $text);\nself.set_http_response_header(\"x-$n\", Some(&text));",
    ),
    Style {
        place: "(*$v)",
        ..style(
            "let Self { $f: $v, .. } = self;\nlet text = String::from($text);\nself.set_http_response_header(\"x-$n\", Some(&text));",
        )
    },
    style("if $cond {\n    self.set_http_response_header(\"x-$n\", Some($text));\n}"),
    style(
        "let mark = match $cond {\n    true => \"1\",\n    false => \"0\",\n};\nself.set_http_response_header(\"x-$n\", Some(mark));",
    ),
    Style {
        place: "kept",
        ..style(
            "let kept = std::mem::take(&mut self.$f);\nself.set_http_response_header(\"x-$n\", Some($text));",
        )
    },
    Style {
        method: "fn view_$n(&self) -> &str {\n    $text0\n}",
        ..style("self.set_http_response_header(\"x-$n\", Some(self.view_$n()));")
    },
    style(
        "let any = [\"gold\", \"free\"].iter().any(|s| *s == $text);\nself.set_http_response_header(\"x-$n\", Some(if any { \"1\" } else { \"0\" }));",
    ),
    style("note!($text);"),
    style(
        "if self.hits == 77 { return $leave; }\nself.set_http_response_header(\"x-$n\", Some($text));",
    ),
    style(
        "let line = [\"x\", $text].concat();\nself.set_http_response_header(\"x-$n\", Some(line.as_str()));",
    ),
    style(
        "let mark: Option<&str> = if self.hits > 50 { None } else { Some($text0) };\nself.set_http_response_header(\"x-$n\", mark);",
    ),
];

/// A callback that reads: its head, what it returns.
pub(crate) const CALLBACKS: &[(&str, &str)] = &[
    (
        "fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action",
        "Action::Continue",
    ),
    (
        "fn on_http_response_body(&mut self, _: usize, _end: bool) -> Action",
        "Action::Continue",
    ),
    ("fn on_log(&mut self)", ""),
    (
        "fn on_http_response_trailers(&mut self, _: usize) -> Action",
        "Action::Continue",
    ),
    (
        "fn on_http_request_body(&mut self, _size: usize, _: bool) -> Action",
        "Action::Continue",
    ),
];

/// Fields: as written and plain.
pub(crate) const NAMES: &[&str] = &[
    "route",
    "cluster",
    "paid",
    "tier",
    "r",
    "kept_route",
    "r#type",
];

/// Paths.
pub(crate) const PATHS: &[&str] = &[
    "[\"xds\", \"route_name\"]",
    "[\"xds\", \"cluster_name\"]",
    "[\"xds\", \"virtual_host_name\"]",
];
