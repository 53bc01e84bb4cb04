//! Printing places, operands and values.

use super::Printer;
use crate::ir::{
    BinaryOp, Call, Callee, Closure, ClosureKind, Const, FieldInit, FormatKind, LocalId, Operand,
    Path, Place, PlaceBase, Projection, Rvalue, UnaryOp,
};

impl Printer<'_> {
    pub(super) fn local(&self, local: LocalId) -> String {
        self.names
            .get(local.0 as usize)
            .cloned()
            .unwrap_or_else(|| format!("?{}", local.0))
    }

    pub(super) fn place(&self, place: &Place) -> String {
        let mut text = match &place.base {
            PlaceBase::Local(local) => self.local(*local),
            PlaceBase::Path(path) => path.to_string(),
        };
        for step in &place.proj {
            match step {
                Projection::Field(name) => text.push_str(&format!(".{name}")),
                Projection::Variant(variant, name) => text.push_str(&format!(".{variant}.{name}")),
                Projection::Deref => text.push_str(".*"),
                Projection::Index(key) => text.push_str(&format!("[{}]", self.operand(key))),
                Projection::Element => text.push_str("[..]"),
            }
        }
        text
    }

    pub(super) fn operand(&self, operand: &Operand) -> String {
        match operand {
            Operand::Place(place) => self.place(place),
            Operand::Const(value, _) => match value {
                Const::Unit => "()".to_owned(),
                Const::Bool(b) => b.to_string(),
                Const::Int(n) => n.to_string(),
                Const::Literal(text) => text.to_string(),
                Const::Other => "<const>".to_owned(),
                Const::Str(text) => format!("{:?}", text.as_str()),
            },
        }
    }

    fn operands(&self, operands: &[Operand]) -> String {
        let texts: Vec<_> = operands.iter().map(|o| self.operand(o)).collect();
        texts.join(", ")
    }

    pub(super) fn rvalue(&self, value: &Rvalue) -> String {
        match value {
            Rvalue::Use(operand) => self.operand(operand),
            Rvalue::Ref { mutable, place } => {
                let word = if *mutable { "&mut " } else { "&" };
                format!("{word}{}", self.place(place))
            }
            Rvalue::Struct { path, fields, base } => self.struct_(path, fields, base.as_ref()),
            Rvalue::Tuple(args) => format!("({})", self.operands(args)),
            Rvalue::Array(args) => format!("[{}]", self.operands(args)),
            Rvalue::Binary { op, left, right } => {
                let op = match op {
                    BinaryOp::Arithmetic => "+",
                    BinaryOp::Bits => "&",
                    BinaryOp::Eq => "==",
                    BinaryOp::Ne => "!=",
                    BinaryOp::Order => "<",
                };
                format!("{} {op} {}", self.operand(left), self.operand(right))
            }
            Rvalue::Unary { op, value } => {
                let op = match op {
                    UnaryOp::Not => "!",
                    UnaryOp::Neg => "-",
                };
                format!("{op}{}", self.operand(value))
            }
            Rvalue::Cast { value, ty } => format!("{} as {ty}", self.operand(value)),
            Rvalue::Call(call) => self.call(call),
            Rvalue::Closure { index, captures } => {
                let captures: Vec<_> = captures
                    .iter()
                    .map(|c| {
                        let word = if c.by_ref { "ref " } else { "" };
                        format!("{word}{}", self.local(c.local))
                    })
                    .collect();
                let closure = self.body.closures.get(*index as usize);
                let head = closure.map_or_else(|| "closure".to_owned(), closure_head);
                format!("{head} [{}] {{", captures.join(", "))
            }
            Rvalue::Await(future) => format!("await {}", self.operand(future)),
            Rvalue::Format { kind, args } => {
                let word = match kind {
                    FormatKind::Write => "write",
                    FormatKind::Value => "format",
                    FormatKind::Log => "log",
                    FormatKind::Assert => "assert",
                };
                format!("{word}({})", self.operands(args))
            }
            Rvalue::Mix {
                unknown_macro,
                args,
            } => match unknown_macro {
                Some(name) => format!("mix {name}!({})", self.operands(args)),
                None => format!("mix({})", self.operands(args)),
            },
        }
    }

    fn struct_(&self, path: &Path, fields: &[FieldInit], base: Option<&Operand>) -> String {
        let mut parts: Vec<_> = fields
            .iter()
            .map(|f| format!("{}: {}", f.name, self.operand(&f.value)))
            .collect();
        parts.extend(base.map(|b| format!("..{}", self.operand(b))));
        match parts.is_empty() {
            true => format!("{path} {{}}"),
            false => format!("{path} {{ {} }}", parts.join(", ")),
        }
    }

    fn call(&self, call: &Call) -> String {
        let types: Vec<_> = call.type_args.iter().map(ToString::to_string).collect();
        let types = match types.is_empty() {
            true => String::new(),
            false => format!("::<{}>", types.join(", ")),
        };
        match &call.callee {
            Callee::Path(path) => format!("call {path}({})", self.operands(&call.args)),
            Callee::Value(value) => {
                format!(
                    "call ({})({})",
                    self.operand(value),
                    self.operands(&call.args)
                )
            }
            Callee::Method(name) => {
                let (receiver, args) = match call.args.split_first() {
                    Some((receiver, args)) => (self.operand(receiver), self.operands(args)),
                    None => (String::new(), String::new()),
                };
                format!("call {receiver}.{name}{types}({args})")
            }
        }
    }
}

/// `|a, _1|`, or `async`.
fn closure_head(closure: &Closure) -> String {
    if closure.kind == ClosureKind::Async {
        return "async".to_owned();
    }
    let body = &closure.body;
    let first = body.captures as usize;
    let params = body.locals.iter().skip(first).take(body.params as usize);
    let names: Vec<_> = params
        .zip(closure.param_types.iter().chain(std::iter::repeat(&None)))
        .enumerate()
        .map(|(n, (local, ty))| {
            let name = local
                .name
                .map_or_else(|| format!("_{n}"), |s| s.to_string());
            match ty {
                Some(ty) => format!("{name}: {ty}"),
                None => name,
            }
        })
        .collect();
    format!("|{}|", names.join(", "))
}
