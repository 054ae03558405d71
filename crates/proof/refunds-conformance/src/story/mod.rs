//! A careful user's story: what he asks for, what he is told, and what he does about it.

mod judge;
mod options;

use std::{sync::Arc, time::Duration};

use crate::{
    client::{Belief, Call, Client, Receipt},
    engine::{Budget, Chooser, Path, Tale, Turn},
    models::{Event, Model},
    plot::Plot,
    property::Property,
    scene::{Ended, Heard, Journal, Network, Scene},
    teller::{Moment, Sampling, Teller, next_quarter},
};
use judge::Case;
use options::Step;

/// All stories of a plot.
pub struct Story<M, C> {
    pub plot: Plot,
    pub begins: M,
    pub client: C,
    /// How many requests the provider may do as it likes with.
    pub depth: u8,
    pub sampling: Sampling,
}

/// Where a story stands between two calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State<M> {
    model: M,
    stage: Stage,
    /// The user has corrected the request and uses his second reference.
    is_corrected: bool,
    life: u8,
    life_began: Duration,
    /// How many refunds the user has asked for that he was not told had come to nothing.
    asked: u8,
    /// How many writes were sent for the refund at hand, or may have been; no more than two are counted.
    writes: u8,
    /// One of them was refused as one that exists already is, so that asking again tells nothing more.
    was_refused: bool,
    left: u8,
    kills: u8,
    /// How often the user may still do something about it.
    rounds: u8,
    now: Duration,
}

/// What the user believes, and has on record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage {
    Begins,
    /// Nothing has happened; what was refused has to be corrected, or the same may be asked again.
    Nothing {
        correct: bool,
    },
    Doubt {
        record: Arc<str>,
    },
    Accepted(Receipt),
}

impl<M: Model, C: Client<M>> Tale for Story<M, C> {
    type State = State<M>;
    type Place = State<M>;
    type Property = Property;

    fn beginning(&self) -> State<M> {
        State {
            model: self.begins.clone(),
            stage: Stage::Begins,
            is_corrected: false,
            life: 0,
            life_began: Duration::ZERO,
            asked: 0,
            writes: 0,
            was_refused: false,
            left: self.depth,
            kills: self.plot.kills,
            rounds: self.depth,
            now: Duration::ZERO,
        }
    }

    fn place(&self, state: &State<M>) -> State<M> {
        State {
            left: 0,
            kills: 0,
            rounds: 0,
            ..state.clone()
        }
    }

    fn budget(&self, state: &State<M>) -> Budget {
        [state.left, state.kills, state.rounds]
    }

    fn turn(&self, from: &State<M>, chooser: &mut Chooser) -> Turn<State<M>, Property> {
        let mut teller = Teller::new(std::mem::take(chooser), false);
        let turn = self.tell(from, &mut teller);
        *chooser = teller.into_parts().0;
        turn
    }
}

impl<M: Model, C: Client<M>> Story<M, C> {
    /// One turn, with its lines where the teller writes them down.
    pub fn tell(&self, from: &State<M>, teller: &mut Teller) -> Turn<State<M>, Property> {
        let mut state = from.clone();
        let steps = self.steps(from);
        let Some(step) = teller.pick(&steps) else {
            return self.over(&state, Vec::new());
        };
        state.now += match step {
            Step::Reconcile(wait) | Step::TryAgain(wait) if !wait.is_zero() => {
                teller.say(|| format!("time: {} hours pass", wait.as_secs_f64() / 3600.0));
                wait
            }
            _ => Duration::ZERO,
        };
        match step {
            Step::End => self.over(&state, Vec::new()),
            Step::Write => self.write(state, teller),
            Step::Lose => {
                teller.say(|| "user: has lost all records, and begins anew".to_owned());
                state.life += 1;
                state.rounds -= 1;
                state.stage = Stage::Begins;
                state.writes = 0;
                state.was_refused = false;
                state.now = next_hour(state.now);
                state.life_began = state.now;
                let length = self.length(&state);
                Turn {
                    then: Some(state),
                    broken: Vec::new(),
                    length,
                }
            }
            Step::Reconcile(_) => self.reconcile(state, false, teller),
            Step::TryAgain(_) => self.try_again(state, teller),
            Step::Fetch => self.fetch(state, teller),
            Step::Event => self.event(state, false, teller),
            Step::Calm { with_event } => {
                teller.say(|| "time: nothing goes wrong any more".to_owned());
                state.kills = 0;
                let moment = moment(&state, false);
                state.model.settle(teller, moment);
                if with_event {
                    self.event(state, true, teller)
                } else {
                    self.reconcile(state, true, teller)
                }
            }
        }
    }

    /// The lines of a story, by its choices.
    pub fn lines(&self, path: &Path) -> Vec<String> {
        let mut lines = Vec::new();
        let mut state = Some(self.beginning());
        for script in path {
            let Some(from) = state.take() else {
                break;
            };
            let mut teller = Teller::new(Chooser::following(script.clone()), true);
            state = self.tell(&from, &mut teller).then;
            lines.extend(teller.into_parts().1);
        }
        lines
    }

    /// The refund is asked for.
    fn write(&self, mut state: State<M>, teller: &mut Teller) -> Turn<State<M>, Property> {
        // What came to nothing may be asked for once more.
        match state.stage {
            Stage::Nothing { correct } => state.is_corrected |= correct,
            _ => state.asked += 1,
        }
        let reference = self.plot.reference(state.is_corrected);
        teller.say(|| format!("user: {} as `{reference}`", self.plot.words));
        let call = Call::Write {
            reference: reference.to_owned(),
        };
        let case = Case::of_write(reference);
        self.call(state, call, case, teller)
    }

    fn try_again(&self, state: State<M>, teller: &mut Teller) -> Turn<State<M>, Property> {
        let Stage::Accepted(Receipt {
            mark: Some(mark), ..
        }) = &state.stage
        else {
            return self.over(&state, Vec::new());
        };
        let reference = self.plot.reference(state.is_corrected);
        teller.say(|| format!("user: tries `{reference}` again, with the mark of the first try"));
        let call = Call::TryAgain {
            reference: reference.to_owned(),
            mark: mark.clone(),
        };
        self.call(state, call, Case::of_another_try(reference), teller)
    }

    fn reconcile(
        &self,
        state: State<M>,
        is_calm: bool,
        teller: &mut Teller,
    ) -> Turn<State<M>, Property> {
        let Stage::Doubt { record } = &state.stage else {
            return self.over(&state, Vec::new());
        };
        let reference = self.plot.reference(state.is_corrected);
        teller.say(|| format!("user: reconciles `{reference}`"));
        let call = Call::Reconcile {
            record: record.to_string(),
        };
        let mut case = Case::of_record(reference);
        case.is_calm = is_calm;
        case.should_settle = is_calm && {
            let moment = moment(&state, false);
            !state.was_refused && state.model.can_be_settled(reference, moment, false)
        };
        self.call(state, call, case, teller)
    }

    fn event(
        &self,
        mut state: State<M>,
        is_calm: bool,
        teller: &mut Teller,
    ) -> Turn<State<M>, Property> {
        let moment = moment(&state, !is_calm);
        let event: Option<Event> = state.model.event(teller, moment, is_calm);
        let (Stage::Doubt { record }, Some(event)) = (&state.stage, event) else {
            return self.over(&state, Vec::new());
        };
        let reference = self.plot.reference(state.is_corrected);
        let mut case = Case::of_record(reference);
        case.is_calm = is_calm;
        case.is_contradictory = event.is_contradictory;
        case.should_settle = is_calm && state.model.can_be_settled(reference, moment, true);
        let call = Call::ReconcileWithEvent {
            record: record.to_string(),
            event,
        };
        self.call(state, call, case, teller)
    }

    fn fetch(&self, state: State<M>, teller: &mut Teller) -> Turn<State<M>, Property> {
        let Stage::Accepted(receipt) = &state.stage else {
            return self.over(&state, Vec::new());
        };
        let reference = self.plot.reference(state.is_corrected);
        teller.say(|| format!("user: reads `{reference}` back"));
        let call = Call::Fetch {
            id: receipt.id.clone(),
        };
        self.call(state, call, Case::of_read(reference), teller)
    }

    /// Makes a call, and judges what the client says of it.
    fn call(
        &self,
        mut state: State<M>,
        call: Call,
        case: Case,
        teller: &mut Teller,
    ) -> Turn<State<M>, Property> {
        let is_write = matches!(call, Call::Write { .. } | Call::TryAgain { .. });
        let scene = Scene {
            teller: std::mem::take(teller),
            model: state.model.clone(),
            life: state.life,
            life_began: state.life_began,
            left: state.left,
            depth: self.depth,
            sampling: self.sampling,
            kills: state.kills,
            network: Network::default(),
            is_calm: case.is_calm,
            knows_request: !matches!(call, Call::Fetch { .. }),
            knows_mark: matches!(&state.stage, Stage::Accepted(receipt) if receipt.is_mark_whole)
                && matches!(call, Call::TryAgain { .. }),
            is_dead: false,
            journal: Journal::default(),
            heard: Heard::default(),
            began: state.now,
            took: Duration::ZERO,
        };
        let (mut scene, belief) = self.client.call(scene, &call);
        *teller = std::mem::take(&mut scene.teller);
        state.writes = (state.writes + scene.heard.writes).min(2);
        state.was_refused |= scene.heard.is_echo;
        state.model = scene.model.clone();
        (state.left, state.kills) = (scene.left, scene.kills);
        state.now = next_quarter(scene.now());
        state.rounds = state.rounds.saturating_sub(1);
        let mut broken = match &belief {
            Some(belief) => {
                teller.say(|| format!("client: says {}", self.words(belief)));
                judge::belief(&case, belief, &scene, state.writes)
            }
            None => judge::death(&case, is_write, &scene),
        };
        let next = match belief {
            Some(belief) => self.after(&mut state, &case, belief),
            None => self.after_death(&mut state, is_write, &call, &scene, teller),
        };
        if state.model.ledger().payments() > usize::from(state.asked) {
            broken.push(Property::NeverPaidTwice);
        }
        if state.model.is_astray() {
            broken.push(Property::NeverAstray);
        }
        teller.say(|| format!("ledger: {}", state.model.ledger()));
        // To ask for it again where nothing has happened at all is to ask for it the first time.
        let is_as_before = next == Some(Stage::Nothing { correct: false })
            && state.model == self.begins
            && state.life == 0;
        match next {
            Some(_) if is_as_before => self.over(&state, broken),
            Some(stage) if !case.is_calm => {
                if matches!(stage, Stage::Nothing { .. }) {
                    // Nobody needs to know when nothing happened.
                    state.writes = 0;
                    state.was_refused = false;
                    state.now = next_hour(state.now);
                }
                state.stage = stage;
                let length = self.length(&state) + scene.heard.requests;
                Turn {
                    then: Some(state),
                    broken,
                    length,
                }
            }
            _ => Turn {
                then: None,
                broken,
                length: self.length(&state) + scene.heard.requests,
            },
        }
    }

    /// What the user goes on with; `None` where the story is over.
    fn after(&self, state: &mut State<M>, case: &Case, belief: Belief) -> Option<Stage> {
        match belief {
            Belief::Pending(receipt) | Belief::Succeeded(receipt) => Some(Stage::Accepted(receipt)),
            Belief::Failed(_) => None,
            Belief::Rejected { correct } if case.is_first_write() => {
                Some(Stage::Nothing { correct })
            }
            Belief::Error(_) if case.is_first_write() => Some(Stage::Nothing { correct: true }),
            Belief::Doubt { record } => Some(Stage::Doubt {
                record: self.client.stored(&record, state.now).into(),
            }),
            // The record, or the receipt, stays what it was.
            Belief::Error(_) | Belief::Shown(_) | Belief::Rejected { .. } => {
                Some(state.stage.clone())
            }
        }
    }

    /// What the user finds when the process starts again.
    fn after_death(
        &self,
        state: &mut State<M>,
        is_write: bool,
        call: &Call,
        scene: &Scene<M>,
        teller: &mut Teller,
    ) -> Option<Stage> {
        let now = state.now;
        let stage = match (&state.stage, is_write) {
            (_, true) => match (scene.journal.ended, scene.journal.begun) {
                (Some(Ended::Accepted), _) => {
                    teller.say(|| "user: finds it accepted in the journal".to_owned());
                    Stage::Accepted(Receipt::default())
                }
                (_, Some(begun)) => {
                    teller.say(|| {
                        "user: finds it begun in the journal, and takes it for interrupted"
                            .to_owned()
                    });
                    if self.plot.loses_count {
                        // Nobody counted how often the process had sent it.
                        state.writes = 2;
                    }
                    let reference = self.plot.reference(state.is_corrected);
                    let record = self.client.interrupted(reference, begun, now);
                    Stage::Doubt {
                        record: record.into(),
                    }
                }
                (_, None) => {
                    teller.say(|| "user: finds nothing in the journal".to_owned());
                    if matches!(call, Call::Write { .. }) {
                        Stage::Nothing { correct: false }
                    } else {
                        state.stage.clone()
                    }
                }
            },
            (Stage::Doubt { record }, false) => {
                let record = self.client.restarted(record, now).into();
                if self.plot.loses_count {
                    state.writes = 2;
                }
                Stage::Doubt { record }
            }
            (stage, false) => stage.clone(),
        };
        Some(stage)
    }

    fn over(&self, state: &State<M>, broken: Vec<Property>) -> Turn<State<M>, Property> {
        Turn {
            then: None,
            broken,
            length: self.length(state),
        }
    }

    fn length(&self, state: &State<M>) -> u32 {
        let used = |all: u8, left: u8| u32::from(all.saturating_sub(left));
        used(self.depth, state.left)
            + used(self.depth, state.rounds)
            + used(self.plot.kills, state.kills)
            + u32::from(state.life)
    }

    fn words(&self, belief: &Belief) -> String {
        match belief {
            Belief::Pending(receipt) => format!("it is pending{}", named(receipt)),
            Belief::Succeeded(receipt) => format!("it has succeeded{}", named(receipt)),
            Belief::Failed(receipt) => format!("it has failed for good{}", named(receipt)),
            Belief::Rejected { correct: true } => {
                "it is rejected, nothing has happened: correct it".to_owned()
            }
            Belief::Rejected { correct: false } => {
                "it is rejected, nothing has happened: call again".to_owned()
            }
            Belief::Doubt { record } => {
                format!("it may have happened: {}", self.client.describe(record))
            }
            Belief::Shown(shown) => format!("the provider shows it as {shown:?}"),
            Belief::Error(error) => format!("error: {error}"),
        }
    }
}

fn named(receipt: &Receipt) -> String {
    match &receipt.id {
        Some(id) => format!(", as `{id}`"),
        None => String::new(),
    }
}

fn moment<M>(state: &State<M>, is_free: bool) -> Moment {
    Moment {
        now: state.now,
        life: state.life,
        is_free,
        knows_request: true,
        knows_mark: false,
        is_first: true,
        is_heard: true,
        sample: None,
    }
}

const HOUR: Duration = Duration::from_secs(3600);

/// Whole hours, so that stories that differ in less go on together.
fn next_hour(time: Duration) -> Duration {
    HOUR * u32::try_from(time.as_secs() / HOUR.as_secs() + 1).unwrap_or(u32::MAX)
}
