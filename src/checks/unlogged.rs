//! `match-without-route-log`: what was matched can't be told from the log.

use crate::finding::{Confidence, Finding, Help, Label, Step, StepKind};
use crate::flow::{Flow, SourceFact};
use crate::sdk::PropertyClass;

/// The findings, one for each condition on a route that no log line names.
pub(super) fn check(flow: &Flow) -> Vec<Finding> {
    let logged = |source: &SourceFact| {
        flow.sources
            .iter()
            .any(|s| s.property == source.property && s.logged)
    };
    let mut out: Vec<Finding> = Vec::new();
    for source in &flow.sources {
        let Some(&condition) = source.conditions.first() else {
            continue;
        };
        let known = out.iter().any(|f| f.primary.span == condition);
        if source.class != PropertyClass::Route || known || logged(source) {
            continue;
        }
        let (rule, level) = super::named("match-without-route-log");
        let property = &source.property;
        out.push(Finding {
            rule,
            level,
            confidence: Confidence::High,
            message: format!(
                "a decision is made from `{property}` and no log line says which value it saw"
            ),
            primary: Label {
                span: condition,
                text: format!("decides by `{property}`"),
            },
            secondary: vec![Label {
                span: source.span,
                text: format!("`{property}` is obtained here, in `{}`", source.callback),
            }],
            trace: vec![
                Step {
                    kind: StepKind::Obtained,
                    span: Some(source.span),
                    text: format!("`{property}` from the host"),
                },
                Step {
                    kind: StepKind::Chosen,
                    span: Some(condition),
                    text: format!("this condition on `{property}`"),
                },
            ],
            notes: Vec::new(),
            fixes: Vec::new(),
            help: Some(Help {
                text: format!("log `{property}` where it is matched, at debug level"),
                replacement: None,
            }),
            group: None,
            subject: property.clone(),
            properties: vec![property.clone()],
        });
    }
    out
}
