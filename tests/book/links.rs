//! Links in Markdown: where they lead, and how they are led elsewhere.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

/// Where the links and pictures of a page lead.
pub(crate) fn targets(markdown: &str) -> Vec<String> {
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES);
    events
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                Some(dest_url.into_string())
            }
            _ => None,
        })
        .collect()
}

/// The path that a link in the file `from` leads to; both are relative to one folder.
pub(crate) fn resolved(from: &str, target: &str) -> String {
    let target = target.split('#').next().unwrap_or_default();
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/').filter(|part| !matches!(*part, "" | ".")) {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

/// Leads the links of a page elsewhere: `source` is its path in the repository, `page` in the book, and
/// `moved` says which page of the book holds which file of the repository. Of a link to a file that is
/// not in the book the text stays.
pub(crate) fn led(
    markdown: &str,
    source: &str,
    page: &str,
    moved: &BTreeMap<String, String>,
) -> String {
    let mut out = markdown.to_owned();
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter();
    let inline: Vec<_> = events
        .filter_map(|(event, range)| match event {
            Event::Start(
                Tag::Link {
                    link_type,
                    dest_url,
                    ..
                }
                | Tag::Image {
                    link_type,
                    dest_url,
                    ..
                },
            ) if link_type == LinkType::Inline && !dest_url.contains("://") => {
                Some((range, dest_url.into_string()))
            }
            _ => None,
        })
        .collect();
    for (range, target) in inline.into_iter().rev() {
        let link = &markdown[range.clone()];
        let (start, _) = link.rsplit_once("](").expect("an inline link");
        let led = match moved.get(&resolved(source, &target)) {
            Some(to) => format!("{start}]({}{to})", "../".repeat(page.matches('/').count())),
            None => start.trim_start_matches('[').to_owned(),
        };
        out.replace_range(range, &led);
    }
    out
}
