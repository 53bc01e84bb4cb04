//! Items: crates, modules, types, traits, impls, functions, globals.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Body, Path, Symbol, Type};
use crate::source::{FileId, Span};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// Index into [`Program::crates`].
    CrateId;
    /// Index into [`Program::modules`].
    ModuleId;
    /// Index into [`Program::functions`].
    FnId;
    /// Index into [`Program::types`].
    TypeId;
    /// Index into [`Program::traits`].
    TraitId;
    /// Index into [`Program::impls`].
    ImplId;
    /// Index into [`Program::globals`].
    GlobalId;
}

/// All that is analysed together.
#[derive(Debug, Default)]
pub struct Program {
    /// Sorted by manifest path, then target.
    pub crates: Vec<Crate>,
    /// Modules of all crates.
    pub modules: Vec<Module>,
    /// Functions of all crates: free, methods, trait defaults, global initialisers.
    pub functions: Vec<Function>,
    /// Structs, enums, unions and type aliases.
    pub types: Vec<TypeDef>,
    /// Traits.
    pub traits: Vec<Trait>,
    /// Impl blocks.
    pub impls: Vec<Impl>,
    /// Statics and constants.
    pub globals: Vec<Global>,
}

/// One compiled target: a package's library, binary, or a lone file.
#[derive(Debug)]
pub struct Crate {
    /// The name that paths use (underscores).
    pub name: Symbol,
    /// The package's name as its manifest writes it; for a lone file the file's name.
    pub package: String,
    /// The manifest, if it has one.
    pub manifest: Option<PathBuf>,
    /// The root module.
    pub root: ModuleId,
    /// In-tree crates by the name under which this crate's paths know them.
    pub deps: Vec<(Symbol, CrateId)>,
    /// Out-of-tree dependencies: the name that paths use and the package name of the registry.
    pub external: Vec<(Symbol, String)>,
}

/// A module.
#[derive(Debug)]
pub struct Module {
    /// Its crate.
    pub krate: CrateId,
    /// `None` for a crate root.
    pub parent: Option<ModuleId>,
    /// Name; for a crate root the crate's name. A block with items of its own is an anonymous
    /// module named by its position, which sees its parent's names.
    pub name: Symbol,
    /// It is the scope of a function body: names not found here are looked up in the parent.
    pub is_block: bool,
    /// Declared names, in source order.
    pub items: Vec<(Symbol, Item)>,
    /// `use` declarations.
    pub imports: Vec<Import>,
    /// The file that holds it.
    pub file: FileId,
}

/// What a name declared in a module is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A module.
    Module(ModuleId),
    /// A free function.
    Fn(FnId),
    /// A struct, enum, union or alias.
    Type(TypeId),
    /// A trait.
    Trait(TraitId),
    /// A static or constant.
    Global(GlobalId),
}

/// One leaf of a `use` tree.
#[derive(Clone, Debug)]
pub struct Import {
    /// The whole path of the leaf, `self` leaves already folded into their parent.
    pub path: Path,
    /// The name that it brings in; `None` for `_` and for globs.
    pub name: Option<Symbol>,
    /// `path::*`.
    pub glob: bool,
}

/// A generic parameter with its bounds from the list and the `where` clause.
#[derive(Clone, Debug)]
pub struct GenericParam {
    /// Name of the type parameter.
    pub name: Symbol,
    /// Trait bounds; `Fn(..)` bounds are [`Type::Fn`], others [`Type::Path`].
    pub bounds: Vec<Type>,
}

/// A struct, enum, union or type alias.
#[derive(Debug)]
pub struct TypeDef {
    /// Name.
    pub name: Symbol,
    /// Declaring module.
    pub module: ModuleId,
    /// Type parameters.
    pub generics: Vec<GenericParam>,
    /// What it is.
    pub kind: TypeDefKind,
    /// Names in `#[derive(..)]`, last segments.
    pub derives: Vec<Symbol>,
    /// The name.
    pub span: Span,
}

/// Kinds of [`TypeDef`].
#[derive(Debug)]
pub enum TypeDefKind {
    /// A struct or union.
    Struct(Vec<Field>),
    /// An enum.
    Enum(Vec<Variant>),
    /// `type X = T`.
    Alias(Type),
}

/// A field of a struct or variant.
#[derive(Debug)]
pub struct Field {
    /// Name, or decimal number.
    pub name: Symbol,
    /// Declared type.
    pub ty: Type,
    /// The declaration.
    pub span: Span,
}

/// A variant of an enum.
#[derive(Debug)]
pub struct Variant {
    /// Name.
    pub name: Symbol,
    /// Payload.
    pub fields: Vec<Field>,
}

/// A trait.
#[derive(Debug)]
pub struct Trait {
    /// Name.
    pub name: Symbol,
    /// Declaring module.
    pub module: ModuleId,
    /// Type parameters.
    pub generics: Vec<GenericParam>,
    /// Supertraits.
    pub supers: Vec<Path>,
    /// Methods and associated functions; a required one has no body.
    pub methods: Vec<FnId>,
    /// Associated constants with a default.
    pub consts: Vec<(Symbol, GlobalId)>,
    /// The name.
    pub span: Span,
}

/// An impl block.
#[derive(Debug)]
pub struct Impl {
    /// Containing module.
    pub module: ModuleId,
    /// Type parameters.
    pub generics: Vec<GenericParam>,
    /// The implemented trait.
    pub of_trait: Option<Path>,
    /// The implementing type.
    pub self_ty: Type,
    /// Methods and associated functions.
    pub methods: Vec<FnId>,
    /// Associated constants.
    pub consts: Vec<(Symbol, GlobalId)>,
    /// Associated types.
    pub types: Vec<(Symbol, Type)>,
    /// The header (`impl X for Y`).
    pub span: Span,
}

/// How a method takes its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// `self`, `self: Box<Self>`.
    Value,
    /// `&self`.
    Ref,
    /// `&mut self`.
    RefMut,
}

/// A parameter; the receiver is the first one and is named `self`.
#[derive(Clone, Debug)]
pub struct Param {
    /// Name; `None` for a pattern, which the body takes apart.
    pub name: Option<Symbol>,
    /// Declared type. `Self`, `&Self`, `&mut Self` for short receivers.
    pub ty: Type,
    /// The parameter.
    pub span: Span,
}

/// A function.
#[derive(Debug)]
pub struct Function {
    /// Name. An initialiser has the name of its global, an entry block the name of its macro.
    pub name: Symbol,
    /// Module (or block module) in which its paths are resolved.
    pub module: ModuleId,
    /// The impl it belongs to.
    pub impl_id: Option<ImplId>,
    /// The trait it belongs to.
    pub trait_id: Option<TraitId>,
    /// Own type parameters.
    pub generics: Vec<GenericParam>,
    /// `None` for free and associated functions.
    pub receiver: Option<Receiver>,
    /// Parameters, receiver included.
    pub params: Vec<Param>,
    /// Result type. For `async fn` the type of the awaited value.
    pub ret: Type,
    /// `async fn`: a call gives a future; the body runs when it is awaited.
    pub is_async: bool,
    /// It is run by the host at start-up: `_start`, `_initialize`, `main`, `proxy_wasm::main! { .. }`.
    pub is_entry: bool,
    /// The code; `None` for required trait methods and foreign functions. Shared, so that the
    /// analysis can hold on to it.
    pub body: Option<Arc<Body>>,
    /// The whole item.
    pub span: Span,
    /// The name.
    pub name_span: Span,
}

/// A static or constant.
#[derive(Debug)]
pub struct Global {
    /// Name.
    pub name: Symbol,
    /// Module in which the initialiser's paths are resolved.
    pub module: ModuleId,
    /// What it is.
    pub kind: GlobalKind,
    /// Declared type.
    pub ty: Type,
    /// A function without parameters that gives the first value; `None` if it is not known.
    pub init: Option<FnId>,
    /// The name.
    pub span: Span,
}

/// Kinds of [`Global`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlobalKind {
    /// `const`.
    Const,
    /// `static`, `static mut`.
    Static,
    /// `thread_local!`: used through `.with(|x| ..)` and the shortcuts on `LocalKey`.
    ThreadLocal,
    /// `lazy_static!`: used as a reference to its value.
    Lazy,
}

/// `mod name;` in a fragment: a module that lives in another file.
#[derive(Debug)]
pub struct ModDecl {
    /// Name.
    pub name: Symbol,
    /// `#[path = ".."]`.
    pub path: Option<String>,
    /// The module of this fragment that declares it.
    pub parent: ModuleId,
    /// The declaration.
    pub span: Span,
}

/// One lowered file. Ids are local to the fragment (module 0 is the file's own module, whose
/// `krate`, `parent` and `name` the linker sets); [`Fragment`]s are joined by shifting them.
#[derive(Debug, Default)]
pub struct Fragment {
    /// Module 0 and inline modules.
    pub modules: Vec<Module>,
    /// See [`Program::functions`].
    pub functions: Vec<Function>,
    /// See [`Program::types`].
    pub types: Vec<TypeDef>,
    /// See [`Program::traits`].
    pub traits: Vec<Trait>,
    /// See [`Program::impls`].
    pub impls: Vec<Impl>,
    /// See [`Program::globals`].
    pub globals: Vec<Global>,
    /// Modules in other files.
    pub mods: Vec<ModDecl>,
    /// `include!("file")` in item position: the items of that file belong to the module.
    pub includes: Vec<ModDecl>,
}
