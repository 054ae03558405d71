//! Reading what is no schema, keyword by keyword.

use serde_json::Value;

use super::{Fate, Malformed, Read, Readable, Reader, Unknown, members, put, set, truth, words};
use crate::arena::{Nodes, PlaceId};
use crate::grammar::misspelt_method;
use crate::model::{
    Answer, Callback, Document, Encoding, Flow, MediaType, Model, Operation, Parameter, PathItem,
    Problem, RequestBody, Requirement, SecurityScheme, Server,
};
use crate::{METHODS, media, pointer, reference};

macro_rules! readable {
    ($part:ident, $kind:literal, $nodes:ident, |$said:ident, $reader:ident, $place:ident, $key:ident, $value:ident| $fate:expr $(, $end:ident)?) => {
        impl<'d> Readable<'d> for $part<'d> {
            const KIND: u8 = $kind;

            fn nodes_mut<'m>(model: &'m mut Model<'d>) -> &'m mut Nodes<'d, Self> {
                &mut model.$nodes
            }

            fn keyword(
                &mut self,
                $reader: &mut Reader<'d>,
                $place: PlaceId,
                $key: &'d str,
                $value: &'d Value,
            ) -> Fate {
                let $said = self;
                $fate
            }

            $(fn end(
                &mut self,
                reader: &mut Reader<'d>,
                place: PlaceId,
                raw: &'d Value,
            ) -> Vec<&'d str> {
                self.$end(reader, place, raw)
            })?
        }
    };
}

/// A flag, also where somebody has written it as a word.
fn truly(into: &mut bool, value: &Value) -> Fate {
    *into = truth(value).unwrap_or(*into);
    Fate::of(value.is_boolean())
}

fn maybe_truly(into: &mut Option<bool>, value: &Value) -> Fate {
    *into = truth(value);
    Fate::of(value.is_boolean())
}

readable!(Document, 0, documents, |said, reader, place, key, value| {
    match key {
        // Words for people, but for the version, which was read before.
        "openapi" | "info" | "tags" | "externalDocs" | "jsonSchemaDialect" => Read,
        "paths" => put(&mut said.paths, reader.plain_map(place, key, value)),
        "webhooks" | "x-webhooks" => put(&mut said.webhooks, reader.map(place, key, value)),
        "servers" => reader.said_list(&mut said.servers, place, key, value),
        "security" => reader.said_list(&mut said.security, place, key, value),
        "components" => {
            let place = reader.place(place, key);
            members(value)
                .for_each(|(section, value)| said.components(reader, place, section, value));
            Read
        }
        _ => Unknown,
    }
});

impl<'d> Document<'d> {
    fn components(
        &mut self,
        reader: &mut Reader<'d>,
        place: PlaceId,
        section: &'d str,
        value: &'d Value,
    ) {
        match section {
            "schemas" => {
                let place = reader.place(place, section);
                self.schemas.extend(
                    members(value).map(|(name, value)| (name, reader.schema(place, name, value))),
                );
            }
            "securitySchemes" => self
                .schemes
                .extend(reader.map(place, section, value).unwrap_or_default()),
            "parameters" | "headers" => drop(reader.map::<Parameter<'_>>(place, section, value)),
            "requestBodies" => drop(reader.map::<RequestBody<'_>>(place, section, value)),
            "responses" => drop(reader.map::<Answer<'_>>(place, section, value)),
            "callbacks" => drop(reader.map::<Callback<'_>>(place, section, value)),
            "pathItems" => drop(reader.map::<PathItem<'_>>(place, section, value)),
            "mediaTypes" => drop(reader.map::<MediaType<'_>>(place, section, value)),
            "examples" => {
                let place = reader.place(place, section);
                for (name, value) in members(value) {
                    let place = reader.place(place, name);
                    reader.sample(Some(name), place, value);
                }
            }
            _ => {}
        }
    }
}

readable!(
    PathItem,
    1,
    items,
    |said, reader, place, key, value| {
        match key {
            "summary" | "description" => Read,
            "$ref" => {
                let target = value.as_str().and_then(|text| {
                    let pointer = reference::pointer_of(text)?;
                    Some((
                        reader.model.document.pointer(&pointer)?,
                        pointer.into_owned(),
                    ))
                });
                let Some((target, pointer)) = target else {
                    let problem = Problem::LeadsNowhere(value.to_string());
                    reader.note(place, Some(key), problem);
                    return if value.is_string() { Read } else { Malformed };
                };
                let at = reader.walk(&pointer);
                reader.model.references.push((place, pointer));
                said.target = Some(reader.node(at, target));
                Read
            }
            "parameters" => put(&mut said.parameters, reader.list(place, key, value)),
            "servers" => reader.said_list(&mut said.servers, place, key, value),
            "additionalOperations" if value.is_object() => {
                let place = reader.place(place, key);
                for (method, value) in members(value).filter(|(_, value)| value.is_object()) {
                    let place = reader.place(place, method);
                    said.operations.push((method, reader.node(place, value)));
                }
                Read
            }
            method if METHODS.contains(&method) || method == "query" => {
                if !value.is_object() {
                    return Malformed;
                }
                let place = reader.place(place, key);
                said.operations.push((key, reader.node(place, value)));
                Read
            }
            // Read at the end.
            key if misspelt_method(key).is_some() => Read,
            _ => Unknown,
        }
    },
    misspelt
);

impl<'d> PathItem<'d> {
    /// Methods in capitals, as far as there is none of the same in small letters.
    fn misspelt(
        &mut self,
        reader: &mut Reader<'d>,
        place: PlaceId,
        raw: &'d Value,
    ) -> Vec<&'d str> {
        let mut in_vain = Vec::new();
        for (key, value) in members(raw) {
            let Some(method) = misspelt_method(key) else {
                continue;
            };
            let is_known = self.operations.iter().any(|(known, _)| *known == method);
            if is_known || !value.is_object() {
                in_vain.push(key);
                continue;
            }
            let place = reader.place(place, key);
            self.operations.push((method, reader.node(place, value)));
            let meant = method;
            let keyword = key.to_owned();
            reader.note(place, None, Problem::Meant { keyword, meant });
        }
        in_vain
    }
}

readable!(
    Operation,
    2,
    operations,
    |said, reader, place, key, value| {
        match key {
            "tags" | "externalDocs" => Read,
            "operationId" => words(&mut said.id, value),
            "summary" => words(&mut said.summary, value),
            "description" => words(&mut said.description, value),
            "deprecated" => truly(&mut said.deprecated, value),
            "parameters" => put(&mut said.parameters, reader.list(place, key, value)),
            "requestBody" => set(&mut said.body, reader.maybe(place, key, value)),
            "responses" => put(&mut said.answers, reader.plain_map(place, key, value)),
            "callbacks" => put(&mut said.callbacks, reader.map(place, key, value)),
            "security" => reader.said_list(&mut said.security, place, key, value),
            "servers" => reader.said_list(&mut said.servers, place, key, value),
            _ => Unknown,
        }
    }
);

readable!(
    Parameter,
    3,
    parameters,
    |said, reader, place, key, value| {
        match key {
            // It leads nowhere, or in a circle: noted before.
            "$ref" if value.is_string() => Read,
            "name" => words(&mut said.name, value),
            "in" => {
                said.location = value.as_str();
                said.required |= said.location == Some("path");
                Read
            }
            "description" => words(&mut said.description, value),
            "required" => {
                let mut required = false;
                let fate = truly(&mut required, value);
                said.required |= required;
                fate
            }
            "deprecated" => truly(&mut said.deprecated, value),
            "style" => set(&mut said.style, value.as_str()),
            "explode" => maybe_truly(&mut said.explode, value),
            "allowReserved" => truly(&mut said.allow_reserved, value),
            "allowEmptyValue" => truly(&mut said.allow_empty, value),
            "schema" => set(&mut said.schema, Some(reader.schema(place, key, value))),
            "content" => set(&mut said.content, reader.map(place, key, value)),
            "example" | "examples" => reader.samples(&mut said.examples, place, key, value),
            _ => Unknown,
        }
    }
);

readable!(RequestBody, 4, bodies, |said, reader, place, key, value| {
    match key {
        // It leads nowhere, or in a circle: noted before.
        "$ref" if value.is_string() => Read,
        "description" => words(&mut said.description, value),
        "required" => maybe_truly(&mut said.required, value),
        "content" => put(&mut said.content, reader.map(place, key, value)),
        _ => Unknown,
    }
});

readable!(
    Answer,
    5,
    answers,
    |said, reader, place, key, value| {
        match key {
            // It leads nowhere, or in a circle: noted before.
            "$ref" if value.is_string() => Read,
            // What may be called next, for people.
            "summary" | "links" => Read,
            "description" => words(&mut said.description, value),
            "headers" => put(&mut said.headers, reader.map(place, key, value)),
            "content" => put(&mut said.content, reader.map(place, key, value)),
            // Of OpenAPI 2, where an answer is itself what a media type is here: read at the end.
            "schema" if said.content.is_empty() => Read,
            _ => Unknown,
        }
    },
    of_swagger
);

impl<'d> Answer<'d> {
    fn of_swagger(
        &mut self,
        reader: &mut Reader<'d>,
        place: PlaceId,
        raw: &'d Value,
    ) -> Vec<&'d str> {
        if self.content.is_empty() && raw.get("schema").is_some() {
            self.content.push((media::JSON, reader.node(place, raw)));
            let keyword = "schema".to_owned();
            let meant = "that of JSON, as in OpenAPI 2";
            reader.note(place, Some("schema"), Problem::Meant { keyword, meant });
        }
        Vec::new()
    }
}

readable!(
    MediaType,
    6,
    media_types,
    |said, reader, place, key, value| {
        match key {
            "schema" => set(&mut said.schema, Some(reader.schema(place, key, value))),
            "itemSchema" => set(&mut said.item, Some(reader.schema(place, key, value))),
            "example" | "examples" => reader.samples(&mut said.examples, place, key, value),
            "encoding" => put(&mut said.encoding, reader.map(place, key, value)),
            _ => Unknown,
        }
    }
);

readable!(
    Encoding,
    12,
    encodings,
    |said, reader, place, key, value| {
        match key {
            "contentType" => set(&mut said.content_type, value.as_str()),
            "headers" => put(&mut said.headers, reader.map(place, key, value)),
            "style" => set(&mut said.style, value.as_str()),
            "explode" => maybe_truly(&mut said.explode, value),
            "allowReserved" => truly(&mut said.allow_reserved, value),
            _ => Unknown,
        }
    }
);

readable!(Callback, 7, callbacks, |said, reader, place, key, value| {
    if key.starts_with("x-") {
        return Unknown;
    }
    let place = reader.place(place, key);
    said.items.push((key, reader.node(place, value)));
    Read
});

readable!(Server, 8, servers, |said, _reader, _place, key, value| {
    match key {
        "name" => Read,
        "url" => words(&mut said.url, value),
        "description" => words(&mut said.description, value),
        "variables" => {
            let default = |variable: &'d Value| variable.get("default")?.as_str();
            said.variables = members(value)
                .map(|(name, variable)| (name, default(variable)))
                .collect();
            Read
        }
        _ => Unknown,
    }
});

readable!(
    Requirement,
    9,
    requirements,
    |said, reader, place, key, value| {
        let mut schemes = pointer::join("/components/securitySchemes", key);
        let mut found = reader.model.document.pointer(&schemes);
        // OpenAPI 3.2: the name of a scheme, or a URI that leads to one.
        if found.is_none()
            && let Some(referred) = reference::pointer_of(key)
        {
            schemes = referred.into_owned();
            found = reader.model.document.pointer(&schemes);
        }
        let scheme = found.map(|scheme| {
            let at = reader.walk(&schemes);
            reader.entry(at, scheme)
        });
        reader.model.references.push((place, schemes));
        said.schemes.push((key, scheme, value));
        Read
    }
);

readable!(
    SecurityScheme,
    10,
    schemes,
    |said, _reader, _place, key, value| {
        match key {
            "type" => words(&mut said.kind, value),
            "scheme" => words(&mut said.scheme, value),
            "in" => words(&mut said.location, value),
            "name" => words(&mut said.name, value),
            "flows" => {
                said.flows = members(value)
                    .map(|(name, flow)| {
                        let token_url = flow.get("tokenUrl").and_then(Value::as_str);
                        let scopes = flow.get("scopes").into_iter().flat_map(members);
                        let scopes = scopes.map(|(scope, _)| scope).collect();
                        (name, Flow { token_url, scopes })
                    })
                    .collect();
                Read
            }
            _ => Unknown,
        }
    }
);
