//! Comments wherever they may stand.

use proc_macro2::{Spacing, TokenStream, TokenTree};
use proptest::sample::Index;

/// What comments say, things that look like code among it.
const WORDS: &[&str] = &[
    "plain",
    "it's here",
    "a \"quote",
    "open {",
    "close }",
    "return early",
    "sure? yes",
    "self.route = 1;",
    "ünï → ✓",
    "fn on_log(",
    "semi; colon, comma",
    "// twice",
    "move &mut",
    "'\"'",
    "self.cluster",
];

/// Where a comment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `// ..` on a line of its own.
    Line,
    /// `// ..` behind code.
    Trailing,
    /// `/* .. */` of two lines.
    Block,
    /// `/* .. */` between two tokens.
    Inline,
    /// `/// ..` before a function, an item or a field.
    Doc,
}

/// A comment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comment {
    pub(crate) at: Index,
    pub(crate) kind: Kind,
    pub(crate) words: Index,
}

/// A line of code, maybe with [`BREAK`](crate::grammar::BREAK)s in it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// It belongs to a store, a field, a read: the fix may change it. Equal numbers belong together.
    pub(crate) part: Option<usize>,
    /// A documentation comment may stand before it.
    pub(crate) documented: bool,
}

/// Ends of tokens behind which something may be put.
fn gaps(tokens: TokenStream, out: &mut Vec<usize>) {
    for token in tokens {
        match token {
            TokenTree::Group(g) => {
                out.push(g.span_open().byte_range().end);
                gaps(g.stream(), out);
                out.push(g.span_close().byte_range().end);
            }
            TokenTree::Punct(p) if p.spacing() == Spacing::Joint => {}
            other => out.push(other.span().byte_range().end),
        }
    }
}

/// Where a comment of a kind can stand: the line and the byte in it.
fn slots(lines: &[Line], kind: Kind) -> Vec<(usize, usize)> {
    let all = lines.iter().enumerate();
    match kind {
        Kind::Line | Kind::Block => all.map(|(i, _)| (i, 0)).collect(),
        Kind::Trailing => all
            .filter(|(_, l)| !l.text.is_empty())
            .map(|(i, l)| (i, l.text.len()))
            .collect(),
        Kind::Doc => all
            .filter(|(_, l)| l.documented)
            .map(|(i, _)| (i, 0))
            .collect(),
        Kind::Inline => {
            let texts: Vec<&str> = lines.iter().map(|l| l.text.as_str()).collect();
            let tokens: TokenStream = texts.join("\n").parse().expect("plugins can be read");
            let mut ends = Vec::new();
            gaps(tokens, &mut ends);
            let mut start = 0;
            let mut out = Vec::new();
            let mut ends = ends.into_iter().peekable();
            for (i, text) in texts.iter().enumerate() {
                while let Some(end) = ends.next_if(|e| *e <= start + text.len()) {
                    out.push((i, end - start));
                }
                start += text.len() + 1;
            }
            out
        }
    }
}

/// Works comments in. Gives what each of them is, as it can be found again, and whether it stands within
/// a part that may change.
pub(crate) fn insert(
    mut lines: Vec<Line>,
    comments: &[Comment],
) -> (Vec<Line>, Vec<(String, bool)>) {
    let mut places: Vec<(usize, usize, &Comment)> = comments
        .iter()
        .filter_map(|c| {
            let slots = slots(&lines, c.kind);
            (!slots.is_empty())
                .then(|| c.at.get(&slots))
                .map(|s| (s.0, s.1, c))
        })
        .collect();
    // From the end, so that places stay right; what is behind a line comes before what is above it.
    places.sort_by_key(|(line, at, _)| (*line, *at));
    // A line ends with one comment.
    places.dedup_by_key(|(line, at, c)| (*line, *at, c.kind == Kind::Doc));
    let mut found = Vec::new();
    for (number, (line, at, comment)) in places.iter().enumerate().rev() {
        let words = comment.words.get(WORDS);
        let own = &lines[*line];
        let before = line.checked_sub(1).and_then(|n| lines[n].part);
        // A comment above what moves may move along.
        let along = comment.kind == Kind::Line;
        let within = own.part.filter(|_| along || before == own.part);
        let indent: String = own.text.chars().take_while(|c| *c == ' ').collect();
        let mut above = |texts: &[String]| {
            let new = texts.iter().map(|text| Line {
                text: text.clone(),
                part: within,
                documented: false,
            });
            lines.splice(*line..*line, new);
        };
        let (text, inside) = match comment.kind {
            Kind::Line => {
                let text = format!("// c{number}! {words}");
                above(&[format!("{indent}{text}")]);
                (text, within.is_some())
            }
            Kind::Doc => {
                let text = format!("/// c{number}! {words}");
                above(&[format!("{indent}{text}")]);
                (text, own_part(&lines, *line + 1))
            }
            Kind::Block => {
                let text = format!("/* c{number}! {words}");
                above(&[format!("{indent}{text}"), format!("{indent}   second */")]);
                (text, within.is_some())
            }
            Kind::Trailing => {
                let text = format!("// c{number}! {words}");
                lines[*line].text.push_str(&format!(" {text}"));
                (text, own_part(&lines, *line))
            }
            Kind::Inline => {
                let text = format!("/* c{number}! {words} */");
                let end = *at == lines[*line].text.len();
                let blank = if end { "" } else { " " };
                lines[*line]
                    .text
                    .insert_str(*at, &format!(" {text}{blank}"));
                (text, own_part(&lines, *line))
            }
        };
        found.push((text, inside));
    }
    found.reverse();
    (lines, found)
}

fn own_part(lines: &[Line], line: usize) -> bool {
    lines[line].part.is_some()
}
