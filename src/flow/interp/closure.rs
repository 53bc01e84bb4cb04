//! Closures and futures.

use std::rc::Rc;

use crate::ir::{Body, Capture, ClosureKind, FnId, Symbol};
use crate::source::Span;

use super::Interp;
use super::call::Activation;
use super::place::Target;
use crate::flow::tag::{Age, Site, Storage, Tag, TagSet};
use crate::flow::types::TyEnv;
use crate::flow::value::{Callable, Cell, Mapped, PtrKind, Val};

impl<'p> Interp<'p> {
    /// The value of a closure expression.
    pub(crate) fn make_closure(&mut self, index: u32, captures: &'p [Capture], span: Span) -> Val {
        let frame = self.frame();
        let (func, base, env) = (frame.func, frame.base, frame.env.clone());
        let closure = &frame.body.closures[index as usize];
        let mut path = frame.path.to_vec();
        path.push(index);
        let body = frame.body;
        let values: Vec<Val> = captures
            .iter()
            .map(|c| {
                let cell = Cell::Stack(base + c.local.0);
                if c.by_ref {
                    return self.v.ptr(cell, &[], PtrKind::Borrow);
                }
                let mut v = self.st.get(cell);
                // A variable that the enclosing closure captured by reference is moved out of there.
                let outer_slot = c.local.0 < body.captures
                    && self
                        .v
                        .node(v)
                        .ptrs
                        .iter()
                        .all(|p| matches!(p.cell, Cell::Stack(_)) && p.path.is_empty());
                if outer_slot {
                    v = self.cloned(v);
                }
                if self.v.deep(v).is_empty() {
                    return v;
                }
                let name = body.locals[c.local.0 as usize].name;
                let subject = name.unwrap_or_else(|| Symbol::new("captured value"));
                let function = Symbol::new(&self.fn_name(func));
                let site = Site {
                    span,
                    subject,
                    part: None,
                    storage: Storage::Capture,
                    callback: self.callback,
                    function,
                    adds: false,
                };
                let mut memo = Mapped::default();
                self.retag_stored(v, site, &mut memo)
            })
            .collect();
        self.v.callable(Callable::Closure {
            func,
            path: path.into(),
            captures: values.into(),
            env,
            is_async: closure.kind == ClosureKind::Async,
        })
    }

    /// The body of a closure.
    fn closure_body(&self, func: FnId, path: &[u32]) -> Option<&'p Body> {
        let mut body: &'p Body = self.r.program.functions[func.index()].body.as_deref()?;
        for &i in path {
            body = &body.closures.get(i as usize)?.body;
        }
        Some(body)
    }

    /// Runs a closure.
    pub(crate) fn run_closure(
        &mut self,
        func: FnId,
        path: &Rc<[u32]>,
        captures: &Rc<[Val]>,
        env: &Rc<TyEnv>,
        args: Vec<Val>,
        span: Span,
    ) -> Option<Val> {
        let body = self.closure_body(func, path)?;
        let args = self.handed_to_closure(func, path, env, args);
        let mut all = captures.to_vec();
        all.extend(args.into_iter().take(body.params as usize));
        let v = self.activate(Activation {
            func,
            body,
            path: path.clone(),
            env: env.clone(),
            args: all,
            span,
            ctrl: TagSet::EMPTY,
        });
        if std::mem::take(&mut self.st_dead) {
            None
        } else {
            Some(v)
        }
    }

    /// `value.await`.
    pub(crate) fn await_value(&mut self, value: Val, span: Span) -> Option<Val> {
        let c = self.content(value);
        let fns = self.v.node(c).fns.clone();
        if fns.is_empty() {
            // A future from outside of the tree: the callback ends here, and another one goes on with
            // what the host answered.
            let open = !self.filter_holds();
            self.suspend(span, open);
            return Some(self.blur(c));
        }
        self.fork(fns.len(), |this, i| match &fns[i] {
            Callable::Closure {
                func,
                path,
                captures,
                env,
                ..
            } => this.run_closure(*func, path, captures, env, Vec::new(), span),
            Callable::Future {
                func,
                args,
                self_ty,
            } => {
                let data = &this.r.program.functions[func.index()];
                let method = crate::flow::resolve::Method {
                    func: *func,
                    impl_id: data.impl_id,
                };
                let env = this.r.method_env(&mut this.tys, method, *self_ty);
                let v = this.run_now(*func, args.to_vec(), env, span, TagSet::EMPTY);
                if std::mem::take(&mut this.st_dead) {
                    None
                } else {
                    Some(v)
                }
            }
            Callable::Wait(gives, wait) => {
                this.wait(*wait, span);
                Some(*gives)
            }
            other => Some(this.v.callable(other.clone())),
        })
    }

    /// Where a pointer value points.
    pub(crate) fn targets_of(&self, v: Val) -> Vec<Target> {
        self.v
            .node(v)
            .ptrs
            .iter()
            .map(|p| Target {
                cell: p.cell,
                path: p.path.to_vec(),
            })
            .collect()
    }

    /// The callback may end here: what locals hold is kept until the future goes on. `open` when the
    /// host may resolve the route again until then.
    pub(super) fn suspend(&mut self, span: Span, open: bool) {
        self.waits += 1;
        let finals = self.v.tags.finals();
        let mut st = std::mem::take(&mut self.st);
        let frames: Vec<(u32, &'p Body, FnId)> = self
            .frames
            .iter()
            .map(|f| (f.base, f.body, f.func))
            .collect();
        for (i, slot) in st.stack.iter_mut().enumerate() {
            // What was compared before the wait proves nothing after it.
            *slot = self.v.unguarded(*slot);
            if self.v.deep(*slot).is_empty() {
                continue;
            }
            let at = u32::try_from(i).unwrap_or(u32::MAX);
            let Some(&(base, body, func)) = frames.iter().rfind(|f| f.0 <= at) else {
                continue;
            };
            let local = &body.locals[(at - base) as usize];
            let name = local.name.unwrap_or_else(|| Symbol::new("a value"));
            let function = Symbol::new(&self.fn_name(func));
            let site = Site {
                span: if local.name.is_some() {
                    local.span
                } else {
                    span
                },
                subject: name,
                part: None,
                storage: Storage::Capture,
                callback: self.callback,
                function,
                adds: false,
            };
            let site = self.v.tags.site(site);
            if local.name.is_some() {
                let deep = self.v.deep(*slot);
                for t in self.v.tags.list(deep) {
                    if matches!(t.age, Age::Fresh(_)) {
                        self.note_store(site, t);
                    }
                }
            }
            let mut memo = Mapped::default();
            *slot = self.v.map_tags(*slot, &mut memo, &mut |t| {
                Some(match t.age {
                    Age::Fresh(_) => Tag {
                        age: Age::Kept {
                            site,
                            open: open && !finals[t.source.0 as usize],
                            foreign: false,
                        },
                        ..t
                    },
                    Age::Kept { .. } => t,
                })
            });
        }
        let mut memo = Mapped::default();
        for slot in &mut st.heap {
            *slot = self.v.map_tags(*slot, &mut memo, &mut |t| {
                Some(match t.age {
                    Age::Fresh(Some(site)) => Tag {
                        age: Age::Kept {
                            site,
                            open: open && !finals[t.source.0 as usize],
                            foreign: false,
                        },
                        ..t
                    },
                    _ => t,
                })
            });
        }
        self.st = st;
    }
}
