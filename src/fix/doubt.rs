//! What keeps a fix from being safe although it can be written: what the moved code may do that
//! cannot be seen.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::slice::marks_in;
use super::{Context, Within};
use crate::flow::{ReadFact, SourceFact};
use crate::ir::Symbol;
use crate::rust::{Call, Function, Lend, MarkKind};
use crate::source::Span;

/// Functions, methods and macros of the standard library, and of the ways to write a log line, that do
/// nothing but compute: whatever type has a method of such a name, it is taken for what it says.
const PLAIN: &str = "
abs all and and_then any append as_array as_bool as_bytes as_deref as_f64 as_i64 as_mut as_object
as_ptr as_ref as_slice as_str as_u64 assert assert_eq assert_ne binary_search borrow bytes ceil cfg
chain char_indices chars checked_add checked_div checked_mul checked_sub chunks clamp clear clone
cloned cmp collect column concat contains contains_key copied count cycle debug debug_assert dedup
default deref difference div_euclid drain empty ends_with entry enumerate env eprintln eq
eq_ignore_ascii_case err error exp exp2 expect extend file filter filter_map find find_map finish
first first_mut flat_map flatten floor fold for_each format fract from from_be_bytes from_fn
from_le_bytes from_ne_bytes from_slice from_str from_str_radix from_utf16 from_utf8 from_utf8_lossy
from_utf8_unchecked fuse ge get get_key_value get_mut get_or_init get_or_insert
get_or_insert_default get_or_insert_with gt hash include_str info insert insert_str inspect
intersection into into_boxed_str into_bytes into_inner into_iter into_keys into_owned into_string
into_values is_alphabetic is_alphanumeric is_ascii is_ascii_digit is_char_boundary is_digit
is_disjoint is_empty is_eq is_err is_err_and is_gt is_lt is_none is_none_or is_null is_numeric is_ok
is_ok_and is_some is_some_and is_sorted is_string is_subset is_superset is_whitespace iter iter_mut
join keys last last_mut le leading_zeros len line lines ln log log10 log2 lt make_ascii_lowercase
make_ascii_uppercase map map_err map_or map_or_else map_while matches max max_by max_by_key min
min_by min_by_key module_path ne new next next_back not nth ok ok_or ok_or_else once option_env or
or_default or_else or_insert or_insert_with parse partial_cmp partition peek peekable pop pop_back
pop_front position pow print println product push push_back push_front push_str quote range
rem_euclid remove remove_entry repeat repeat_with replace replacen retain rev rfind round rposition
rsplit rsplit_once rsplitn saturating_add saturating_mul saturating_sub scan set signum skip
skip_while sort sort_by sort_by_key sort_unstable split split_ascii_whitespace split_at split_first
split_inclusive split_last split_off split_once split_terminator split_whitespace splitn sqrt
starts_with step_by store stringify strip_prefix strip_suffix successors sum swap take take_while
then then_some to_ascii_lowercase to_ascii_uppercase to_be_bytes to_bytes to_le_bytes to_lowercase
to_ne_bytes to_owned to_string to_uppercase to_vec trace trailing_zeros trim trim_end
trim_end_matches trim_matches trim_start trim_start_matches trunc truncate try_from try_into union
unwrap unwrap_or unwrap_or_default unwrap_or_else unzip upgrade values values_mut vec warn windows
with with_capacity wrapping_add wrapping_mul wrapping_sub write writeln xor zip
";

/// Methods of traits that operators, formatting, conversions and loops call.
const IMPLICIT: [&str; 18] = [
    "fmt",
    "from_str",
    "from",
    "try_from",
    "next",
    "eq",
    "cmp",
    "partial_cmp",
    "add",
    "sub",
    "mul",
    "div",
    "rem",
    "deref",
    "index",
    "drop",
    "hash",
    "not",
];

/// What takes a guard, and panics or waits when somebody holds one.
const GUARDS: [&str; 7] = [
    "borrow",
    "borrow_mut",
    "lock",
    "read",
    "write",
    "with_borrow",
    "with_borrow_mut",
];

/// Code that moves, and all that it may call, by name.
struct Reach {
    /// Calls of what has no body in the tree.
    unknown: Vec<Call>,
    /// Something of it is compiled only sometimes.
    conditional: bool,
    /// Something of it may panic.
    traps: bool,
    /// Something of it takes a guard.
    guards: bool,
    /// Something of it adds to what may live on.
    adds: bool,
}

impl Reach {
    fn of(cx: &Context<'_>, within: &Within, spans: &[Span]) -> Self {
        let mut out = Self {
            unknown: Vec::new(),
            conditional: false,
            traps: false,
            guards: false,
            adds: false,
        };
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut todo: Vec<Within> = Vec::new();
        for span in spans {
            out.look(cx, within.function(), *span, &mut seen, &mut todo);
        }
        while let Some(called) = todo.pop() {
            let function = called.function();
            out.conditional |= function.conditional;
            out.look(cx, function, function.body, &mut seen, &mut todo);
        }
        out
    }

    fn look(
        &mut self,
        cx: &Context<'_>,
        function: &Function,
        code: Span,
        seen: &mut BTreeSet<String>,
        todo: &mut Vec<Within>,
    ) {
        for mark in marks_in(function, code) {
            match &mark.kind {
                MarkKind::Trap => self.traps = true,
                MarkKind::Conditional => self.conditional = true,
                MarkKind::Compound => self.adds = true,
                MarkKind::Leave { .. } => {}
                MarkKind::Call(call) => {
                    self.guards |= GUARDS.contains(&call.name.as_str());
                    let own = |(name, at): &(String, usize)| {
                        *name == call.name && code.range().contains(at)
                    };
                    // A closure of the code itself: its body is in it.
                    if function.bound.iter().any(own) {
                        continue;
                    }
                    let bodies = bodies(cx, &call.name);
                    if bodies.is_empty() && !is_known(cx, call) {
                        self.unknown.push(call.clone());
                    }
                    // Each body is read once; what a call is given differs from call to call.
                    if seen.insert(call.name.clone()) {
                        todo.extend(bodies);
                    }
                }
            }
        }
    }
}

/// The functions of a name in the tree that have a body.
fn bodies(cx: &Context<'_>, name: &str) -> Vec<Within> {
    let mut out = Vec::new();
    for &file in cx.declaring(name) {
        let Some(outline) = cx.outline(file) else {
            continue;
        };
        let found = outline.indices(name).iter();
        out.extend(found.map(|&index| Within {
            file,
            outline: Rc::clone(&outline),
            index,
        }));
    }
    out
}

/// Whether a call says what it does: plain computing, a call of the SDK, a variant or a constructor.
/// What is given `self` may do anything with it, whatever it is called.
fn is_known(cx: &Context<'_>, call: &Call) -> bool {
    let name = call.name.as_str();
    if let Some(name) = name.strip_suffix('!') {
        let local = || !cx.files_with(&format!("macro_rules! {name}")).is_empty();
        return is_plain(name) || local();
    }
    if cx.sdk.call(Symbol::new(name)).is_some() {
        return true;
    }
    let by_name = name.starts_with(char::is_uppercase) || GUARDS.contains(&name) || is_plain(name);
    by_name && !call.on_self && call.lends == Lend::Nothing
}

fn is_plain(name: &str) -> bool {
    PLAIN.split_whitespace().any(|known| known == name)
}

/// Whether a function of this name in the tree asks the host, or may panic.
fn does_more(cx: &Context<'_>, name: &str) -> bool {
    bodies(cx, name).iter().any(|w| {
        let function = w.function();
        let mut marks = marks_in(function, function.body).iter();
        marks.any(|m| match &m.kind {
            MarkKind::Trap => true,
            MarkKind::Call(c) => cx.sdk.call(Symbol::new(&c.name)).is_some(),
            _ => false,
        })
    })
}

/// Whether code, or what it calls, adds to what may live on: run twice, it does more than once.
pub(super) fn adds(cx: &Context<'_>, within: &Within, spans: &[Span]) -> bool {
    Reach::of(cx, within, spans).adds
}

/// Why nobody can be sure that code does, in the callbacks that read the value, what it does where it
/// stands. `readers` are the functions that would run it, `moves` says that it does not run where it
/// stands any more.
pub(super) fn doubt<'r>(
    cx: &Context<'_>,
    within: &Within,
    spans: &[Span],
    readers: impl Iterator<Item = &'r Within>,
    sources: &[SourceFact],
    moves: bool,
) -> Option<String> {
    let reach = Reach::of(cx, within, spans);
    if reach.conditional || within.function().conditional {
        return Some("a part of the code that gives it is compiled only sometimes".to_owned());
    }
    let of_self = |c: &&Call| c.on_self || c.lends != Lend::Nothing;
    if let Some(call) = reach.unknown.iter().find(of_self) {
        return Some(format!(
            "`{}`, whose code is not here, may ask the host for what is gone by then",
            call.name
        ));
    }
    if let Some(call) = reach.unknown.first() {
        return Some(match call.name.as_str() {
            "" => "it calls a function that is kept somewhere".to_owned(),
            name => format!("it calls `{name}`, whose code is not here"),
        });
    }
    if let Some(name) = IMPLICIT.iter().find(|name| does_more(cx, name)) {
        return Some(format!(
            "`{name}`, which may be called on the way, asks the host or may panic"
        ));
    }
    let reads = || sources.iter().flat_map(|s| &s.reads);
    // Envoy's `Context::log` makes a context for streams that the plugin never saw
    // (source/extensions/common/wasm/context.cc).
    let at_end = |r: &&ReadFact| {
        let name = r.callback.rsplit("::").next();
        name == Some("on_log") || name == Some("on_done")
    };
    let late = reads().find(at_end).map(|r| r.callback.as_str());
    let only_late = reads().all(|r| at_end(&r));
    let acts = only_late && sources.iter().any(|s| s.acts);
    if let Some(callback) = late.filter(|_| reach.traps || acts) {
        return Some(match reach.traps {
            true => format!(
                "it may panic, and `{callback}` also runs for requests that an earlier filter answered"
            ),
            false => format!(
                "`{callback}` also runs for requests that an earlier filter answered, for which nothing \
                 was stored"
            ),
        });
    }
    if reach.traps && moves {
        return Some(
            "it may panic, which answered the request before it went on, and comes after that then"
                .to_owned(),
        );
    }
    let called_by_host = |w: &Within| {
        let name = &w.function().name;
        reads().any(|r| r.callback.rsplit("::").next() == Some(name))
    };
    let mut readers = readers;
    if reach.guards
        && let Some(reader) = readers.find(|w| !called_by_host(w))
    {
        return Some(format!(
            "it takes a guard that whoever calls `{}` may hold",
            reader.function().name
        ));
    }
    None
}
