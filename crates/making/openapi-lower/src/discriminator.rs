//! What a discriminator says: which value of a property is of which schema.

use serde_json::{Map, Value};

use crate::keyed::Keyed;
use crate::{direction, document};

/// The schema of what has no value, or one that is no other's (OpenAPI 3.2), as which the one stands that others extend.
pub(crate) const BASE: &str = "defaultMapping";

/// The name of the member that the others extend.
pub(crate) fn base(schema: &Map<String, Value>) -> Option<String> {
    target(schema.get("discriminator")?.get(BASE)?)
}

/// The property of the discriminator of a schema.
pub(crate) fn property(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("discriminator")?.get("propertyName")?.as_str()
}

/// The named schema that a value is mapped to.
pub(crate) fn target(mapped: &Value) -> Option<String> {
    direction::component_name(mapped.as_str()?)
}

/// The values that are mapped to the schema `name`.
pub(crate) fn mapped(schema: &Map<String, Value>, name: &str) -> Vec<String> {
    let discriminator = schema.get("discriminator").unwrap_or(&Value::Null);
    let mapping = discriminator.members("mapping");
    mapping
        .filter(|(_, mapped)| target(mapped).as_deref() == Some(name))
        .map(|(value, _)| value.clone())
        .collect()
}

/// Says of the schema `before` what holds for it under the name `after`.
pub(crate) fn retarget(discriminator: &mut Value, before: &str, after: &str) {
    let Some(discriminator) = discriminator.as_object_mut().filter(|_| before != after) else {
        return;
    };
    // Only a reference can say any name.
    let reference = document::reference_to(after)["$ref"].take();
    if let Some(base) = discriminator.get_mut(BASE)
        && target(base).as_deref() == Some(before)
    {
        base.clone_from(&reference);
    }
    if let Some(Value::Object(mapping)) = discriminator.get_mut("mapping") {
        for value in mapping.values_mut() {
            if target(value).as_deref() == Some(before) {
                value.clone_from(&reference);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_follows_the_schema_that_it_is_mapped_to() {
        let mut found = json!({"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat", "lion": "#/components/schemas/Cat"}});
        retarget(&mut found, "Cat", "PetCat");
        found[BASE] = "#/components/schemas/Pet".into();
        retarget(&mut found, "Pet", "PetOutput");
        let schema = Map::from_iter([("discriminator".to_owned(), found)]);
        assert_eq!(mapped(&schema, "PetCat"), ["cat", "lion"]);
        assert_eq!(mapped(&schema, "Cat"), Vec::<String>::new());
        assert_eq!(base(&schema).as_deref(), Some("PetOutput"));
    }

    #[test]
    fn a_name_with_a_slash_is_followed_as_well() {
        let mut found =
            json!({"propertyName": "kind", "mapping": {"cat": "#/components/schemas/pets~1Cat"}});
        retarget(&mut found, "pets/Cat", "pets/CatOutput");
        let schema = Map::from_iter([("discriminator".to_owned(), found)]);
        assert_eq!(mapped(&schema, "pets/CatOutput"), ["cat"]);
    }
}
