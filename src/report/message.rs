//! What a finding says in formats that have room for one text only.

use crate::finding::{Finding, Help, Problem, StepKind};

/// The headline, why the route may be another one, further facts and the way out.
pub(super) fn paragraphs(finding: &Finding) -> Vec<String> {
    let mut paragraphs = vec![finding.message.clone()];
    paragraphs.extend(facts(finding));
    paragraphs.extend(finding.help.as_ref().map(|help| {
        let code = help_code(help);
        format!("help: {}{code}", help.text)
    }));
    paragraphs
}

/// Why the route may be another one, and further facts.
pub(super) fn facts(finding: &Finding) -> impl Iterator<Item = String> {
    let windows = finding.trace.iter().filter(|s| s.kind == StepKind::Window);
    windows
        .map(|step| format!("window: {}", step.text))
        .chain(finding.notes.iter().cloned())
}

/// The code of a help, as a paragraph that follows its sentence.
pub(super) fn help_code(help: &Help) -> String {
    let code = help.replacement.as_ref();
    code.map_or_else(String::new, |code| format!("\n\n{}", code.trim_end()))
}

/// A problem with its way out.
pub(super) fn of_problem(problem: &Problem) -> String {
    let mut text = problem.message.clone();
    if let Some(help) = &problem.help {
        text.push_str("\n\nhelp: ");
        text.push_str(help);
    }
    text
}
