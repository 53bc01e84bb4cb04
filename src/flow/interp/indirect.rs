//! Calls of values, and of code outside of the tree.

use crate::flow::state::State;
use crate::flow::tag::TagSet;
use crate::flow::types::TyId;
use crate::flow::value::{Callable, Key, Node, TagSet0, Val};
use crate::ir::{Path, Symbol};
use crate::source::Span;

use super::Interp;

impl<'p> Interp<'p> {
    /// Calls whatever a value can run.
    pub(crate) fn call_value(&mut self, callee: Val, args: Vec<Val>, span: Span) -> Option<Val> {
        let c = self.content(callee);
        let fns = self.v.node(c).fns.clone();
        if fns.is_empty() {
            return self.call_held(callee, c, &args, span);
        }
        // Which function runs was decided by what chose it.
        let chose = self.v.root(c);
        let chose = self.v.tags.control(chose);
        self.note_read(chose, span);
        let since = self.mark();
        let value = self.fork(fns.len(), |this, i| {
            this.call_one(&fns[i], args.clone(), span)
        });
        self.judge(chose, since);
        value.map(|v| self.v.taint(v, chose))
    }

    /// Calls what code outside of the tree gave: perhaps one of the functions that it was given.
    fn call_held(&mut self, callee: Val, content: Val, args: &[Val], span: Span) -> Option<Val> {
        let held = self
            .v
            .node(content)
            .fields
            .iter()
            .find(|f| f.0 == Key::Held);
        let fns = held.map_or_else(Vec::new, |&(_, v)| self.v.node(v).fns.clone());
        self.fork(fns.len() + 1, |this, i| {
            let Some(f) = fns.get(i) else {
                return this.unknown_call(Some(callee), args, span);
            };
            let v = this.call_one(f, args.to_vec(), span)?;
            let mut memo = crate::flow::value::Mapped::default();
            Some(this.v.map_tags(v, &mut memo, &mut |t| {
                Some(crate::flow::tag::Tag { low: true, ..t })
            }))
        })
    }

    /// What code outside of the tree gives for these values, with the functions among them.
    pub(crate) fn with_held(&mut self, v: Val, given: &[Val]) -> Val {
        let mut fns = Vec::new();
        for &g in given {
            let c = self.content(g);
            self.v.held_functions(c, 0, &mut fns);
        }
        if fns.is_empty() {
            return v;
        }
        let fns = self.v.make(Node {
            fns,
            ..Node::default()
        });
        self.v.with_field(v, Key::Held, fns, false)
    }

    /// Runs alternatives from the same state and joins what they leave.
    pub(crate) fn fork(
        &mut self,
        n: usize,
        mut run: impl FnMut(&mut Self, usize) -> Option<Val>,
    ) -> Option<Val> {
        if n == 1 {
            return run(self, 0);
        }
        let before = self.st.clone();
        let mut out: Option<State> = None;
        let mut val: Option<Val> = None;
        for i in 0..n {
            self.st = before.clone();
            if let Some(v) = run(self, i) {
                let st = std::mem::take(&mut self.st);
                crate::flow::state::join_into(&mut out, st, &mut self.v);
                val = Some(match val {
                    Some(old) => self.v.join(old, v),
                    None => v,
                });
            }
        }
        self.st = out.unwrap_or(before);
        val
    }

    fn call_one(&mut self, f: &Callable, args: Vec<Val>, span: Span) -> Option<Val> {
        match f {
            Callable::Fn(f, ty) => {
                let func = &self.r.program.functions[f.index()];
                if self.is_modelled(*f)
                    && let Some(host) = self.sdk.call(func.name).cloned()
                {
                    return Some(self.host_call(&host, &args, span, func.receiver.is_none()));
                }
                let v = self.run_fn(*f, args, *ty, span, TagSet::EMPTY);
                Some(v).filter(|_| !self.dead())
            }
            Callable::Closure {
                func,
                path,
                captures,
                env,
                is_async,
            } => {
                if *is_async {
                    return Some(self.v.callable(f.clone()));
                }
                self.run_closure(*func, path, captures, env, args, span)
            }
            Callable::Future { .. } | Callable::Wait(..) => Some(self.v.callable(f.clone())),
            Callable::Default(ty) => Some(self.default_value(*ty, 0)),
            Callable::Pointer(full, ty) => self
                .pointer_function(*full, *ty, &args, span)
                .or_else(|| self.unknown_call(None, &args, span)),
            Callable::Constructor(name) => {
                let is_variant = name.as_str().chars().next().is_some_and(char::is_uppercase);
                if !is_variant {
                    // `.map(String::from)`, `.map(ToString::to_string)`.
                    let copies = matches!(
                        name.as_str(),
                        "from" | "into" | "to_string" | "to_owned" | "clone" | "as_str" | "as_ref"
                    );
                    // A method that takes a function may be ready to hand it more than it wants.
                    if let (Some(&arg), true) = (args.first(), copies) {
                        self.note_copied(arg, span);
                        let v = self.cloned(arg);
                        return Some(match name.as_str() {
                            "from" | "into" => self.turned_alone(v),
                            _ => v,
                        });
                    }
                    return self.unknown_call(None, &args, span);
                }
                if let Some(v) = self.carried_by_name(*name, &args, span) {
                    return Some(v);
                }
                let fields: Vec<(Symbol, Val, Span)> = args
                    .into_iter()
                    .enumerate()
                    .map(|(i, a)| (Symbol::new(&i.to_string()), a, span))
                    .collect();
                let path = Path::of(&[name.as_str()]);
                Some(self.aggregate(&path, &fields, None))
            }
        }
    }

    /// Code outside of the tree: taint passes from what goes in to what comes out. Closures among
    /// the arguments may run, on clean parameters.
    pub(crate) fn unknown_call(
        &mut self,
        recv: Option<Val>,
        args: &[Val],
        span: Span,
    ) -> Option<Val> {
        let mut tags = TagSet::EMPTY;
        let mut live = false;
        for v in recv.iter().chain(args) {
            let d = self.deep_tags(*v);
            self.note_value_read(*v, span);
            live |= self.v.is_live(*v);
            tags = self.v.tags.union(tags, d);
        }
        // What it does with them is not known.
        self.note_act(tags);
        for &a in args {
            let ret = self.maybe_run(a, span);
            if let Some(v) = ret {
                let d = self.v.deep(v);
                tags = self.v.tags.union(tags, d);
            }
        }
        let v = self.v.make(Node {
            tags: TagSet0(tags),
            opaque: true,
            live,
            ..Node::default()
        });
        let given: Vec<Val> = recv.iter().chain(args).copied().collect();
        Some(self.with_held(v, &given))
    }

    /// Runs a closure that unknown code got, which may or may not call it.
    pub(crate) fn maybe_run(&mut self, callee: Val, span: Span) -> Option<Val> {
        let c = self.content(callee);
        if self.v.node(c).fns.is_empty() {
            return None;
        }
        let before = self.st.clone();
        let clean = self.v.live(TyId::UNKNOWN);
        let mut v = self.call_value(c, vec![clean; 4], span);
        // A future handed to an executor outside of the tree runs there.
        if let Some(f) = v
            && self.is_future(f)
        {
            v = self.await_value(f, span);
        }
        self.st.join(&before, &mut self.v);
        v
    }

    pub(crate) fn is_future(&self, v: Val) -> bool {
        self.v.node(v).fns.iter().any(|f| {
            matches!(
                f,
                Callable::Future { .. }
                    | Callable::Wait(..)
                    | Callable::Closure { is_async: true, .. }
            )
        })
    }
}
