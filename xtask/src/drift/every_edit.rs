//! Whatever is edited in a published document is told.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use spec_documents::Provider;

use super::*;

/// The plain values of a document by their pointers.
fn leaves(value: &Value, at: &str, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                leaves(member, &openapi_model::pointer::join(at, key), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, &format!("{at}/{index}"), found);
            }
        }
        plain => {
            found.insert(at.to_owned(), plain.clone());
        }
    }
}

/// Another value of the same type; nothing where there is none.
fn another(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => Some(format!("{text}x").into()),
        Value::Bool(flag) => Some((!flag).into()),
        Value::Number(number) => Some((number.as_f64()? + 1.0).into()),
        _ => None,
    }
}

#[test]
fn whatever_word_or_number_is_edited_in_a_published_document_is_told() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut untold = Vec::new();
    let mut count = 0;
    for name in ["kotanipay", "optty", "tazapay"] {
        let provider = Provider::load(&root.join(places::specs(name))).unwrap();
        let document = provider.published().unwrap().unwrap();
        let lines = Lines::new(&provider);
        let mut found = BTreeMap::new();
        leaves(&document, "", &mut found);
        for (at, value) in &found {
            // Another version is another language, and a part of a path has to be there whatever is said.
            let of_path = at.strip_suffix("/required").is_some_and(|parameter| {
                found.get(&format!("{parameter}/in")) == Some(&"path".into())
            });
            let Some(other) = another(value).filter(|_| at != "/openapi" && !of_path) else {
                continue;
            };
            let mut edited = document.clone();
            *edited.pointer_mut(at).unwrap() = other;
            count += 1;
            let told = compared(&provider.config, &document, &edited);
            if told.changes.is_empty()
                && pages::within(&document, &edited, &told, &lines).is_empty()
            {
                untold.push(format!("{name}: {at}"));
            }
        }
    }
    assert_eq!(untold, Vec::<String>::new(), "of {count} edits");
    assert!(count > 150, "{count}");
}
