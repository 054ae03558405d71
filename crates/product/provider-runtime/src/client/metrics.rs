//! What the sendings of a client are measured by, in OpenTelemetry's words.

use std::time::Instant;

use metrics::{Label, Unit};
use reqwest::Url;

use super::trace::Target;

const DURATION: &str = "http.client.request.duration";

/// Tells recorders what there is, and in which unit.
pub(crate) fn describe() {
    metrics::describe_histogram!(DURATION, Unit::Seconds, "Duration of HTTP client requests.");
}

/// One sending, while it is under way.
pub(crate) struct Measured {
    began: Instant,
    labels: Vec<Label>,
}

impl Measured {
    pub(crate) fn begin(method: &str, url: &Url, target: Target<'_>) -> Self {
        let port = url.port_or_known_default().unwrap_or_default();
        let mut labels = vec![
            Label::new("http.request.method", method.to_owned()),
            Label::new(
                "server.address",
                url.host_str().unwrap_or_default().to_owned(),
            ),
            Label::new("server.port", port.to_string()),
        ];
        if let Target::Operation { operation, .. } = target {
            labels.push(Label::from_static_parts("url.template", operation.route));
        }
        let began = Instant::now();
        Self { began, labels }
    }

    pub(crate) fn end(&mut self, status: Option<u16>, error: Option<&str>) {
        let took = self.began.elapsed();
        if let Some(status) = status {
            let label = Label::new("http.response.status_code", status.to_string());
            self.labels.push(label);
        }
        if let Some(error) = error {
            self.labels.push(Label::new("error.type", error.to_owned()));
        }
        let labels = std::mem::take(&mut self.labels);
        metrics::histogram!(DURATION, labels).record(took);
    }
}
