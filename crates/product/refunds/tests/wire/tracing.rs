use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
};

use refunds::TazapayRefund;
use tracing::{
    Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
};
use workspace_tests::server::Reply;

use crate::{
    support::{reference, server, tazapay_at},
    tazapay::refund,
};

/// Keeps every field of every span as `span.field=value`.
#[derive(Clone, Default)]
struct Fields(Arc<Mutex<Vec<String>>>);

struct Keeper<'a> {
    span: &'static str,
    kept: &'a Fields,
}

impl Visit for Keeper<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let line = format!("{}.{}={value:?}", self.span, field.name());
        self.kept.0.lock().unwrap().push(line);
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Fields {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let span = attributes.metadata().name();
        attributes.record(&mut Keeper { span, kept: self });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id).unwrap().name();
        values.record(&mut Keeper { span, kept: self });
    }
}

#[tokio::test]
async fn a_call_is_a_span_with_its_attempts_below_it_and_no_secret_in_any() {
    // Without one that lasts, another test's thread, which has no subscriber, decides for the whole process that
    // nobody is interested in a span.
    ::tracing::subscriber::set_global_default(tracing_subscriber::registry()).unwrap();
    let fields = Fields::default();
    let subscriber = tracing_subscriber::registry().with(fields.clone());
    let _guard = ::tracing::subscriber::set_default(subscriber);

    let server = server([Reply::close(), Reply::json(202, refund(90000, "pending"))]);
    tazapay_at(&server.url())
        .create(&reference(), TazapayRefund::of_payin("chk_1"))
        .await
        .unwrap()
        .accepted()
        .unwrap();

    let lines = fields.0.lock().unwrap().clone();
    for expected in [
        r#"refund_call.refunds.provider="tazapay""#,
        r#"refund_call.refunds.operation="create_refund""#,
        "refund_attempt.refunds.attempt=1",
        "refund_attempt.refunds.attempt=2",
        "refund_call.refunds.attempts=2",
        r#"refund_call.refunds.outcome="accepted""#,
        "http_request.http.response.status_code=202",
    ] {
        assert!(
            lines.iter().any(|line| line == expected),
            "{expected} is not in {lines:#?}"
        );
    }
    let all = lines.join("\n");
    for hidden in ["hunter2", "chk_1", "refund-1"] {
        assert!(!all.contains(hidden), "{hidden} is in {all}");
    }
}
