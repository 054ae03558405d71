//! What is left when a generator does not take a part of a lowered document after all.

use heck::ToPascalCase;
use serde_json::{Map, Value, json};

use crate::document::{self, METHODS};
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{Lowered, pointer, rust_type, schema};

/// Name of these entries in reports; no rule, since it is the generator that asks for it.
const NAME: &str = "generator-fallback";

impl Lowered {
    /// Takes what stands at `pointer` out of the generator's way, and notes it with `cause` in the report:
    /// a named schema becomes any JSON, an operation goes. Says whether there was something to take.
    ///
    /// ```
    /// let document = serde_json::json!({
    ///     "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
    ///     "paths": {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": ""}}}}}
    /// });
    /// let mut lowered = openapi_lower::lower(&document)?;
    /// assert!(lowered.fall_back("/paths/~1a/get", "the generator refused it"));
    /// assert_eq!(lowered.document["paths"], serde_json::json!({}));
    /// assert_eq!(lowered.report.left_out().count(), 1);
    /// # Ok::<(), openapi_lower::LowerError>(())
    /// ```
    pub fn fall_back(&mut self, pointer: &str, cause: &str) -> bool {
        let done = match pointer.rsplit_once('/') {
            Some(("/components/schemas", _)) => any_json(&mut self.document, pointer),
            Some((item, method)) if METHODS.contains(&method) => {
                without_operation(&mut self.document, item, method).map(|id| {
                    self.plan.operations.retain(|operation| operation.id != id);
                    "the operation is left out"
                })
            }
            _ => None,
        };
        if let (Some(_), Some(("/components/schemas", name))) = (done, pointer.rsplit_once('/')) {
            let scribe = &mut Scribe::new(NAME, &mut self.report);
            let name = pointer::unescape(name);
            self.plan.types.remove(&name.to_pascal_case());
            used_as_any(&mut self.document, &name, scribe);
        }
        if let Some(done) = done {
            Scribe::new(NAME, &mut self.report).left_out(pointer, format!("{done}: {cause}"));
        }
        done.is_some()
    }
}

/// The schema without anything that constrains it; nothing if there is none, or none that does.
fn any_json(document: &mut Value, pointer: &str) -> Option<&'static str> {
    let schema = document.pointer_mut(pointer)?;
    let mut kept = match schema.take() {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    let before = kept.len();
    kept.retain(|keyword, _| schema::is_annotation(keyword) && keyword != "default");
    kept.remove(rust_type::EXTENSION);
    let fewer = kept.len() < before;
    *schema = Value::Object(kept);
    fewer.then_some("any JSON is taken and kept as it came")
}

/// What holds for the schema `name` no longer, where it is referred to: it has no values that Open could
/// keep, and no text that a parameter could be.
fn used_as_any(document: &mut Value, name: &str, scribe: &mut Scribe<'_>) {
    let reference = document::reference_to(name);
    let is_it = |schema: &Map<String, Value>| {
        let referred = schema.referred();
        referred.is_some_and(|referred| referred == name)
    };
    document::each_schema_mut(document, &mut |at, schema| {
        let extension = schema.get(rust_type::EXTENSION);
        let open = extension.is_some_and(|extension| {
            let inner = extension
                .pointer("/parameters/0")
                .and_then(Value::as_object);
            extension["path"] == "provider_runtime::Open" && inner.is_some_and(is_it)
        });
        if open {
            schema.remove(rust_type::EXTENSION);
            let alone = schema.is_empty();
            match &reference {
                Value::Object(reference) if alone => schema.extend(reference.clone()),
                _ => {
                    schema.insert("allOf".to_owned(), json!([reference]));
                }
            }
        } else if document::is_parameter(at) && is_it(schema) {
            schema.remove("$ref");
            schema.insert("type".to_owned(), "string".into());
            scribe.note(at, "given as the text that is sent");
        }
    });
}

/// Takes an operation out, of which it gives the name.
fn without_operation(document: &mut Value, item: &str, method: &str) -> Option<String> {
    let item = document.pointer_mut(item)?.as_object_mut()?;
    let operation = item.remove(method)?;
    if let Some(paths) = document.object_mut("paths") {
        paths.retain(|_, item| METHODS.iter().any(|method| item.get(method).is_some()));
    }
    Some(operation["operationId"].as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{answering, lowered};

    #[test]
    fn a_schema_that_is_not_taken_becomes_any_json_and_keeps_its_description() {
        let mut lowered = answering(
            json!({"$ref": "#/components/schemas/A"}),
            json!({"A": {"type": "object", "description": "An A.", "properties": {"b": {"type": "boolean"}}}}),
        );
        assert!(lowered.fall_back("/components/schemas/A", "it panicked"));
        assert_eq!(
            lowered.document["components"]["schemas"]["A"],
            json!({"description": "An A."})
        );
        let last = lowered.report.applied().last().unwrap();
        assert_eq!(
            last.detail,
            "any JSON is taken and kept as it came: it panicked"
        );
        assert!(!lowered.fall_back("/components/schemas/A", "it panicked again"));
        assert!(!lowered.fall_back("/components/schemas/B", "there is none"));
        assert!(!lowered.fall_back("/info", "that is no schema"));
    }
    #[test]
    fn what_is_any_json_is_no_open_enumeration_and_no_parameter() {
        let word = json!({"$ref": "#/components/schemas/Word"});
        let mut lowered = lowered(
            json!({"/a": {"get": {
                "operationId": "a", "parameters": [{"name": "word", "in": "query", "schema": word}],
                "responses": {"200": {"description": "", "content": {"application/json": {
                    "schema": {"type": "object", "required": ["word"], "properties": {"word": word}}
                }}}}
            }}}),
            json!({"Word": {"type": "string", "enum": ["a", "b"]}}),
        );
        let answer = "/components/schemas/AResponse/properties/word";
        let open = lowered.document.pointer(answer).unwrap();
        assert_eq!(open["x-rust-type"]["path"], "provider_runtime::Open");
        assert!(lowered.fall_back("/components/schemas/Word", "it panicked"));
        assert_eq!(lowered.document.pointer(answer), Some(&word));
        let parameter = &lowered.document["paths"]["/a"]["get"]["parameters"][0];
        assert_eq!(parameter["schema"], json!({"type": "string"}));
    }
}
