//! `--show-config` and `init`.

use snapbox::str;

use super::folder::{Folder, PLUGIN};

const FILE: &str = "wasm-route-lint.toml";

#[test]
fn what_is_in_force_and_where_it_comes_from() {
    let folder = Folder::with_plugin(PLUGIN)
        .file(
            "base.toml",
            "exclude = ['vendor']\nlevels.route-in-static = 'warn'\n",
        )
        .file(
            FILE,
            "extends = 'base.toml'\nhost = 'envoy@1.36'\nsdk = 'wrappers.toml'\nexclude = ['old']\n\
             require-reason = true\nlevels.stale-match-decision = 'warn'\n\
             [[overrides]]\npaths = ['src']\nlevels.route-in-static = 'deny'\n",
        );
    folder.transcript(
        &[
            "--show-config",
            "src --show-config --no-config --pedantic -D warnings",
        ],
        str![[r#"
$ cargo wasm-route-lint --show-config
# What holds for `.`, from `wasm-route-lint.toml`.
host = "envoy@1.36"                           # wasm-route-lint.toml:2
pedantic = false                              # default
require-reason = true                         # wasm-route-lint.toml:5
exclude = [
    "vendor",                                 # base.toml:1
    "old",                                    # wasm-route-lint.toml:4
]
sdk = [
    "wrappers.toml",                          # wasm-route-lint.toml:3
]
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
route-in-static = "warn"                      # base.toml:2
route-in-stream-context = "deny"              # default
route-read-after-own-reroute = "warn"         # default
route-read-outside-stream = "deny"            # default
stale-match-decision = "warn"                 # wasm-route-lint.toml:6
stream-value-in-plugin-state = "warn"         # default
unchecked-route-property = "warn"             # default
unused-suppression = "warn"                   # default

[[overrides]]                                 # wasm-route-lint.toml:7
paths = [
    "src",                                    # wasm-route-lint.toml:8
]
[overrides.levels]
route-in-static = "deny"                      # wasm-route-lint.toml:9
[exit code 0]

$ cargo wasm-route-lint src --show-config --no-config --pedantic -D warnings
# What holds for `src`, from no file.
# host is not set
pedantic = true                               # command line
require-reason = false                        # default
exclude = []                                  # default
sdk = []                                      # default
# baseline is not set

[levels]
dynamic-metadata-in-stream-context = "allow"  # default
host-serves-stale-route = "allow"             # default
match-without-route-log = "allow"             # default
plugin-config-in-static = "deny"              # command line
property-not-served = "deny"                  # command line
request-headers-not-readable-here = "deny"    # default
request-value-in-stream-context = "allow"     # default
route-in-async-callback = "deny"              # command line
route-in-root-context = "deny"                # default
route-in-shared-data = "deny"                 # default
route-in-static = "deny"                      # default
route-in-stream-context = "deny"              # default
route-read-after-own-reroute = "deny"         # command line
route-read-outside-stream = "deny"            # default
stale-match-decision = "deny"                 # default
stream-value-in-plugin-state = "deny"         # command line
unchecked-route-property = "deny"             # command line
unused-suppression = "deny"                   # command line
[exit code 0]

"#]],
    );
    // What it prints can be read again.
    let printed = folder.run("--show-config").out;
    folder.write(FILE, &printed);
    let again = folder.run("--show-config");
    assert_eq!((again.code, again.err.as_str()), (Some(0), ""));
}

#[test]
fn a_file_to_start_from() {
    let folder = Folder::with_plugin(PLUGIN);
    folder.transcript(
        &[
            "init",
            "init",
            "init --force",
            "init none",
            "wasm-route-lint init src",
        ],
        str![[r#"
$ cargo wasm-route-lint init
wrote wasm-route-lint.toml
[exit code 0]

$ cargo wasm-route-lint init
error: wasm-route-lint.toml is there already; --force replaces it
[exit code 2]

$ cargo wasm-route-lint init --force
wrote wasm-route-lint.toml
[exit code 0]

$ cargo wasm-route-lint init none
error: can't write none/wasm-route-lint.toml: No such file or directory (os error 2)
[exit code 2]

$ cargo wasm-route-lint wasm-route-lint init src
wrote src/wasm-route-lint.toml
[exit code 0]

"#]],
    );
    assert_eq!(folder.read(FILE), folder.read("src/wasm-route-lint.toml"));
    assert_eq!(folder.run("-q --format short").out.lines().count(), 3);
}
