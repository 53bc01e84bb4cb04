//! New methods, made of the user's own statements.

use super::Context;
use super::Within;
use super::remove::Said;
use super::text::{comments_above, indent_at, line_break, line_start, reindent};
use crate::finding::Edit;
use crate::rust::Impl;
use crate::source::Span;

/// A method to be written.
pub(super) struct NewMethod<'a> {
    /// What stands before the body: `fn name(&self) -> T`.
    pub(super) signature: String,
    /// Its name, which the type must not have yet.
    pub(super) name: &'a str,
    /// New lines at the start of the body, without indentation but that of their own.
    pub(super) lead: &'a [String],
    /// The statements.
    pub(super) body: &'a [Span],
    /// The last of them is the result.
    pub(super) gives: bool,
    /// Comments above the result and behind it.
    pub(super) said: Said,
    /// Parts of the statements that become something else, in order.
    pub(super) replaced: &'a [(Span, String)],
    /// What the result is put into.
    pub(super) wrap: [&'a str; 2],
}

impl NewMethod<'_> {
    /// The text of a statement.
    fn code(&self, cx: &Context<'_>, span: Span) -> String {
        let mut code = cx.text(span).to_owned();
        let inside = self.replaced.iter().filter(|(e, _)| span.contains(*e));
        for (part, text) in inside.rev() {
            let (lo, hi) = ((part.lo - span.lo) as usize, (part.hi - span.lo) as usize);
            code.replace_range(lo..hi, text);
        }
        code
    }
}

/// Puts a method beside the code of `within`: into an `impl` of the type that is there, or into a new
/// one.
pub(super) fn new_method(
    cx: &Context<'_>,
    within: &Within,
    method: &NewMethod<'_>,
) -> Result<Edit, String> {
    if !cx.declaring(method.name).is_empty() {
        return Err(format!("there is a method `{}` already", method.name));
    }
    let place = within.function().span;
    let around = within
        .outline
        .impls
        .iter()
        .filter(|i| i.span.contains(place))
        .min_by_key(|i| i.span.hi - i.span.lo)
        .ok_or("the impl is made by a macro")?;
    if around.attributed {
        return Err(format!("the impl of `{}` has attributes", around.owner));
    }
    let text = &cx.sources.file(within.file).text;
    let nl = line_break(text);
    let outer = indent_at(text, around.span.lo as usize).to_owned();
    let own = indent_at(text, place.lo as usize);
    let step = own.strip_prefix(outer.as_str()).filter(|s| !s.is_empty());
    let step = step.unwrap_or("    ");
    let code = |outer: &str| {
        let inner = format!("{outer}{step}{step}");
        let mut code = format!("{outer}{step}{} {{{nl}", method.signature);
        for line in method.lead {
            let depth = line.len() - line.trim_start().len();
            code.push_str(&inner);
            code.push_str(&step.repeat(depth / 4));
            code.push_str(line.trim_start());
            code.push_str(nl);
        }
        let Said { above, behind } = &method.said;
        let count = method.body.len();
        for (n, &span) in method.body.iter().enumerate() {
            let is_result = method.gives && n + 1 == count;
            let mut tail = String::new();
            if is_result {
                for line in above {
                    code.push_str(&format!("{inner}{line}{nl}"));
                }
                tail.extend(behind.iter().flat_map(|b| [" ", b]));
            }
            let old = indent_at(text, span.lo as usize);
            let moved = reindent(&method.code(cx, span), old, &inner);
            let moved = match is_result {
                true => format!("{}{moved}{}", method.wrap[0], method.wrap[1]),
                false => moved,
            };
            // A guard in the result would outlive the variables that it borrows.
            if is_result && count > 1 && holds_guard(cx.text(span)) {
                code.push_str(&format!("{inner}let result = {moved};{tail}{nl}"));
                code.push_str(&format!("{inner}result{nl}"));
            } else {
                code.push_str(&format!("{inner}{}{tail}{nl}", at_its_head(&moved)));
            }
        }
        code.push_str(&format!("{outer}{step}}}{nl}"));
        code
    };
    // A second home in the same file is better than a new one, if it says the same of its parameters.
    let home = within.outline.impls.iter().find(|i| {
        !i.of_trait
            && !i.attributed
            && i.owner == around.owner
            && within.outline.module(i.span) == within.outline.module(around.span)
            && header(cx, i) == header(cx, around)
            && text[..i.close]
                .trim_end_matches([' ', '\t'])
                .ends_with('\n')
            && !text[..i.close].trim_end().ends_with('{')
    });
    // What is said of the impl stays with it.
    let start = around.span.lo as usize;
    let above = comments_above(text, start);
    let above = above + indent_at(text, above).len();
    let at = home.map_or(above.min(start), |h| line_start(text, h.close));
    if let Some(name) = method
        .body
        .iter()
        .find_map(|s| later_macro(text, cx.text(*s), at))
    {
        return Err(format!("`{name}!` is defined further down"));
    }
    if let Some(home) = home {
        let outer = indent_at(text, home.span.lo as usize);
        return Ok(Edit {
            span: Span::new(within.file, at, at),
            text: format!("{nl}{}", code(outer)),
        });
    }
    let head = header(cx, around);
    Ok(Edit {
        span: Span::new(within.file, at, at),
        text: format!("{head} {{{nl}{}{outer}}}{nl}{nl}{outer}", code(&outer)),
    })
}

/// `self` and the first call of a broken chain on one line, as rustfmt writes a statement.
fn at_its_head(code: &str) -> String {
    let rest = code
        .strip_prefix("self")
        .filter(|r| r.starts_with(['\n', '\r']));
    match rest.map(str::trim_start).filter(|r| r.starts_with('.')) {
        Some(rest) => format!("self{rest}"),
        None => code.to_owned(),
    }
}

/// A macro of the file that some code uses and that is defined behind byte `at`.
pub(super) fn later_macro<'t>(text: &'t str, code: &str, at: usize) -> Option<&'t str> {
    let defined = text[at..].split("macro_rules!").skip(1);
    let mut names = defined.map(|rest| {
        let rest = rest.trim_start();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        &rest[..end.unwrap_or(rest.len())]
    });
    names.find(|name| code.contains(&format!("{name}!")))
}

fn holds_guard(text: &str) -> bool {
    let guards = [".borrow(", ".borrow_mut(", ".lock(", ".read(", ".write("];
    guards.iter().any(|g| text.contains(g))
}

/// `impl<T> Plugin<T> where T: Clone`, as the user wrote it, without the trait.
fn header(cx: &Context<'_>, item: &Impl) -> String {
    let mut out = String::from("impl");
    if let Some(parameters) = item.parameters {
        out.push_str(cx.text(parameters));
    }
    out.push(' ');
    out.push_str(cx.text(item.ty));
    if let Some(bounds) = item.bounds {
        out.push(' ');
        out.push_str(cx.text(bounds));
    }
    out
}
