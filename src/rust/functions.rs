//! Functions and initialisers.

use std::sync::Arc;

use syn::{Block, Expr, FnArg, Pat, ReceiverKind, ReturnType, Signature};

use super::attrs::Attrs;
use super::body::Lower;
use super::types::self_type;
use super::{FileCx, id32, name_of};
use crate::ir::{
    Body, Const, FnId, Function, ImplId, ModuleId, Operand, Param, Receiver, Symbol, TraitId, Type,
};
use crate::source::Span;

/// Where a function stands.
#[derive(Clone, Copy)]
pub(super) struct Home {
    pub(super) module: ModuleId,
    pub(super) impl_id: Option<ImplId>,
    pub(super) trait_id: Option<TraitId>,
}

impl Home {
    pub(super) fn free(module: ModuleId) -> Self {
        Self {
            module,
            impl_id: None,
            trait_id: None,
        }
    }
}

impl FileCx<'_> {
    /// Adds a function with its body.
    pub(super) fn function(
        &mut self,
        sig: &Signature,
        block: Option<&Block>,
        attrs: &Attrs,
        home: Home,
        span: Span,
    ) -> FnId {
        let mut params = Vec::new();
        let mut receiver = None;
        let mut patterns: Vec<(Option<&Pat>, Option<Type>)> = Vec::new();
        for arg in &sig.inputs {
            match arg {
                FnArg::Receiver(r) => {
                    let (kind, ty) = self.receiver(&r.kind);
                    receiver = Some(kind);
                    params.push(Param {
                        name: Some(Symbol::new("self")),
                        ty: ty.clone(),
                        span: self.mark(r.self_token.span),
                    });
                    patterns.push((None, Some(ty)));
                }
                FnArg::Typed(typed) => {
                    if !self.active(&typed.attrs) {
                        continue;
                    }
                    let ty = self.ty(&typed.ty);
                    let name = super::block::simple_binding(&typed.pat).map(name_of);
                    params.push(Param {
                        name,
                        ty: ty.clone(),
                        span: self.span(&*typed.pat),
                    });
                    patterns.push((Some(&typed.pat), Some(ty)));
                }
            }
        }
        let name = name_of(&sig.ident);
        let free = home.impl_id.is_none() && home.trait_id.is_none();
        let at_root = home.module == ModuleId(0);
        let is_entry = free
            && match attrs
                .export_name
                .as_deref()
                .unwrap_or_else(|| name.as_str())
            {
                "_start" | "_initialize" => at_root || attrs.exported,
                "main" => at_root,
                _ => attrs.entrypoint,
            };
        let generics = self.generics(&sig.generics);
        let ret = self.ret(&sig.output);
        let is_unit = matches!(sig.output, ReturnType::Default);
        let id = self.push_function(Function {
            name,
            module: home.module,
            impl_id: home.impl_id,
            trait_id: home.trait_id,
            generics,
            receiver,
            params: params.clone(),
            ret,
            is_async: sig.asyncness.is_some(),
            is_entry,
            body: None,
            span,
            name_span: self.mark(sig.ident.span()),
        });
        if let Some(block) = block {
            let self_span = params.first().map_or(span, |p| p.span);
            self.body(id, home.module, |s| {
                s.function_params(&patterns, self_span);
                s.function_block(block, is_unit);
                patterns.len()
            });
        }
        id
    }

    fn receiver(&mut self, kind: &ReceiverKind) -> (Receiver, Type) {
        let by_ref = |mutable: bool| match mutable {
            true => Receiver::RefMut,
            false => Receiver::Ref,
        };
        match kind {
            ReceiverKind::Reference(_, _, mutability) => {
                let mutable = mutability.is_some();
                let inner = Box::new(self_type());
                (by_ref(mutable), Type::Ref { mutable, inner })
            }
            ReceiverKind::Typed(_, ty) => {
                let ty = self.ty(ty);
                match &ty {
                    Type::Ref { mutable, inner } if **inner == self_type() => {
                        (by_ref(*mutable), ty)
                    }
                    _ => (Receiver::Value, ty),
                }
            }
            _ => (Receiver::Value, self_type()),
        }
    }

    pub(super) fn push_function(&mut self, function: Function) -> FnId {
        let id = FnId(id32(self.fragment.functions.len()));
        self.fragment.functions.push(function);
        id
    }

    /// Lowers a body for the function `id`. Macro calls around the function are not around what
    /// its body calls, but its spans stay those of the call.
    fn body(&mut self, id: FnId, module: ModuleId, work: impl FnOnce(&mut Lower<'_, '_>) -> usize) {
        let mut lower = Lower::new(self, module);
        let params = work(&mut lower);
        let block_module = lower.block_module;
        let body = lower.finish(params);
        self.set_body(id, body, block_module);
    }

    fn set_body(&mut self, id: FnId, body: Body, block_module: Option<ModuleId>) {
        let function = &mut self.fragment.functions[id.index()];
        function.body = Some(Arc::new(body));
        if let Some(module) = block_module {
            function.module = module;
        }
    }

    /// A function without parameters that gives the value of an expression: an initialiser.
    pub(super) fn initialiser(
        &mut self,
        name: Symbol,
        home: Home,
        ret: Type,
        value: &Expr,
        span: Span,
    ) -> FnId {
        let id = self.push_function(plain(name, home, ret, span));
        self.body(id, home.module, |s| {
            let value = s.operand(value);
            s.leave(value);
            0
        });
        id
    }

    /// A free function named `name` that gives the value of an expression.
    pub(super) fn value_function(
        &mut self,
        name: &str,
        module: ModuleId,
        value: &Expr,
        span: Span,
    ) -> FnId {
        let home = Home::free(module);
        let name = Symbol::new(name);
        let id = self.initialiser(name, home, Type::Infer, value, span);
        self.fragment.modules[module.index()]
            .items
            .push((name, crate::ir::Item::Fn(id)));
        id
    }

    /// The start-up code of `proxy_wasm::main! { .. }`.
    pub(super) fn entry_block(&mut self, stmts: &[syn::Stmt], module: ModuleId, span: Span) {
        let mut function = plain(Symbol::new("main!"), Home::free(module), Type::unit(), span);
        function.is_entry = true;
        let id = self.push_function(function);
        self.body(id, module, |s| {
            s.scoped(|s| s.stmts_discard(stmts));
            s.leave(Operand::Const(Const::Unit, span));
            0
        });
    }
}

impl Lower<'_, '_> {
    fn function_params(&mut self, params: &[(Option<&Pat>, Option<Type>)], self_span: Span) {
        let mut patterns = Vec::new();
        for (pat, ty) in params {
            match pat {
                Some(pat) => patterns.push((*pat, ty.clone())),
                None => {
                    let name = Symbol::new("self");
                    let id = self.new_local(Some(name), ty.clone(), self_span);
                    self.declare(name, id);
                }
            }
        }
        self.params(&patterns);
    }

    fn function_block(&mut self, block: &Block, is_unit: bool) {
        let end = self.mark(block.brace_token.span.close());
        let value = if is_unit {
            self.block_discard(block);
            Operand::Const(Const::Unit, end)
        } else {
            let value = self.block_value(block, end);
            self.operand_of(value, end)
        };
        self.leave(value);
    }
}

/// A function without parameters.
fn plain(name: Symbol, home: Home, ret: Type, span: Span) -> Function {
    Function {
        name,
        module: home.module,
        impl_id: home.impl_id,
        trait_id: home.trait_id,
        generics: Vec::new(),
        receiver: None,
        params: Vec::new(),
        ret,
        is_async: false,
        is_entry: false,
        body: None,
        span,
        name_span: span,
    }
}
