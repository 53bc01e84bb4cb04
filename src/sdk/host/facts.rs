//! What is known of a host, for people to read: of one version, or of all of them.

use serde::Deserialize;

use super::{Answer, HostData, HostError, Named, Version};
use crate::sdk::PropertyClass;

/// An answer with the place that it is known from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Yes or no.
    pub is: bool,
    /// Where it is known from.
    pub source: String,
}

/// Names that a host does not serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotServedFact {
    /// Each name with what to read instead, if the host has the same under another name.
    pub names: Vec<(String, Option<String>)>,
    /// The versions that it holds for, in words.
    pub versions: String,
    /// Where it is known from.
    pub source: String,
}

/// What reads give after something made the host drop the resolved route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RereadFact {
    /// The names that are read.
    pub names: Vec<String>,
    /// The versions that it holds for, in words.
    pub versions: String,
    /// Which route is given.
    pub answer: Answer,
    /// Where it is known from.
    pub source: String,
    /// A way around it.
    pub advice: Option<String>,
}

/// What is known of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostFacts {
    /// How it is called in messages, with the version asked for: `Envoy 1.36`.
    pub title: String,
    /// What to know beside the rest.
    pub about: String,
    /// The host that it is built on, and which version of that is below which version of it, in words.
    pub base: Option<(String, Vec<(String, String)>)>,
    /// Whether the host ever picks another route for a request; none means that it does.
    pub route_moves: Option<Told>,
    /// Whether request headers can be read in every callback of a stream; none means that they can't.
    pub request_headers_stay: Option<Told>,
    /// Names that are not served.
    pub not_served: Vec<NotServedFact>,
    /// Reads after a reroute.
    pub rereads: Vec<RereadFact>,
    /// Properties that only this host has.
    pub properties: Vec<(PropertyClass, Vec<String>)>,
}

impl HostFacts {
    /// What is known of `name@version`, or of all versions of `name`.
    ///
    /// # Errors
    /// No such host, or no version.
    pub fn parse(spec: &str) -> Result<Self, HostError> {
        let named = Named::parse(spec)?;
        let own = &named.own;
        let mut facts = Self {
            title: named.title(),
            about: text(&own.about),
            base: named
                .base
                .as_ref()
                .map(|base| (base.title.clone(), bases(&named, base))),
            route_moves: None,
            request_headers_stay: None,
            not_served: Vec::new(),
            rereads: Vec::new(),
            properties: Vec::new(),
        };
        for (data, version) in named.layers() {
            facts.add(data, version.as_ref());
        }
        Ok(facts)
    }

    fn add(&mut self, data: &HostData, version: Option<&Version>) {
        let told = |told: &Told| Told {
            is: told.is,
            source: text(&told.source),
        };
        let moves = data.route_moves.as_ref().map(told);
        self.route_moves = self.route_moves.take().or(moves);
        let stay = data.request_headers_stay.as_ref().map(told);
        self.request_headers_stay = self.request_headers_stay.take().or(stay);
        let holds = |range| version.is_none_or(|version| version.is_in(range));
        for entry in data.not_served.iter().filter(|entry| holds(entry.range())) {
            let name = |name: &String| (name.clone(), entry.instead_of(name));
            self.not_served.push(NotServedFact {
                names: entry.names.iter().map(name).collect(),
                versions: versions(&data.title, entry.range()),
                source: text(&entry.source),
            });
        }
        for entry in data.reread.iter().filter(|entry| holds(entry.range())) {
            self.rereads.push(RereadFact {
                names: entry.names.clone(),
                versions: versions(&data.title, entry.range()),
                answer: entry.answer,
                source: text(&entry.source),
                advice: entry.advice.as_deref().map(text),
            });
        }
        let properties = data.property.iter();
        self.properties
            .extend(properties.map(|entry| (entry.class, entry.names.clone())));
    }
}

/// Lines are broken in the data as its reader likes it.
fn text(data: &str) -> String {
    data.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A range of versions in words.
fn versions(title: &str, range: (&Option<String>, &Option<String>)) -> String {
    match range {
        (Some(from), Some(until)) => format!("{title} {from} and later, before {until}"),
        (Some(from), None) => format!("{title} {from} and later"),
        (None, Some(until)) => format!("{title} before {until}"),
        (None, None) => format!("{title}, all versions"),
    }
}

/// Versions of the host with those of its base: all, or the one that matters.
fn bases(named: &Named, base: &HostData) -> Vec<(String, String)> {
    let mut known: Vec<(Version, &String, &String)> = named
        .own
        .versions
        .iter()
        .filter_map(|(own, base)| Some((Version::parse(own)?, own, base)))
        .collect();
    known.sort();
    if let Some((_, version)) = &named.version {
        // A version between two known ones has the base of the older one.
        let nearest = known.into_iter().rev().find(|(own, ..)| own <= version);
        known = nearest.into_iter().collect();
    }
    let shown = |title: &str, version: &str| format!("{title} {version}");
    known
        .into_iter()
        .map(|(_, own, below)| (shown(&named.own.title, own), shown(&base.title, below)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Answer, Host};
    use super::HostFacts;

    fn facts(spec: &str) -> HostFacts {
        HostFacts::parse(spec).unwrap_or_else(|e| panic!("{spec}: {e}"))
    }

    #[test]
    fn a_version_leaves_out_what_does_not_hold_for_it() {
        let old = facts("higress@2.2.0");
        assert_eq!(old.title, "Higress 2.2.0");
        let answers = |facts: &HostFacts| -> Vec<Answer> {
            let rereads = facts.rereads.iter();
            let rereads = rereads.filter(|r| r.names == ["route_name"]);
            rereads.map(|r| r.answer).collect()
        };
        assert_eq!(answers(&old), [Answer::Old]);
        let all = facts("higress");
        assert_eq!(answers(&all), [Answer::New, Answer::Old, Answer::New]);
        assert!(facts("envoy@1.32").not_served.is_empty());
        assert_eq!(facts("envoy").not_served.len(), 1);
    }

    #[test]
    fn what_a_host_is_built_on_counts_too() {
        assert!(facts("istio@1.24").not_served.is_empty());
        let istio = facts("istio@1.26.2");
        assert_eq!(istio.not_served[0].versions, "Envoy 1.33 and later");
        let below = ("Istio 1.26".to_owned(), "Envoy 1.34".to_owned());
        assert_eq!(istio.base, Some(("Envoy".to_owned(), vec![below])));
        assert!(facts("istio").base.is_some_and(|(_, all)| all.len() > 5));
    }

    #[test]
    fn every_host_says_where_it_is_known_from() {
        for name in Host::names() {
            let facts = facts(&name);
            assert!(!facts.about.is_empty(), "{name}");
            assert!(facts.not_served.iter().all(|n| !n.source.is_empty()));
            assert!(facts.rereads.iter().all(|r| !r.source.is_empty()));
            let told = facts.route_moves.iter().chain(&facts.request_headers_stay);
            assert!(told.into_iter().all(|told| !told.source.is_empty()));
        }
    }
}
