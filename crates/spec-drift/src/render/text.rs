use crate::Report;

/// The report in this form.
pub fn text(_report: &Report) -> String {
    String::new()
}
