use std::path::Path;

use super::{Report, analysis, report};

#[test]
fn annotations() {
    let text = report(&analysis(), true).github();
    insta::assert_snapshot!(text, @r#"
    ::error file=src/lib.rs,line=4,endLine=4,title=cargo-wasm-route-lint::expected an item%0A%0Ahelp: close the block
    ::error file=src/missing.rs,title=cargo-wasm-route-lint::no such file%0A%0Ahelp: check the path
    ::warning file=/other,title=cargo-wasm-route-lint::no package holds a plugin
    ::notice file=src/lib.rs,line=1,endLine=2,title=route-decision-kept::`Filter.route` keeps the `route_name` of an earlier callback
    ::warning file=src/lib.rs,line=1,endLine=2,title=route-decision-kept::`Filter.route` keeps the `route_name` of an earlier callback
    ::error file=src/lib.rs,line=3,endLine=3,col=17,endColumn=27,title=route-in-stream-context::`Filter.route` keeps the `route_name` of an earlier callback
    ::error file=src/lib.rs,line=3,endLine=3,col=17,endColumn=47,title=route-in-stream-context::`Filter.route` keeps the `route_name` of an earlier callback%0A%0Awindow: the route is chosen again when headers change%0A%0Ano callback reads the property again%0A%0Ahelp: read the property where it is used%0A%0Alet route =%0A	self.get_property(vec!["route_name"]);
    "#);
}

#[test]
fn files_have_their_names_in_the_repository() {
    let analysis = analysis();
    let text = Report::new(&analysis, Path::new("/plugin"), false, false)
        .in_repository(Path::new("/"))
        .github();
    assert!(text.contains("file=plugin/src/lib.rs,"), "{text}");
    assert!(text.contains("file=plugin/src/missing.rs,"), "{text}");
    assert!(text.contains("file=other,"), "{text}");
}
