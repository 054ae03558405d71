//! What each operation of a generated client takes and gives.

/// The types of one operation, as the generated code names them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Its name.
    pub operation: String,
    /// What is given by the name of a parameter, in the order in which it is sent.
    pub parameters: Vec<Parameter>,
    /// The body, where there is one.
    pub body: Option<Body>,
    /// Of a success, where it is decoded.
    pub success: Option<String>,
    /// The first status of a documented one.
    pub success_status: u16,
    /// Of a documented error, where it is decoded.
    pub error: Option<String>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name on the wire.
    pub wire: String,
    /// The function that takes it.
    pub rust: String,
    /// The type that is given.
    pub ty: String,
    /// Whether it must be given.
    pub is_required: bool,
    /// Whether it is a part of the path.
    pub is_of_path: bool,
}

/// The body of a request.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Body {
    /// Its type, where it is one that is encoded.
    pub ty: Option<String>,
    /// Whether it must be given.
    pub is_required: bool,
    /// Whether it can be given as it is sent, with its media type.
    pub takes_media: bool,
}

impl Signature {
    /// The type of the body that is sent, where it is encoded.
    pub fn request(&self) -> Option<&str> {
        self.body.as_ref()?.ty.as_deref()
    }

    /// What must be given and is any text: the functions that take it.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.needed()
            .filter(|(_, ty)| *ty == Some("String"))
            .map(|(function, _)| function)
    }

    /// Whether something else must be given.
    pub fn needs_more(&self) -> bool {
        self.needed().any(|(_, ty)| ty != Some("String"))
    }

    /// What must be given: the functions that take it, and its type.
    fn needed(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let parameters = self.parameters.iter().filter(|found| found.is_required);
        let body = self.body.iter().filter(|body| body.is_required);
        parameters
            .map(|found| (found.rust.as_str(), Some(found.ty.as_str())))
            .chain(body.map(|body| ("body", body.ty.as_deref())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_given_is_texts_or_more() {
        let parameter = |name: &str, ty: &str, is_required| Parameter {
            wire: name.to_owned(),
            rust: name.to_owned(),
            ty: ty.to_owned(),
            is_required,
            is_of_path: false,
        };
        let mut signature = Signature {
            parameters: vec![
                parameter("id", "String", true),
                parameter("of", "String", false),
                parameter("count", "i64", false),
            ],
            ..Signature::default()
        };
        assert_eq!(signature.texts().collect::<Vec<_>>(), ["id"]);
        assert!(!signature.needs_more());
        signature.body = Some(Body {
            is_required: true,
            ..Body::default()
        });
        assert!(signature.needs_more());
        signature.body = None;
        signature.parameters[2].is_required = true;
        assert!(signature.needs_more());
    }
}
