//! The shape of `rules/sdk/*.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How long a property's value holds. Names and meaning as in `rules/sdk/properties.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PropertyClass {
    /// Fixed for the plugin instance.
    Plugin,
    /// Fixed for the process.
    Node,
    /// Fixed for the downstream connection.
    Connection,
    /// Fixed when the stream starts.
    Stream,
    /// The selected route: moves when the host resolves it again.
    Route,
    /// The picked upstream: absent at first, moves on a retry.
    Upstream,
    /// The request's headers: readable in request headers only.
    Request,
    /// The response.
    Response,
    /// Metadata and filter state that any filter may write.
    Dynamic,
    /// Counters and clocks.
    Running,
    /// The plugin's configuration: fixed for the plugin instance, changed by a configuration update.
    Configuration,
    /// The number of a context: names a stream, says nothing about it.
    ContextId,
    /// The token of a callout: names the answer that is waited for.
    Token,
    /// The path is not known.
    Unknown,
}

impl PropertyClass {
    /// The word used in the data files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plugin => "plugin",
            Self::Node => "node",
            Self::Connection => "connection",
            Self::Stream => "stream",
            Self::Route => "route",
            Self::Upstream => "upstream",
            Self::Request => "request",
            Self::Response => "response",
            Self::Dynamic => "dynamic",
            Self::Running => "running",
            Self::Configuration => "configuration",
            Self::ContextId => "context id",
            Self::Token => "token",
            Self::Unknown => "unknown",
        }
    }
}

/// Which contexts a trait is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// One per plugin configuration.
    Root,
    /// One per stream.
    Stream,
    /// Either.
    Any,
}

/// When a callback runs, in host order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The plugin's VM starts.
    VmStart,
    /// A plugin configuration arrives.
    Configure,
    /// The timer of the root context.
    Tick,
    /// A shared queue has an entry.
    Queue,
    /// The stream context is built, at the start of request headers.
    Construct,
    /// A TCP connection opens.
    Connect,
    /// Bytes from the client.
    Downstream,
    /// Bytes from the server.
    Upstream,
    /// The connection closes.
    Close,
    /// Request headers.
    RequestHeaders,
    /// A piece of the request body.
    RequestBody,
    /// Request trailers.
    RequestTrailers,
    /// Response headers.
    ResponseHeaders,
    /// A piece of the response body.
    ResponseBody,
    /// Response trailers.
    ResponseTrailers,
    /// The answer to a call that the plugin made.
    Callout,
    /// The stream ends.
    Done,
    /// The access log is written.
    Log,
}

impl Phase {
    /// Whether it is one of a root context, in which no stream is current.
    pub fn is_of_root(self) -> bool {
        matches!(
            self,
            Self::VmStart | Self::Configure | Self::Tick | Self::Queue
        )
    }

    /// Whether it is one of a network filter, which sees a connection and no request.
    pub fn is_of_connection(self) -> bool {
        matches!(
            self,
            Self::Connect | Self::Downstream | Self::Upstream | Self::Close
        )
    }
}

/// What a host call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallKind {
    /// Reads the property whose path is the (last) argument.
    Property,
    /// Reads all request headers.
    RequestHeaders,
    /// Reads the request header named by the argument.
    RequestHeader,
    /// Reads the header map named by the first argument.
    Map,
    /// Reads one header of the map named by the first argument.
    MapValue,
    /// Writes to the header map named by the first argument.
    SetMap,
    /// Makes the host drop the resolved route.
    Reroute,
    /// Answers the request from the plugin.
    Reply,
    /// Lets held request headers go on.
    ResumeRequest,
    /// Only tells somebody: logs, metrics.
    Tell,
    /// Writes a property.
    SetProperty,
    /// Does something with its arguments; the result is clean.
    Act,
    /// The same, and the result is the token by which the answer is told apart.
    Callout,
    /// Makes another context the current one.
    EffectiveContext,
    /// Reads shared data.
    SharedGet,
    /// Writes shared data.
    SharedSet,
    /// Reads something that no rule cares about.
    Clean,
    /// Reads the plugin's configuration.
    Configuration,
    /// Registers the root context's constructor.
    RegisterRoot,
    /// Registers a stream context's constructor.
    RegisterStream,
    /// A wrapper outside of the tree that reads properties: see its `source`.
    Source,
    /// Gives a value of another type of the SDK: see its `gives`.
    Handle,
    /// Gives its argument in a wrapper that matters to the SDK alone.
    Wrap,
    /// Gives a future that is done when it is awaited.
    Ready,
    /// Gives a future for which the SDK holds the request.
    Hold,
    /// Gives a future for which the SDK lets the request headers go on.
    LetGo,
    /// Takes the function that filters requests.
    RequestFilter,
    /// Takes the function that filters responses.
    ResponseFilter,
    /// Takes the function that handles what the client sends once the connection is upgraded.
    UpstreamFilter,
    /// Takes the function that handles what the server sends once the connection is upgraded.
    DownstreamFilter,
    /// Takes the function that makes the state of a stream.
    CreateState,
    /// Takes the function that gets the state of a stream at its end.
    DoneFilter,
    /// Puts a filter that was made to work.
    Launch,
    /// What a request filter returns for the response filter.
    Carry,
}

/// What an SDK hands to a function by the type of its parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Injected {
    /// The plugin's configuration.
    Configuration,
    /// What the request filter returned.
    Carried,
    /// The state of the stream.
    State,
}

/// One layer around a host call's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// `Option`.
    Option,
    /// `Result`.
    Result,
    /// A list of name and value.
    Pairs,
}

/// How a value made by an SDK depends on what the SDK read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It is the value.
    Copied,
    /// It was chosen by it.
    Decided,
}

/// Host reads that happen inside an SDK that is not in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceData {
    /// For callbacks: which parameter carries it (the receiver is 0).
    pub parameter: Option<usize>,
    /// Dotted property paths.
    pub properties: Vec<String>,
    /// The class of the whole.
    pub class: PropertyClass,
    /// How the value depends on them.
    pub how: How,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SdkData {
    pub(super) name: String,
    pub(super) packages: Vec<String>,
    #[serde(default, rename = "trait")]
    pub(super) traits: Vec<TraitData>,
    #[serde(default, rename = "callback")]
    pub(super) callbacks: Vec<CallbackData>,
    #[serde(default, rename = "factory")]
    pub(super) factories: Vec<FactoryData>,
    #[serde(default, rename = "call")]
    pub(super) calls: Vec<CallData>,
    #[serde(default, rename = "property")]
    pub(super) properties: Vec<Properties>,
    #[serde(default, rename = "parameter")]
    pub(super) parameters: Vec<ParameterData>,
    #[serde(default, rename = "field")]
    pub(super) fields: Vec<FieldData>,
    #[serde(default)]
    pub(super) modelled: bool,
    #[serde(default)]
    pub(super) pausing: Vec<String>,
    #[serde(default)]
    pub(super) request_always_readable: bool,
}

/// Properties of one class.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Properties {
    pub(super) class: PropertyClass,
    pub(super) names: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TraitData {
    pub(super) name: String,
    pub(super) role: Role,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallbackData {
    pub(super) name: String,
    pub(super) phase: Phase,
    #[serde(default)]
    pub(super) order: i32,
    #[serde(default)]
    pub(super) on: Vec<String>,
    pub(super) source: Option<SourceData>,
}

/// A type of which the SDK hands values to functions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParameterData {
    #[serde(rename = "type")]
    pub(super) ty: String,
    pub(super) kind: Injected,
    pub(super) variant: Option<String>,
}

/// Fields of a type of the SDK.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldData {
    pub(super) on: String,
    pub(super) names: Vec<String>,
    pub(super) gives: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FactoryData {
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallData {
    pub(super) names: Vec<String>,
    pub(super) kind: CallKind,
    #[serde(default)]
    pub(super) shape: Vec<Shape>,
    #[serde(default)]
    pub(super) on: Vec<String>,
    pub(super) reads: Option<String>,
    pub(super) gives: Option<String>,
    #[serde(default)]
    pub(super) parameters: Vec<String>,
    pub(super) source: Option<SourceData>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PropertyData {
    classes: BTreeMap<String, Vec<String>>,
}

/// Reads the table of properties.
pub(super) fn properties(text: &str) -> Result<Vec<(String, PropertyClass)>, String> {
    let data: PropertyData = toml::from_str(text).map_err(|e| e.to_string())?;
    let mut out = Vec::new();
    for (class, names) in data.classes {
        let class =
            PropertyClass::deserialize(toml::Value::String(class)).map_err(|e| e.to_string())?;
        out.extend(names.into_iter().map(|n| (n, class)));
    }
    Ok(out)
}
