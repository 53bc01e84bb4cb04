//! `wasm-route-lint.toml` and the tables of manifests that stand for it.

use snapbox::str;

use super::folder::{Folder, PLUGIN};

const FILE: &str = "wasm-route-lint.toml";
const SHORT: &str = "--format short";

/// The rule and the class of each line.
fn found(folder: &Folder, at: &str, line: &str) -> Vec<String> {
    let run = folder.run_in(at, &format!("{line} --format short"));
    let class = |line: &str| {
        let rest = line.splitn(4, ':').nth(3)?;
        Some(rest.split_once(": ")?.0.trim().to_owned())
    };
    run.out.lines().filter_map(class).collect()
}

const USUAL: [&str; 3] = [
    "error[stale-match-decision]",
    "error[route-in-static]",
    "error[route-in-stream-context]",
];

#[test]
fn levels_by_rule_and_by_path() {
    let levels = "[levels]\nroute-in-static = 'warn'\n\
                  [[overrides]]\npaths = ['src']\nlevels = { stale-match-decision = 'allow' }\n";
    let folder = Folder::with_plugin(PLUGIN).file(FILE, levels);
    let set = ["warning[route-in-static]", "error[route-in-stream-context]"];
    assert_eq!(found(&folder, "", ""), set);
    // From wherever the tool is run, and whatever is named.
    assert_eq!(found(&folder, "src", ""), set);
    assert_eq!(found(&folder, "src", "lib.rs"), set);
    assert_eq!(found(&folder, "", "src"), set);
    // The command line outweighs it.
    let line = "-D warnings -A route-in-stream-context -W stale-match-decision";
    let outweighed = ["warning[stale-match-decision]", "error[route-in-static]"];
    assert_eq!(found(&folder, "", line), outweighed);
    assert_eq!(found(&folder, "", "--no-config"), USUAL);
}

#[test]
fn manifests_hold_it_too() {
    let folder = Folder::new()
        .package("a", PLUGIN)
        .package("b", PLUGIN)
        .file(
            "Cargo.toml",
            "[workspace]\nmembers = ['a', 'b']\n\
             [workspace.metadata.wasm-route-lint.levels]\nroute-in-static = 'warn'\n\
             stale-match-decision = 'warn'\n",
        );
    let both = [
        "warning[stale-match-decision]",
        "warning[route-in-static]",
        "error[route-in-stream-context]",
    ];
    assert_eq!(found(&folder, "", "a"), both);
    let own = "\n[package.metadata.wasm-route-lint]\nlevels.route-in-static = 'allow'\n";
    folder.write("a/Cargo.toml", &(folder.read("a/Cargo.toml") + own));
    let nearest = [
        "error[stale-match-decision]",
        "error[route-in-stream-context]",
    ];
    assert_eq!(found(&folder, "", "a"), nearest);
    assert_eq!(found(&folder, "a", ""), nearest);
    assert_eq!(found(&folder, "", "."), [&nearest[..], &both[..]].concat());
    // Built upon what the workspace says.
    let extended = own.replace("]\n", "]\nextends = '../Cargo.toml'\n");
    folder.write(
        "a/Cargo.toml",
        &folder.read("a/Cargo.toml").replace(own, &extended),
    );
    let extended = [
        "warning[stale-match-decision]",
        "error[route-in-stream-context]",
    ];
    assert_eq!(found(&folder, "", "a"), extended);
}

#[test]
fn a_file_may_build_on_others() {
    let folder = Folder::new()
        .package("a", PLUGIN)
        .file(
            "base/one.toml",
            "extends = 'two.toml'\nlevels.route-in-static = 'warn'\n",
        )
        .file(
            "base/two.toml",
            "levels = { route-in-static = 'allow', stale-match-decision = 'allow' }\n",
        )
        .file(
            "a/wasm-route-lint.toml",
            "extends = ['../base/one.toml']\nlevels.route-in-stream-context = 'warn'\n",
        );
    let both = [
        "warning[route-in-static]",
        "warning[route-in-stream-context]",
    ];
    assert_eq!(found(&folder, "", "a"), both);
    folder.write("base/two.toml", "extends = ['one.toml', 'none.toml']\n");
    folder.transcript(
        &["a -q -A route-in-static -A stale-match-decision"],
        str![[r#"
$ cargo wasm-route-lint a -q -A route-in-static -A stale-match-decision
error: the configuration extends itself
  --> base/two.toml:1:12
  |
1 | extends = ['one.toml', 'none.toml']
  |            ^^^^^^^^^^

error: can't read the configuration: no such file
  --> base/two.toml:1:24
  |
1 | extends = ['one.toml', 'none.toml']
  |                        ^^^^^^^^^^^
  |
  = help: `base/none.toml` was looked for

warning[route-in-stream-context]: `Plugin.route` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
   --> a/src/lib.rs:26:9
   |
23 |         let route = self.get_property(vec!["route_name"]).unwrap_or_default();
   |                     ------------------------------------- `route_name` is obtained here, in `on_http_request_headers`
   .
26 |         self.route = route;
   |         ^^^^^^^^^^^^^^^^^^ `Plugin.route` is stored here, in `on_http_request_headers`
   .
32 |             self.set_http_response_header_bytes("x-route", Some(&self.route));
   |             ----------------------------------------------------------------- and read here, in `on_http_response_headers`
   |
   = path of the value:
       1. obtained  a/src/lib.rs:23:21  `route_name` from the host
       2. stored    a/src/lib.rs:26:9   `Plugin.route` in `Plugin::on_http_request_headers`
       3. window                        a later filter may write a request header or clear the route cache
       4. read      a/src/lib.rs:32:13  in `on_http_response_headers`
   = the host may resolve the route again after `on_http_request_headers`: any filter that writes a request header, and any call that clears the route cache, makes it do so
   = help: ask the host in the callback that uses it, instead of reading `Plugin.route`
   = fix: ask for `is_paid` and `route` where they are used (`--fix` does it)
        #[derive(Default)]
       -struct Plugin {
       -    route: Vec<u8>,
       -    is_paid: bool,
       -}
       +struct Plugin {}

       ...
                let route = self.get_property(vec!["route_name"]).unwrap_or_default();
       -        self.is_paid = route == b"paid";
                LAST.with(|last| last.replace(route.clone()));
       -        self.route = route;
                Action::Continue
       ...
            fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
       -        if self.is_paid {
       -            self.set_http_response_header_bytes("x-route", Some(&self.route));
       +        let route: Vec<u8> = self.get_property(vec!["route_name"]).unwrap_or_default();
       +        let is_paid = route == b"paid";
       +        if is_paid {
       +            self.set_http_response_header_bytes("x-route", Some(&route));
                }

[exit code 2]

"#]],
    );
}

#[test]
fn what_is_excluded_is_not_looked_for() {
    let folder = Folder::new()
        .package("a", PLUGIN)
        .package("b/generated", PLUGIN)
        .file(FILE, "exclude = ['**/generated']\n");
    let run = folder.run(SHORT);
    assert!(run.out.contains("a/src/lib.rs") && !run.out.contains("generated"));
    let model = folder.run("--show-model");
    let skipped = "b/generated: the configuration excludes it";
    assert!(model.out.contains(skipped), "{}", model.out);
    // A module of a package that is looked at is followed, and nothing is reported in it.
    folder.write("a/src/lib.rs", "mod generated;\n");
    folder.write("a/src/generated.rs", PLUGIN);
    folder.write(FILE, "exclude = ['**/generated', 'a/src/generated.rs']\n");
    folder.transcript(
        &[
            "",
            "b/generated --format short",
            "--no-config -q --format short",
        ],
        str![[r#"
$ cargo wasm-route-lint 
no stale route values found in 1 package (2 files)
[exit code 0]

$ cargo wasm-route-lint b/generated --format short
b/generated: error: the configuration excludes this path
[exit code 2]

$ cargo wasm-route-lint --no-config -q --format short
a/src/generated.rs:24:9: error[stale-match-decision]: `Plugin.is_paid` keeps a decision made from `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
a/src/generated.rs:25:26: error[route-in-static]: `LAST` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_request_headers` and `on_http_response_headers`
a/src/generated.rs:26:9: error[route-in-stream-context]: `Plugin.route` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
b/generated/src/lib.rs:24:9: error[stale-match-decision]: `Plugin.is_paid` keeps a decision made from `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
b/generated/src/lib.rs:25:26: error[route-in-static]: `LAST` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_request_headers` and `on_http_response_headers`
b/generated/src/lib.rs:26:9: error[route-in-stream-context]: `Plugin.route` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
[exit code 1]

"#]],
    );
}

#[test]
fn mistakes_have_their_places() {
    let folder = Folder::with_plugin(PLUGIN).file(
        FILE,
        "exclud = ['a']\nexclude = ['a[']\npedantic = 'yes'\nhost = 'higres'\nextends = 'base.toml'\n\
         [levels]\nroute-in-statics = 'warn'\nstale-match-decision = 'denny'\n\
         [[overrides]]\npath = 'src'\nlevels = 3\n",
    );
    folder.transcript(
        &["-q -A route-in-static -A stale-match-decision -A route-in-stream-context"],
        str![[r#"
$ cargo wasm-route-lint -q -A route-in-static -A stale-match-decision -A route-in-stream-context
error: unknown key `exclud` in the configuration
  --> wasm-route-lint.toml:1:1
  |
1 | exclud = ['a']
  | ^^^^^^
  |
  = help: did you mean `exclude`?

error: `a[` is no pattern: unclosed character class; missing ']'
  --> wasm-route-lint.toml:2:12
  |
2 | exclude = ['a[']
  |            ^^^^

error: expected true or false for `pedantic`, found string
  --> wasm-route-lint.toml:3:12
  |
3 | pedantic = 'yes'
  |            ^^^^^

error: no host is called `higres`: did you mean `higress`?
  --> wasm-route-lint.toml:4:8
  |
4 | host = 'higres'
  |        ^^^^^^^^

error: can't read the configuration: no such file
  --> wasm-route-lint.toml:5:11
  |
5 | extends = 'base.toml'
  |           ^^^^^^^^^^^
  |
  = help: `base.toml` was looked for

error: unknown rule `route-in-statics` in the configuration
  --> wasm-route-lint.toml:7:1
  |
7 | route-in-statics = 'warn'
  | ^^^^^^^^^^^^^^^^
  |
  = help: did you mean `route-in-static`?

error: unknown level `denny`
  --> wasm-route-lint.toml:8:24
  |
8 | stale-match-decision = 'denny'
  |                        ^^^^^^^
  |
  = help: did you mean `deny`?

error: `paths` is missing
  --> wasm-route-lint.toml:9:1
  |
9 | [[overrides]]
  | ^^^^^^^^^^^^^
  |
  = help: say which files the levels are for

error: unknown key `path` in the configuration
   --> wasm-route-lint.toml:10:1
   |
10 | path = 'src'
   | ^^^^
   |
   = help: did you mean `paths`?

error: expected a table for `levels`, found integer
   --> wasm-route-lint.toml:11:10
   |
11 | levels = 3
   |          ^

[exit code 2]

"#]],
    );
    folder.write(FILE, "levels = [\n");
    let run = folder.run(SHORT);
    assert_eq!(run.code, Some(2));
    folder.transcript(
        &["--show-config"],
        str![[r#"
$ cargo wasm-route-lint --show-config
# What holds for `.`, from `wasm-route-lint.toml`.
# host is not set
pedantic = false                              # default
require-reason = false                        # default
exclude = []                                  # default
sdk = []                                      # default
# baseline is not set

[levels]
dynamic-metadata-in-stream-context = "allow"  # default
host-serves-stale-route = "allow"             # default
match-without-route-log = "allow"             # default
plugin-config-in-static = "warn"              # default
property-not-served = "warn"                  # default
request-headers-not-readable-here = "deny"    # default
request-value-in-stream-context = "allow"     # default
route-in-async-callback = "warn"              # default
route-in-root-context = "deny"                # default
route-in-shared-data = "deny"                 # default
route-in-static = "deny"                      # default
route-in-stream-context = "deny"              # default
route-read-after-own-reroute = "warn"         # default
route-read-outside-stream = "deny"            # default
stale-match-decision = "deny"                 # default
stream-value-in-plugin-state = "warn"         # default
unchecked-route-property = "warn"             # default
unused-suppression = "warn"                   # default
error: the configuration is no TOML: unclosed array, expected `]`
  --> wasm-route-lint.toml:1:11
  |
1 | levels = [
  |           ^

[exit code 2]

"#]],
    );
    folder.write(FILE, "");
    let manifest =
        folder.read("Cargo.toml") + "[package.metadata.wasm-route-lint]\npedantics = 1\n";
    folder.write("Cargo.toml", &manifest);
    folder.transcript(
        &["--format short -A route-in-static -A stale-match-decision -A route-in-stream-context"],
        str![[r#"
$ cargo wasm-route-lint --format short -A route-in-static -A stale-match-decision -A route-in-stream-context
Cargo.toml:9:1: error: the folder has a `wasm-route-lint.toml` as well
Cargo.toml:10:1: error: unknown key `pedantics` in the configuration
[exit code 2]

"#]],
    );
}

#[test]
fn one_file_for_all_paths() {
    let folder = Folder::new()
        .package("a", PLUGIN)
        .file(
            "a/wasm-route-lint.toml",
            "levels.route-in-static = 'allow'\n",
        )
        .file(
            "ci/strict.toml",
            "levels.stale-match-decision = 'allow'\npedantic = true\n",
        );
    let strict = [
        "note[stale-match-decision]",
        "error[route-in-static]",
        "error[route-in-stream-context]",
    ];
    assert_eq!(found(&folder, "a", "--config ../ci/strict.toml"), strict);
    folder.transcript(
        &[
            "a --config none.toml --format short",
            "a --config x --no-config",
        ],
        str![[r#"
$ cargo wasm-route-lint a --config none.toml --format short
none.toml: error: can't read the configuration: no such file
a/src/lib.rs:24:9: error[stale-match-decision]: `Plugin.is_paid` keeps a decision made from `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
a/src/lib.rs:25:26: error[route-in-static]: `LAST` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_request_headers` and `on_http_response_headers`
a/src/lib.rs:26:9: error[route-in-stream-context]: `Plugin.route` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
[exit code 2]

$ cargo wasm-route-lint a --config x --no-config
error: the argument '--config <FILE>' cannot be used with '--no-config'

Usage: cargo wasm-route-lint --config <FILE> <PATH>...

For more information, try '--help'.
[exit code 2]

"#]],
    );
}

#[test]
fn a_reason_may_be_required() {
    let reasons = PLUGIN
        .replace("    route: Vec<u8>,", "    // wasm-route-lint: allow(route-in-stream-context)\n    route: Vec<u8>,")
        .replace("    is_paid: bool,", "    // wasm-route-lint: allow(stale-match-decision) paid stays paid\n    is_paid: bool,");
    let folder = Folder::with_plugin(&reasons).file(FILE, "require-reason = true\n");
    folder.transcript(&["--format short"], str![[r#"
$ cargo wasm-route-lint --format short
src/lib.rs:15:5: warning: this suppression has no effect: it gives no reason, and the configuration requires one
src/lib.rs:27:26: error[route-in-static]: `LAST` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_request_headers` and `on_http_response_headers`
src/lib.rs:28:9: error[route-in-stream-context]: `Plugin.route` keeps `route_name`: stored in `on_http_request_headers`, used in `on_http_response_headers`
[exit code 1]

"#]]);
}

#[test]
fn the_host_of_a_run() {
    let folder = Folder::new()
        .package("a", PLUGIN)
        .package("b", PLUGIN)
        .file("a/wasm-route-lint.toml", "host = 'envoy@1.36'\n")
        .file("b/wasm-route-lint.toml", "host = 'higress@2.2.0'\n");
    let names = |line: &str| {
        let run = folder.run(&format!("{line} --format short"));
        (run.code, run.out.contains("property-not-served"))
    };
    // What is never there can't be stale: it is told once, as what is not served.
    assert_eq!(names("a"), (Some(0), true));
    assert_eq!(names("b"), (Some(1), false));
    assert_eq!(names("a --host higress@2.2.0"), (Some(1), false));
    assert_eq!(names("a b --host higress@2.2.0"), (Some(1), false));
    let all = "-A route-in-static -A stale-match-decision -A route-in-stream-context";
    folder.transcript(
        &[&format!("a b -q {all} -A property-not-served")],
        str![[r#"
$ cargo wasm-route-lint a b -q -A route-in-static -A stale-match-decision -A route-in-stream-context -A property-not-served
error: the given paths are for different hosts: this is for `higress@2.2.0`, another for `envoy@1.36`
  --> b/wasm-route-lint.toml:1:8
  |
1 | host = 'higress@2.2.0'
  |        ^^^^^^^^^^^^^^^
  |
  = help: check the paths one at a time, or say for which host with `--host`

[exit code 2]

"#]],
    );
}
