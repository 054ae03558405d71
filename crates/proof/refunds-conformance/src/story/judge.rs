//! What the client believes, beside what has happened.

use crate::{
    client::{Belief, Shown},
    models::{Fate, Model, Plain, Standing},
    property::Property,
    scene::{Ended, Scene},
};

/// What a call was about, and what is expected of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    reference: &'static str,
    pub(super) is_write: bool,
    /// Another try after an accepted one.
    is_another_try: bool,
    pub(super) is_calm: bool,
    /// Evidence is there that settles it.
    pub(super) should_settle: bool,
    /// The event that it is about contradicts itself.
    pub(super) is_contradictory: bool,
}

impl Case {
    pub(super) fn of_record(reference: &'static str) -> Self {
        Self {
            reference,
            is_write: false,
            is_another_try: false,
            is_calm: false,
            should_settle: false,
            is_contradictory: false,
        }
    }

    pub(super) fn of_read(reference: &'static str) -> Self {
        Self::of_record(reference)
    }

    pub(super) fn of_write(reference: &'static str) -> Self {
        Self {
            is_write: true,
            ..Self::of_record(reference)
        }
    }

    pub(super) fn of_another_try(reference: &'static str) -> Self {
        Self {
            is_another_try: true,
            ..Self::of_write(reference)
        }
    }

    pub(super) fn is_first_write(&self) -> bool {
        self.is_write && !self.is_another_try
    }
}

/// What is wrong with what the client says, after so many writes of the refund.
pub(super) fn belief<M: Model>(
    case: &Case,
    belief: &Belief,
    scene: &Scene<M>,
    writes: u8,
) -> Vec<Property> {
    let standing = scene.model.standing(case.reference, None);
    let of_this_life = scene.model.standing(case.reference, Some(scene.life));
    let heard = &scene.heard;
    let mut broken = Vec::new();
    let mut check = |holds: bool, property: Property| {
        if !holds {
            broken.push(property);
        }
    };
    match belief {
        Belief::Pending(_) => check(
            was_taken_on(standing) && !heard.says_no,
            Property::NeverAcceptedThoughNot,
        ),
        Belief::Succeeded(_) => check(
            standing.is_paid && !heard.says_no,
            Property::NeverAcceptedThoughNot,
        ),
        // What was asked for in an earlier life, nobody remembers; and one of those that arrived only now is
        // not told from the one that was asked for since.
        Belief::Failed(_) => check(
            !of_this_life.may_be_paid() || has_failed_since_then(case.reference, scene),
            Property::NeverFailedThoughPaid,
        ),
        // What is merely shown may be about another refund, or another try; it has to be what was told.
        Belief::Shown(Some(Shown::Succeeded)) => check(
            standing.is_paid || !heard.is_worthless,
            Property::NeverAcceptedThoughNot,
        ),
        Belief::Shown(Some(Shown::Failed)) => check(
            !standing.may_be_paid() || !heard.is_worthless,
            Property::NeverFailedThoughPaid,
        ),
        Belief::Rejected { correct } if case.is_write => check(
            // Another try says nothing of the try before.
            case.is_another_try || !(of_this_life.may_be_paid() || (*correct && heard.is_echo)),
            Property::NeverRejectedThoughPaid,
        ),
        Belief::Error(_) if case.is_first_write() => check(
            !of_this_life.may_be_paid(),
            Property::NeverRejectedThoughPaid,
        ),
        Belief::Error(_) | Belief::Rejected { .. } | Belief::Doubt { .. } | Belief::Shown(_) => {}
    }
    let settles = matches!(
        belief,
        Belief::Pending(_) | Belief::Succeeded(_) | Belief::Failed(_)
    );
    let is_doubt = matches!(belief, Belief::Doubt { .. });
    let is_plain = heard.requests > 0
        && heard.all_plain
        && matches!(
            heard.last,
            Some(Plain::Success | Plain::Failure | Plain::Refusal)
        );
    check(
        !(case.is_write && is_doubt && is_plain),
        Property::NoNeedlessDoubt,
    );
    // That one of several has failed says nothing of the others.
    let is_one_of_several = standing.has_failed && writes > 1;
    check(
        !case.should_settle
            || settles
            || is_one_of_several
            || matches!(belief, Belief::Shown(Some(_))),
        Property::NoDoubtLeft,
    );
    check(
        !(case.is_contradictory && settles),
        Property::NoContradictionBelieved,
    );
    broken
}

/// Whether a refund of an earlier life has failed that was made in this one.
fn has_failed_since_then<M: Model>(reference: &str, scene: &Scene<M>) -> bool {
    scene.model.ledger().entries.iter().any(|entry| {
        entry.reference.as_deref() == Some(reference)
            && entry.life < scene.life
            && entry.at >= scene.life_began
            && entry.fate == Fate::Failed
    })
}

fn was_taken_on(standing: Standing) -> bool {
    standing.is_taken || standing.is_paid || standing.has_failed
}

/// What is wrong with what the journal says of a write whose process was killed.
pub(super) fn death<M: Model>(case: &Case, is_write: bool, scene: &Scene<M>) -> Vec<Property> {
    let standing = scene.model.standing(case.reference, Some(scene.life));
    let journal = scene.journal;
    let mut broken = Vec::new();
    if !is_write {
        return broken;
    }
    if journal.ended == Some(Ended::Accepted)
        && !was_taken_on(standing)
        && !was_taken_on(scene.model.standing(case.reference, None))
    {
        broken.push(Property::NeverAcceptedThoughNot);
    }
    if journal.begun.is_none() && !case.is_another_try && standing.may_be_paid() {
        broken.push(match journal.ended {
            Some(Ended::Nothing) => Property::NeverRejectedThoughPaid,
            _ => Property::NothingLost,
        });
    }
    broken
}
