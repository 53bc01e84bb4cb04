//! The printed form of the representation, which tests and people read.
//!
//! Locals have their names, with `#2` and so on where a name is used again; temporaries are `t0`,
//! `t1`; parameters that are patterns are `_0`, `_1`. `.*` goes through a reference, `[..]` is some
//! element of a collection. `let` is the first value of a variable, `<-` is `+=` and the like (the
//! value is already the sum); one operator stands for its class. A `switch` takes the first `when`
//! whose tests hold.

mod value;

use rustc_hash::FxHashMap;

use super::{
    Arm, AssignKind, Block, Body, Cond, Function, LocalId, Place, PlaceBase, Rvalue, Stmt,
    StmtKind, Switch, Symbol, Test, TestKind,
};

/// Prints a function with its body.
pub fn print_function(function: &Function) -> String {
    let params: Vec<String> = function
        .params
        .iter()
        .enumerate()
        .map(|(n, p)| match p.name {
            Some(name) => format!("{name}: {}", p.ty),
            None => format!("_{n}: {}", p.ty),
        })
        .collect();
    let head = format!(
        "{}{}fn {}({}) -> {}",
        if function.is_entry { "entry " } else { "" },
        if function.is_async { "async " } else { "" },
        function.name,
        params.join(", "),
        function.ret
    );
    match &function.body {
        Some(body) => format!("{head} {{\n{}}}\n", Printer::new(body, 1).body()),
        None => format!("{head};\n"),
    }
}

/// Prints a body.
pub fn print_body(body: &Body) -> String {
    Printer::new(body, 0).body()
}

struct Printer<'b> {
    body: &'b Body,
    names: Vec<String>,
    indent: usize,
    out: String,
}

impl<'b> Printer<'b> {
    fn new(body: &'b Body, indent: usize) -> Self {
        let mut used: FxHashMap<Symbol, u32> = FxHashMap::default();
        let mut temps = 0;
        let first = body.captures as usize;
        let params = first..first + body.params as usize;
        let names = body
            .locals
            .iter()
            .enumerate()
            .map(|(n, local)| match local.name {
                Some(name) => {
                    let count = used.entry(name).or_default();
                    *count += 1;
                    match *count {
                        1 => name.to_string(),
                        again => format!("{name}#{again}"),
                    }
                }
                None if params.contains(&n) => format!("_{}", n - first),
                None => {
                    temps += 1;
                    format!("t{}", temps - 1)
                }
            })
            .collect();
        Self {
            body,
            names,
            indent,
            out: String::new(),
        }
    }

    fn body(mut self) -> String {
        self.block(&self.body.block);
        self.out
    }

    fn line(&mut self, text: &str) {
        for _ in 0..self.indent {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn block(&mut self, block: &Block) {
        for stmt in &block.stmts {
            self.stmt(stmt);
        }
    }

    fn indented(&mut self, block: &Block) {
        self.indent += 1;
        self.block(block);
        self.indent -= 1;
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Assign { dst, value, kind } => {
                let text = self.assignment(dst, value, *kind);
                self.line(&text);
                self.closure_body(value);
            }
            StmtKind::Switch(switch) => self.switch(switch),
            StmtKind::Loop { label, body } => {
                self.line(&format!("loop 'l{} {{", label.0));
                self.indented(body);
                self.line("}");
            }
            StmtKind::Labelled { label, body } => {
                self.line(&format!("block 'l{} {{", label.0));
                self.indented(body);
                self.line("}");
            }
            StmtKind::Break(label) => self.line(&format!("break 'l{}", label.0)),
            StmtKind::Continue(label) => self.line(&format!("continue 'l{}", label.0)),
            StmtKind::Return {
                value,
                question_mark,
            } => {
                let value = self.operand(value);
                let mark = if *question_mark { "?" } else { "" };
                self.line(&format!("return{mark} {value}"));
            }
            StmtKind::Diverge => self.line("diverge"),
            StmtKind::Unreachable => self.line("unreachable"),
        }
    }

    fn assignment(&self, dst: &Place, value: &Rvalue, kind: AssignKind) -> String {
        let mut text = String::new();
        if let (PlaceBase::Local(local), AssignKind::Init | AssignKind::Bind) = (&dst.base, kind)
            && self.is_named(*local)
        {
            text.push_str("let ");
        }
        text.push_str(&self.place(dst));
        text.push_str(match kind {
            AssignKind::Compound => " <- ",
            _ => " = ",
        });
        text.push_str(&self.rvalue(value));
        text
    }

    fn is_named(&self, local: LocalId) -> bool {
        let local = self.body.locals.get(local.0 as usize);
        local.is_some_and(|l| l.name.is_some())
    }

    /// The code of a closure, below the statement that makes it.
    fn closure_body(&mut self, value: &Rvalue) {
        let Rvalue::Closure { index, .. } = value else {
            return;
        };
        if let Some(closure) = self.body.closures.get(*index as usize) {
            let body = Printer::new(&closure.body, self.indent + 1).body();
            self.out.push_str(&body);
            self.line("}");
        }
    }

    fn switch(&mut self, switch: &Switch) {
        match switch.result {
            Some(result) => {
                let name = self.local(result);
                self.line(&format!("{name} = switch {{"));
            }
            None => self.line("switch {"),
        }
        self.indent += 1;
        for arm in &switch.arms {
            self.arm(arm);
        }
        self.indent -= 1;
        self.line("}");
    }

    fn arm(&mut self, arm: &Arm) {
        let is_short = |c: &Cond| {
            c.setup.stmts.is_empty()
                && !c.bind.stmts.iter().any(|s| match &s.kind {
                    StmtKind::Assign { value, .. } => matches!(value, Rvalue::Closure { .. }),
                    _ => true,
                })
        };
        if arm.conds.is_empty() {
            self.line("otherwise:");
        } else if let [cond] = arm.conds.as_slice()
            && is_short(cond)
        {
            let text = self.test_line(cond);
            self.line(&format!("when {text}"));
        } else {
            self.line("when:");
            self.indent += 1;
            for cond in &arm.conds {
                self.block(&cond.setup);
                let text = self.test_line(cond);
                self.line(&format!("test {text}"));
            }
            self.indent -= 1;
            self.line("then:");
        }
        self.indented(&arm.body);
    }

    fn test_line(&self, cond: &Cond) -> String {
        let tests: Vec<_> = cond.tests.iter().map(|t| self.test(t)).collect();
        let tests = match tests.is_empty() {
            true => "always".to_owned(),
            false => tests.join(", "),
        };
        let binds: Vec<_> = cond
            .bind
            .stmts
            .iter()
            .map(|s| match &s.kind {
                StmtKind::Assign { dst, value, .. } => {
                    format!("{} = {}", self.place(dst), self.rvalue(value))
                }
                _ => "..".to_owned(),
            })
            .collect();
        match binds.is_empty() {
            true => format!("{tests}:"),
            false => format!("{tests}: {}", binds.join("; ")),
        }
    }

    fn test(&self, test: &Test) -> String {
        let place = self.place(&test.place);
        match &test.kind {
            TestKind::Truth { negated: false } => place,
            TestKind::Truth { negated: true } => format!("not {place}"),
            TestKind::Variant(path) => format!("{place} is {path}"),
            TestKind::Equals(value) => format!("{place} == {}", self.operand(value)),
            TestKind::Range => format!("{place} in range"),
            TestKind::Length => format!("{place} has length"),
            TestKind::HasNext => format!("{place} has next"),
        }
    }
}
