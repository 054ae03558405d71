use crate::Report;

/// The report in this form.
pub fn markdown(_report: &Report) -> String {
    String::new()
}
