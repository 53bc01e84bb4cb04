//! What is known of a host, as Markdown.

use std::fmt::Write as _;

use crate::sdk::{Answer, HostFacts, NotServedFact, RereadFact};

/// A page on a host. Every fact names its source.
pub fn page(facts: &HostFacts) -> String {
    let mut out = format!("# {}\n\n{}\n", facts.title, facts.about);
    // Writing to a string can't fail.
    if let Some((base, versions)) = &facts.base {
        let _ = match versions.as_slice() {
            [] => write!(
                out,
                "\nIt is built on {base}, of a version that is not known here.\n"
            ),
            [(own, below)] => write!(out, "\n{own} is built on {below}.\n"),
            _ => {
                let _ = write!(out, "\n| version | built on |\n| --- | --- |\n");
                for (own, below) in versions {
                    let _ = writeln!(out, "| {own} | {below} |");
                }
                Ok(())
            }
        };
    }
    out += "\n## Names that it does not serve\n\n";
    if facts.not_served.is_empty() {
        out += "None is known. A name that is not served gives nothing, on every request, without an error.\n";
    } else {
        out += "A read under one of these names gives nothing, on every request, without an error \
                (rule `property-not-served`).\n";
    }
    for fact in &facts.not_served {
        not_served(&mut out, fact);
    }
    out += "\n## The route after a reroute\n\n";
    match &facts.route_moves {
        Some(told) if !told.is => {
            out += "The host never picks another route for a request, so nothing that is kept goes stale within \
                    a request.\n\n";
            let _ = writeln!(out, "Source: {}.", told.source);
        }
        _ if facts.rereads.is_empty() => out += "Nothing is known.\n",
        _ => {
            out += "When a filter writes a request header or clears the route cache, the host picks another \
                    route for the request. What a plugin gets that asks in request headers after that, before \
                    anything else asked (rules `host-serves-stale-route` and `route-read-after-own-reroute`):\n";
            for fact in &facts.rereads {
                reread(&mut out, fact);
            }
        }
    }
    out += "\n## Request headers\n\n";
    match &facts.request_headers_stay {
        Some(told) if told.is => {
            out += "They can be read in every callback of a request.\n\n";
            let _ = writeln!(out, "Source: {}.", told.source);
        }
        _ => {
            out += "They can be read until they were forwarded, and not when a context is built (rule \
                    `request-headers-not-readable-here`).\n";
        }
    }
    if !facts.properties.is_empty() {
        out += "\n## Properties of its own\n\n| class | names |\n| --- | --- |\n";
        for (class, names) in &facts.properties {
            let _ = writeln!(out, "| {} | {} |", class.as_str(), listed(names));
        }
    }
    out
}

fn not_served(out: &mut String, fact: &NotServedFact) {
    let _ = write!(
        out,
        "\n### {}\n\n| name | read instead |\n| --- | --- |\n",
        fact.versions
    );
    for (name, instead) in &fact.names {
        let instead = instead
            .as_ref()
            .map_or_else(|| "-".to_owned(), |to| format!("`{to}`"));
        let _ = writeln!(out, "| `{name}` | {instead} |");
    }
    let _ = write!(out, "\nSource: {}.\n", fact.source);
}

fn reread(out: &mut String, fact: &RereadFact) {
    let answer = match fact.answer {
        Answer::Old => "the old route",
        Answer::New => "the new route",
    };
    let _ = write!(
        out,
        "\n### {}: {answer}\n\n{}\n",
        fact.versions,
        listed(&fact.names)
    );
    if let Some(advice) = &fact.advice {
        let _ = write!(out, "\n**Work-around:** {advice}\n");
    }
    let _ = write!(out, "\nSource: {}.\n", fact.source);
}

/// Names one after another, as code.
fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
