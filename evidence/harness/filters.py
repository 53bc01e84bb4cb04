"""The filters that a scenario can name, as Envoy's configuration.

    plugin                the plugin under test
    plugin-stops          the same with `allow_on_headers_stop_iteration`: its body callback is called
                          although it holds the headers
    lua HEADER=VALUE      writes a request header; Envoy drops the route by itself after that
    lua-keep HEADER=VALUE the same, told not to drop the route
    lua-metadata K=V      writes the dynamic metadata `auth` `K`
    native HEADER=VALUE   writes it with `header_mutation`, which does not drop the route
    cors                  `cors`, which asks for the route and so makes Envoy resolve it
    wasm HEADER=VALUE     another Wasm plugin that writes it
    wasm-clear            another Wasm plugin that only drops the route
"""

from .routes import TYPE

LUA = """\
function envoy_on_request(handle)
  handle:headers():replace("{name}", "{value}")
  handle:logWarn("EVIDENCE reroute {name}: {value}")
end
"""
METADATA = """\
function envoy_on_request(handle)
  handle:streamInfo():dynamicMetadata():set("auth", "{name}", "{value}")
end
"""


def typed(name, kind, **fields):
    return {"name": name, "typed_config": {"@type": TYPE + kind, **fields}}


def lua(code, clear=None):
    fields = {} if clear is None else {"clear_route_cache": clear}
    return typed("envoy.filters.http.lua", "envoy.extensions.filters.http.lua.v3.Lua",
                 default_source_code={"inline_string": code}, **fields)


def native(name, value):
    append = {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
    return typed("envoy.filters.http.header_mutation",
                 "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
                 mutations={"request_mutations": [{"append": append}]})


def wasm(name, module, text, **more):
    """A plugin with the configuration `text` and a machine of its own."""
    return typed(name, "envoy.extensions.filters.http.wasm.v3.Wasm", config={
        "name": name,
        "root_id": name,
        "configuration": {"@type": TYPE + "google.protobuf.StringValue", "value": text},
        "vm_config": {"vm_id": name, "runtime": "envoy.wasm.runtime.v8",
                      "code": {"local": {"filename": str(module)}}},
        **more,
    })


def make(words, listener, module, helper, text):
    """The filter that a scenario calls `words`. Raises ValueError when there is no such filter."""
    kind, _, argument = words.partition(" ")
    name, _, value = argument.partition("=")
    match kind:
        case "plugin":
            return wasm(listener, module, text)
        case "plugin-stops":
            return wasm(listener, module, text, allow_on_headers_stop_iteration=True)
        case "lua":
            return lua(LUA.format(name=name, value=value))
        case "lua-keep":
            return lua(LUA.format(name=name, value=value), clear=False)
        case "lua-metadata":
            return lua(METADATA.format(name=name, value=value))
        case "cors":
            return typed("envoy.filters.http.cors", "envoy.extensions.filters.http.cors.v3.Cors")
        case "native":
            return native(name, value)
        case "wasm" | "wasm-clear":
            return wasm(f"{listener}-second", helper, argument)
    raise ValueError(f"no filter `{words}`")
