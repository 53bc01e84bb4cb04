//! Which variable a name means.
//!
//! Patterns make variables; a name means the one that was made last in a block around it. What a
//! macro binds is not seen, and a name in the tokens of a macro means what it would mean outside.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::{Outline, Use};
use crate::source::{FileId, Span};

/// Fills in the uses of the functions of a file.
pub(super) fn resolve(tree: &syn::File, file: FileId, base: usize, out: &mut Outline) {
    let mut scopes = Scopes {
        base,
        made: Vec::new(),
        uses: Vec::new(),
    };
    scopes.visit_file(tree);
    let mut uses = scopes.uses;
    uses.sort_by_key(|u| u.at);
    for found in uses {
        let at = Span::new(file, found.at, found.at + 1);
        if let Some(innermost) = out.innermost(at) {
            out.functions[innermost].uses.push(found);
        }
    }
}

struct Scopes {
    base: usize,
    /// Variables that can be seen, the last one first to be asked.
    made: Vec<(String, usize)>,
    uses: Vec<Use>,
}

impl Scopes {
    /// Walks something whose variables end with it.
    fn within(&mut self, walk: impl FnOnce(&mut Self)) {
        let before = self.made.len();
        walk(self);
        self.made.truncate(before);
    }

    /// An item sees no variables of the function around it.
    fn apart(&mut self, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::take(&mut self.made);
        walk(self);
        self.made = outer;
    }

    fn used(&mut self, name: &str, at: usize) {
        if let Some((_, bound)) = self.made.iter().rev().find(|(n, _)| n == name) {
            self.uses.push(Use {
                name: name.to_owned(),
                at,
                bound: *bound,
            });
        }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let mut member = false;
        for token in tokens {
            match token {
                TokenTree::Ident(i) => {
                    if !member {
                        let at = self.base + i.span().byte_range().start;
                        self.used(&i.to_string(), at);
                    }
                    member = false;
                }
                TokenTree::Group(g) => {
                    self.tokens(g.stream());
                    member = false;
                }
                TokenTree::Literal(l) => {
                    // `format!("{name}")` captures by name.
                    let at = self.base + l.span().byte_range().start;
                    let text = l.to_string();
                    for part in text.split('{').skip(1) {
                        let end = part.find(|c: char| !c.is_alphanumeric() && c != '_');
                        let name = &part[..end.unwrap_or(part.len())];
                        if !name.is_empty() {
                            self.used(name, at);
                        }
                    }
                    member = false;
                }
                TokenTree::Punct(p) => member = p.as_char() == '.',
            }
        }
    }
}

impl<'ast> Visit<'ast> for Scopes {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.apart(|s| visit::visit_item_fn(s, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.apart(|s| visit::visit_impl_item_fn(s, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.apart(|s| visit::visit_trait_item_fn(s, item));
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.within(|s| visit::visit_block(s, block));
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        // The value does not see what it is bound to.
        if let Some(init) = &local.init {
            self.visit_expr(&init.expr);
            if let Some((_, other)) = &init.diverge {
                self.visit_expr(other);
            }
        }
        self.visit_pat(&local.pat);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.within(|s| visit::visit_expr_closure(s, closure));
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.within(|s| visit::visit_arm(s, arm));
    }

    fn visit_expr_if(&mut self, e: &'ast syn::ExprIf) {
        self.within(|s| {
            s.visit_expr(&e.cond);
            s.visit_block(&e.then_branch);
        });
        if let Some((_, other)) = &e.else_branch {
            self.visit_expr(other);
        }
    }

    fn visit_expr_while(&mut self, e: &'ast syn::ExprWhile) {
        self.within(|s| visit::visit_expr_while(s, e));
    }

    fn visit_expr_for_loop(&mut self, e: &'ast syn::ExprForLoop) {
        self.visit_expr(&e.expr);
        self.within(|s| {
            s.visit_pat(&e.pat);
            s.visit_block(&e.body);
        });
    }

    fn visit_expr_let(&mut self, e: &'ast syn::ExprLet) {
        self.visit_expr(&e.expr);
        self.visit_pat(&e.pat);
    }

    fn visit_pat_ident(&mut self, p: &'ast syn::PatIdent) {
        let at = self.base + p.ident.span().byte_range().start;
        self.made.push((p.ident.to_string(), at));
        visit::visit_pat_ident(self, p);
    }

    fn visit_expr_path(&mut self, e: &'ast syn::ExprPath) {
        if let Some(name) = e.path.get_ident() {
            let at = self.base + name.span().byte_range().start;
            self.used(&name.to_string(), at);
        }
        visit::visit_expr_path(self, e);
    }

    fn visit_macro(&mut self, m: &'ast syn::Macro) {
        self.tokens(m.tokens.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::super::outline;
    use crate::source::FileId;

    /// Names used in the first function, with the text that follows where each is made.
    fn uses(text: &str) -> Vec<(String, String)> {
        let found = outline(FileId(0), text).expect("an outline");
        let of = |at: usize| text[at..].chars().take(6).collect::<String>();
        let uses = found.functions[0].uses.iter();
        uses.map(|u| (of(u.at), of(u.bound))).collect()
    }

    #[test]
    fn a_name_means_the_variable_made_last_around_it() {
        let text = "fn f(a: u8) { let b = a + 1; { let a = b; g(a, 9); } h(|a| a + 7); a - 2; }";
        let found = uses(text);
        let expected = [
            ("a + 1;", "a: u8)"),
            ("b; g(a", "b = a "),
            ("a, 9);", "a = b;"),
            ("a + 7)", "a| a +"),
            ("a - 2;", "a: u8)"),
        ];
        let expected = expected.map(|(u, b)| (u.to_owned(), b.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn patterns_end_with_what_they_rule_and_macros_use_names() {
        let text = "fn f(a: u8) { if let Some(a) = g(a) { p!(\"{a}\", x.a, a); } else { a; } }";
        let found: Vec<String> = uses(text).into_iter().map(|(_, b)| b).collect();
        assert_eq!(found, ["a: u8)", "a) = g", "a) = g", "a: u8)"]);
    }
}
