//! Macro calls in expressions and statements.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::{Block, Expr, Macro};

use super::args::{Arg, Args, MatchesArgs, RepeatArgs};
use super::body::{Lower, mix, project, unit, use_place};
use super::entry_macros::macro_name;
use super::name_of;
use crate::ir::{
    Arm, Call, Callee, Cond, Const, FormatKind, Operand, Path, Place, Projection, Rvalue, StmtKind,
    Symbol,
};
use crate::source::Span;

/// How deep macro calls nest before their arguments are only searched for variables. Each level is
/// parsed anew, so that deep nesting takes quadratic time.
const MAX_MACRO_DEPTH: u32 = 100;

impl Lower<'_, '_> {
    /// A macro call as a statement.
    pub(super) fn macro_stmt(&mut self, mac: &Macro) {
        let expanded = self.expand_with(mac, Block::parse_within, |s, stmts| {
            s.stmts_discard(&stmts);
        });
        if expanded.is_some() {
            return;
        }
        match macro_name(mac).as_str() {
            "cfg_if" => {
                let chosen = self.cfg_if(mac.tokens.clone());
                let stmts = chosen.and_then(|t| Block::parse_within.parse2(t).ok());
                if let Some(stmts) = stmts {
                    self.stmts_discard(&stmts);
                    return;
                }
            }
            // An entry macro in a function's body makes the real entry function there.
            "thread_local" | "lazy_static" | "main" => {
                let module = self.items_module();
                if self.item_macro(mac, module) {
                    return;
                }
            }
            _ => {}
        }
        let span = self.span(mac);
        let value = self.builtin(mac, span);
        if !matches!(value, Rvalue::Use(_)) {
            self.place_of(value, span);
        }
    }

    /// A macro call as a value.
    pub(super) fn macro_value(&mut self, mac: &Macro, span: Span) -> Rvalue {
        if let Some(value) = self.expand_with(mac, any_expr, |s, e| s.rvalue(&e)) {
            return value;
        }
        let expanded = self.expand_with(mac, Block::parse_within, |s, stmts| {
            s.stmts_value(&stmts, span)
        });
        match expanded {
            Some(value) => value,
            None => self.builtin(mac, span),
        }
    }

    fn builtin(&mut self, mac: &Macro, span: Span) -> Rvalue {
        let name = macro_name(mac);
        if self.macro_depth >= MAX_MACRO_DEPTH {
            return self.unknown(mac, name, span);
        }
        self.macro_depth += 1;
        let value = self.known(mac, name, span);
        self.macro_depth -= 1;
        value
    }

    fn known(&mut self, mac: &Macro, name: Symbol, span: Span) -> Rvalue {
        let constant = |value| Rvalue::Use(Operand::Const(value, span));
        match name.as_str() {
            "vec" => {
                if let Ok(RepeatArgs(value)) = syn::parse2(mac.tokens.clone()) {
                    return Rvalue::Array(vec![self.operand(&value)]);
                }
                match syn::parse2::<Args>(mac.tokens.clone()) {
                    Ok(Args(args)) => Rvalue::Array(self.arg_values(&args)),
                    Err(_) => self.unknown(mac, name, span),
                }
            }
            "stringify" | "env" | "option_env" | "include_str" | "include_bytes" | "file"
            | "module_path" | "line" | "column" => constant(Const::Other),
            "cfg" => constant(Const::Bool(self.cfg.active(&mac.tokens.to_string()))),
            "include" => self.include_value(mac, name, span),
            "matches" => {
                let temp = self.temp(span);
                let mut conds = Vec::new();
                let known = self.scoped(|s| s.matches_condition(mac, &mut conds));
                if !known {
                    return self.unknown(mac, name, span);
                }
                self.truth_of(conds, temp, span);
                use_place(Place::local(temp, span))
            }
            "json" => {
                let mut args = Vec::new();
                self.json(mac.tokens.clone(), &mut args);
                mix(args)
            }
            "cfg_if" => {
                let chosen = self.cfg_if(mac.tokens.clone());
                match chosen.and_then(|t| Block::parse_within.parse2(t).ok()) {
                    Some(stmts) => self.stmts_value(&stmts, span),
                    None => self.unknown(mac, name, span),
                }
            }
            _ => match syn::parse2::<Args>(mac.tokens.clone()) {
                Ok(Args(args)) => self.call_like(name, &args, span),
                Err(_) => self.unknown(mac, name, span),
            },
        }
    }

    /// Macros whose arguments are a list of expressions.
    fn call_like(&mut self, name: Symbol, args: &[Arg], span: Span) -> Rvalue {
        match name.as_str() {
            "format" | "format_args" | "anyhow" | "format_err" | "eyre" => {
                self.format(FormatKind::Value, args)
            }
            "write" | "writeln" => self.format(FormatKind::Write, args),
            "print" | "println" | "eprint" | "eprintln" | "trace" | "debug" | "info" | "warn"
            | "error" | "log" | "event" => self.format(FormatKind::Log, args),
            "assert" | "assert_eq" | "assert_ne" | "debug_assert" | "debug_assert_eq"
            | "debug_assert_ne" => self.format(FormatKind::Assert, args),
            "unreachable" => {
                // It says that nothing happens here.
                let value = self.format(FormatKind::Value, args);
                self.place_of(value, span);
                self.emit(StmtKind::Unreachable, span);
                unit(span)
            }
            "panic" | "todo" | "unimplemented" => {
                let value = self.format(FormatKind::Assert, args);
                self.place_of(value, span);
                self.emit(StmtKind::Diverge, span);
                unit(span)
            }
            "compile_error" => unit(span),
            "concat" => Rvalue::Use(Operand::Const(Self::concatenation(args), span)),
            "dbg" => {
                let mut values = self.arg_values(args);
                let log = Rvalue::Format {
                    kind: FormatKind::Log,
                    args: values.clone(),
                };
                self.place_of(log, span);
                match values.len() {
                    1 => Rvalue::Use(values.remove(0)),
                    _ => Rvalue::Tuple(values),
                }
            }
            "try" if args.len() == 1 => {
                let place = self.place(&args[0].value);
                let temp = self.temp(span);
                self.question_mark_on(place, Some(temp), span);
                use_place(Place::local(temp, span))
            }
            "addr_of" | "addr_of_mut" if args.len() == 1 => Rvalue::Ref {
                mutable: name == "addr_of_mut",
                place: self.place(&args[0].value),
            },
            "bail" => {
                self.return_error(args, span);
                unit(span)
            }
            "ensure" if !args.is_empty() => {
                let arm = self.scoped(|s| {
                    let conds = s.negated(&args[0].value);
                    let body = s.block(|s| s.return_error(&args[1..], span));
                    Arm { conds, body, span }
                });
                self.switch(vec![arm], None, span);
                unit(span)
            }
            "select" | "join" | "try_join" => mix(self.arg_values(args)),
            _ => {
                self.macros.push((name, span));
                Rvalue::Mix {
                    unknown_macro: Some(name),
                    args: self.arg_values(args),
                }
            }
        }
    }

    fn arg_values(&mut self, args: &[Arg]) -> Vec<Operand> {
        args.iter().map(|arg| self.operand(&arg.value)).collect()
    }

    fn format(&mut self, kind: FormatKind, args: &[Arg]) -> Rvalue {
        Rvalue::Format {
            kind,
            args: self.format_operands(args),
        }
    }

    /// `return Err(text)`.
    fn return_error(&mut self, args: &[Arg], span: Span) {
        let text = self.format(FormatKind::Value, args);
        let text = self.operand_of(text, span);
        let error = Rvalue::Call(Call {
            callee: Callee::Path(Path::of(&["Err"])),
            args: vec![text],
            type_args: Vec::new(),
            span,
            name_span: span,
            discarded: false,
        });
        let value = self.operand_of(error, span);
        let kind = StmtKind::Return {
            value,
            question_mark: false,
        };
        self.emit(kind, span);
    }

    /// `matches!` as conditions; false if it can't be read.
    pub(super) fn matches_condition(&mut self, mac: &Macro, out: &mut Vec<Cond>) -> bool {
        if macro_name(mac) != "matches" || self.is_local_macro(mac) {
            return false;
        }
        let Ok(args) = syn::parse2::<MatchesArgs>(mac.tokens.clone()) else {
            return false;
        };
        let span = self.span(mac);
        let mut place = None;
        let setup = self.block(|s| place = Some(s.place(&args.value)));
        let Some(place) = place else { return false };
        let mut conds =
            self.scoped(|s| s.pattern_conds(&args.pat, args.guard.as_ref(), &place, span));
        if let Some(first) = conds.first_mut() {
            first.setup = setup;
        }
        out.append(&mut conds);
        true
    }

    /// `include!` of an expression: a call of a function that the included file becomes.
    fn include_value(&mut self, mac: &Macro, name: Symbol, span: Span) -> Rvalue {
        let module = self.module;
        match self.include(&mac.tokens, "include!", module, span) {
            Some(path) => Rvalue::Call(Call {
                callee: Callee::Path(Path::of(&[&format!("include!{path}")])),
                args: Vec::new(),
                type_args: Vec::new(),
                span,
                name_span: span,
                discarded: false,
            }),
            None => self.unknown(mac, name, span),
        }
    }

    /// The values of `json!`: what stands after `:` or between `,`.
    fn json(&mut self, tokens: TokenStream, out: &mut Vec<Operand>) {
        let mut part: Vec<TokenTree> = Vec::new();
        let end = TokenTree::Punct(proc_macro2::Punct::new(',', proc_macro2::Spacing::Alone));
        for token in tokens.into_iter().chain([end]) {
            match &token {
                TokenTree::Punct(p) if p.as_char() == ',' => {
                    self.json_value(std::mem::take(&mut part), out);
                }
                // `key : value`, but not the colons of a path.
                TokenTree::Punct(p)
                    if p.as_char() == ':'
                        && p.spacing() == proc_macro2::Spacing::Alone
                        && !ends_in_colon(&part) =>
                {
                    self.json_value(std::mem::take(&mut part), out);
                }
                _ => part.push(token),
            }
        }
    }

    fn json_value(&mut self, part: Vec<TokenTree>, out: &mut Vec<Operand>) {
        match part.as_slice() {
            [] | [TokenTree::Literal(_)] => {}
            [TokenTree::Ident(word)] if word == "null" => {}
            [TokenTree::Group(group)] if group.delimiter() != Delimiter::Parenthesis => {
                self.json(group.stream(), out);
            }
            _ => {
                let tokens: TokenStream = part.into_iter().collect();
                match syn::parse2::<Expr>(tokens.clone()) {
                    Ok(e) => out.push(self.operand(&e)),
                    Err(_) => out.extend(self.variables_in(tokens)),
                }
            }
        }
    }

    /// A macro that can't be read: the variables among its tokens are mixed.
    fn unknown(&mut self, mac: &Macro, name: Symbol, span: Span) -> Rvalue {
        if !matches!(name.as_str(), "select" | "join" | "try_join") {
            self.macros.push((name, span));
        }
        Rvalue::Mix {
            unknown_macro: Some(name),
            args: self.variables_in(mac.tokens.clone()),
        }
    }

    /// The variables that tokens name, with the fields taken of them.
    pub(super) fn variables_in(&mut self, tokens: TokenStream) -> Vec<Operand> {
        let mut out = Vec::new();
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut after_dot = false;
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => out.extend(self.variables_in(group.stream())),
                TokenTree::Ident(ident) if !after_dot => {
                    let span = self.mark(ident.span());
                    if let Some(place) = self.variable(name_of(ident), span) {
                        let place = fields_after(place, &tokens[at + 1..]);
                        out.push(Operand::Place(place));
                    }
                }
                _ => {}
            }
            after_dot = matches!(token, TokenTree::Punct(p) if p.as_char() == '.');
        }
        out
    }
}

fn ends_in_colon(part: &[TokenTree]) -> bool {
    matches!(part.last(), Some(TokenTree::Punct(p)) if p.as_char() == ':')
}

/// `.a.b` after a variable, but not a method's name.
fn fields_after(mut place: Place, mut tokens: &[TokenTree]) -> Place {
    while let [TokenTree::Punct(dot), TokenTree::Ident(field), rest @ ..] = tokens {
        let is_call = matches!(
            rest.first(),
            Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis
        );
        if dot.as_char() != '.' || is_call {
            break;
        }
        let span = place.span;
        place = project(&place, Projection::Field(name_of(field)), span);
        tokens = rest;
    }
    place
}

/// An expression, as a parser.
fn any_expr(input: syn::parse::ParseStream<'_>) -> syn::Result<Expr> {
    input.parse()
}
