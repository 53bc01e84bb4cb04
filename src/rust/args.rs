//! The arguments of macros: expressions with separators between them.

use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, LitStr, Token};

/// One argument: `value`, `name = value`, `name: value`, `%value`.
pub(super) struct Arg {
    pub(super) name: Option<String>,
    pub(super) value: Expr,
}

/// The arguments of a macro that looks like a call: separated by `,`, `;` or `=>`.
pub(super) struct Args(pub(super) Vec<Arg>);

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut out = Vec::new();
        while !input.is_empty() {
            sigils(input)?;
            let name = name(input)?;
            sigils(input)?;
            out.push(Arg {
                name,
                value: input.parse()?,
            });
            if input.is_empty() {
                break;
            }
            if input.peek(Token![=>]) {
                input.parse::<Token![=>]>()?;
            } else if input.peek(Token![;]) {
                input.parse::<Token![;]>()?;
            } else if input.peek(Token![:]) {
                input.parse::<Token![:]>()?;
            } else {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(Self(out))
    }
}

/// `%` and `?` tell tracing macros how to print a value.
fn sigils(input: ParseStream<'_>) -> syn::Result<()> {
    loop {
        if input.peek(Token![%]) {
            input.parse::<Token![%]>()?;
        } else if input.peek(Token![?]) {
            input.parse::<Token![?]>()?;
        } else {
            return Ok(());
        }
    }
}

/// The name before `=` or `:`, if there is one.
fn name(input: ParseStream<'_>) -> syn::Result<Option<String>> {
    let ahead = input.fork();
    let name = if ahead.peek(LitStr) {
        ahead.parse::<LitStr>()?.value()
    } else if ahead.peek(Ident::peek_any) {
        let mut name = ahead.call(Ident::parse_any)?.unraw().to_string();
        while ahead.peek(Token![.]) && ahead.peek2(Ident::peek_any) {
            ahead.parse::<Token![.]>()?;
            name = ahead.call(Ident::parse_any)?.unraw().to_string();
        }
        name
    } else {
        return Ok(None);
    };
    let assigned = ahead.peek(Token![=]) && !ahead.peek(Token![==]) && !ahead.peek(Token![=>]);
    let typed = ahead.peek(Token![:]) && !ahead.peek(Token![::]);
    if assigned {
        ahead.parse::<Token![=]>()?;
    } else if typed {
        ahead.parse::<Token![:]>()?;
    } else {
        return Ok(None);
    }
    syn::parse::discouraged::Speculative::advance_to(input, &ahead);
    Ok(Some(name))
}

/// `expr, pattern if guard`: the arguments of `matches!`.
pub(super) struct MatchesArgs {
    pub(super) value: Expr,
    pub(super) pat: syn::Pat,
    pub(super) guard: Option<Expr>,
}

impl Parse for MatchesArgs {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let value = input.parse()?;
        input.parse::<Token![,]>()?;
        let pat = syn::Pat::parse_multi_with_leading_vert(input)?;
        let guard = if input.peek(Token![if]) {
            input.parse::<Token![if]>()?;
            Some(input.parse()?)
        } else {
            None
        };
        input.parse::<Option<Token![,]>>()?;
        Ok(Self { value, pat, guard })
    }
}

/// `value; length` of `vec!`.
pub(super) struct RepeatArgs(pub(super) Expr);

impl Parse for RepeatArgs {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let value = input.parse()?;
        input.parse::<Token![;]>()?;
        input.parse::<Expr>()?;
        Ok(Self(value))
    }
}
