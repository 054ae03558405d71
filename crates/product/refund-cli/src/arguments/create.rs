//! What every refund to create has.

use clap::Args;
use refunds::Reference;

/// The user's own name of a refund.
#[derive(Clone, Debug, Args)]
pub(crate) struct Named {
    /// Your own reference of this refund: one for each, and the same after a failure
    #[arg(required_unless_present = "reference_option")]
    reference: Option<Reference>,
    /// The same, as earlier versions wrote it
    #[arg(
        long = "reference",
        id = "reference_option",
        value_name = "REFERENCE",
        hide = true,
        conflicts_with = "reference"
    )]
    reference_option: Option<Reference>,
}

impl Named {
    /// The reference, one of which clap asks for.
    pub(crate) fn reference(&self) -> Option<&Reference> {
        self.reference.as_ref().or(self.reference_option.as_ref())
    }
}
