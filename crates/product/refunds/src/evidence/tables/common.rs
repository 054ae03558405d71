//! What counts at every provider: how far a request got, and what HTTP itself says.

use super::{
    super::{Row, Rule, Sending},
    About, Says,
};

const RFC: &str = "RFC 9110";
const NOBODY_SAW: &str = "nothing can be known of an answer that nobody saw";

const fn sent(sending: Sending, says: Says) -> Row {
    Row::of(About::Sending, says, Rule::Sent(sending))
}

pub(in crate::evidence) static COMMON: &[Row] = &[
    sent(
        Sending::Unanswered,
        Says {
            id: "any-unanswered",
            looks_at: "no answer after the request left, at least in part",
            proves: "doubt",
            source: NOBODY_SAW,
        },
    ),
    sent(
        Sending::CutOff,
        Says {
            id: "any-cut-off",
            looks_at: "bytes of an answer, but none that can be read, or an HTTP stack that does not say whether any came",
            proves: "doubt; never the same as no answer",
            source: NOBODY_SAW,
        },
    ),
    sent(
        Sending::DeadlinePassed,
        Says {
            id: "any-deadline",
            looks_at: "the policy's deadline passed while the request was under way",
            proves: "doubt",
            source: NOBODY_SAW,
        },
    ),
    sent(
        Sending::UnreadableSuccess,
        Says {
            id: "any-unreadable-2xx",
            looks_at: "a 2xx whose body is cut, missing or not of the documented form",
            proves: "doubt",
            source: "the documented form of the answer",
        },
    ),
    sent(
        Sending::Redirected,
        Says {
            id: "any-redirect",
            looks_at: "1xx, 3xx, or an answer from another address",
            proves: "doubt: somebody between may have passed the request on",
            source: RFC,
        },
    ),
    sent(
        Sending::Gateway,
        Says {
            id: "any-gateway",
            looks_at: "408, 499",
            proves: "doubt: a gateway sends these for a request that it may have passed on",
            source: RFC,
        },
    ),
    sent(
        Sending::Conflict,
        Says {
            id: "any-conflict",
            looks_at: "409 that no row of the provider names",
            proves: "doubt: an earlier attempt may be under way or have happened",
            source: RFC,
        },
    ),
    sent(
        Sending::RateLimited,
        Says {
            id: "any-429",
            looks_at: "429",
            proves: "nothing happened: the request was one too many and was not acted on",
            source: "RFC 6585, section 4",
        },
    ),
    sent(
        Sending::UndocumentedRefusal,
        Says {
            id: "any-undocumented-refusal",
            looks_at: "any other 4xx that no row names",
            proves: "doubt: it may be how an earlier success of ours is refused",
            source: "the provider documents no such refusal",
        },
    ),
    sent(
        Sending::ServerError,
        Says {
            id: "any-5xx",
            looks_at: "5xx",
            proves: "doubt: it may have failed after the money moved",
            source: RFC,
        },
    ),
];
