//! `explain` and `rules`: what people are told who ask.

use snapbox::str;

use super::folder::Folder;

#[test]
fn every_rule_is_explained() {
    let folder = Folder::new();
    for rule in wasm_route_lint::checks::rules() {
        let name = rule.name;
        let run = folder.run(&format!("explain {name}"));
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{name}");
        assert!(run.out.starts_with(&format!("{name}\n\n  Default level: ")));
        assert!(
            !run.out.contains('\u{1b}') && !run.out.contains("```"),
            "{name}"
        );
        let document = rule.document();
        for heading in document.body.lines().filter_map(|l| l.strip_prefix("## ")) {
            assert!(
                run.out.contains(&format!("\n\n{heading}\n\n")),
                "{name}: {heading}"
            );
        }
        // Code is as it is in the document, further in.
        for example in &document.examples {
            for line in example.code.lines().filter(|line| !line.is_empty()) {
                assert!(
                    run.out.contains(&format!("\n      {line}\n")),
                    "{name}: {line}"
                );
            }
        }
    }
}

#[test]
fn colours_come_when_asked_for() {
    let folder = Folder::new();
    let plain = folder.run("explain route-in-static").out;
    let coloured = folder.run("explain route-in-static --color always").out;
    assert!(coloured.starts_with("\u{1b}[1mroute-in-static\u{1b}[0m\n"));
    assert!(coloured.contains("\u{1b}[36m`"));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
    let list = folder.run("rules --color always --format json").out;
    assert!(!list.contains('\u{1b}'));
}

#[test]
fn names_that_mean_nothing() {
    let lines = [
        "explain route_in_statics",
        "explain nonsense",
        "explain higress@2.2.0",
        "explain --host higres",
        "explain --host higress@new",
        "explain",
        "explain route-in-static --host kong",
    ];
    Folder::new().transcript(&lines, str![[r#"
$ cargo wasm-route-lint explain route_in_statics
error: unknown rule `route_in_statics`

  help: did you mean `route-in-static`?

Usage: cargo wasm-route-lint explain <RULE>
       cargo wasm-route-lint explain --host <HOST[@VERSION]>

For more information, try '--help'.
[exit code 2]

$ cargo wasm-route-lint explain nonsense
error: unknown rule `nonsense`

  help: the rules are `dynamic-metadata-in-stream-context`, `host-serves-stale-route`, `match-without-route-log`, `plugin-config-in-static`, `property-not-served`, `request-headers-not-readable-here`, `request-value-in-stream-context`, `route-in-async-callback`, `route-in-root-context`, `route-in-shared-data`, `route-in-static`, `route-in-stream-context`, `route-read-after-own-reroute`, `route-read-outside-stream`, `stale-match-decision`, `stream-value-in-plugin-state`, `unchecked-route-property`, `unused-suppression`

Usage: cargo wasm-route-lint explain <RULE>
       cargo wasm-route-lint explain --host <HOST[@VERSION]>

For more information, try '--help'.
[exit code 2]

$ cargo wasm-route-lint explain higress@2.2.0
error: unknown rule `higress@2.2.0`

  help: a host is explained by `explain --host higress@2.2.0`

Usage: cargo wasm-route-lint explain <RULE>
       cargo wasm-route-lint explain --host <HOST[@VERSION]>

For more information, try '--help'.
[exit code 2]

$ cargo wasm-route-lint explain --host higres
error: invalid value 'higres' for '--host <HOST[@VERSION]>': no host is called `higres`: did you mean `higress`?

For more information, try '--help'.
[exit code 2]

$ cargo wasm-route-lint explain --host higress@new
error: invalid value 'higress@new' for '--host <HOST[@VERSION]>': `new` is no version of a host, such as `1.36` or `2.2.0`

For more information, try '--help'.
[exit code 2]

$ cargo wasm-route-lint explain
error: the following required arguments were not provided:
  <RULE>

Usage: cargo wasm-route-lint explain <RULE>
       cargo wasm-route-lint explain --host <HOST[@VERSION]>

For more information, try '--help'.
[exit code 2]

$ cargo wasm-route-lint explain route-in-static --host kong
error: the argument '[RULE]' cannot be used with '--host <HOST[@VERSION]>'

Usage: cargo wasm-route-lint explain <RULE>
       cargo wasm-route-lint explain --host <HOST[@VERSION]>

For more information, try '--help'.
[exit code 2]

"#]]);
}

#[test]
fn hosts_with_ways_around_and_sources() {
    let lines = ["explain --host higress@2.2.0", "explain --host kong@3.4"];
    Folder::new().transcript(
        &lines,
        str![[r#"
$ cargo wasm-route-lint explain --host higress@2.2.0
Higress 2.2.0

  Its Envoy is a fork: of 1.27 in Higress before 2.2.0, of 1.36 since. The fork still serves the
  names without `xds.` that stock Envoy dropped in 1.33 (notes of its port to 1.36).

Names that it does not serve

  None is known. A name that is not served gives nothing, on every request, without an error.

The route after a reroute

  When a filter writes a request header or clears the route cache, the host picks another route for
  the request. What a plugin gets that asks in request headers after that, before anything else
  asked (rules `host-serves-stale-route` and `route-read-after-own-reroute`):

  Higress 2.2.0 and later, before 2.2.1: the old route

    `route_name`

    Work-around: Upgrade: pull request #3576 asks the filter chain first. Without an upgrade, set
    the property `clear_route_cache` to `off` in the plugin that writes headers without wanting
    another route, or order the plugins so that the one that reroutes comes after those with a
    `match_rule`.

    Source: Higress issue #3571: the port to Envoy 1.36 reads the route of the stream info first,
    which a cleared cache leaves as it was.

  Higress 2.2.0 and later: the old route

    `xds.route_name`, `xds.route_metadata`, `xds.cluster_name`, `xds.cluster_metadata`,
    `xds.virtual_host_name`, `xds.virtual_host_metadata`, `route_metadata`, `cluster_name`,
    `cluster_metadata`, `upstream.num_endpoints`

    Work-around: Match on `route_name`, or act in a later callback.

    Source: Higress pull request #3576 changed `route_name` alone; the others read the stream info
    as in stock Envoy.

Request headers

  They can be read until they were forwarded, and not when a context is built (rule
  `request-headers-not-readable-here`).
[exit code 0]

$ cargo wasm-route-lint explain --host kong@3.4
Kong (ngx_wasm_module) 3.4

  Plugins run in nginx, not in an Envoy; properties of Kong's own have names that start with
  `kong.`.

Names that it does not serve

  A read under one of these names gives nothing, on every request, without an error (rule
  `property-not-served`).

  Kong (ngx_wasm_module), all versions

    name                      read instead
    ------------------------  ---------------------
    `route_name`              `kong.router.route`
    `route_metadata`          `kong.router.route`
    `cluster_name`            `kong.router.service`
    `cluster_metadata`        `kong.router.service`
    `upstream_host_metadata`  -
    `node`                    -
    `listener_direction`      -
    `listener_metadata`       -
    `plugin_vm_id`            -
    `xds`                     -
    `metadata`                -
    `filter_state`            -
    `upstream_filter_state`   -
    `virtual_host_name`       -
    `virtual_host_metadata`   -

    Source: the table of supported properties in ngx_wasm_module's docs/PROXY_WASM.md.

The route after a reroute

  The host never picks another route for a request, so nothing that is kept goes stale within a
  request.

  Source: the router has picked route and service before the filters of a request are attached, and
  nothing picks anew: kong/runloop/wasm.lua attaches the chain of `ctx.route` and marks
  `kong.route_id` as constant.

Request headers

  They can be read in every callback of a request.

  Source: nginx keeps the request headers for the whole request: the module's own tests read them in
  `on_http_response_body` (t/lib/proxy-wasm-tests/hostcalls).

Properties of its own

  class    names
  -------  -----------------------------------------------------------------------------------------
  route    `kong.router.route`, `kong.router.service`, `kong.route_id`, `kong.service_id`
  node     `kong.node`, `kong.nginx.subsystem`, `kong.version`, `worker_id`, `ngx.hostname`,
           `ngx.pid`
  plugin   `kong.configuration`
  dynamic  `kong.ctx.shared`, `wasmx`
[exit code 0]

"#]],
    );
    // Without a version it is all of them.
    let all = Folder::new().run("explain --host higress").out;
    for part in [
        "Higress before 2.2.0: the new route",
        "Higress 2.2.0 and later, before 2.2.1: the old route",
        "Higress 2.2.1 and later: the new route",
        "`clear_route_cache`",
        "issue #3571",
        "pull request #3576",
    ] {
        assert!(all.contains(part), "{part}\n{all}");
    }
}

#[test]
fn the_list_of_rules() {
    Folder::new().transcript(
        &["rules"],
        str![[r#"
$ cargo wasm-route-lint rules
rule                                default  fix         what it reports
----------------------------------  -------  ----------  -------------------------------------------
dynamic-metadata-in-stream-context  allow    suggestion  Filter state or dynamic metadata is kept
                                                         across callbacks.
host-serves-stale-route             allow    suggestion  The route is read in request headers on a
                                                         host that may answer with the one from
                                                         before an earlier reroute.
match-without-route-log             allow    edit        A decision is made from the route and no
                                                         log line names it.
plugin-config-in-static             warn     suggestion  The plugin configuration is kept in a
                                                         static, where it survives a configuration
                                                         update and is shared by plugin instances.
property-not-served                 warn     edit        A property is read under a name that the
                                                         host does not serve.
request-headers-not-readable-here   deny     suggestion  A request header or `request.*` property is
                                                         read in a callback in which the host has
                                                         none.
request-value-in-stream-context     allow    suggestion  An input of routing that belongs to the
                                                         request, or a decision made from one, is
                                                         kept across callbacks.
route-in-async-callback             warn     suggestion  A route or upstream value is kept by a
                                                         closure or future and used when it resumes.
route-in-root-context               deny     suggestion  A route or upstream value, or a decision
                                                         made from one, is kept in state that all
                                                         streams of a root context share.
route-in-shared-data                deny     suggestion  A route or upstream value is written as
                                                         shared data and read back by another
                                                         stream.
route-in-static                     deny     suggestion  A route or upstream value, or a decision
                                                         made from one, is kept in a static that
                                                         streams share.
route-in-stream-context             deny     edit        A route or upstream property is copied into
                                                         per-stream state and read in a later
                                                         callback, after the host may have resolved
                                                         the route again.
route-read-after-own-reroute        warn     suggestion  A route property is read in the same
                                                         callback after the plugin itself made the
                                                         host drop the route.
route-read-outside-stream           deny     suggestion  A property of a stream is read in a
                                                         callback in which no stream is current.
stale-match-decision                deny     edit        A decision made from the route, such as a
                                                         matched rule or a flag, is kept in
                                                         per-stream state and used in a later
                                                         callback.
stream-value-in-plugin-state        warn     suggestion  A value of one stream overwrites state that
                                                         all streams share, and another stream reads
                                                         it.
unchecked-route-property            warn     edit        A route or upstream property that can be
                                                         absent is unwrapped.
unused-suppression                  warn     edit        A comment suppresses a finding that is not
                                                         there.
[exit code 0]

"#]],
    );
}
