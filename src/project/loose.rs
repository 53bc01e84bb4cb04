//! Source files that belong to no package: which of them are roots of crates of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use rayon::prelude::*;

use super::files::Files;
use super::place::Home;
use crate::finding::Problem;

/// What a file names, whatever the configuration: a module behind `#[cfg(test)]` is no root.
#[derive(Debug, Default)]
struct Names {
    /// Inline modules around it, name, `#[path]`.
    mods: Vec<(Vec<String>, String, Option<String>)>,
    /// `include!("..")` anywhere, also in expressions.
    includes: Vec<String>,
}

/// The files that no other one names by `mod`, `#[path]` or `include!`.
pub(crate) fn roots(
    sources: &[PathBuf],
    files: &mut Files,
    problems: &mut Vec<Problem>,
) -> Vec<PathBuf> {
    if sources.len() < 2 {
        return sources.to_vec();
    }
    files.read_all(sources.iter().map(PathBuf::as_path), problems);
    let texts: Vec<_> = sources
        .iter()
        .map(|p| files.id(p).map(|id| files.text(id)))
        .collect();
    let names: Vec<Names> = texts
        .par_iter()
        .map(|t| t.as_deref().map(scan).unwrap_or_default())
        .collect();
    let names: BTreeMap<&Path, &Names> = sources
        .iter()
        .map(PathBuf::as_path)
        .zip(names.iter())
        .collect();

    // Whether `a.rs` is a root decides what its `mod b;` means, and the other way round. So first
    // those are roots that nobody names under either reading; their trees are certain. Then the
    // same among the rest, and in a circle the first one.
    let mut rest: BTreeSet<&Path> = names.keys().copied().collect();
    let mut roots = Vec::new();
    while !rest.is_empty() {
        let mut named: BTreeSet<PathBuf> = BTreeSet::new();
        for &path in &rest {
            for home in [Home::beside(path), Home::of_module(path)] {
                let claims = claims(names[path], &home);
                named.extend(claims.into_iter().map(|c| c.0).filter(|c| c != path));
            }
        }
        let mut free: Vec<&Path> = rest
            .iter()
            .copied()
            .filter(|p| !named.contains(*p))
            .collect();
        if free.is_empty() {
            free.extend(rest.first().copied());
        }
        for path in free {
            if rest.remove(path) {
                roots.push(path.to_owned());
                reach(path, &names, &mut rest);
            }
        }
    }
    roots.sort();
    roots
}

/// Removes all that a root names, directly or not.
fn reach<'n>(root: &Path, names: &BTreeMap<&'n Path, &'n Names>, rest: &mut BTreeSet<&'n Path>) {
    let mut pending = vec![(root.to_owned(), Home::beside(root))];
    while let Some((path, home)) = pending.pop() {
        let Some(found) = names.get(path.as_path()) else {
            continue;
        };
        for (claimed, home) in claims(found, &home) {
            if rest.remove(claimed.as_path()) {
                pending.push((claimed, home));
            }
        }
    }
}

fn claims(names: &Names, home: &Home) -> Vec<(PathBuf, Home)> {
    let mut claims = Vec::new();
    for (inline, name, path) in &names.mods {
        let inline: Vec<&str> = inline.iter().map(String::as_str).collect();
        for file in home.candidates(name, path.as_deref(), &inline) {
            let home = if path.is_some() {
                Home::beside(&file)
            } else {
                Home::of_module(&file)
            };
            claims.push((file, home));
        }
    }
    for path in &names.includes {
        let file = home.included(path);
        let home = Home::beside(&file);
        claims.push((file, home));
    }
    claims
}

fn scan(text: &str) -> Names {
    let mut names = Names::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // A `#!` line is no token.
    let text = match text.strip_prefix("#!") {
        Some(rest) if !rest.trim_start().starts_with('[') => {
            rest.split_once('\n').map_or("", |(_, after)| after)
        }
        _ => text,
    };
    if let Ok(tokens) = text.parse::<TokenStream>() {
        names.walk(tokens, &mut Vec::new());
    }
    names
}

impl Names {
    fn walk(&mut self, tokens: TokenStream, inline: &mut Vec<String>) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut path = None;
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let next = tokens.get(at + 1);
            let after = tokens.get(at + 2);
            match (token, next, after) {
                (TokenTree::Punct(p), Some(TokenTree::Group(g)), _)
                    if p.as_char() == '#' && g.delimiter() == Delimiter::Bracket =>
                {
                    path = path_attribute(&g.stream()).or(path);
                    at += 2;
                    continue;
                }
                (TokenTree::Ident(m), Some(TokenTree::Ident(name)), Some(after)) if m == "mod" => {
                    match after {
                        TokenTree::Punct(p) if p.as_char() == ';' => {
                            let decl = (inline.clone(), name.to_string(), path.take());
                            self.mods.push(decl);
                        }
                        TokenTree::Group(g) if g.delimiter() == Delimiter::Brace => {
                            inline.push(name.to_string());
                            self.walk(g.stream(), inline);
                            inline.pop();
                        }
                        _ => {}
                    }
                    at += 3;
                }
                (
                    TokenTree::Ident(m),
                    Some(TokenTree::Punct(bang)),
                    Some(TokenTree::Group(args)),
                ) if m == "include" && bang.as_char() == '!' => {
                    let first = args.stream().into_iter().next();
                    self.includes.extend(first.as_ref().and_then(string));
                    at += 3;
                }
                (TokenTree::Group(g), ..) => {
                    self.walk(g.stream(), inline);
                    at += 1;
                }
                // Between an attribute and its `mod` there is only the visibility.
                (TokenTree::Ident(i), ..) if i == "pub" => {
                    let restricted = matches!(next, Some(TokenTree::Group(_)));
                    at += if restricted { 2 } else { 1 };
                    continue;
                }
                _ => at += 1,
            }
            path = None;
        }
    }
}

/// The value of `path = ".."`, also inside `cfg_attr(.., path = "..")`.
fn path_attribute(tokens: &TokenStream) -> Option<String> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    if let [TokenTree::Ident(name), TokenTree::Group(args)] = tokens.as_slice()
        && name == "cfg_attr"
    {
        let args: Vec<TokenTree> = args.stream().into_iter().collect();
        return args.windows(3).find_map(assigned_path);
    }
    tokens.windows(3).next().and_then(assigned_path)
}

fn assigned_path(tokens: &[TokenTree]) -> Option<String> {
    match tokens {
        [TokenTree::Ident(name), TokenTree::Punct(eq), value]
            if name == "path" && eq.as_char() == '=' =>
        {
            string(value)
        }
        _ => None,
    }
}

fn string(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Literal(l) => syn::parse_str::<syn::LitStr>(&l.to_string())
            .ok()
            .map(|s| s.value()),
        // A literal that came through a macro is wrapped in an invisible group.
        TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Punct(_) => None,
    }
}
