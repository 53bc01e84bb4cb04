//! Rewrites that do not change what a plugin does.

mod aliases;
mod control;
mod extract;
mod fields;
mod helpers;
mod items;
mod locals;
mod loops;
mod modules;
mod names;
mod noise;
mod stores;
mod wrap;

use syn::File;

/// One way of writing the same plugin differently.
pub(crate) struct Rewrite {
    /// What tests and tables call it.
    pub(crate) name: &'static str,
    /// The rewritten file; nothing where there is nothing to rewrite.
    pub(crate) apply: fn(File) -> Option<File>,
}

macro_rules! rewrites {
    ($($module:ident: $($name:ident)*;)*) => {
        /// All rewrites.
        pub(crate) const ALL: &[Rewrite] = &[
            $($(Rewrite { name: stringify!($name), apply: $module::$name },)*)*
        ];
    };
}

rewrites! {
    aliases: store_by_reference alias_self locals_in_tuples;
    control: if_let_to_match match_to_if_let if_to_match negate_condition let_else_to_match question_to_match;
    extract: extract_expression extract_statements value_in_closure;
    helpers: extract_method extract_function methods_to_trait generic_function inline_method;
    items: reorder split_impl;
    locals: chain_to_locals arguments_to_locals inline_local;
    loops: store_in_loop if_let_to_while_let;
    modules: functions_to_module functions_to_file impls_to_module impls_to_file types_to_module types_to_file;
    names: rename;
    noise: dead_branch unrelated_members;
    stores: store_by_generic_function store_by_replace store_by_macro value_behind_macro store_by_setter;
    wrap: wrap_in_newtype wrap_in_option wrap_in_option_in_place wrap_in_cell group_fields;
}
