//! A client of what the generator takes, where it does not take all of a document.

use openapi_lower::Lowered;

use super::{Generator, GeneratorError};

/// Failures that are found only one by one: so many are worked around at most.
const ROUNDS: usize = 40;

/// Generates a client. A schema that the generator cannot take becomes any JSON, and an operation that it
/// cannot take is left out; both are in the report of `lowered`, which is changed alike.
///
/// # Errors
///
/// [`GeneratorError`] for what is neither, or when there is no end of it.
pub fn salvage(
    generator: &dyn Generator,
    lowered: &mut Lowered,
) -> Result<syn::File, GeneratorError> {
    let mut last = match generator.generate(&lowered.document) {
        Ok(file) => return Ok(file),
        Err(error) => error,
    };
    for _ in 0..ROUNDS {
        let mut faults = generator.faults(&lowered.document);
        if faults.is_empty() {
            faults.push(last.clone());
        }
        let mut progress = false;
        for fault in faults {
            progress |= lowered.fall_back(&fault.pointer, &fault.cause);
        }
        if !progress {
            return Err(last);
        }
        match generator.generate(&lowered.document) {
            Ok(file) => return Ok(file),
            Err(error) => last = error,
        }
    }
    Err(last)
}
