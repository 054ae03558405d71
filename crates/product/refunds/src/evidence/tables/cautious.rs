//! The cautious reading of a provider of one's own: what its answers have to say until its author has read more in its
//! documents.

use super::{
    super::{Ask, Row},
    About, Check, Fact, Says,
};

const AUTHOR: &str = "the cautious reading; its author may loosen it";

const fn says(id: &'static str, looks_at: &'static str, proves: &'static str) -> Says {
    Says {
        id,
        looks_at,
        proves,
        source: AUTHOR,
    }
}

pub(in crate::evidence) static CAUTIOUS: &[Row] = &[
    // The answer to a creation.
    Row::member(
        About::Answer,
        Fact::Error,
        Check::Empty,
        says("own-2xx-error", "a member that only errors have", "doubt"),
    ),
    Row::member(
        About::Answer,
        Fact::Reference,
        Check::Same(Ask::Reference),
        says(
            "own-2xx-reference",
            "the reference",
            "another one than was sent is doubt",
        ),
    ),
    Row::member(
        About::Answer,
        Fact::Payment,
        Check::Same(Ask::Payment),
        says(
            "own-2xx-payment",
            "what is refunded",
            "another payment than was asked for is doubt",
        ),
    ),
    Row::member(
        About::Answer,
        Fact::Amount,
        Check::Amount,
        says(
            "own-2xx-amount",
            "the amount",
            "another one than was asked for, or one that cannot be read, is doubt",
        ),
    ),
    Row::member(
        About::Answer,
        Fact::Currency,
        Check::Currency,
        says(
            "own-2xx-currency",
            "the currency",
            "another one than was asked for is doubt",
        ),
    ),
    Row::member(
        About::Answer,
        Fact::Status,
        Check::OwnWord,
        says(
            "own-2xx-status",
            "the status",
            "a word that is not documented is doubt",
        ),
    ),
    Row::promised(
        About::Answer,
        Fact::Id,
        Check::Names,
        says(
            "own-2xx-id",
            "the id of the refund",
            "names the refund; none is doubt",
        ),
    ),
    // A refund among those that a read lists.
    Row::member(
        About::Listed,
        Fact::Error,
        Check::Empty,
        says(
            "own-listed-error",
            "a member that only errors have",
            "proves nothing",
        ),
    ),
    Row::promised(
        About::Listed,
        Fact::Reference,
        Check::Same(Ask::Reference),
        says(
            "own-listed-reference",
            "the reference",
            "says that the refund is ours; without it nothing is proven",
        ),
    ),
    Row::member(
        About::Listed,
        Fact::Payment,
        Check::Same(Ask::Payment),
        says(
            "own-listed-payment",
            "what is refunded",
            "a refund of another payment proves nothing",
        ),
    ),
    Row::member(
        About::Listed,
        Fact::Amount,
        Check::Amount,
        says(
            "own-listed-amount",
            "the amount",
            "a refund of another amount proves nothing",
        ),
    ),
    Row::member(
        About::Listed,
        Fact::Currency,
        Check::Currency,
        says(
            "own-listed-currency",
            "the currency",
            "a refund in another currency proves nothing",
        ),
    ),
    Row::promised(
        About::Listed,
        Fact::Status,
        Check::OwnWord,
        says(
            "own-listed-status",
            "the status",
            "none, or a word that is not documented, proves nothing",
        ),
    ),
    Row::member(
        About::Listed,
        Fact::CreatedAt,
        Check::NotEarlier,
        says(
            "own-listed-created",
            "when it was created",
            "a refund from before the first attempt is another one; one of which nobody knows that has not failed for this one",
        ),
    ),
    Row::promised(
        About::Listed,
        Fact::Id,
        Check::Names,
        says(
            "own-listed-id",
            "the id of the refund",
            "names the refund; without it nothing is proven",
        ),
    ),
    // Events.
    Row::member(
        About::Event,
        Fact::Error,
        Check::Empty,
        says(
            "own-event-error",
            "a member that only errors have",
            "settles no doubt",
        ),
    ),
    Row::promised(
        About::Event,
        Fact::Reference,
        Check::Same(Ask::Reference),
        says(
            "own-event-reference",
            "the reference",
            "says that the refund is ours; without it no doubt is settled",
        ),
    ),
    Row::member(
        About::Event,
        Fact::Payment,
        Check::Same(Ask::Payment),
        says(
            "own-event-payment",
            "what is refunded",
            "an event about another payment settles no doubt",
        ),
    ),
    Row::member(
        About::Event,
        Fact::Amount,
        Check::Amount,
        says(
            "own-event-amount",
            "the amount",
            "an event about another amount settles no doubt",
        ),
    ),
    Row::member(
        About::Event,
        Fact::Currency,
        Check::Currency,
        says(
            "own-event-currency",
            "the currency",
            "an event in another currency settles no doubt",
        ),
    ),
    Row::promised(
        About::Event,
        Fact::Status,
        Check::OwnWord,
        says(
            "own-event-status",
            "the status",
            "none, or a word that is not documented, settles no doubt",
        ),
    ),
    Row::member(
        About::Event,
        Fact::CreatedAt,
        Check::NotEarlier,
        says(
            "own-event-created",
            "when it was created",
            "a refund from before the first attempt is another one; one of which nobody knows that has not failed for this one",
        ),
    ),
    Row::promised(
        About::Event,
        Fact::Id,
        Check::Names,
        says(
            "own-event-id",
            "the id of the refund",
            "names the refund; without it no doubt is settled",
        ),
    ),
];
