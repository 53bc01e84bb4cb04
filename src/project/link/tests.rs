//! Tests of the shifting of ids.

use std::path::Path;

use super::*;
use crate::ir::{
    Function, Global, GlobalKind, Impl, Import, Path as IrPath, Trait, Type, TypeDef, TypeDefKind,
};
use crate::source::{FileId, Span};

fn span() -> Span {
    Span::new(FileId(0), 0, 0)
}

fn function(name: &str, module: u32) -> Function {
    Function {
        name: Symbol::new(name),
        module: ModuleId(module),
        impl_id: None,
        trait_id: None,
        generics: Vec::new(),
        receiver: None,
        params: Vec::new(),
        ret: Type::unit(),
        is_async: false,
        is_entry: false,
        body: None,
        span: span(),
        name_span: span(),
    }
}

/// A fragment with one of everything, all in an inline module but the global; names end in `n`.
fn fragment(n: usize) -> Fragment {
    let name = |what: &str| Symbol::new(&format!("{what}{n}"));
    let mut own = empty(CrateId(0), FileId(0));
    own.items = vec![
        (name("inline"), Item::Module(ModuleId(1))),
        (name("GLOBAL"), Item::Global(GlobalId(0))),
    ];
    own.imports = vec![Import {
        path: IrPath::of(&["a"]),
        name: Some(name("import")),
        glob: false,
    }];
    let mut inline = empty(CrateId(0), FileId(0));
    inline.name = name("inline");
    inline.parent = Some(ModuleId(0));
    inline.items = vec![
        (name("Type"), Item::Type(TypeId(0))),
        (name("Trait"), Item::Trait(TraitId(0))),
        (name("free"), Item::Fn(FnId(0))),
    ];
    let mut of_impl = function(&format!("of_impl{n}"), 1);
    of_impl.impl_id = Some(ImplId(0));
    let mut of_trait = function(&format!("of_trait{n}"), 1);
    of_trait.trait_id = Some(TraitId(0));
    let global = |what: &str, module, init| Global {
        name: name(what),
        module: ModuleId(module),
        kind: GlobalKind::Const,
        ty: Type::unit(),
        init,
        span: span(),
    };
    Fragment {
        modules: vec![own, inline],
        functions: vec![
            function(&format!("free{n}"), 1),
            of_impl,
            of_trait,
            function(&format!("init{n}"), 0),
        ],
        types: vec![TypeDef {
            name: name("Type"),
            module: ModuleId(1),
            generics: Vec::new(),
            kind: TypeDefKind::Alias(Type::unit()),
            derives: Vec::new(),
            span: span(),
        }],
        traits: vec![Trait {
            name: name("Trait"),
            module: ModuleId(1),
            generics: Vec::new(),
            supers: Vec::new(),
            methods: vec![FnId(2)],
            consts: vec![(name("OF_TRAIT"), GlobalId(1))],
            span: span(),
        }],
        impls: vec![Impl {
            module: ModuleId(1),
            generics: Vec::new(),
            of_trait: None,
            self_ty: Type::unit(),
            methods: vec![FnId(1)],
            consts: vec![(name("OF_IMPL"), GlobalId(2))],
            types: Vec::new(),
            span: span(),
        }],
        globals: vec![
            global("GLOBAL", 0, Some(FnId(3))),
            global("OF_TRAIT", 1, None),
            global("OF_IMPL", 1, None),
        ],
        mods: Vec::new(),
        includes: Vec::new(),
    }
}

fn spec(name: &str, deps: Vec<(Symbol, usize)>) -> CrateSpec {
    CrateSpec {
        name: Symbol::new(name),
        package: name.to_owned(),
        manifest: None,
        deps,
        external: Vec::new(),
    }
}

/// Every id leads to the thing that it led to in its fragment: the one with the same number at the
/// end of its name.
fn check(program: &Program) {
    for (n, t) in program.traits.iter().enumerate() {
        let number = t.name.as_str().replace("Trait", "");
        let method = &program.functions[t.methods[0].index()];
        assert_eq!(method.name.as_str(), format!("of_trait{number}"));
        assert_eq!(method.trait_id, Some(TraitId(super::number(n))));
        let (name, id) = t.consts[0];
        assert_eq!(program.globals[id.index()].name, name);
        let inline = &program.modules[t.module.index()];
        assert_eq!(inline.name.as_str(), format!("inline{number}"));
        for (name, item) in &inline.items {
            let found = match item {
                Item::Fn(id) => program.functions[id.index()].name,
                Item::Type(id) => program.types[id.index()].name,
                Item::Trait(id) => program.traits[id.index()].name,
                Item::Module(id) => program.modules[id.index()].name,
                Item::Global(id) => program.globals[id.index()].name,
            };
            assert_eq!(found, *name);
        }
    }
    for (n, i) in program.impls.iter().enumerate() {
        let method = &program.functions[i.methods[0].index()];
        assert_eq!(method.impl_id, Some(ImplId(super::number(n))));
        assert_eq!(method.module, i.module);
        let (name, id) = i.consts[0];
        assert_eq!(program.globals[id.index()].name, name);
    }
    for g in &program.globals {
        if let Some(init) = g.init {
            let expected = g.name.as_str().replace("GLOBAL", "init");
            assert_eq!(program.functions[init.index()].name.as_str(), expected);
        }
    }
}

#[test]
fn ids_are_shifted() {
    let leaf = |root, link, n| Leaf::new(root, Path::new("x.rs"), link, fragment(n));
    let module = Link::Module(0, ModuleId(1), Symbol::new("child"));
    let leaves = vec![
        leaf(0, Link::Root, 0),
        leaf(2, Link::Root, 1),
        leaf(0, module, 2),
        leaf(2, Link::Include(1, ModuleId(0)), 3),
        // Inside the inline module of the included file.
        leaf(
            2,
            Link::Module(3, ModuleId(1), Symbol::new("grandchild")),
            4,
        ),
        // A file that could not be parsed.
        Leaf::new(
            0,
            Path::new("y.rs"),
            Link::Module(0, ModuleId(0), Symbol::new("unparsed")),
            Fragment::default(),
        ),
    ];
    let first = Symbol::new("first");
    let specs = vec![
        spec("first", Vec::new()),
        spec("unread", Vec::new()),
        spec("third", vec![(first, 0), (Symbol::new("gone"), 1)]),
    ];
    let program = link(specs, leaves);
    check(&program);
    assert_eq!(program.traits.len(), 5);
    // Five fragments of two modules, less the included one's own, and the empty one.
    assert_eq!(program.modules.len(), 10);

    let names: Vec<&str> = program.crates.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["first", "third"]);
    assert_eq!(program.crates[1].deps, [(first, CrateId(0))]);

    let items = |id: ModuleId| -> Vec<&str> {
        let items = &program.modules[id.index()].items;
        items.iter().map(|(name, _)| name.as_str()).collect()
    };
    assert_eq!(
        items(program.crates[0].root),
        ["inline0", "GLOBAL0", "unparsed"]
    );
    let root = program.crates[1].root;
    assert_eq!(items(root), ["inline1", "GLOBAL1", "inline3", "GLOBAL3"]);
    assert_eq!(program.modules[root.index()].imports.len(), 2);
    let find = |name: &str| {
        let at = program.modules.iter().position(|m| m.name.as_str() == name);
        &program.modules[at.unwrap_or(0)]
    };
    assert_eq!(find("inline3").parent, Some(root));
    assert_eq!(find("grandchild").krate, CrateId(1));
    let parent = find("grandchild").parent.map_or(0, ModuleId::index);
    assert_eq!(program.modules[parent].name.as_str(), "inline3");
    let globals: Vec<_> = program
        .globals
        .iter()
        .filter(|g| g.module == root)
        .collect();
    assert_eq!(globals.len(), 2);
}
