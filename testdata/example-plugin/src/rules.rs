//! The configuration: one rule a line, `route: team limit`.

use std::rc::Rc;

use proxy_wasm::hostcalls;

/// What is said about one route.
pub struct Rule {
    /// The route that it is for.
    pub route: String,
    /// The team that runs what is behind it.
    pub team: String,
    /// How long an answer may be.
    pub max_body: usize,
}

/// All rules of a plugin configuration.
#[derive(Default)]
pub struct Rules {
    rules: Vec<Rc<Rule>>,
}

impl Rules {
    /// Reads the configuration and leaves out lines that it can't make sense of.
    pub fn parse(text: &str) -> Self {
        let rule = |line: &str| {
            let (route, policy) = line.split_once(':')?;
            let (team, max_body) = policy.trim().split_once(' ')?;
            Some(Rc::new(Rule {
                route: route.trim().to_owned(),
                team: team.to_owned(),
                max_body: max_body.trim().parse().ok()?,
            }))
        };
        Self {
            rules: text.lines().filter_map(rule).collect(),
        }
    }

    /// The rule for the route that the request has now.
    pub fn find(&self) -> Option<Rc<Rule>> {
        let route = property("route_name").unwrap_or_default();
        self.rules.iter().find(|rule| rule.route == route).cloned()
    }
}

/// A property of the stream as text.
pub fn property(name: &str) -> Option<String> {
    let bytes = hostcalls::get_property(vec![name]).ok()??;
    String::from_utf8(bytes).ok()
}
