//! Start functions that nothing marks as such: they register a context and nobody calls them. How
//! the host finds them is not in the source, or under a condition that is not met here: an export by
//! attribute, an entry in a table, a macro of another crate.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::resolve::{Def, Resolver};
use crate::ir::{
    Block, Body, Call, Callee, CrateId, FnId, Operand, Path, PlaceBase, Projection, Rvalue, Stmt,
    StmtKind, Symbol, TestKind,
};
use crate::sdk::Sdk;

/// Functions that register contexts, or the outermost of those that call such a function, by crate.
/// What ran already is left out.
pub(super) fn unmarked(
    resolver: &Resolver<'_>,
    sdk: &Sdk,
    executed: &FxHashSet<FnId>,
) -> BTreeMap<CrateId, Vec<FnId>> {
    let program = resolver.program;
    // A table in a static names functions and calls none.
    let tables: FxHashSet<FnId> = program.globals.iter().filter_map(|g| g.init).collect();
    let mut names: Vec<(FnId, Named<'_>)> = Vec::new();
    for (n, func) in program.functions.iter().enumerate() {
        let id = FnId(u32::try_from(n).unwrap_or(u32::MAX));
        let Some(body) = &func.body else { continue };
        let krate = program.modules[func.module.index()].krate;
        let seen = executed.contains(&id) || tables.contains(&id);
        if seen || sdk.is_sdk_crate(resolver.crate_package(krate)) {
            continue;
        }
        let mut named = Named::default();
        named.body(body);
        names.push((id, named));
    }
    let registers = |id: FnId, named: &Named<'_>| {
        let module = program.functions[id.index()].module;
        named.methods.iter().any(|&m| sdk.registers(m))
            || named.paths.iter().any(|p| {
                sdk.registers(p.last())
                    && match resolver.path(module, p) {
                        Some(Def::Fn(f)) => {
                            let home = program.functions[f.index()].module;
                            let krate = program.modules[home.index()].krate;
                            sdk.is_sdk_crate(resolver.crate_package(krate))
                        }
                        Some(Def::External(_)) => true,
                        _ => false,
                    }
            })
    };
    let registering: Vec<FnId> = names
        .iter()
        .filter(|(id, named)| registers(*id, named))
        .map(|&(id, _)| id)
        .collect();
    if registering.is_empty() {
        return BTreeMap::new();
    }
    let mut callers: FxHashMap<FnId, BTreeSet<FnId>> = FxHashMap::default();
    for (id, named) in &names {
        let module = program.functions[id.index()].module;
        for path in &named.paths {
            if let Some(Def::Fn(f)) = resolver.path(module, path)
                && f != *id
            {
                callers.entry(f).or_default().insert(*id);
            }
        }
    }
    let mut out: BTreeMap<CrateId, Vec<FnId>> = BTreeMap::new();
    let mut seen: FxHashSet<FnId> = FxHashSet::default();
    for start in registering {
        let mut pending = vec![start];
        while let Some(f) = pending.pop() {
            if !seen.insert(f) {
                continue;
            }
            match callers.get(&f) {
                Some(by) => pending.extend(by),
                None => {
                    let func = &program.functions[f.index()];
                    // A method needs an object that somebody made.
                    if func.receiver.is_none() && !func.is_async {
                        let krate = program.modules[func.module.index()].krate;
                        out.entry(krate).or_default().push(f);
                    }
                }
            }
        }
    }
    for fns in out.values_mut() {
        fns.sort_by_key(|f| f.index());
    }
    out
}

/// What a body names: paths, called or not, and methods.
#[derive(Default)]
struct Named<'p> {
    paths: Vec<&'p Path>,
    methods: Vec<Symbol>,
}

impl<'p> Named<'p> {
    fn body(&mut self, body: &'p Body) {
        self.block(&body.block);
        for closure in &body.closures {
            self.body(&closure.body);
        }
    }

    fn block(&mut self, block: &'p Block) {
        for stmt in &block.stmts {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &'p Stmt) {
        match &stmt.kind {
            StmtKind::Assign { dst, value, .. } => {
                self.place(dst);
                self.rvalue(value);
            }
            StmtKind::Switch(switch) => {
                for arm in &switch.arms {
                    for cond in &arm.conds {
                        self.block(&cond.setup);
                        for test in &cond.tests {
                            self.place(&test.place);
                            if let TestKind::Equals(op) = &test.kind {
                                self.operand(op);
                            }
                        }
                        self.block(&cond.bind);
                    }
                    self.block(&arm.body);
                }
            }
            StmtKind::Loop { body, .. } | StmtKind::Labelled { body, .. } => self.block(body),
            StmtKind::Return { value, .. } => self.operand(value),
            StmtKind::Break(_)
            | StmtKind::Continue(_)
            | StmtKind::Diverge
            | StmtKind::Unreachable => {}
        }
    }

    fn place(&mut self, place: &'p crate::ir::Place) {
        if let PlaceBase::Path(path) = &place.base {
            self.paths.push(path);
        }
        for step in &place.proj {
            if let Projection::Index(key) = step {
                self.operand(key);
            }
        }
    }

    fn operand(&mut self, op: &'p Operand) {
        if let Operand::Place(place) = op {
            self.place(place);
        }
    }

    fn operands(&mut self, ops: &'p [Operand]) {
        for op in ops {
            self.operand(op);
        }
    }

    fn rvalue(&mut self, value: &'p Rvalue) {
        match value {
            Rvalue::Use(op) | Rvalue::Await(op) => self.operand(op),
            Rvalue::Unary { value, .. } | Rvalue::Cast { value, .. } => self.operand(value),
            Rvalue::Ref { place, .. } => self.place(place),
            Rvalue::Struct { fields, base, .. } => {
                for field in fields {
                    self.operand(&field.value);
                }
                if let Some(base) = base {
                    self.operand(base);
                }
            }
            Rvalue::Tuple(ops) | Rvalue::Array(ops) => self.operands(ops),
            Rvalue::Binary { left, right, .. } => {
                self.operand(left);
                self.operand(right);
            }
            Rvalue::Call(call) => self.call(call),
            Rvalue::Format { args, .. } | Rvalue::Mix { args, .. } => self.operands(args),
            Rvalue::Closure { .. } => {}
        }
    }

    fn call(&mut self, call: &'p Call) {
        match &call.callee {
            Callee::Path(path) => self.paths.push(path),
            Callee::Method(name) => self.methods.push(*name),
            Callee::Value(op) => self.operand(op),
        }
        self.operands(&call.args);
    }
}
