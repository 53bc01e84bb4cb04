//! Small plugins for other SDKs in `testdata/sdks/<sdk>`: `bad_*` is reported at the lines that end in
//! `//~`, `good_*` is silent although the analysis sees its host read.
//!
//! The SDKs themselves bring some hundred packages, so that the cases are type-checked against stubs
//! (`testdata/sdks/stubs`). Those of `pdk` were checked against the crate itself, version 1.10, too.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_route_lint::{AnalyseOptions, Analysis, analyse};

/// An SDK that has cases.
struct Sdk {
    /// Its package, which names the folder of the cases and the stub.
    package: &'static str,
    /// What plugins call it.
    dependency: &'static str,
    /// The stub of its macros.
    macros: Option<&'static str>,
    /// The edition of plugins: `Trait::function()` is gone in later ones.
    edition: &'static str,
}

const SDKS: [Sdk; 3] = [
    Sdk {
        package: "pdk",
        dependency: "pdk",
        macros: Some("pdk_macros"),
        edition: "2024",
    },
    Sdk {
        package: "envoy-sdk",
        dependency: "envoy",
        macros: None,
        edition: "2018",
    },
    Sdk {
        package: "proxy-sdk",
        dependency: "proxy-sdk",
        macros: None,
        edition: "2024",
    },
];

/// Nothing in these outlives the callback.
const NO_STORE: &[&str] = &[
    "envoy-sdk/good_response",
    "pdk/good_body_only",
    "pdk/good_headers_state",
    "pdk/good_names_of_its_own",
    "pdk/good_reread",
    "proxy-sdk/good_response",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/sdks")
}

fn cases(sdk: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder().join(sdk))
        .expect("the folder is there")
        .map(|e| e.expect("an entry").path())
        .collect();
    files.sort();
    assert!(files.len() >= 4, "only {} cases of {sdk}", files.len());
    files
}

fn stem(file: &Path) -> String {
    file.file_stem()
        .expect("a name")
        .to_string_lossy()
        .into_owned()
}

fn run(file: &Path) -> Analysis {
    let analysis = analyse(&AnalyseOptions {
        cwd: folder(),
        paths: vec![file.to_path_buf()],
        model: true,
        threads: std::num::NonZeroUsize::new(1),
        ..AnalyseOptions::default()
    });
    assert!(
        analysis.problems.is_empty(),
        "{}: {:?}",
        file.display(),
        analysis.problems
    );
    analysis
}

/// The lines of the findings that are shown, each once.
fn lines(analysis: &Analysis) -> Vec<usize> {
    let mut found: Vec<usize> = analysis
        .findings
        .iter()
        .filter(|f| f.is_shown(false))
        .map(|f| {
            let file = analysis.sources.file(f.primary.span.file);
            file.line_column(f.primary.span.lo as usize).0
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn has(model: &str, section: &str) -> bool {
    model
        .split(&format!("{section}:\n"))
        .nth(1)
        .is_some_and(|rest| rest.starts_with("  "))
}

#[test]
fn cases_are_reported_where_they_store() {
    let mut wrong = Vec::new();
    for Sdk { package: sdk, .. } in SDKS {
        for file in cases(sdk) {
            let name = format!("{sdk}/{}", stem(&file));
            let analysis = run(&file);
            let found = lines(&analysis);
            let text = fs::read_to_string(&file).expect("a case");
            let expected: Vec<usize> = (1..)
                .zip(text.lines())
                .filter(|(_, line)| line.ends_with("//~"))
                .map(|(n, _)| n)
                .collect();
            if expected != found {
                wrong.push(format!("{name}: expected {expected:?}, found {found:?}"));
            }
            let is_bad = stem(&file).starts_with("bad_");
            if is_bad == expected.is_empty() {
                wrong.push(format!("{name}: its name and its marks differ"));
            }
            if !has(&analysis.model, "sources") {
                wrong.push(format!("{name}: the host read was not seen"));
            }
            if has(&analysis.model, "stores") == NO_STORE.contains(&name.as_str()) {
                wrong.push(format!("{name}: its stores:\n{}", analysis.model));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// By which rule, and what the reports call things.
#[test]
fn findings_name_their_rule() {
    let rule = |case: &str| {
        let analysis = run(&folder().join(case));
        let found = analysis.findings.into_iter().find(|f| f.is_shown(false));
        found.map(|f| (f.rule, f.message))
    };
    for (case, expected) in [
        ("pdk/bad_carried.rs", "route-in-async-callback"),
        ("pdk/bad_body.rs", "route-in-async-callback"),
        ("pdk/bad_state.rs", "route-in-stream-context"),
        ("pdk/bad_shared_with_streams.rs", "route-in-root-context"),
        ("envoy-sdk/bad_route_field.rs", "route-in-stream-context"),
        ("envoy-sdk/bad_decision.rs", "stale-match-decision"),
        ("proxy-sdk/bad_route_field.rs", "route-in-stream-context"),
    ] {
        let (name, message) = rule(case).expect("a finding");
        assert_eq!(name, expected, "{case}: {message}");
    }
    let (_, message) = rule("pdk/bad_body.rs").expect("a finding");
    assert_eq!(
        message,
        "`route` keeps `xds.route_name`: stored in `on_request`, used there when it resumes"
    );
    let (_, message) = rule("pdk/bad_carried.rs").expect("a finding");
    assert_eq!(
        message,
        "`request data` keeps `xds.route_name`: stored in `on_request`, used in `on_response`"
    );
}

/// What a filter is: a context with callbacks, and the function that launches it.
#[test]
fn filters_are_in_the_model() {
    let model = run(&folder().join("pdk/bad_carried.rs")).model;
    for line in [
        "  configure (root, ",
        "  filter (stream, ",
        "    on_request\n",
        "    on_response\n",
    ] {
        assert!(model.contains(line), "no `{line}` in:\n{model}");
    }
}

/// A type is an SDK's by its name only where the package depends on that SDK.
#[test]
fn names_mean_an_sdk_to_its_dependants_alone() {
    let code = "use other::RouteInfo;\n\
        use proxy_wasm::traits::{Context, HttpContext};\n\
        use proxy_wasm::types::Action;\n\
        proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> {\n\
            Box::new(Plugin { info: other::info(), name: None })\n\
        }); }}\n\
        struct Plugin { info: RouteInfo, name: Option<String> }\n\
        impl Context for Plugin {}\n\
        impl HttpContext for Plugin {\n\
            fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {\n\
                let info: RouteInfo = other::info();\n\
                self.name = info.name().unwrap();\n\
                Action::Continue\n\
            }\n\
        }\n";
    let seen = |dependency: &str| {
        let folder = package(&format!("proxy-wasm = \"0.2\"\n{dependency}"), code, None);
        run(folder.path()).model.contains("route_name [route]")
    };
    assert!(!seen("other = \"1\""));
    assert!(seen(
        "other = { package = \"envoy-sdk\", version = \"0.2\" }"
    ));
}

/// A package in a folder of its own, and the SDK whose stub lies beside it.
fn package(dependencies: &str, code: &str, stub: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |to: &str, text: &str| {
        let to = folder.path().join(to);
        fs::create_dir_all(to.parent().expect("a parent")).expect("a folder");
        fs::write(to, text).expect("a file");
    };
    let manifest = |name: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n")
    };
    write(
        "Cargo.toml",
        &format!("{}[dependencies]\n{dependencies}\n", manifest("plugin")),
    );
    write("src/lib.rs", code);
    if let Some(sdk) = stub {
        let stub = self::folder().join(format!("stubs/{sdk}.rs"));
        let stub = fs::read_to_string(stub).expect("a stub");
        write("sdk/Cargo.toml", &manifest(sdk));
        write("sdk/src/lib.rs", &stub);
    }
    folder
}

/// What functions of a modelled SDK mean is said as data, also where their bodies can be seen.
#[test]
fn code_of_a_modelled_sdk_is_not_followed() {
    for file in cases("proxy-sdk") {
        let code = fs::read_to_string(&file).expect("a case");
        let package = package("proxy-sdk = { path = \"sdk\" }", &code, Some("proxy-sdk"));
        let beside = lines(&run(package.path()));
        assert_eq!(beside, lines(&run(&file)), "{}", file.display());
    }
}

/// A trait is an SDK's when it comes from there, whatever it is called.
#[test]
fn traits_of_other_crates_are_no_sdks() {
    let seen = |krate: &str| {
        let code = format!(
            "use {krate}::PropertyAccessor;\n\
            use proxy_wasm::traits::{{Context, HttpContext}};\n\
            use proxy_wasm::types::Action;\n\
            struct Plugin {{ properties: Box<dyn PropertyAccessor>, name: Option<Vec<u8>> }}\n\
            impl Context for Plugin {{}}\n\
            impl HttpContext for Plugin {{\n\
                fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {{\n\
                    self.name = self.properties.read_property(&[\"xds\", \"route_name\"]);\n\
                    Action::Continue\n\
                }}\n\
            }}\n"
        );
        let dependencies = "proxy-wasm = \"0.2\"\npdk = \"1\"\nother = \"1\"";
        let folder = package(dependencies, &code, None);
        run(folder.path()).model.contains("route_name [route]")
    };
    assert!(seen("pdk::hl"));
    assert!(!seen("other"));
}

/// Callbacks that share one host callback: what one of them holds is held.
#[test]
fn one_callback_of_several_holds_the_request() {
    let late = |action: &str| {
        let code = format!(
            "use higress_wasm_rust::plugin_wrapper::HttpContextWrapper;\n\
            use proxy_wasm::traits::{{Context, HttpContext}};\n\
            use proxy_wasm::types::Action;\n\
            struct Plugin;\n\
            impl Context for Plugin {{\n\
                fn on_http_call_response(&mut self, _: u32, _: usize, _: usize, _: usize) {{\n\
                    log::info!(\"{{:?}}\", self.get_http_request_header(\"host\"));\n\
                    self.resume_http_request();\n\
                }}\n\
            }}\n\
            impl HttpContext for Plugin {{\n\
                fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {{\n\
                    let wait = std::time::Duration::from_secs(1);\n\
                    let _ = self.dispatch_http_call(\"auth\", vec![], None, vec![], wait);\n\
                    Action::{action}\n\
                }}\n\
            }}\n\
            impl HttpContextWrapper<()> for Plugin {{\n\
                fn on_http_request_complete_headers(&mut self, _: &Headers) -> Action {{\n\
                    Action::Continue\n\
                }}\n\
            }}\n"
        );
        let dependencies = "proxy-wasm = \"0.2\"\nhigress-wasm-rust = \"0.1\"";
        lines(&run(package(dependencies, &code, None).path()))
    };
    assert!(late("Pause").is_empty());
    assert_eq!(late("Continue"), [7]);
}

/// A context of several traits of SDKs is one context.
#[test]
fn contexts_are_listed_once() {
    let code = "use higress_wasm_rust::plugin_wrapper::RootContextWrapper;\n\
        use proxy_wasm::traits::{Context, RootContext};\n\
        struct Root;\n\
        impl Context for Root {}\n\
        impl RootContext for Root {}\n\
        impl RootContextWrapper<()> for Root {}\n";
    let dependencies = "proxy-wasm = \"0.2\"\nhigress-wasm-rust = \"0.1\"";
    let model = run(package(dependencies, code, None).path()).model;
    assert_eq!(model.matches("Root (root, ").count(), 1, "{model}");
}

/// On a host that serves request properties in every callback of a stream, none is late.
#[test]
fn request_properties_are_late_where_the_host_forgets_them() {
    let plugin = "use proxy_wasm::traits::{Context, HttpContext};\n\
        use proxy_wasm::types::Action;\n\
        proxy_wasm::main! {{ proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> {\n\
            Box::new(Plugin)\n\
        }); }}\n\
        struct Plugin;\n\
        impl Context for Plugin {}\n\
        impl HttpContext for Plugin {\n\
            fn on_http_response_body(&mut self, _: usize, _: bool) -> Action {\n\
                log::info!(\"{:?}\", self.get_property(PATH));\n\
                Action::Continue\n\
            }\n\
        }\n";
    let late = |dependencies: &str, path: &str| {
        let code = plugin.replace("PATH", path);
        lines(&run(package(dependencies, &code, None).path()))
    };
    let parts = "vec![\"request\", \"url\"]";
    assert_eq!(late("proxy-wasm = \"0.2\"", parts), [10]);
    assert!(late("proxy-wasm = \"0.2\"\nfastedge = \"0.3\"", parts).is_empty());
    // A name with dots is one of a host that is no Envoy.
    assert!(late("proxy-wasm = \"0.2\"", "vec![\"request.url\"]").is_empty());
}

/// No case is Rust that nobody could write.
#[test]
fn cases_type_check() {
    for Sdk {
        package: sdk,
        dependency: name,
        macros,
        edition,
    } in SDKS
    {
        let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sdk-{sdk}"));
        for part in ["examples", "sdk/src", "macros/src", "src"] {
            let part = package.join(part);
            let _ = fs::remove_dir_all(&part);
            fs::create_dir_all(part).expect("a folder");
        }
        let head = format!("version = \"0.0.0\"\nedition = \"{edition}\"\n");
        let stub = |to: &str, from: &str| {
            let from = folder().join(format!("stubs/{from}.rs"));
            fs::copy(from, package.join(to)).expect("a copy of the stub");
        };
        stub("sdk/src/lib.rs", sdk);
        let mut manifest = format!("[package]\nname = \"{sdk}\"\n{head}");
        if let Some(macros) = macros {
            stub("macros/src/lib.rs", macros);
            let text = format!("[package]\nname = \"{macros}\"\n{head}[lib]\nproc-macro = true\n");
            fs::write(package.join("macros/Cargo.toml"), text).expect("a manifest");
            manifest += &format!("[dependencies]\n{macros} = {{ path = \"../macros\" }}\n");
        }
        fs::write(package.join("sdk/Cargo.toml"), manifest).expect("a manifest");
        fs::write(package.join("src/lib.rs"), "").expect("a library");
        let mut manifest = format!(
            "[package]\nname = \"cases\"\n{head}[workspace]\n[dependencies]\n\
             {name} = {{ path = \"sdk\", package = \"{sdk}\" }}\n"
        );
        for file in cases(sdk) {
            let name = stem(&file);
            let to = package.join(format!("examples/{name}.rs"));
            fs::copy(&file, to).expect("a copy of the case");
            manifest += &format!("[[example]]\nname = \"{name}\"\ncrate-type = [\"cdylib\"]\n");
        }
        fs::write(package.join("Cargo.toml"), manifest).expect("a manifest");
        let output = Command::new(env!("CARGO"))
            .args([
                "check",
                "--offline",
                "--quiet",
                "--keep-going",
                "--examples",
            ])
            .arg("--target-dir")
            .arg(package.join("target"))
            .current_dir(&package)
            .env("RUSTFLAGS", "-Awarnings")
            .output()
            .expect("cargo runs");
        assert!(
            output.status.success(),
            "{sdk}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
