//! Everything that a call traces.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// The spans and events of every level, as text.
#[derive(Clone, Default)]
pub(crate) struct Captured(Arc<Mutex<Spans>>);

#[derive(Default)]
struct Spans {
    /// Name and fields of each span, in the order in which they began.
    spans: BTreeMap<u64, (&'static str, BTreeMap<String, String>)>,
    order: Vec<u64>,
    events: Vec<String>,
}

impl Captured {
    /// A subscriber that keeps everything at every level.
    pub(crate) fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        Registry::default().with(self.clone())
    }

    /// The spans of one name, a line for each field; what differs from run to run is left out.
    pub(crate) fn spans(&self, name: &str) -> Vec<String> {
        let kept = self.0.lock().unwrap();
        let spans = kept.order.iter().filter_map(|id| kept.spans.get(id));
        spans
            .filter(|(found, _)| *found == name)
            .map(|(_, fields)| {
                let mut text = String::new();
                for (field, value) in fields {
                    let value = match field.as_str() {
                        "refunds.duration_ms" => "<duration>",
                        "server.port" => "<port>",
                        _ => value,
                    };
                    // Writing to a string does not fail.
                    let _ = writeln!(text, "{field} = {value}");
                }
                text
            })
            .collect()
    }

    /// Everything that was traced, by whatever crate.
    pub(crate) fn everything(&self) -> String {
        let kept = self.0.lock().unwrap();
        let mut text = kept.events.join("\n");
        for (name, fields) in kept.spans.values() {
            let _ = write!(text, "\n{name} {fields:?}");
        }
        text
    }
}

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Captured {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut kept = self.0.lock().unwrap();
        let mut fields = BTreeMap::new();
        attributes.record(&mut Fields(&mut fields));
        // The registry uses the number of a span that has ended again.
        let number = kept.order.len() as u64;
        kept.order.push(number);
        kept.spans
            .insert(number, (attributes.metadata().name(), fields));
        drop(kept);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Number(number));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id);
        let number = span.and_then(|span| span.extensions().get::<Number>().map(|number| number.0));
        let mut kept = self.0.lock().unwrap();
        if let Some((_, fields)) = number.and_then(|number| kept.spans.get_mut(&number)) {
            values.record(&mut Fields(fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        let line = format!("{} {fields:?}", event.metadata().target());
        self.0.lock().unwrap().events.push(line);
    }
}

/// The number of a span among all that were captured.
struct Number(u64);
