use openapi_model::hidden;

use super::annotations::annotations;
use crate::{Class, Report};

/// The reports as workflow commands of GitHub Actions, which shows each beside its line: errors for what breaks, warnings
/// for what is to be read, notices for the rest.
pub fn github(reports: &[Report]) -> String {
    let mut text = String::new();
    for report in reports {
        let name = report.provider.as_deref().unwrap_or("drift");
        if let Some(failure) = &report.failed {
            text.push_str(&line(
                "error",
                &format!("title={}", property(name)),
                failure,
            ));
        }
        for annotation in annotations(report) {
            let level = match annotation.class {
                Class::Breaking => "error",
                Class::ReadThis => "warning",
                Class::Compatible => "notice",
            };
            let title = property(&format!("{name}: {}", annotation.rule));
            let place = match &annotation.place {
                Some((file, first, last)) => {
                    format!("file={},line={first},endLine={last},", property(file))
                }
                None => String::new(),
            };
            let message = format!("{} {}", annotation.message, annotation.why);
            text.push_str(&line(
                level,
                &format!("{place}title={title}"),
                message.trim(),
            ));
        }
    }
    text
}

fn line(level: &str, properties: &str, message: &str) -> String {
    format!("::{level} {properties}::{}\n", escaped(message))
}

/// A text as the value of a property.
fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

/// A text in one line, in which no command can begin.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '%' => escaped.push_str("%25"),
            '\r' => escaped.push_str("%0D"),
            '\n' => escaped.push_str("%0A"),
            letter => hidden::push(&mut escaped, letter),
        }
    }
    escaped
}
