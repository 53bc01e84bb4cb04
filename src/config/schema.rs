//! The JSON schema of the configuration, `docs/config.schema.json`: for editors. Made from types
//! that exist for it alone, since the reader works on the TOML tree; tests hold the two together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};

use super::read::{KEYS, OVERRIDE_KEYS};

/// Configuration of cargo-wasm-route-lint.
///
/// Everything is optional.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case", deny_unknown_fields, transform = nothing_required)]
#[expect(dead_code, reason = "only its form matters")]
struct Configuration {
    /// Other configurations that this one builds on: files, relative to this one. A `Cargo.toml`
    /// stands for its metadata. What is said here outweighs them.
    extends: OneOrMore,
    /// The host that runs the plugins, with its version if known: `envoy@1.36`, `higress@2.2.0`.
    host: String,
    /// Files that describe an SDK or wrappers, relative to this one.
    sdk: OneOrMore,
    /// The file of findings that were there before, relative to this one: `baseline` writes it, and
    /// `check` reports what is not in it.
    baseline: String,
    /// Folders and files that are not looked for and in which nothing is reported: patterns relative
    /// to the folder of this file, in which `*` does not match a `/` and `**` does.
    exclude: OneOrMore,
    /// Also show findings that are not certain and rules at allow level, as notes.
    #[schemars(extend("default" = false))]
    pedantic: bool,
    /// Suppressions need a reason: `// wasm-route-lint: allow(rule) reason`.
    #[schemars(extend("default" = false))]
    require_reason: bool,
    /// The level of each rule.
    levels: Levels,
    /// Levels for some paths. Of two that match the later one counts.
    overrides: Vec<Override>,
}

/// Levels for some paths.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("required" = ["paths"]))]
#[expect(dead_code, reason = "only its form matters")]
struct Override {
    /// Patterns as in `exclude`.
    paths: OneOrMore,
    /// The level of each rule in files that match.
    levels: Levels,
}

/// A string, or some.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
#[expect(dead_code, reason = "only its form matters")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// What is done about the findings of a rule.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its form matters")]
enum Level {
    /// Shown with `--pedantic` only.
    Allow,
    /// Reported.
    Warn,
    /// Reported, and the run fails.
    Deny,
}

struct Levels;

impl JsonSchema for Levels {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Levels".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let level = generator.subschema_for::<Level>();
        let property = |rule: crate::report::RuleInfo| {
            let summary: Vec<&str> = rule.summary.split_whitespace().collect();
            let mut schema = serde_json::json!({
                "description": summary.join(" "),
                "default": rule.default_level.as_str(),
            });
            if let (Some(own), Some(level)) = (schema.as_object_mut(), level.as_object()) {
                own.extend(level.clone());
            }
            (rule.name, schema)
        };
        let rules: BTreeMap<_, _> = crate::rules().into_iter().map(property).collect();
        schemars::json_schema!({
            "type": "object",
            "additionalProperties": false,
            "properties": rules,
        })
    }
}

fn nothing_required(schema: &mut Schema) {
    schema.remove("required");
}

fn schema() -> serde_json::Value {
    let generator = SchemaSettings::draft07().into_generator();
    generator.into_root_schema_for::<Configuration>().to_value()
}

#[test]
fn the_schema_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/config.schema.json");
    let fresh = format!("{:#}\n", schema());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &fresh).expect("the schema can be written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(stored, fresh, "run with UPDATE=1 to rewrite the schema");
}

#[test]
fn the_schema_has_the_keys_that_are_read() {
    let keys = |schema: &serde_json::Value| -> BTreeSet<String> {
        let properties = schema["properties"].as_object().expect("properties");
        properties.keys().cloned().collect()
    };
    let schema = schema();
    assert_eq!(keys(&schema), KEYS.map(str::to_owned).into());
    let overrides = &schema["definitions"]["Override"];
    assert_eq!(keys(overrides), OVERRIDE_KEYS.map(str::to_owned).into());
}

#[test]
fn the_schema_takes_what_is_read_and_nothing_else() {
    let schema = schema();
    let validator = jsonschema::draft7::new(&schema).expect("it is a schema");
    let is_valid = |toml: &str| {
        let value: toml::Table = toml::from_str(toml).expect("it is TOML");
        validator.is_valid(&serde_json::to_value(value).expect("it is JSON"))
    };
    assert!(is_valid(&super::template(&crate::rules())));
    assert!(is_valid(
        "extends = 'a'\nexclude = ['b']\nrequire-reason = true\n[levels]\nroute-in-static = 'warn'\n\
         [[overrides]]\npaths = ['c']\nlevels = { stale-match-decision = 'allow' }"
    ));
    for wrong in [
        "exclud = ['b']",
        "pedantic = 'yes'",
        "levels.route-in-statics = 'warn'",
        "levels.route-in-static = 'forbid'",
        "overrides = [{ levels = {} }]",
    ] {
        assert!(!is_valid(wrong), "{wrong}");
    }
}
