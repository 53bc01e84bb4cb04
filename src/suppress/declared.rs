//! Where the thing that a finding is about is declared: a comment above a field or a static speaks
//! of every store into it, wherever that is.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::finding::Finding;
use crate::ir::{CrateId, Program, Symbol, Type, TypeDefKind};
use crate::source::{FileId, Span};

/// The declarations of a program that findings can be about.
#[derive(Debug, Default)]
pub struct Declarations {
    types: FxHashMap<Symbol, Vec<Declared>>,
    globals: FxHashMap<Symbol, Vec<(CrateId, Span)>>,
    files: FxHashMap<FileId, FxHashSet<CrateId>>,
}

/// A type with its fields.
#[derive(Debug)]
struct Declared {
    krate: CrateId,
    fields: Vec<FieldPlace>,
}

#[derive(Debug)]
struct FieldPlace {
    name: Symbol,
    span: Span,
    /// Names of the types that its type is made of: `Option<Box<Filter>>` may hold a `Filter`.
    holds: Vec<Symbol>,
}

impl Declarations {
    /// Those of a program.
    pub fn of(program: &Program) -> Self {
        let krate = |module: crate::ir::ModuleId| program.modules[module.index()].krate;
        let mut out = Self::default();
        for ty in &program.types {
            let fields = match &ty.kind {
                TypeDefKind::Struct(fields) => fields.iter().collect(),
                TypeDefKind::Enum(variants) => variants.iter().flat_map(|v| &v.fields).collect(),
                TypeDefKind::Alias(_) => Vec::new(),
            };
            let place = |field: &crate::ir::Field| {
                let mut holds = Vec::new();
                names_in(&field.ty, &mut holds);
                FieldPlace {
                    name: field.name,
                    span: field.span,
                    holds,
                }
            };
            out.types.entry(ty.name).or_default().push(Declared {
                krate: krate(ty.module),
                fields: fields.into_iter().map(place).collect(),
            });
        }
        for global in &program.globals {
            let place = (krate(global.module), global.span);
            out.globals.entry(global.name).or_default().push(place);
        }
        for module in &program.modules {
            let crates = out.files.entry(module.file).or_default();
            crates.insert(module.krate);
        }
        out
    }

    /// The declarations that a finding's subject names: for `Context.filter.route` the field
    /// `filter` of `Context` and the field `route` of what it holds; for a static, the static.
    pub(super) fn places(&self, finding: &Finding) -> Vec<Span> {
        let mut parts = finding.subject.split(['.', '[']);
        let Some(first) = parts.next().map(Symbol::new) else {
            return Vec::new();
        };
        let crates = self.crates_of(finding);
        let globals = self.globals.get(&first).into_iter().flatten();
        let mut places: Vec<Span> = globals
            .filter(|(krate, _)| crates.contains(krate))
            .map(|&(_, span)| span)
            .collect();
        let mut types = vec![first];
        for part in parts {
            let name = Symbol::new(part.trim_end_matches(']'));
            let mut next = Vec::new();
            for ty in types.iter().filter_map(|ty| self.types.get(ty)).flatten() {
                if !crates.contains(&ty.krate) {
                    continue;
                }
                for field in ty.fields.iter().filter(|field| field.name == name) {
                    places.push(field.span);
                    next.extend(&field.holds);
                }
            }
            types = next;
        }
        places
    }

    /// The crates that a finding runs through. Another plugin of the workspace may well have a
    /// type of the same name.
    fn crates_of(&self, finding: &Finding) -> FxHashSet<CrateId> {
        let labels = std::iter::once(&finding.primary).chain(&finding.secondary);
        let steps = finding.trace.iter().filter_map(|step| step.span);
        labels
            .map(|label| label.span)
            .chain(steps)
            .filter_map(|span| self.files.get(&span.file))
            .flatten()
            .copied()
            .collect()
    }
}

fn names_in(ty: &Type, out: &mut Vec<Symbol>) {
    match ty {
        Type::Path(path) => {
            out.push(path.last());
            for arg in path.segments.iter().flat_map(|segment| &segment.args) {
                names_in(arg, out);
            }
        }
        Type::Ref { inner, .. } | Type::Slice(inner) => names_in(inner, out),
        Type::Tuple(members) => members.iter().for_each(|member| names_in(member, out)),
        _ => {}
    }
}
