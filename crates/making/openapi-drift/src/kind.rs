//! The sorts of changes.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal,)*) => {
        /// What sort of change it is; in the JSON report as its [`code`](Kind::code).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[doc = $doc])* #[serde(rename = $code)] $name,)*
        }

        impl Kind {
            /// Every kind, in the order in which changes of one class are told.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Name of the kind, in kebab case.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// What it is, in a sentence.
            pub(crate) fn words(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc,)*).trim(),)*
                }
            }
        }
    };
}

kinds! {
    /// An operation is gone.
    OperationRemoved = "operation-removed",
    /// There is a new operation.
    OperationAdded = "operation-added",
    /// An operation has another path.
    PathChanged = "path-changed",
    /// An operation has another method.
    MethodChanged = "method-changed",
    /// An operation, a parameter or a field is deprecated.
    Deprecated = "deprecated",
    /// An operation, a parameter or a field is no longer deprecated.
    DeprecationLifted = "deprecation-lifted",
    /// A server has another URL.
    ServerChanged = "server-changed",
    /// A server is gone.
    ServerRemoved = "server-removed",
    /// There is another server.
    ServerAdded = "server-added",
    /// A server is said to be another environment.
    ServerRoleChanged = "server-role-changed",
    /// Calls that needed no authentication need one.
    AuthenticationRequired = "authentication-required",
    /// A way of authentication works in another way.
    AuthenticationChanged = "authentication-changed",
    /// A way of authentication is gone.
    AuthenticationRemoved = "authentication-removed",
    /// There is another way of authentication.
    AuthenticationAdded = "authentication-added",
    /// Calls need no authentication any more.
    AuthenticationLifted = "authentication-lifted",
    /// Calls need other scopes.
    ScopesChanged = "scopes-changed",
    /// A callback or webhook is gone.
    CallbackRemoved = "callback-removed",
    /// There is a new callback or webhook.
    CallbackAdded = "callback-added",
    /// A header by which the provider de-duplicates is there.
    IdempotencyKeyAdded = "idempotency-key-added",
    /// A header by which the provider de-duplicates is gone.
    IdempotencyKeyRemoved = "idempotency-key-removed",
    /// A header by which the provider de-duplicates became required.
    IdempotencyKeyRequired = "idempotency-key-required",
    /// A header by which the provider de-duplicates became optional.
    IdempotencyKeyOptional = "idempotency-key-optional",
    /// There is a new parameter.
    ParameterAdded = "parameter-added",
    /// A parameter is gone.
    ParameterRemoved = "parameter-removed",
    /// A parameter became required.
    ParameterRequired = "parameter-required",
    /// A parameter became optional.
    ParameterOptional = "parameter-optional",
    /// A parameter goes elsewhere: from the query to a header, say.
    ParameterMoved = "parameter-moved",
    /// A parameter, a header or a part of a form is written in another way.
    SerializationChanged = "serialization-changed",
    /// There is a body where there was none.
    BodyAdded = "body-added",
    /// A body is gone.
    BodyRemoved = "body-removed",
    /// The body of a request became required.
    BodyRequired = "body-required",
    /// The body of a request became optional.
    BodyOptional = "body-optional",
    /// There is another media type.
    MediaTypeAdded = "media-type-added",
    /// A media type is gone.
    MediaTypeRemoved = "media-type-removed",
    /// A media type has other parameters, such as a charset.
    MediaTypeParametersChanged = "media-type-parameters-changed",
    /// There is a new status.
    StatusAdded = "status-added",
    /// A status is gone.
    StatusRemoved = "status-removed",
    /// Success has another status.
    SuccessStatusChanged = "success-status-changed",
    /// An answer has a new header.
    HeaderAdded = "header-added",
    /// A header of an answer is gone.
    HeaderRemoved = "header-removed",
    /// A header of an answer is always there now.
    HeaderRequired = "header-required",
    /// A header of an answer may be left out now.
    HeaderOptional = "header-optional",
    /// An object has a new field.
    FieldAdded = "field-added",
    /// A field of an object is gone.
    FieldRemoved = "field-removed",
    /// A field became required.
    FieldRequired = "field-required",
    /// A field became optional.
    FieldOptional = "field-optional",
    /// Fields beside the named ones are ruled in another way.
    AdditionalFieldsChanged = "additional-fields-changed",
    /// A value has another type.
    TypeChanged = "type-changed",
    /// A type that went without saying is said, or the reverse.
    TypeStated = "type-stated",
    /// A value may be null now.
    NullAllowed = "null-allowed",
    /// A value may not be null any more.
    NullRefused = "null-refused",
    /// Any value became one of a list.
    EnumAdded = "enum-added",
    /// One of a list became any value.
    EnumRemoved = "enum-removed",
    /// A list of allowed values has new ones.
    EnumValuesAdded = "enum-values-added",
    /// A list of allowed values lost some.
    EnumValuesRemoved = "enum-values-removed",
    /// A value has another format.
    FormatChanged = "format-changed",
    /// A text has another pattern.
    PatternChanged = "pattern-changed",
    /// A limit became stricter.
    LimitTightened = "limit-tightened",
    /// A limit became looser.
    LimitLoosened = "limit-loosened",
    /// What is left out means something else.
    DefaultChanged = "default-changed",
    /// An amount is in another unit or another form.
    UnitChanged = "unit-changed",
    /// A value has one more alternative (`oneOf`, `anyOf`).
    AlternativeAdded = "alternative-added",
    /// A value has one alternative less (`oneOf`, `anyOf`).
    AlternativeRemoved = "alternative-removed",
    /// Alternatives are combined in another way.
    AlternativesChanged = "alternatives-changed",
    /// The field that tells alternatives apart, or one of its values, is another one.
    DiscriminatorChanged = "discriminator-changed",
    /// What a list may hold is ruled in another way.
    ItemsChanged = "items-changed",
    /// A rule such as `not`, `if` or `contains` is another one.
    ConstraintChanged = "constraint-changed",
    /// A `$ref` leads nowhere, or leads elsewhere where nothing can be read.
    ReferenceBroken = "reference-broken",
    /// Words about limits, retries, idempotency, fees and the like, where money moves.
    WordingChanged = "wording-changed",
    /// Something else on the wire, for which there is no rule.
    Other = "other",
    /// A page says something else, where no rule looks: its text, or examples and words of its document.
    PageChanged = "page-changed",
}

impl Kind {
    /// Whether it is about money wherever it is.
    pub(crate) fn is_about_money(self) -> bool {
        matches!(
            self,
            Self::IdempotencyKeyAdded
                | Self::IdempotencyKeyRemoved
                | Self::IdempotencyKeyRequired
                | Self::IdempotencyKeyOptional
                | Self::UnitChanged
                | Self::WordingChanged
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_written_as_its_code() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
            let letters = |letter: char| letter.is_ascii_lowercase() || letter == '-';
            assert!(kind.code().chars().all(letters), "{kind}");
            assert!(kind.words().ends_with('.'), "{kind}");
        }
    }
}
