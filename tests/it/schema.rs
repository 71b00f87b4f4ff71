//! Holds every JSON answer that a spec shows against the schema, which describes them all.

use crate::Said;
use jsonschema::Validator;
use serde_json::Value;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(include_str!("../../src/render/schema.json")).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is a JSON Schema")
});

/// Checks the lines of an answer, or its error.
pub(crate) fn hold(place: &str, said: &Said) {
    let text = if said.out.is_empty() && said.err.starts_with('{') { &said.err } else { &said.out };
    for line in text.lines() {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{place}: no JSON: {error}\n{line}"));
        let errors: Vec<String> = SCHEMA.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{place}: outside the schema:\n{}\n{line}", errors.join("\n"));
    }
}
