//! What a change of a refund says of itself in the history.

use crate::Source;

/// The assignments of a statement that changes a refund and says what was learnt, from where: the database appends
/// it to the history. `what` and `detail` are expressions, of words of ours or of parameters.
pub(crate) fn fact(source: Source, what: &str, detail: &str) -> String {
    fact_from(&format!("'{}'", source.as_str()), what, detail)
}

/// The same where the source is an expression as well.
pub(crate) fn fact_from(source: &str, what: &str, detail: &str) -> String {
    format!("facts = facts + 1, fact_source = {source}, fact_what = {what}, fact_detail = {detail}")
}
