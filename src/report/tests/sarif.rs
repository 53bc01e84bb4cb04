use std::path::Path;

use serde_json::Value;

use super::{Analysis, Report, analysis, analysis_with_fixes, report};

pub(super) fn sarif(analysis: &Analysis, pedantic: bool) -> Value {
    let text = report(analysis, pedantic).sarif();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Leaves one element.
fn cut(array: &mut Value) {
    if let Some(elements) = array.as_array_mut() {
        elements.truncate(1);
    }
}

#[test]
fn a_result() {
    let mut log = sarif(&analysis(), true);
    let result = &mut log["runs"][0]["results"][3];
    // One location of each kind is enough to look at.
    cut(&mut result["codeFlows"][0]["threadFlows"][0]["locations"]);
    cut(&mut result["relatedLocations"]);
    insta::assert_snapshot!(format!("{result:#}"), @r#"
    {
      "codeFlows": [
        {
          "threadFlows": [
            {
              "locations": [
                {
                  "executionOrder": 1,
                  "importance": "essential",
                  "kinds": [
                    "acquire",
                    "value"
                  ],
                  "location": {
                    "message": {
                      "text": "obtained: `get_property([\"route_name\"])` in `name`"
                    },
                    "physicalLocation": {
                      "artifactLocation": {
                        "uri": "file:///shared/route%20%C3%BC.rs"
                      },
                      "region": {
                        "endColumn": 480,
                        "endLine": 2,
                        "snippet": {
                          "text": "cx.get_property(vec![\"route_name\"])"
                        },
                        "startColumn": 445,
                        "startLine": 2
                      }
                    }
                  }
                }
              ]
            }
          ]
        }
      ],
      "level": "error",
      "locations": [
        {
          "message": {
            "text": "stored here"
          },
          "physicalLocation": {
            "artifactLocation": {
              "uri": "src/lib.rs",
              "uriBaseId": "%SRCROOT%"
            },
            "region": {
              "endColumn": 48,
              "endLine": 3,
              "snippet": {
                "text": "self.route = route::name(self)"
              },
              "startColumn": 18,
              "startLine": 3
            }
          }
        }
      ],
      "message": {
        "text": "`Filter.route` keeps the `route_name` of an earlier callback\n\nwindow: the route is chosen again when headers change\n\nno callback reads the property again\n\nhelp: read the property where it is used\n\nlet route =\n\tself.get_property(vec![\"route_name\"]);"
      },
      "partialFingerprints": {
        "wasmRouteLint/v1": "680a1dfc3c4b47c4"
      },
      "properties": {
        "confidence": "high",
        "group": 7,
        "properties": [
          "route_name"
        ],
        "subject": "Filter.route"
      },
      "relatedLocations": [
        {
          "id": 1,
          "message": {
            "text": "obtained here"
          },
          "physicalLocation": {
            "artifactLocation": {
              "uri": "file:///shared/route%20%C3%BC.rs"
            },
            "region": {
              "endColumn": 480,
              "endLine": 2,
              "snippet": {
                "text": "cx.get_property(vec![\"route_name\"])"
              },
              "startColumn": 445,
              "startLine": 2
            }
          }
        }
      ],
      "ruleId": "route-in-stream-context",
      "ruleIndex": 0
    }
    "#);
}

#[test]
fn the_run() {
    let mut log = sarif(&analysis(), true);
    log["runs"][0]["results"] = Value::Null;
    cut(&mut log["runs"][0]["tool"]["driver"]["rules"]);
    let text = format!("{log:#}").replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!(text, @r##"
    {
      "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
      "runs": [
        {
          "columnKind": "utf16CodeUnits",
          "invocations": [
            {
              "executionSuccessful": false,
              "exitCode": 2,
              "toolExecutionNotifications": [
                {
                  "level": "error",
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "src/lib.rs",
                          "uriBaseId": "%SRCROOT%"
                        },
                        "region": {
                          "endColumn": 1,
                          "endLine": 5,
                          "snippet": {
                            "text": "\t}\r\n"
                          },
                          "startColumn": 1,
                          "startLine": 4
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "expected an item\n\nhelp: close the block"
                  }
                },
                {
                  "level": "error",
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "src/missing.rs",
                          "uriBaseId": "%SRCROOT%"
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "no such file\n\nhelp: check the path"
                  }
                },
                {
                  "level": "warning",
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "file:///other"
                        }
                      }
                    }
                  ],
                  "message": {
                    "text": "no package holds a plugin"
                  }
                }
              ],
              "workingDirectory": {
                "uri": "file:///plugin/"
              }
            }
          ],
          "originalUriBaseIds": {
            "%SRCROOT%": {
              "uri": "file:///plugin/"
            }
          },
          "results": null,
          "tool": {
            "driver": {
              "name": "cargo-wasm-route-lint",
              "rules": [
                {
                  "defaultConfiguration": {
                    "level": "error"
                  },
                  "fullDescription": {
                    "text": "The route may be another one later."
                  },
                  "help": {
                    "markdown": "# `route-in-stream-context`\n\nThe route may be\nanother one later.\n\nRead it again.",
                    "text": "# `route-in-stream-context`\n\nThe route may be\nanother one later.\n\nRead it again."
                  },
                  "id": "route-in-stream-context",
                  "name": "RouteInStreamContext",
                  "properties": {
                    "precision": "high",
                    "problem.severity": "error",
                    "tags": [
                      "correctness",
                      "proxy-wasm"
                    ]
                  },
                  "shortDescription": {
                    "text": "A route property kept in a stream context."
                  }
                }
              ],
              "semanticVersion": "VERSION",
              "version": "VERSION"
            }
          }
        }
      ],
      "version": "2.1.0"
    }
    "##);
}

#[test]
fn an_empty_run_is_a_log() {
    let log = sarif(&Analysis::default(), false);
    let run = &log["runs"][0];
    assert_eq!(run["results"], Value::Array(vec![]));
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    assert_eq!(run["invocations"][0]["exitCode"], 0);
}

#[test]
fn fingerprints_differ_and_stay() {
    let prints = |analysis: &Analysis, pedantic| -> Vec<String> {
        let log = sarif(analysis, pedantic);
        let results = log["runs"][0]["results"].as_array().cloned();
        let results = results.unwrap_or_default();
        let print = |result: &Value| result["partialFingerprints"].to_string();
        results.iter().map(print).collect()
    };
    let mut analysis = analysis();
    let all = prints(&analysis, true);
    let mut distinct = all.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 4);
    let shown = prints(&analysis, false);
    assert_eq!(shown.len(), 3);
    assert!(shown.iter().all(|print| all.contains(print)));
    for finding in &mut analysis.findings {
        finding.primary.span.lo += 1;
        finding.message.clear();
    }
    assert_eq!(prints(&analysis, true), all);
}

#[test]
fn fixes() {
    let log = sarif(&analysis_with_fixes(), true);
    let fixes = &log["runs"][0]["results"][3]["fixes"];
    let insertion = &fixes[0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(insertion["deletedRegion"]["endColumn"], 1);
    insta::assert_snapshot!(format!("{:#}", fixes[1]), @r#"
    {
      "artifactChanges": [
        {
          "artifactLocation": {
            "uri": "src/lib.rs",
            "uriBaseId": "%SRCROOT%"
          },
          "replacements": [
            {
              "deletedRegion": {
                "endColumn": 28,
                "endLine": 3,
                "startColumn": 18,
                "startLine": 3
              },
              "insertedContent": {
                "text": "self.former"
              }
            }
          ]
        },
        {
          "artifactLocation": {
            "uri": "file:///shared/route%20%C3%BC.rs"
          },
          "replacements": [
            {
              "deletedRegion": {
                "endColumn": 25,
                "endLine": 2,
                "startColumn": 5,
                "startLine": 2
              },
              "insertedContent": {
                "text": "let x = 0;\n    x"
              }
            }
          ]
        }
      ],
      "description": {
        "text": "Keep it under another name. The name may be used elsewhere."
      },
      "properties": {
        "safe": false
      }
    }
    "#);
}

#[test]
fn files_have_their_names_in_the_repository() {
    let analysis = analysis();
    let text = Report::new(&analysis, Path::new("/plugin"), false, false)
        .in_repository(Path::new("/"))
        .sarif();
    let log: Value = serde_json::from_str(&text).unwrap_or_default();
    let run = &log["runs"][0];
    let place = &run["results"][1]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "plugin/src/lib.rs");
    assert_eq!(run["originalUriBaseIds"]["%SRCROOT%"]["uri"], "file:///");
    let directory = &run["invocations"][0]["workingDirectory"]["uri"];
    assert_eq!(*directory, "file:///plugin/");
}
