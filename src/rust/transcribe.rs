//! Writing the body of a `macro_rules!` macro with what its pattern matched.

use proc_macro2::{Group, TokenStream, TokenTree};
use rustc_hash::FxHashMap;

use super::matcher::{Binding, Bindings, Node, variables};
use crate::ir::Symbol;

type Env<'b> = FxHashMap<Symbol, &'b Binding>;

/// The expansion; `None` when it would take more tokens than the budget has left.
pub(super) fn transcribe(
    body: &[Node],
    bindings: &Bindings,
    budget: &mut usize,
) -> Option<TokenStream> {
    let env: Env<'_> = bindings.iter().map(|(name, b)| (*name, b)).collect();
    let mut out = Vec::new();
    write(body, &env, budget, &mut out)?;
    Some(out.into_iter().collect())
}

fn write(
    nodes: &[Node],
    env: &Env<'_>,
    budget: &mut usize,
    out: &mut Vec<TokenTree>,
) -> Option<()> {
    for node in nodes {
        let before = out.len();
        match node {
            Node::Token(token) => out.push(token.clone()),
            Node::Group(group, inner) => {
                let mut tokens = Vec::new();
                write(inner, env, budget, &mut tokens)?;
                let mut written = Group::new(group.delimiter(), tokens.into_iter().collect());
                written.set_span(group.span());
                out.push(TokenTree::Group(written));
            }
            Node::Var(name, _) => {
                if let Some(Binding::Leaf(tokens)) = env.get(name) {
                    out.extend(tokens.iter().cloned());
                }
            }
            Node::Repeat {
                inner, separator, ..
            } => {
                for turn in 0..turns(inner, env) {
                    if turn > 0 {
                        out.extend(separator.iter().cloned());
                    }
                    let mut nested = env.clone();
                    for binding in nested.values_mut() {
                        if let Binding::Repeat(values) = *binding
                            && let Some(value) = values.get(turn)
                        {
                            *binding = value;
                        }
                    }
                    write(inner, &nested, budget, out)?;
                }
            }
        }
        *budget = budget.checked_sub(out.len() - before)?;
    }
    Some(())
}

/// How often a repetition runs: as often as its variables matched.
fn turns(inner: &[Node], env: &Env<'_>) -> usize {
    let mut names = Vec::new();
    variables(inner, &mut names);
    let counts = names.iter().filter_map(|name| match env.get(name) {
        Some(Binding::Repeat(values)) => Some(values.len()),
        _ => None,
    });
    counts.max().unwrap_or(0)
}
