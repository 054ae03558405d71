//! One call of the client, with the provider and the user's journal around it.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use crate::{
    models::{Model, Plain, Served},
    teller::{Moment, Sampling, Teller},
    wire::{Delivery, Request},
};

/// What a call of the client plays in.
#[derive(Debug)]
pub struct Scene<M> {
    pub teller: Teller,
    pub model: M,
    pub life: u8,
    /// How many requests the provider may still do as it likes with.
    pub left: u8,
    /// With how many it might at the beginning of the story.
    pub depth: u8,
    pub sampling: Sampling,
    /// How often the process may still be killed.
    pub kills: u8,
    pub network: Network,
    /// Nothing goes wrong any more.
    pub is_calm: bool,
    pub knows_request: bool,
    pub knows_mark: bool,
    /// The process has been killed: nothing that it still does counts.
    pub is_dead: bool,
    pub journal: Journal,
    pub heard: Heard,
    /// When the user began to keep records anew.
    pub life_began: Duration,
    /// When the call began, and how long it has taken.
    pub began: Duration,
    pub took: Duration,
}

/// How the network is, during a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    #[default]
    Works,
    /// One connection has not come about.
    FailedOnce,
    /// None comes about any more.
    Down,
}

/// What becomes of a request on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Served,
    KilledBefore,
    KilledAfter,
    /// It is not sent, and no later one of the call is.
    Down,
    /// It is not sent.
    DownOnce,
}

/// What outlives the process, of this call's write.
#[derive(Clone, Copy, Debug, Default)]
pub struct Journal {
    /// When the first attempt that may have happened was recorded.
    pub begun: Option<Duration>,
    pub ended: Option<Ended>,
}

/// Where the observer was told that the write stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Accepted,
    Nothing,
    Doubt,
}

/// What came back during a call.
#[derive(Clone, Copy, Debug)]
pub struct Heard {
    /// How many requests were made.
    pub requests: u32,
    /// All answers were as the documents have them.
    pub all_plain: bool,
    pub last: Option<Plain>,
    /// A refusal came to which an earlier refund of ours belongs.
    pub is_echo: bool,
    /// The last answer says that the refund has failed.
    pub says_no: bool,
    /// The last answer counts for nothing.
    pub is_worthless: bool,
    /// How many writes were sent, or may have been for all that the journal knows.
    pub writes: u8,
}

impl Default for Heard {
    fn default() -> Self {
        Self {
            requests: 0,
            all_plain: true,
            last: None,
            is_echo: false,
            says_no: false,
            is_worthless: false,
            writes: 0,
        }
    }
}

impl<M: Model> Scene<M> {
    pub fn now(&self) -> Duration {
        self.began + self.took
    }

    /// A request leaves the client.
    pub fn request(&mut self, request: &Request) -> Delivery {
        if self.is_dead {
            return Delivery::Killed;
        }
        let key = request.key.as_deref();
        self.teller.say(|| {
            let key = key.map_or_else(String::new, |key| format!(" (key `{key}`)"));
            format!("client: {} {}{key}", request.method, request.path)
        });
        let is_free = !self.is_calm && self.left > 0;
        let is_read = self.model.is_read(request);
        let fate = self.fate(is_free, is_read);
        self.heard.writes += u8::from(!is_read);
        match fate {
            Fate::Down | Fate::DownOnce => return self.not_sent(fate),
            Fate::KilledBefore => return self.killed("before anything of it is sent"),
            Fate::KilledAfter | Fate::Served => {}
        }
        let moment = Moment {
            now: self.now(),
            life: self.life,
            is_free,
            knows_request: self.knows_request,
            knows_mark: self.knows_mark,
            is_first: self.heard.requests == 0,
            is_heard: fate == Fate::Served,
            sample: (self.left < self.depth && self.sampling.one_in > 1)
                .then(|| self.sampling.at(self.place())),
        };
        let served = self.model.serve(request, &mut self.teller, moment);
        if is_free {
            self.left -= 1;
        }
        if fate == Fate::KilledAfter {
            return self.killed("before an answer comes");
        }
        self.hear(&served);
        served.delivery
    }

    /// A number for where the story has got to.
    fn place(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (
            &self.model,
            self.left,
            self.life,
            self.kills,
            self.heard.requests,
        )
            .hash(&mut hasher);
        hasher.finish()
    }

    /// What becomes of a request on its way.
    fn fate(&mut self, is_free: bool, is_read: bool) -> Fate {
        if self.network == Network::Down {
            return Fate::Down;
        }
        let mut fates = [None; 5];
        fates[0] = Some(Fate::Served);
        // Whether a read was sent is the same to everybody, and so is which of several was the last one.
        if self.may_be_killed() && !(is_read && self.heard.requests > 0) {
            fates[1] = Some(Fate::KilledBefore);
            fates[2] = (!is_read).then_some(Fate::KilledAfter);
        }
        if is_free {
            fates[3] = Some(Fate::Down);
            // Of connections that fail one by one, one in a call is enough: nothing was sent by any.
            fates[4] = (self.network == Network::Works).then_some(Fate::DownOnce);
        }
        let possible = || fates.into_iter().flatten();
        let chosen = self.teller.choose(possible().count());
        possible().nth(chosen).unwrap_or(Fate::Served)
    }

    fn not_sent(&mut self, fate: Fate) -> Delivery {
        self.network = match fate {
            Fate::Down => Network::Down,
            _ => Network::FailedOnce,
        };
        self.heard.requests += 1;
        self.heard.all_plain = false;
        self.teller
            .say(|| "network: no connection comes about, nothing is sent".to_owned());
        Delivery::NotSent
    }

    fn hear(&mut self, served: &Served) {
        self.heard.requests += 1;
        self.heard.all_plain &= served.plain.is_some();
        self.heard.last = served.plain;
        self.heard.is_echo |= served.is_echo;
        self.heard.says_no = served.says_no;
        self.heard.is_worthless = served.is_worthless;
    }

    /// The client tells the observer of an attempt before it is sent.
    pub fn before_send(&mut self) {
        if !self.is_dead {
            let now = self.now();
            self.journal.begun.get_or_insert(now);
            self.journal.ended = None;
        }
    }

    /// The client tells the observer how an attempt has ended.
    pub fn ended(&mut self, ended: Ended) {
        if self.is_dead {
            return;
        }
        self.journal.ended = Some(ended);
        if ended == Ended::Nothing {
            self.journal.begun = None;
        }
        if self.may_be_killed() && self.teller.choose(2) == 1 {
            self.killed("before the outcome is stored");
        }
    }

    fn may_be_killed(&self) -> bool {
        !self.is_calm && self.kills > 0
    }

    fn killed(&mut self, when: &str) -> Delivery {
        self.kills -= 1;
        self.is_dead = true;
        self.teller.say(|| format!("process: is killed {when}"));
        Delivery::Killed
    }
}
