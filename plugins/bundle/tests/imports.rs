//! What the built-in components ask of the world outside the sandbox.

use thumbnailify_bundle::HANDLERS;
use wit_component::DecodedWasm;

/// The interfaces that a component imports, and those that it exports.
fn interfaces(component: &[u8]) -> [Vec<String>; 2] {
    let Ok(DecodedWasm::Component(resolve, world)) = wit_component::decode(component) else {
        panic!("not a component");
    };
    let world = &resolve.worlds[world];
    [&world.imports, &world.exports].map(|items| {
        items
            .keys()
            .map(|key| resolve.name_world_key(key))
            .collect()
    })
}

fn check(name: &str, component: &[u8]) {
    let [mut imports, exports] = interfaces(component);
    // The types come along with the other two; they are no function of the host.
    imports.retain(|import| import != "thumbnailify:handler/types@1.0.0");
    imports.sort();
    let expected = [
        "thumbnailify:handler/log@1.0.0",
        "thumbnailify:handler/source@1.0.0",
    ];
    assert_eq!(imports, expected, "{name}");
    assert_eq!(exports, ["thumbnailify:handler/handler@1.0.0"], "{name}");
}

#[test]
fn every_component_imports_the_source_and_the_log_alone() {
    assert!(!HANDLERS.is_empty());
    for handler in HANDLERS {
        check(handler.name, handler.component);
    }
}

#[cfg(feature = "faulty")]
#[test]
fn the_faulty_component_imports_the_source_and_the_log_alone() {
    check("faulty", thumbnailify_bundle::FAULTY);
}
