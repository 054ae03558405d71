//! Waits: counted down where a person looks on, told elsewhere.

use std::{
    fmt,
    io::{self, Write as _},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span,
};
use tracing_subscriber::layer::{Context, Layer};

use crate::terminal::{look, printable, wrapped};

/// Whose events tell of waits (the facade's `pause`).
const TARGET: &str = "refunds::wait";
/// A shorter wait is not worth a line in a log.
const WORTH_TELLING: Duration = Duration::from_secs(2);

/// The wait that is under way.
#[derive(Clone)]
pub(crate) struct Waits {
    counts_down: bool,
    shown: Arc<Mutex<Option<ProgressBar>>>,
}

impl Waits {
    pub(crate) fn new(counts_down: bool) -> Self {
        Self {
            counts_down,
            shown: Arc::default(),
        }
    }

    fn begin(&self, wait: Duration, why: &str) {
        self.end();
        let why = printable(why);
        if !self.counts_down {
            if wait >= WORTH_TELLING {
                let text = format!(
                    "waiting {} s: {why}; Ctrl-C ends the wait\n",
                    wait.as_secs()
                );
                // A wait that cannot be told of is no reason to fail.
                let _ = anstream::stderr().write_all(look().shown(&text).as_bytes());
            }
            return;
        }
        let left = move |state: &ProgressState, out: &mut dyn fmt::Write| {
            let left = wait.saturating_sub(state.elapsed()).as_secs_f64().ceil();
            let _ = write!(out, "{left:.0} s");
        };
        let shown = look().shown(&why).replace('{', "{{").replace('}', "}}");
        let text = format!("waiting {{left}}: {shown}; Ctrl-C ends the wait");
        let Ok(style) = ProgressStyle::with_template(&wrapped(&text, look().width, 2)) else {
            return;
        };
        let _ = write!(io::stderr(), "\r\x1b[2K");
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
            .with_style(style.with_key("left", left));
        bar.enable_steady_tick(Duration::from_millis(250));
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar);
    }

    /// It is over.
    pub(crate) fn end(&self) {
        let bar = self
            .shown
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
    }
}

impl<S: Subscriber> Layer<S> for Waits {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == TARGET {
            let mut told = Told::default();
            event.record(&mut told);
            self.begin(Duration::from_millis(told.milliseconds), &told.why);
        }
    }

    // The next attempt has begun.
    fn on_new_span(&self, _: &span::Attributes<'_>, _: &span::Id, _: Context<'_, S>) {
        self.end();
    }
}

/// What an event says of a wait.
#[derive(Default)]
struct Told {
    milliseconds: u64,
    why: String,
}

impl Visit for Told {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "refunds.wait_ms" {
            self.milliseconds = value;
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.why = format!("{value:?}");
        }
    }
}
