//! The patterns of `macro_rules!`: reading them, and matching the tokens of a call.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use rustc_hash::FxHashMap;
use syn::parse::{ParseStream, Parser};
use syn::{Block, Expr, Item, Meta, Pat, Path, Type, Visibility};

use super::name_of;
use crate::ir::Symbol;

/// A piece of a pattern or of a macro body.
pub(super) enum Node {
    Token(TokenTree),
    Group(Group, Vec<Self>),
    /// `$name:kind`, in a body `$name`.
    Var(Symbol, Symbol),
    /// `$( .. ) separator op`.
    Repeat {
        inner: Vec<Self>,
        separator: Vec<TokenTree>,
        op: char,
    },
}

/// What a variable matched.
pub(super) enum Binding {
    Leaf(Vec<TokenTree>),
    Repeat(Vec<Self>),
}

/// What the variables of a pattern matched.
pub(super) type Bindings = FxHashMap<Symbol, Binding>;

/// Fragments longer than this are parsed again with all tokens: most are short, and copying the
/// rest of a long table for each of its entries would be quadratic.
const WINDOW: usize = 512;

/// The arms of a `macro_rules!` body: `(pattern) => { body };`.
pub(super) fn parse_rules(tokens: TokenStream) -> Vec<(Vec<Node>, Vec<Node>)> {
    let groups: Vec<Group> = tokens
        .into_iter()
        .filter_map(|token| match token {
            TokenTree::Group(group) => Some(group),
            _ => None,
        })
        .collect();
    groups
        .chunks_exact(2)
        .map(|pair| {
            (
                nodes(pair[0].stream(), true),
                nodes(pair[1].stream(), false),
            )
        })
        .collect()
}

/// Reads a pattern (`$name:kind`) or a body (`$name`).
fn nodes(tokens: TokenStream, is_pattern: bool) -> Vec<Node> {
    let mut out = Vec::new();
    let mut iter = tokens.into_iter().peekable();
    while let Some(token) = iter.next() {
        let is_dollar = matches!(&token, TokenTree::Punct(p) if p.as_char() == '$');
        match token {
            TokenTree::Group(group) => {
                let inner = nodes(group.stream(), is_pattern);
                out.push(Node::Group(group, inner));
            }
            token if !is_dollar => out.push(Node::Token(token)),
            dollar => match iter.next() {
                Some(TokenTree::Ident(name)) if name == "crate" => {
                    out.push(Node::Token(TokenTree::Ident(name)));
                }
                Some(TokenTree::Ident(name)) => {
                    let mut kind = Symbol::new("");
                    if is_pattern {
                        iter.next();
                        if let Some(TokenTree::Ident(word)) = iter.next() {
                            kind = name_of(&word);
                        }
                    }
                    out.push(Node::Var(name_of(&name), kind));
                }
                Some(TokenTree::Group(group)) => {
                    let mut separator = Vec::new();
                    let mut op = '*';
                    for token in iter.by_ref() {
                        match &token {
                            TokenTree::Punct(p) if matches!(p.as_char(), '*' | '+' | '?') => {
                                op = p.as_char();
                                break;
                            }
                            _ => separator.push(token),
                        }
                    }
                    out.push(Node::Repeat {
                        inner: nodes(group.stream(), is_pattern),
                        separator,
                        op,
                    });
                }
                Some(other) => out.extend([Node::Token(dollar), Node::Token(other)]),
                None => out.push(Node::Token(dollar)),
            },
        }
    }
    out
}

/// Matches all of `input`.
pub(super) fn matches(pattern: &[Node], input: &[TokenTree]) -> Option<Bindings> {
    let mut bindings = Bindings::default();
    let end = sequence(pattern, input, 0, &mut bindings)?;
    (end == input.len()).then_some(bindings)
}

/// Matches from `at` on; the result is where it ends.
fn sequence(
    pattern: &[Node],
    input: &[TokenTree],
    mut at: usize,
    bindings: &mut Bindings,
) -> Option<usize> {
    for node in pattern {
        match node {
            Node::Token(token) => {
                same(token, input.get(at)?).then_some(())?;
                at += 1;
            }
            Node::Group(group, inner) => {
                let TokenTree::Group(given) = input.get(at)? else {
                    return None;
                };
                if given.delimiter() != group.delimiter() {
                    return None;
                }
                let tokens: Vec<_> = given.stream().into_iter().collect();
                let end = sequence(inner, &tokens, 0, bindings)?;
                (end == tokens.len()).then_some(())?;
                at += 1;
            }
            Node::Var(name, kind) => {
                let length = fragment(kind.as_str(), &input[at..])?;
                let tokens = input[at..at + length].to_vec();
                bindings.insert(*name, Binding::Leaf(wrapped(kind.as_str(), tokens)));
                at += length;
            }
            Node::Repeat {
                inner,
                separator,
                op,
            } => at = repeat(inner, separator, *op, input, at, bindings)?,
        }
    }
    Some(at)
}

fn repeat(
    inner: &[Node],
    separator: &[TokenTree],
    op: char,
    input: &[TokenTree],
    mut at: usize,
    bindings: &mut Bindings,
) -> Option<usize> {
    let mut names = Vec::new();
    variables(inner, &mut names);
    let mut turns: Vec<Bindings> = Vec::new();
    loop {
        let mut start = at;
        if !turns.is_empty() {
            if op == '?' {
                break;
            }
            let given = input.get(at..at + separator.len());
            let follows = given.is_some_and(|g| g.iter().zip(separator).all(|(a, b)| same(a, b)));
            if !follows {
                break;
            }
            start += separator.len();
        }
        let mut turn = Bindings::default();
        match sequence(inner, input, start, &mut turn) {
            Some(end) if end > start => {
                at = end;
                turns.push(turn);
            }
            _ => break,
        }
    }
    if op == '+' && turns.is_empty() {
        return None;
    }
    for name in names {
        let values = turns.iter_mut().filter_map(|turn| turn.remove(&name));
        bindings.insert(name, Binding::Repeat(values.collect()));
    }
    Some(at)
}

/// The variables below some nodes.
pub(super) fn variables(nodes: &[Node], out: &mut Vec<Symbol>) {
    for node in nodes {
        match node {
            Node::Token(_) => {}
            Node::Var(name, _) => out.push(*name),
            Node::Group(_, inner) | Node::Repeat { inner, .. } => variables(inner, out),
        }
    }
}

fn same(a: &TokenTree, b: &TokenTree) -> bool {
    match (a, b) {
        (TokenTree::Ident(a), TokenTree::Ident(b)) => a == b,
        (TokenTree::Punct(a), TokenTree::Punct(b)) => a.as_char() == b.as_char(),
        (TokenTree::Literal(a), TokenTree::Literal(b)) => a.to_string() == b.to_string(),
        _ => false,
    }
}

/// How many tokens the fragment at the start of `input` has.
fn fragment(kind: &str, input: &[TokenTree]) -> Option<usize> {
    match kind {
        "ident" => matches!(input.first()?, TokenTree::Ident(_)).then_some(1),
        "lifetime" => match input {
            [TokenTree::Punct(quote), TokenTree::Ident(_), ..] if quote.as_char() == '\'' => {
                Some(2)
            }
            _ => None,
        },
        "tt" => token_length(input),
        "literal" => match input {
            [TokenTree::Literal(_), ..] => Some(1),
            [TokenTree::Ident(word), ..] if word == "true" || word == "false" => Some(1),
            [TokenTree::Punct(minus), TokenTree::Literal(_), ..] if minus.as_char() == '-' => {
                Some(2)
            }
            _ => None,
        },
        "stmt" => {
            let end = input
                .iter()
                .position(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == ';'))
                .unwrap_or(input.len());
            (end > 0).then_some(end)
        }
        _ if input.is_empty() && kind != "vis" => None,
        _ => {
            let window = &input[..input.len().min(WINDOW)];
            match parsed_length(kind, window) {
                Some(length) if length < window.len() => Some(length),
                _ if window.len() < input.len() => parsed_length(kind, input),
                other => other,
            }
        }
    }
}

fn parsed_length(kind: &str, input: &[TokenTree]) -> Option<usize> {
    let parser = |stream: ParseStream<'_>| {
        match kind {
            "ty" => drop(stream.parse::<Type>()?),
            "path" => drop(stream.parse::<Path>()?),
            "block" => drop(stream.parse::<Block>()?),
            "pat" => drop(stream.call(Pat::parse_multi_with_leading_vert)?),
            "pat_param" => drop(stream.call(Pat::parse_single)?),
            "item" => drop(stream.parse::<Item>()?),
            "meta" => drop(stream.parse::<Meta>()?),
            "vis" => drop(stream.parse::<Visibility>()?),
            _ => drop(stream.parse::<Expr>()?),
        }
        Ok(stream.parse::<TokenStream>()?.into_iter().count())
    };
    let tokens: TokenStream = input.iter().cloned().collect();
    let rest = parser.parse2(tokens).ok()?;
    input.len().checked_sub(rest)
}

/// An expression keeps its precedence in invisible delimiters.
fn wrapped(kind: &str, tokens: Vec<TokenTree>) -> Vec<TokenTree> {
    if tokens.len() > 1 && matches!(kind, "expr" | "expr_2021") {
        let group = Group::new(Delimiter::None, tokens.into_iter().collect());
        return vec![TokenTree::Group(group)];
    }
    tokens
}

/// A token of the language: operators such as `=>` are several for the tokeniser.
fn token_length(input: &[TokenTree]) -> Option<usize> {
    let TokenTree::Punct(first) = input.first()? else {
        return Some(1);
    };
    if first.as_char() == '\'' {
        return Some(2);
    }
    let mut text = String::new();
    for token in input.iter().take(3) {
        let TokenTree::Punct(p) = token else { break };
        text.push(p.as_char());
        if p.spacing() == Spacing::Alone {
            break;
        }
    }
    const OPERATORS: &[&str] = &[
        "<<=", ">>=", "...", "..=", "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "..",
        "+=", "-=", "*=", "/=", "%=", "^=", "&=", "|=", "<<", ">>",
    ];
    let length = OPERATORS.iter().find(|op| text.starts_with(**op));
    Some(length.map_or(1, |op| op.len()))
}
