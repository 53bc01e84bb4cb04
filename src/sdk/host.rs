//! What one host does with the reads of a plugin: `rules/hosts/*.toml`, for one version.
//!
//! Without a host that the user names nothing is assumed: every name may be served, and what was
//! measured in stock Envoy stands where rules need an answer.

mod facts;

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::data::{Properties, PropertyClass};

pub use facts::{HostFacts, NotServedFact, RereadFact, Told};

/// The hosts that are built in.
const FILES: [&str; 5] = [
    include_str!("../../rules/hosts/envoy.toml"),
    include_str!("../../rules/hosts/fastedge.toml"),
    include_str!("../../rules/hosts/higress.toml"),
    include_str!("../../rules/hosts/istio.toml"),
    include_str!("../../rules/hosts/kong.toml"),
];

/// What a read of the route gives after something made the host drop the resolved one, and before
/// anything asked for the new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// The old route.
    Old,
    /// The new one: asking resolves it.
    New,
}

/// A host, at one version.
#[derive(Clone, Debug)]
pub struct Host {
    /// How it is called in messages: `Envoy 1.36`.
    pub title: String,
    /// Whether the user says which host it is.
    pub is_named: bool,
    /// Whether the host ever picks another route for a request.
    pub route_moves: bool,
    /// Whether request headers and `request.*` can be read in every callback of a stream.
    pub request_headers_stay: bool,
    not_served: Vec<NotServed>,
    rereads: Vec<Reread>,
    /// Properties that only this host has, with their classes.
    pub(super) properties: Vec<(String, PropertyClass)>,
}

/// A name that a host does not serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unserved {
    /// What to read instead, if the host has the same under another name.
    pub instead: Option<String>,
    /// Where it is known from.
    pub source: String,
}

/// What is known of a read after a reroute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AfterReroute {
    /// Which route it gives.
    pub answer: Answer,
    /// Where it is known from.
    pub source: String,
    /// A way around it.
    pub advice: Option<String>,
}

/// Why `--host` could not be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostError {
    /// No such host.
    Unknown {
        /// What was asked for.
        name: String,
        /// The closest name there is.
        similar: Option<String>,
    },
    /// Not a version: numbers with dots.
    Version(String),
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, similar } => {
                write!(f, "no host is called `{name}`")?;
                match similar {
                    Some(s) => write!(f, ": did you mean `{s}`?"),
                    None => write!(f, "; there are {}", Host::names().join(", ")),
                }
            }
            Self::Version(v) => write!(
                f,
                "`{v}` is no version of a host, such as `1.36` or `2.2.0`"
            ),
        }
    }
}

impl std::error::Error for HostError {}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version(Vec<u32>);

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts: Vec<u32> = text
            .split('.')
            .map(|p| p.parse().ok())
            .collect::<Option<_>>()?;
        // `2.2` and `2.2.0` are one version.
        while parts.len() > 1 && parts.last() == Some(&0) {
            parts.pop();
        }
        Some(Self(parts))
    }

    /// Whether it is at or after the first bound and before the second.
    fn is_in(&self, (from, until): (&Option<String>, &Option<String>)) -> bool {
        let limit = |text: &Option<String>| text.as_deref().and_then(Self::parse);
        limit(from).is_none_or(|from| *self >= from)
            && limit(until).is_none_or(|until| *self < until)
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct HostData {
    name: String,
    title: String,
    /// What a reader should know beside the rest; with its source.
    about: String,
    base: Option<String>,
    /// The version of the base below a version of the host.
    #[serde(default)]
    versions: BTreeMap<String, String>,
    /// Whether the host ever picks another route for a request; nothing said means that it does.
    route_moves: Option<Told>,
    /// Whether request headers can be read in every callback; nothing said means that they can't.
    request_headers_stay: Option<Told>,
    #[serde(default)]
    not_served: Vec<NotServed>,
    #[serde(default)]
    reread: Vec<Reread>,
    #[serde(default)]
    property: Vec<Properties>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NotServed {
    names: Vec<String>,
    from: Option<String>,
    until: Option<String>,
    prefix: Option<String>,
    #[serde(default)]
    instead: Vec<(String, String)>,
    source: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reread {
    names: Vec<String>,
    from: Option<String>,
    until: Option<String>,
    answer: Answer,
    source: String,
    advice: Option<String>,
}

impl NotServed {
    /// The first version that does not serve the names, and the first that serves them again.
    fn range(&self) -> (&Option<String>, &Option<String>) {
        (&self.from, &self.until)
    }

    /// What to read instead of a path that one of the names covers.
    fn instead_of(&self, path: &str) -> Option<String> {
        let named = self.instead.iter().find(|(name, _)| covers(name, path));
        named
            .map(|(_, to)| to.clone())
            .or_else(|| self.prefix.as_ref().map(|p| format!("{p}{path}")))
    }
}

impl Reread {
    /// The first version that answers so, and the first that does not any more.
    fn range(&self) -> (&Option<String>, &Option<String>) {
        (&self.from, &self.until)
    }
}

impl Default for Host {
    /// The host of which nothing is known.
    fn default() -> Self {
        Self {
            title: "the host".to_owned(),
            is_named: false,
            route_moves: true,
            request_headers_stay: false,
            not_served: Vec::new(),
            rereads: Vec::new(),
            properties: Vec::new(),
        }
    }
}

impl Host {
    /// The names that [`Host::parse`] takes.
    pub fn names() -> Vec<String> {
        all().into_iter().map(|h| h.name).collect()
    }

    /// The host that `name` or `name@version` means; without a version the newest that is known.
    ///
    /// # Errors
    /// No such host, or no version.
    pub fn parse(spec: &str) -> Result<Self, HostError> {
        let named = Named::parse(spec)?;
        let mut host = Self {
            title: named.title(),
            is_named: true,
            ..Self::default()
        };
        for (data, version) in named.layers() {
            host.add(data, version.as_ref());
        }
        Ok(host)
    }

    fn add(&mut self, data: &HostData, version: Option<&Version>) {
        self.route_moves &= data.route_moves.as_ref().is_none_or(|told| told.is);
        self.request_headers_stay |= data
            .request_headers_stay
            .as_ref()
            .is_some_and(|told| told.is);
        // Without a version it is the newest: that which has no end.
        let holds = |range: (&Option<String>, &Option<String>)| match version {
            Some(version) => version.is_in(range),
            None => range.1.is_none(),
        };
        let gone = data.not_served.iter().filter(|n| holds(n.range()));
        self.not_served.extend(gone.cloned());
        let rereads = data.reread.iter().filter(|r| holds(r.range()));
        self.rereads.extend(rereads.cloned());
        for p in &data.property {
            self.properties
                .extend(p.names.iter().map(|n| (n.clone(), p.class)));
        }
    }

    /// Whether and why a dotted property path is not served.
    pub fn unserved(&self, path: &str) -> Option<Unserved> {
        let entry = self
            .not_served
            .iter()
            .find(|n| n.names.iter().any(|name| covers(name, path)))?;
        Some(Unserved {
            instead: entry.instead_of(path),
            source: entry.source.clone(),
        })
    }

    /// What is known of a read of `path` after a reroute.
    pub fn after_reroute(&self, path: &str) -> Option<AfterReroute> {
        let r = self
            .rereads
            .iter()
            .find(|r| r.names.iter().any(|name| covers(name, path)))?;
        Some(AfterReroute {
            answer: r.answer,
            source: r.source.clone(),
            advice: r.advice.as_ref().map(|a| a.trim().replace('\n', " ")),
        })
    }
}

/// What `name` or `name@version` means.
struct Named {
    own: HostData,
    /// The host that it is built on.
    base: Option<HostData>,
    /// As the user wrote it, and taken apart.
    version: Option<(String, Version)>,
}

impl Named {
    fn parse(spec: &str) -> Result<Self, HostError> {
        let (name, version) = match spec.split_once('@') {
            Some((n, v)) => (n, Some(v)),
            None => (spec, None),
        };
        let version = version
            .map(|v| match Version::parse(v) {
                Some(version) => Ok((v.to_owned(), version)),
                None => Err(HostError::Version(v.to_owned())),
            })
            .transpose()?;
        let hosts = all();
        let Some(own) = hosts.iter().find(|h| h.name == name) else {
            let similar = hosts
                .iter()
                .map(|h| (strsim::damerau_levenshtein(name, &h.name), &h.name))
                .filter(|(d, _)| *d <= 2)
                .min()
                .map(|(_, n)| n.clone());
            return Err(HostError::Unknown {
                name: name.to_owned(),
                similar,
            });
        };
        let base = own.base.as_ref();
        let base = base.and_then(|base| hosts.iter().find(|host| host.name == *base));
        Ok(Self {
            own: own.clone(),
            base: base.cloned(),
            version,
        })
    }

    /// The host's title with the version that was asked for.
    fn title(&self) -> String {
        match &self.version {
            Some((version, _)) => format!("{} {version}", self.own.title),
            None => self.own.title.clone(),
        }
    }

    /// The host and what it is built on, each with the version asked for, as far as it is known.
    fn layers(&self) -> Vec<(&HostData, Option<Version>)> {
        let version = self.version.as_ref().map(|(_, version)| version);
        let mut layers = vec![(&self.own, version.cloned())];
        let below = version.and_then(|version| based_on(&self.own, version));
        layers.extend(self.base.as_ref().map(|base| (base, below)));
        layers
    }
}

/// Whether a name is a path or a leading part of it.
fn covers(name: &str, path: &str) -> bool {
    path.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The version of the base below a version of a host: that of the nearest older entry.
fn based_on(host: &HostData, version: &Version) -> Option<Version> {
    host.versions
        .iter()
        .filter_map(|(own, base)| Some((Version::parse(own)?, Version::parse(base)?)))
        .filter(|(own, _)| own <= version)
        .max_by(|a, b| a.0.cmp(&b.0))
        .map(|(_, base)| base)
}

/// The built-in hosts; a test keeps a malformed file from being released.
fn all() -> Vec<HostData> {
    FILES
        .iter()
        .filter_map(|text| toml::from_str(text).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Answer, FILES, Host, HostData, HostError};

    fn host(spec: &str) -> Host {
        Host::parse(spec).unwrap_or_else(|e| panic!("{spec}: {e}"))
    }

    #[test]
    fn embedded_files_are_well_formed() {
        for text in FILES {
            let data: HostData = toml::from_str(text).unwrap_or_else(|e| panic!("{e}"));
            assert!(data.not_served.iter().all(|n| !n.source.is_empty()));
            assert!(data.reread.iter().all(|r| !r.source.is_empty()));
        }
        assert_eq!(
            Host::names(),
            ["envoy", "fastedge", "higress", "istio", "kong"]
        );
    }

    #[test]
    fn names_depend_on_the_version() {
        assert_eq!(host("envoy@1.32.4").unserved("route_name"), None);
        let gone = host("envoy@1.33").unserved("route_name");
        assert_eq!(
            gone.and_then(|u| u.instead).as_deref(),
            Some("xds.route_name")
        );
        assert!(host("envoy").unserved("cluster_metadata.filter").is_some());
        assert!(host("envoy").unserved("xds.route_name").is_none());
        assert!(host("istio@1.24.1").unserved("route_name").is_none());
        assert!(host("istio@1.25").unserved("route_name").is_some());
        assert!(host("higress").unserved("route_name").is_none());
        assert!(host("kong").unserved("xds.route_name").is_some());
        assert!(host("fastedge").unserved("xds.route_name").is_some());
        assert!(host("fastedge").unserved("request.path").is_none());
    }

    #[test]
    fn rereads_depend_on_the_version() {
        let answer = |spec, path| host(spec).after_reroute(path).map(|a| a.answer);
        assert_eq!(answer("higress@2.1.9", "route_name"), Some(Answer::New));
        assert_eq!(answer("higress@2.2.0", "route_name"), Some(Answer::Old));
        assert_eq!(answer("higress@2.2", "route_name"), Some(Answer::Old));
        assert_eq!(answer("higress@2.2.1", "route_name"), Some(Answer::New));
        assert_eq!(answer("higress@2.2.1", "cluster_name"), Some(Answer::Old));
        assert_eq!(answer("envoy@1.36", "xds.route_name"), Some(Answer::Old));
        assert_eq!(answer("istio", "xds.route_name"), Some(Answer::Old));
        assert_eq!(answer("kong", "kong.route_id"), None);
    }

    #[test]
    fn headers_stay_where_that_is_known() {
        assert!(host("fastedge").request_headers_stay);
        assert!(host("kong").request_headers_stay);
        assert!(!host("envoy").request_headers_stay);
        assert!(host("envoy").is_named && !Host::default().is_named);
    }

    #[test]
    fn mistakes_are_told() {
        let error = |spec| Host::parse(spec).err().map(|e| e.to_string());
        assert_eq!(
            error("enovy").as_deref(),
            Some("no host is called `enovy`: did you mean `envoy`?")
        );
        assert_eq!(
            Host::parse("envoy@new").err(),
            Some(HostError::Version("new".to_owned()))
        );
        assert!(error("nginx").is_some_and(|e| e.contains("kong")));
    }
}
