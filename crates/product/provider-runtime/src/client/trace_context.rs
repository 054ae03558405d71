//! The header `traceparent` of W3C Trace Context.

use std::{fmt, str::FromStr};

use super::interceptor::{Intercepted, Interceptor, Outgoing};

/// What a request tells of the trace that it is a part of: the header `traceparent` of W3C Trace Context.
///
/// ```
/// use provider_runtime::TraceParent;
///
/// let came = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/// let parent: TraceParent = came.parse()?;
/// assert_eq!(parent, TraceParent::new(0x0af7651916cd43dd8448eb211c80319c, 0xb7ad6b7169203331, true).unwrap());
/// assert_eq!(parent.to_string(), came);
/// # Ok::<(), provider_runtime::NoTraceParent>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TraceParent {
    trace_id: u128,
    parent_id: u64,
    sampled: bool,
}

/// A text is no `traceparent`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("it is no traceparent: leave it out, so that a new trace begins")]
pub struct NoTraceParent;

impl TraceParent {
    /// Of a trace and the span in it that the request belongs to; `None` where either is 0, which is no id.
    pub const fn new(trace_id: u128, parent_id: u64, sampled: bool) -> Option<Self> {
        if trace_id == 0 || parent_id == 0 {
            return None;
        }
        Some(Self {
            trace_id,
            parent_id,
            sampled,
        })
    }
}

/// As the header is written, in version 00.
impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = u8::from(self.sampled);
        write!(
            f,
            "00-{:032x}-{:016x}-{flags:02x}",
            self.trace_id, self.parent_id
        )
    }
}

/// Of a header that came, such as that of the request which asked for the refund. Of later versions what version 00
/// has counts (W3C Trace Context, 3.2.4).
impl FromStr for TraceParent {
    type Err = NoTraceParent;

    fn from_str(text: &str) -> Result<Self, NoTraceParent> {
        let hex = |text: &str| {
            let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            text.bytes().all(lower)
        };
        let mut parts = text.split('-');
        let mut part = |length: usize| {
            let part = parts.next().filter(|part| part.len() == length);
            part.filter(|part| hex(part)).ok_or(NoTraceParent)
        };
        let (version, trace_id, parent_id, flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
        let is_longer = parts.next().is_some();
        if version == "ff" || (version == "00" && is_longer) {
            return Err(NoTraceParent);
        }
        let trace_id = u128::from_str_radix(trace_id, 16).map_err(|_| NoTraceParent)?;
        let parent_id = u64::from_str_radix(parent_id, 16).map_err(|_| NoTraceParent)?;
        let flags = u8::from_str_radix(flags, 16).map_err(|_| NoTraceParent)?;
        Self::new(trace_id, parent_id, flags & 1 == 1).ok_or(NoTraceParent)
    }
}

/// Adds the header to each request, unless the call has one.
pub(super) struct TraceContext<F>(pub(super) F);

const HEADER: &str = "traceparent";

impl<F: Fn() -> Option<TraceParent> + Send + Sync> Interceptor for TraceContext<F> {
    fn before(&self, request: &mut Outgoing<'_>) -> Result<(), Intercepted> {
        if request.headers().contains_key(HEADER) {
            return Ok(());
        }
        match (self.0)() {
            Some(parent) => request.add_header(HEADER, &parent.to_string()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // W3C Trace Context, 3.2.2 to 3.2.4.
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn a_header_that_came_goes_on_as_it_was() {
        for flags in ["00", "01"] {
            let text = format!("00-{TRACE}-{SPAN}-{flags}");
            let parsed: TraceParent = text.parse().unwrap();
            assert_eq!(parsed.to_string(), text);
        }
        // Flags that version 00 does not know are not handed on; what a later version has beside is passed over.
        for (later, flags) in [
            ("00-{}-03", "01"),
            ("01-{}-01-more", "01"),
            ("cc-{}-02", "00"),
        ] {
            let text = later.replace("{}", &format!("{TRACE}-{SPAN}"));
            let parsed: TraceParent = text.parse().unwrap();
            assert_eq!(parsed.to_string(), format!("00-{TRACE}-{SPAN}-{flags}"));
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        let zeros = "0".repeat(32);
        for text in [
            String::new(),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("00-{zeros}-{SPAN}-01"),
            format!("00-{TRACE}-{}-01", &zeros[..16]),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{}-{SPAN}-01", &TRACE[1..]),
            format!("00-+{}-{SPAN}-01", &TRACE[1..]),
        ] {
            assert_eq!(text.parse::<TraceParent>(), Err(NoTraceParent), "{text}");
        }
        assert_eq!(TraceParent::new(0, 1, true), None);
        assert_eq!(TraceParent::new(1, 0, true), None);
    }
}
