//! Compares what is believed with how the refunds stand at the server.

use refunds::ProviderName;

use super::{
    journal::Line,
    server::{Ending, reference},
    standing,
    tally::{Made, Tally, Wanted},
};
use crate::models::Fate;

/// What the refunds came to whose endings these are, counted from 0.
pub(super) fn compared(
    provider: ProviderName,
    endings: &[Ending],
    lines: &[Line],
    reads_events: bool,
) -> Tally {
    let wanted = (0..).zip(endings).map(|(number, _)| Wanted {
        number,
        provider,
        reference: reference(number),
    });
    let made = (0..).zip(endings).flat_map(|(number, ending)| {
        ending.made.iter().map(move |fate| Made {
            provider,
            reference: reference(number),
            pays: *fate != Fate::Failed,
            is_paid: *fate == Fate::Paid,
            is_as_asked: true,
        })
    });
    let mut tally = Tally::of(wanted, lines, made.collect());
    let (open, given_up) = (standing::open(lines), standing::given_up(lines));
    for (number, ending) in (0..).zip(endings) {
        let name = || format!("{provider} {}", reference(number));
        // Whether or not the provider has carried it out.
        if ending.is_astray {
            tally.astray.push(name());
        }
        // Nothing is written down of which a doubt could be settled.
        if given_up.contains(&number) {
            tally.lost.push(name());
        }
        let may_be_settled = open.contains_key(&number)
            && settles(
                ending,
                standing::was_interrupted(number, lines),
                reads_events,
            );
        if may_be_settled {
            tally.unsettled.push(name());
        }
    }
    tally
}

/// Whether a doubt about a refund could have been settled: by an answer, or an event that is read.
fn settles(ending: &Ending, was_interrupted: bool, reads_events: bool) -> bool {
    // Nobody counted how often a process had sent it that was killed.
    let may_be_several = ending.is_repeated || was_interrupted;
    let is_told = ending.is_told || reads_events && ending.is_told_by_event;
    is_told && !(ending.has_failed && may_be_several)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::campaign::{
        journal::{End, Event, Found},
        refund::Refund,
    };

    const SHOP: ProviderName = ProviderName::own("shop").unwrap();

    fn ending(made: &[Fate]) -> Ending {
        Ending {
            made: made.to_vec(),
            is_astray: false,
            has_failed: made.contains(&Fate::Failed),
            is_repeated: false,
            is_told: false,
            is_told_by_event: false,
            story: Vec::new(),
        }
    }

    fn compared_with(ending: Ending, last: Event, reads_events: bool) -> Tally {
        let started = Event::Started {
            at: SystemTime::UNIX_EPOCH,
        };
        let lines = [started, last].map(|event| Line { refund: 0, event });
        compared(SHOP, &[ending], &lines, reads_events)
    }

    fn accepted(end: End) -> Event {
        let by = Found::Answer;
        Event::Accepted { by, end }
    }

    fn open(is_interrupted: bool) -> Event {
        let record = Refund::example().interrupted(SystemTime::UNIX_EPOCH);
        let record = match is_interrupted {
            true => record,
            false => record.with_no_answer(),
        };
        Event::StillUnknown { record, last: true }
    }

    #[test]
    fn what_is_paid_and_taken_on_pays_and_only_what_is_paid_is_known_to_be() {
        use Fate::{Failed, Paid, Taken};
        let twice = |made: &[Fate]| {
            let tally = compared_with(ending(made), accepted(End::Open), false);
            !tally.twice.is_empty()
        };
        assert!(twice(&[Paid, Taken]));
        assert!(!twice(&[Paid, Failed]));
        let lost = |made: &[Fate]| {
            let tally = compared_with(ending(made), accepted(End::Succeeded), false);
            !tally.lost.is_empty()
        };
        assert!(lost(&[Taken]) && lost(&[Failed]) && lost(&[]));
        assert!(!lost(&[Paid]));
    }

    #[test]
    fn what_is_not_asked_for_is_found_whether_it_is_carried_out_or_not() {
        for made in [&[][..], &[Fate::Paid]] {
            let mut astray = ending(made);
            astray.is_astray = true;
            let tally = compared_with(astray, Event::Rejected { again: false }, false);
            assert_eq!(tally.astray, ["shop r-0"]);
        }
        let tally = compared_with(ending(&[Fate::Paid]), accepted(End::Open), false);
        assert!(tally.astray.is_empty());
    }

    #[test]
    fn what_is_given_up_without_a_record_is_lost() {
        let tally = compared_with(ending(&[]), Event::GivenUp, false);
        assert_eq!(tally.lost, ["shop r-0"]);
        assert!(
            compared_with(ending(&[]), open(true), false)
                .lost
                .is_empty()
        );
    }

    #[test]
    fn a_doubt_that_an_answer_or_an_event_that_is_read_would_settle_is_found() {
        let unsettled = |is_told, is_told_by_event, reads_events| {
            let ending = Ending {
                is_told,
                is_told_by_event,
                ..ending(&[Fate::Paid])
            };
            !compared_with(ending, open(true), reads_events)
                .unsettled
                .is_empty()
        };
        assert!(unsettled(true, false, false));
        assert!(unsettled(false, true, true));
        assert!(!unsettled(false, true, false));
        assert!(!unsettled(false, false, true));
    }

    #[test]
    fn what_is_settled_is_no_doubt() {
        let mut told = ending(&[Fate::Paid]);
        told.is_told = true;
        let tally = compared_with(told, accepted(End::Succeeded), true);
        assert_eq!(tally.unsettled, [""; 0]);
    }

    #[test]
    fn one_that_has_failed_settles_nothing_where_another_may_have_been_sent() {
        let unsettled = |is_repeated, is_interrupted, fate| {
            let ending = Ending {
                is_told: true,
                is_repeated,
                ..ending(&[fate])
            };
            !compared_with(ending, open(is_interrupted), false)
                .unsettled
                .is_empty()
        };
        assert!(unsettled(false, false, Fate::Failed));
        assert!(!unsettled(true, false, Fate::Failed));
        assert!(!unsettled(false, true, Fate::Failed));
        assert!(unsettled(true, true, Fate::Paid));
    }
}
