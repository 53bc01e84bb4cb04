//! `property-not-served`: the name that the host serves.

use super::{Context, Outcome};
use crate::finding::{Edit, Finding, Fix, Safety};
use crate::source::Span;

/// The name written in the read is replaced or put behind `xds`.
pub(super) fn cure(cx: &Context<'_>, finding: &Finding) -> Outcome {
    let property = finding.subject.as_str();
    let Some(known) = cx.sdk.host().unserved(property) else {
        return Err("the host serves no such value".to_owned());
    };
    let Some(instead) = known.instead else {
        return Err("the host serves no such value under another name".to_owned());
    };
    let span = finding.primary.span;
    let text = cx.text(span);
    let first = property.split('.').next().unwrap_or(property);
    let quoted = format!("\"{first}\"");
    if text.matches(quoted.as_str()).count() != 1 {
        return Err(format!("`\"{first}\"` is not written in the read itself"));
    }
    let found = text.find(quoted.as_str()).unwrap_or_default();
    if !text[..found].trim_end().ends_with("vec![") {
        return Err("the path is not written as `vec![..]` in the read itself".to_owned());
    }
    let at = span.lo as usize + found;
    let edit = match instead.strip_suffix(property) {
        // `xds.` in front: the path gets another first part.
        Some(prefix) if !prefix.is_empty() => {
            // One part on each line where the list is written so.
            let open = text[..found].rfind("vec![").unwrap_or(found) + "vec![".len();
            let gap = Some(&text[open..found]).filter(|gap| gap.contains('\n'));
            let parts: Vec<String> = prefix
                .split('.')
                .filter(|p| !p.is_empty())
                .map(|p| format!("\"{p}\",{}", gap.unwrap_or(" ")))
                .collect();
            Edit {
                span: Span::new(span.file, at, at),
                text: parts.concat(),
            }
        }
        _ => {
            return Err(format!(
                "`{instead}` has another form, so the code that reads it must change"
            ));
        }
    };
    Ok(Fix {
        title: format!("read `{instead}`"),
        safety: Safety::Unsafe,
        reason: Some(
            "there was no value until now, and what it is used for will run for the first time"
                .to_owned(),
        ),
        edits: vec![edit],
    })
}
