//! Drives filters that an SDK runs as futures: the function that launches them, then for each stream
//! the request filter and, with what that returned, the response filter, then what handles the frames
//! of an upgraded connection.

use crate::ir::{FnId, Symbol};
use crate::sdk::{CallKind, Phase};
use crate::source::Span;

use super::{ContextInfo, Unit, Window};
use crate::flow::interp::Registration;
use crate::flow::interp::filters::{Filtering, part};
use crate::flow::state::{Happened, State};
use crate::flow::tag::{Storage, TagSet};
use crate::flow::types::TyId;
use crate::flow::value::{Callable, Key, Mapped, PtrKind, Val};

impl Unit<'_, '_> {
    /// Runs a function that an SDK calls as a future when a configuration arrives.
    pub(super) fn drive_entrypoint(&mut self, f: FnId) {
        let func = &self.i.r.program.functions[f.index()];
        self.contexts.push(ContextInfo {
            type_name: func.name.to_string(),
            is_root: true,
            built_at: Some(func.name_span),
            declared_at: Some(func.name_span),
            callbacks: vec![func.name],
            fields: Vec::new(),
        });
        self.i.storage = Storage::Root;
        self.i.in_root = true;
        self.i.begin(func.name, Phase::Configure);
        self.i.filtering = Some(Filtering {
            parameters: Vec::new(),
            carried: Val::BOTTOM,
            state: Val::BOTTOM,
            span: func.name_span,
        });
        let args = vec![self.i.parameter(); func.params.len()];
        let v = self
            .i
            .run_fn(f, args, TyId::UNKNOWN, func.span, TagSet::EMPTY);
        self.finish(v, func.span);
        self.i.filtering = None;
        self.i.in_root = false;
        let st = std::mem::take(&mut self.i.st);
        self.i.st = self.age(st, Phase::Configure, None);
    }

    /// Runs a filter for one stream.
    pub(super) fn drive_filter(&mut self, r: &Registration) {
        let start = self.i.st.clone();
        let filter = self.without_configuration(r.constructor);
        if !self.again {
            self.contexts.push(ContextInfo {
                type_name: "filter".to_owned(),
                is_root: false,
                built_at: Some(r.span),
                declared_at: Some(r.span),
                callbacks: Vec::new(),
                fields: Vec::new(),
            });
        }
        self.i.storage = Storage::Stream;
        self.i.headers_gone = false;
        self.i.callout_late = false;
        self.i.pending = Val::BOTTOM;

        let mut filtering = Filtering {
            parameters: Vec::new(),
            carried: Val::BOTTOM,
            state: Val::BOTTOM,
            span: r.span,
        };
        if let Some(v) = self.stage(CallKind::CreateState, filter, Phase::Construct, &filtering) {
            let cell = self.i.alloc(r.span, v, true);
            filtering.state = self.i.v.ptr(cell, &[], PtrKind::Shared);
        }
        let flow = self.stage(
            CallKind::RequestFilter,
            filter,
            Phase::RequestHeaders,
            &filtering,
        );
        filtering.carried = flow.map_or(Val::BOTTOM, |v| self.carried(v));
        self.i.open_windows();
        self.i.headers_gone = true;
        self.i.callout_late = true;
        self.stage(
            CallKind::ResponseFilter,
            filter,
            Phase::ResponseHeaders,
            &filtering,
        );
        // The response may upgrade the connection; then both directions go on by themselves.
        let (up, down) = (CallKind::UpstreamFilter, CallKind::DownstreamFilter);
        let start_of_frames = self.i.st.clone();
        let mut after = start_of_frames.clone();
        for order in [[up, down], [down, up]] {
            self.i.st = start_of_frames.clone();
            for kind in order {
                self.stage(kind, filter, Phase::ResponseBody, &filtering);
            }
            after.join(&self.i.st, &mut self.i.v);
        }
        self.i.st = after;
        self.stage(CallKind::DoneFilter, filter, Phase::Log, &filtering);
        self.i.headers_gone = false;
        self.i.callout_late = false;
        let end = std::mem::replace(&mut self.i.st, start);
        self.ends.push(end);
    }

    /// Runs one function of a filter, if it has it. Gives what it returned.
    fn stage(
        &mut self,
        kind: CallKind,
        filter: Val,
        phase: Phase,
        filtering: &Filtering,
    ) -> Option<Val> {
        let f = self.i.project(filter, part(kind));
        let f = self.i.content(f);
        let fns = self.i.v.node(f).fns.clone();
        if fns.is_empty() {
            return None;
        }
        let (name, parameters) = self.i.sdk.filter(kind)?;
        let (name, parameters) = (*name, parameters.clone());
        if let Some(c) = self.contexts.iter_mut().rfind(|c| !c.is_root)
            && !c.callbacks.contains(&name)
        {
            c.callbacks.push(name);
        }
        self.i.begin(name, phase);
        self.i.st.resumed = Happened::No;
        self.i.st.rerouted = Happened::No;
        self.i.filtering = Some(Filtering {
            parameters,
            ..filtering.clone()
        });
        let span = filtering.span;
        let before = self.i.st.clone();
        let mut out: Option<State> = None;
        let mut value: Option<Val> = None;
        for f in fns {
            self.i.st = before.clone();
            let n = match &f {
                Callable::Fn(f, _) => self.i.r.program.functions[f.index()].params.len(),
                _ => MAX_PARAMETERS,
            };
            let first = match kind {
                CallKind::DoneFilter if filtering.state != Val::BOTTOM => filtering.state,
                _ => self.i.parameter(),
            };
            let mut args = vec![self.i.parameter(); n];
            if let Some(a) = args.first_mut() {
                *a = first;
            }
            let callee = self.i.v.callable(f);
            let Some(v) = self.i.call_value(callee, args, span) else {
                self.i.st_dead = false;
                continue;
            };
            let Some(v) = self.finish(v, span) else {
                continue;
            };
            // What a filter returns acts on the host.
            let d = self.i.v.deep(v);
            self.i.note_act(d);
            let st = std::mem::take(&mut self.i.st);
            crate::flow::state::join_into(&mut out, st, &mut self.i.v);
            value = Some(match value {
                Some(old) => self.i.v.join(old, v),
                None => v,
            });
        }
        self.i.filtering = None;
        let st = self.age(out.unwrap_or(before), phase, Some(false));
        self.i.st = st;
        value
    }

    /// Waits for what an asynchronous function gives.
    fn finish(&mut self, v: Val, span: Span) -> Option<Val> {
        let mut v = v;
        for _ in 0..4 {
            if !self.i.is_future(v) {
                break;
            }
            let next = self.i.await_value(v, span);
            self.i.st_dead = false;
            v = next?;
        }
        self.i.st_dead = false;
        Some(v)
    }

    /// What a request filter returned for the response filter, as it is by then.
    fn carried(&mut self, flow: Val) -> Val {
        let flow = self.i.content(flow);
        let mut v = Val::BOTTOM;
        for variant in self.i.sdk.carriers() {
            let key = Key::Variant(variant, Symbol::new("0"));
            if self.i.v.node(flow).fields.iter().any(|(k, _)| *k == key) {
                let one = self.i.project(flow, key);
                v = self.i.v.join(v, one);
            }
        }
        let window = Window {
            fresh: true,
            kept: true,
        };
        self.aged(v, window, false, &mut Mapped::default())
    }
}

/// More parameters than the SDK can fill.
const MAX_PARAMETERS: usize = 12;
