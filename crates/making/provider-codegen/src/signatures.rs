//! What each operation of a generated client takes and gives.

use std::collections::BTreeMap;

use heck::{ToPascalCase, ToSnakeCase};
use quote::ToTokens;
use syn::{Fields, GenericArgument, ImplItem, Item, PathArguments, ReturnType, Type};

/// The types of one operation, as the generated code names them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// Its name.
    pub operation: String,
    /// Of the body that is sent, where it is a type of the crate.
    pub request: Option<String>,
    /// Of a success, where it is decoded.
    pub success: Option<String>,
    /// Of a documented error, where it is decoded.
    pub error: Option<String>,
    /// The parameters that must be given and are any text.
    pub texts: Vec<String>,
    /// Whether something else must be given.
    pub needs_more: bool,
}

/// The operations of the client in `source`, in order; `names` are those that the document gives them, which
/// cannot be read back from the names of types.
///
/// # Errors
///
/// The source is not what the generator makes.
pub fn of<'a>(
    source: &str,
    names: impl IntoIterator<Item = &'a String>,
) -> syn::Result<Vec<Signature>> {
    let names: BTreeMap<String, &String> = names
        .into_iter()
        .map(|name| (name.to_pascal_case(), name))
        .collect();
    let named = |builder: &str| {
        names
            .get(builder)
            .map_or_else(|| builder.to_snake_case(), |name| (*name).clone())
    };
    let file = syn::parse_file(source)?;
    let builder = file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "builder" => module.content.as_ref(),
        _ => None,
    });
    // A file of its own, or a module of the one file that there is.
    let items = builder.map_or(&file.items, |(_, items)| items);
    let mut signatures: Vec<Signature> = Vec::new();
    for item in items {
        match item {
            Item::Struct(item) => signatures.push(Signature {
                operation: named(&item.ident.to_string()),
                request: request(&item.fields),
                texts: texts(&item.fields),
                needs_more: false,
                ..Signature::default()
            }),
            Item::Impl(block) => {
                let name = block.self_ty.to_token_stream().to_string();
                let operation = named(name.split_whitespace().next().unwrap_or_default());
                let found = signatures
                    .iter_mut()
                    .find(|signature| signature.operation == operation);
                let send = block.items.iter().find_map(|item| match item {
                    ImplItem::Fn(function) if function.sig.ident == "send" => Some(function),
                    _ => None,
                });
                if let (Some(signature), Some(send)) = (found, send)
                    && let ReturnType::Type(_, output) = &send.sig.output
                {
                    let required = required(&send.block);
                    signature.needs_more =
                        required.iter().any(|name| !signature.texts.contains(name));
                    signature.texts.retain(|name| required.contains(name));
                    let outcome = arguments(output);
                    let of = |index: usize| {
                        let wrapped = outcome.get(index).copied()?;
                        decoded(arguments(wrapped).first().copied()?)
                    };
                    signature.success = of(0);
                    signature.error = of(1);
                }
            }
            _ => {}
        }
    }
    signatures.sort_by(|one, other| one.operation.cmp(&other.operation));
    Ok(signatures)
}

/// The type arguments of a path's last segment.
fn arguments(ty: &Type) -> Vec<&Type> {
    let Type::Path(path) = ty else {
        return Vec::new();
    };
    let Some(PathArguments::AngleBracketed(list)) =
        path.path.segments.last().map(|segment| &segment.arguments)
    else {
        return Vec::new();
    };
    list.args
        .iter()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
        .collect()
}

/// The text of a type that is decoded from JSON.
fn decoded(ty: &Type) -> Option<String> {
    let text = ty.to_token_stream().to_string().replace(' ', "");
    (text != "()" && !text.ends_with("RawBody") && !text.ends_with("ByteStream")).then_some(text)
}

/// The parameters that are any text.
fn texts(fields: &Fields) -> Vec<String> {
    let is_text = |ty: &Type| {
        let arguments = arguments(ty);
        let [Type::Path(path)] = arguments.as_slice() else {
            return false;
        };
        path.path.is_ident("String")
    };
    let texts = fields.iter().filter(|field| is_text(&field.ty));
    texts
        .filter_map(|field| Some(field.ident.as_ref()?.to_string()))
        .collect()
}

/// What `send` cannot do without: what stands in the path, what is required, and a body that is not left out.
pub(crate) fn required(send: &syn::Block) -> Vec<String> {
    let text = send.to_token_stream().to_string().replace([' ', '\n'], "");
    let names = |before: &str| -> Vec<String> {
        let parts = text.split(before).skip(1);
        parts
            .filter_map(|part| {
                let (_, rest) = part.split_once("self.")?;
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '#')?;
                let (name, rest) = rest.split_at(end);
                let given = rest.starts_with(".required()") || rest.starts_with(".or_default()");
                (before.starts_with(".path") || given).then(|| name.to_owned())
            })
            .collect()
    };
    let calls = [
        ".path(",
        ".path_segments(",
        ".path_styled(",
        ".query(",
        ".query_styled(",
        ".header(",
        ".header_styled(",
        ".cookie(",
        ".json(",
        ".json_as(",
        ".form(",
        ".styled_form(",
        ".media(",
    ];
    calls.iter().flat_map(|call| names(call)).collect()
}

/// The type of the body that an operation's builder holds.
fn request(fields: &Fields) -> Option<String> {
    let body = fields
        .iter()
        .find(|field| field.ident.as_ref().is_some_and(|ident| ident == "body"))?;
    let text = decoded(arguments(&body.ty).first().copied()?)?;
    let text = text.replace("types::builder::", "types::");
    (!text.ends_with("MediaBody")).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_of_an_operation_are_read_from_its_builder() {
        let source = "mod builder {
            pub struct MakeRefund<'a> { client: &'a super::Client, body: runtime::Given<types::builder::Refund> }
            impl<'a> MakeRefund<'a> {
                pub async fn send(self) -> Result<ResponseValue<types::Refund>, Error<provider_runtime::ByStatus<types::Bad>>> { loop {} }
            }
            pub struct MakeRefund3<'a> { client: &'a super::Client, body: runtime::Given<types::builder::Refund> }
            pub struct Fetch2<'a> { client: &'a super::Client, body: runtime::Given<provider_runtime::MediaBody> }
            impl<'a> Fetch2<'a> {
                pub async fn send(self) -> Result<ResponseValue<RawBody>, Error<()>> { loop {} }
            }
        }";
        let found = of(source, &["fetch_2".to_owned()]).unwrap();
        assert_eq!(
            found,
            [
                Signature {
                    operation: "fetch_2".to_owned(),
                    ..Signature::default()
                },
                Signature {
                    operation: "make_refund".to_owned(),
                    request: Some("types::Refund".to_owned()),
                    success: Some("types::Refund".to_owned()),
                    error: Some("provider_runtime::ByStatus<types::Bad>".to_owned()),
                    ..Signature::default()
                },
                Signature {
                    operation: "make_refund3".to_owned(),
                    request: Some("types::Refund".to_owned()),
                    ..Signature::default()
                }
            ]
        );
    }

    #[test]
    fn what_must_be_given_is_read_from_what_is_sent() {
        let source = "mod builder {
            pub struct Find<'a> { client: &'a Client, id: runtime::Given<String>, of: runtime::Given<String>, count: runtime::Given<i64>,
                body: runtime::Given<types::builder::Refund> }
            impl<'a> Find<'a> {
                pub async fn send(self) -> Result<ResponseValue<()>, Error<()>> {
                    runtime::Call::new(self.client, \"find\", runtime::Method::GET, \"/{id}\")
                        .path(\"id\", self.id)
                        .query(\"of\", self.of)
                        .query(\"count\", self.count)
                        .json(self.body.or_default().built::<types::Refund>())
                        .send(a, b).await
                }
            }
        }";
        let found = |source: &str| of(source, &[]).unwrap().remove(0);
        let with_body = found(source);
        assert_eq!(
            (with_body.texts, with_body.needs_more),
            (vec!["id".to_owned()], true)
        );
        let without = source.replace(".or_default()", "");
        assert!(!found(&without).needs_more);
        let counted = without.replace("self.count", "self.count.required()");
        assert!(found(&counted).needs_more);
    }
}
