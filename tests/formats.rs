//! What the formats for programs give, read by those programs' own readers and schemas.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use cargo_metadata::{CompilerMessage, Message, Metadata, MetadataCommand};
use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const EXAMPLE: &str = "testdata/example-plugin";

/// What the binary prints in `folder`.
fn printed(folder: &Path, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-wasm-route-lint"))
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs");
    String::from_utf8(output.stdout).expect("the output is UTF-8")
}

fn validate(schema: &str, value: &Value) {
    let schema: Value = serde_json::from_str(schema).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema in force");
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn sarif_follows_the_published_schema() {
    let schema = include_str!("../testdata/schema/sarif-schema-2.1.0.json");
    // A stray bracket in a pattern of the published schema is an error to a strict reader.
    let schema = schema.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
    for path in [EXAMPLE, "no/such/folder"] {
        let text = printed(Path::new(ROOT), &[path, "--pedantic", "--format", "sarif"]);
        let log: Value = serde_json::from_str(&text).expect("JSON");
        validate(&schema, &log);
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array();
        let rules = rules.expect("rules");
        for rule in rules {
            let help = rule["help"]["markdown"].as_str().expect("help");
            assert!(help.contains("\n## "), "{rule:#}");
        }
    }
}

#[test]
fn json_follows_its_schema() {
    let schema = include_str!("../docs/report.schema.json");
    for path in [EXAMPLE, "no/such/folder"] {
        let text = printed(Path::new(ROOT), &[path, "--pedantic", "--format", "json"]);
        for line in text.lines() {
            validate(schema, &serde_json::from_str(line).expect("JSON"));
        }
        assert!(
            text.lines()
                .last()
                .is_some_and(|l| l.contains(r#""type":"summary""#))
        );
    }
}

/// The compiler messages of a run in a folder.
fn messages(folder: &Path, args: &[&str]) -> Vec<CompilerMessage> {
    let args = [args, &["--format", "cargo-json"]].concat();
    let text = printed(folder, &args);
    let mut found = Vec::new();
    for message in Message::parse_stream(text.as_bytes()) {
        match message.expect("a line") {
            Message::CompilerMessage(message) => found.push(message),
            Message::BuildFinished(_) => {}
            other => panic!("{other:?}"),
        }
    }
    found
}

fn metadata(folder: &Path) -> Metadata {
    MetadataCommand::new()
        .cargo_path(env!("CARGO"))
        .current_dir(folder)
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .expect("cargo knows the package")
}

/// Each message names a package and a target exactly as cargo does.
fn compare(folder: &Path, messages: &[CompilerMessage]) {
    let metadata = metadata(folder);
    for message in messages {
        let package = &metadata[&message.package_id];
        assert!(
            package.targets.contains(&message.target),
            "{:#?}\n{:#?}",
            message.target,
            package.targets
        );
    }
}

#[test]
fn packages_and_targets_are_named_as_cargo_names_them() {
    let example = Path::new(ROOT).join(EXAMPLE);
    let found = messages(&example, &[]);
    assert_eq!(found.len(), 2);
    compare(&example, &found);

    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().canonicalize().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    // In each target a call that every run reports.
    let source = fs::read_to_string(Path::new(ROOT).join("testdata/constructs/bad_direct.rs"));
    let source = source.expect("a construct");
    write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"2\"\n\
         [workspace.package]\nversion = \"1.2.3\"\n",
    );
    write(
        "one/Cargo.toml",
        "[package]\nname = \"one\"\nversion.workspace = true\nedition = \"2024\"\n\
         [dependencies]\nproxy-wasm = \"0.2\"\n\
         [[example]]\nname = \"shown\"\ncrate-type = [\"cdylib\"]\n",
    );
    write("one/src/lib.rs", &source);
    write("one/src/main.rs", &source);
    write("one/examples/shown.rs", &source);
    write(
        "two/Cargo.toml",
        "[package]\nname = \"number-two\"\n[lib]\ncrate-type = [\"rlib\", \"cdylib\"]\n\
         [dependencies]\nproxy-wasm = \"0.2\"\n",
    );
    write("two/src/lib.rs", &source);
    let found = messages(&folder, &[]);
    let mut files: Vec<&str> = found
        .iter()
        .map(|m| m.message.spans[0].file_name.as_str())
        .collect();
    files.sort_unstable();
    files.dedup();
    let expected = [
        "one/examples/shown.rs",
        "one/src/lib.rs",
        "one/src/main.rs",
        "two/src/lib.rs",
    ];
    assert_eq!(files, expected);
    compare(&folder, &found);
    for message in &found {
        let file = folder.join(&message.message.spans[0].file_name);
        assert_eq!(message.target.src_path, file, "the file's own target");
    }
}

#[test]
fn a_file_under_no_package_is_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = Path::new(ROOT).join("testdata/constructs/bad_direct.rs");
    fs::copy(source, folder.path().join("plugin.rs")).expect("a copy");
    let found = messages(folder.path(), &["plugin.rs"]);
    assert!(!found.is_empty());
    for message in found {
        assert!(message.package_id.repr.ends_with("#plugin@0.0.0"));
        assert!(message.target.src_path.ends_with("plugin.rs"));
    }
}

#[test]
fn the_list_of_rules_follows_its_schema() {
    let schema = include_str!("../docs/rules.schema.json");
    let text = printed(Path::new(ROOT), &["rules", "--format", "json"]);
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    for line in &lines {
        validate(schema, line);
    }
    let names: Vec<&str> = lines.iter().filter_map(|l| l["name"].as_str()).collect();
    let known: Vec<&str> = wasm_route_lint::rules().iter().map(|r| r.name).collect();
    assert_eq!(names, known);
}
