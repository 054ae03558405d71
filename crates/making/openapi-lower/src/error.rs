use thiserror::Error;

/// Why a document could not be lowered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{pointer}: {cause} (rule {rule})")]
pub struct LowerError {
    /// JSON pointer of the place in the document that was given.
    pub pointer: String,
    /// Name of the rule that met it.
    pub rule: &'static str,
    /// What is wrong, and what would be right.
    pub cause: String,
}
