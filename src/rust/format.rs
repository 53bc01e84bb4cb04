//! Macros that take a format string.

use syn::{Expr, ExprLit, Lit};

use super::args::Arg;
use super::body::{Lower, path_place};
use super::expr::peel;
use crate::ir::{Const, Operand, Path, Symbol};
use crate::source::Span;

impl Lower<'_, '_> {
    /// What the arguments of a formatting macro print, in the order of the format string, inline
    /// captures included. Arguments before the format string come first.
    pub(super) fn format_operands(&mut self, args: &[Arg]) -> Vec<Operand> {
        // `target: "name"` and other named arguments come before it.
        let string = args
            .iter()
            .position(|arg| arg.name.is_none() && literal(&arg.value).is_some());
        let (before, rest) = args.split_at(string.unwrap_or(args.len()));
        let mut out: Vec<_> = before.iter().map(|arg| self.operand(&arg.value)).collect();
        let Some((string, rest)) = rest.split_first() else {
            return out;
        };
        let Some((text, span)) = literal(&string.value).map(|l| (l.value(), l.span())) else {
            return out;
        };
        let span = self.mark(span);
        // Arguments are evaluated in the order in which they are written.
        let mut values: Vec<_> = rest
            .iter()
            .map(|arg| (arg.name.as_deref(), Some(self.operand(&arg.value))))
            .collect();
        let mut next = 0;
        for hole in holes(&text) {
            let index = match hole {
                Hole::Next => {
                    next += 1;
                    Some(next - 1)
                }
                Hole::Number(n) => Some(n),
                Hole::Name(name) => {
                    let index = values.iter().position(|(n, _)| *n == Some(name));
                    if index.is_none() {
                        out.push(self.inline_capture(name, span));
                        continue;
                    }
                    index
                }
            };
            let value = index
                .and_then(|n| values.get_mut(n))
                .and_then(|v| v.1.take());
            out.extend(value);
        }
        out.extend(values.into_iter().filter_map(|v| v.1));
        out
    }

    fn inline_capture(&mut self, name: &str, span: Span) -> Operand {
        let place = self
            .variable(Symbol::new(name), span)
            .unwrap_or_else(|| path_place(Path::of(&[name]), span));
        Operand::Place(place)
    }

    /// The text that `concat!` makes of literals.
    pub(super) fn concatenation(args: &[Arg]) -> Const {
        let mut out = String::new();
        for arg in args {
            let Expr::Lit(ExprLit { lit, .. }) = peel(&arg.value) else {
                return Const::Other;
            };
            match lit {
                Lit::Str(text) => out.push_str(&text.value()),
                Lit::Int(int) => out.push_str(int.base10_digits()),
                Lit::Float(float) => out.push_str(float.base10_digits()),
                Lit::Bool(b) => out.push_str(if b.value { "true" } else { "false" }),
                Lit::Char(c) => out.push(c.value()),
                _ => return Const::Other,
            }
        }
        Const::Str(Symbol::new(&out))
    }
}

fn literal(e: &Expr) -> Option<&syn::LitStr> {
    match peel(e) {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text),
        _ => None,
    }
}

/// What a `{}` refers to.
#[derive(Debug, PartialEq, Eq)]
enum Hole<'t> {
    Next,
    Number(usize),
    Name(&'t str),
}

/// The holes of a format string, with those inside of width and precision (`{x:>width$.prec$}`).
fn holes(text: &str) -> Vec<Hole<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(escaped) = rest.strip_prefix('{') {
            rest = escaped;
            continue;
        }
        let Some(close) = rest.find('}') else { break };
        let (name, spec) = rest[..close]
            .split_once(':')
            .unwrap_or((&rest[..close], ""));
        let name = name.trim();
        // `{:.*}` takes the precision first.
        if spec.contains(".*") {
            out.push(Hole::Next);
        }
        out.push(if name.is_empty() {
            Hole::Next
        } else if let Ok(number) = name.parse() {
            Hole::Number(number)
        } else {
            Hole::Name(name.strip_prefix("r#").unwrap_or(name))
        });
        for (end, _) in spec.match_indices('$') {
            let word = &spec[..end];
            let start = word
                .rfind(|c: char| !(c.is_alphanumeric() || c == '_'))
                .map_or(0, |n| {
                    n + word[n..].chars().next().map_or(1, char::len_utf8)
                });
            let word = &word[start..];
            if let Ok(number) = word.parse() {
                out.push(Hole::Number(number));
            } else if let Some(name) = width_name(word) {
                out.push(Hole::Name(name));
            }
        }
        rest = &rest[close + 1..];
    }
    out
}

/// The identifier before `$`: `0width` is the flag `0` and `width`.
fn width_name(word: &str) -> Option<&str> {
    let name = word.trim_start_matches(|c: char| c.is_ascii_digit());
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{Hole, holes};

    #[test]
    fn finds_what_a_format_string_names() {
        assert_eq!(
            holes("{} {{x}} {0} {name:?} {v:>w$.p$} {:.*}"),
            [
                Hole::Next,
                Hole::Number(0),
                Hole::Name("name"),
                Hole::Name("v"),
                Hole::Name("w"),
                Hole::Name("p"),
                Hole::Next,
                Hole::Next,
            ]
        );
    }
}
