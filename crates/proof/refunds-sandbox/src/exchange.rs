//! From a request to what goes on the wire, with a fault in between.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;

use crate::{
    Commit, Ending, Fault, Provider, WaitClock,
    answer::Answer,
    documents::Incoming,
    faults::spoil,
    imitations::Delivery,
    server::Door,
    world::{Arrival, World},
};

/// What goes on the wire.
#[derive(Debug)]
pub enum Wire {
    /// The answer, as it should be.
    Whole(Answer),
    /// Nothing; the connection is closed.
    Nothing,
    /// Nothing; the connection is reset.
    Reset,
    /// The head and half of the body; the connection is closed.
    Half(Answer),
    /// The whole answer, the body in pieces over this time.
    Pieces(Answer, Duration),
    /// The answer, and the same again.
    Twice(Answer),
    /// The status line of a 500, cut; the connection is closed.
    CutHead,
    /// These bytes, and then nothing for a while; the connection is closed, or serves the next request.
    Bytes {
        /// What is written.
        bytes: Vec<u8>,
        /// For how long nothing more comes.
        held: Duration,
        /// Whether the connection serves the next request.
        serves_on: bool,
    },
}

pub(crate) async fn exchange(
    world: Arc<World>,
    door: Door,
    provider: Provider,
    request: Incoming,
) -> Wire {
    let arrival = world.arrive(provider, &request);
    let wire = match arrival.fault.clone() {
        None => {
            let answer = world.carry_out(&arrival, &request, Delivery::Given);
            world.note_answered(&arrival, request.is_awaited());
            Wire::Whole(answer)
        }
        Some(fault) => with_fault(&world, &door, &arrival, &request, &fault).await,
    };
    if let Some(status) = wire.status() {
        world.note_sent(&arrival, status);
    }
    wire
}

async fn with_fault(
    world: &World,
    door: &Door,
    arrival: &Arrival,
    request: &Incoming,
    fault: &Fault,
) -> Wire {
    match fault {
        Fault::DropBeforeCommit => return Wire::Nothing,
        Fault::ResetBeforeCommit => return Wire::Reset,
        Fault::ConnectionRefused { lasting } => {
            door.shut(*lasting);
            return Wire::Reset;
        }
        Fault::Delay {
            by,
            commit: Commit::Never,
        } => {
            sleep(*by).await;
            return Wire::Nothing;
        }
        Fault::Delay {
            by,
            commit: Commit::After,
        } => sleep(*by).await,
        Fault::LateServerError {
            after,
            clock: WaitClock::Real,
            ..
        } => sleep(*after).await,
        Fault::LateServerError { after, .. } => world.clock.pass(*after).await,
        Fault::CrashAfterCommit { ending } => {
            world.carry_out(arrival, request, Delivery::Replaced);
            return match ending {
                Ending::Closed => Wire::Nothing,
                Ending::Reset => Wire::Reset,
                Ending::CutHead => Wire::CutHead,
            };
        }
        Fault::TokenExpires => world.expire_credentials(arrival.provider, request),
        _ => {}
    }
    let instead = world.fault_answer(arrival, &request.path, fault);
    let Some(answer) = instead else {
        return afterwards(world, arrival, request, fault).await;
    };
    let is_after = match fault {
        Fault::ServerError { after_commit, .. } => *after_commit,
        Fault::LateServerError { .. } => true,
        _ => false,
    };
    if is_after {
        world.carry_out(arrival, request, Delivery::Replaced);
    }
    Wire::Whole(answer)
}

/// The request is carried out, and then something goes wrong.
async fn afterwards(world: &World, arrival: &Arrival, request: &Incoming, fault: &Fault) -> Wire {
    let delivery = match fault {
        Fault::DropAfterCommit | Fault::ResetAfterCommit | Fault::Truncated => Delivery::Lost,
        Fault::Contradict { after_commit, .. } | Fault::Replace { after_commit, .. }
            if !after_commit =>
        {
            Delivery::Rehearsed
        }
        Fault::Replace {
            status: Some(status),
            ..
        } if !(200..300).contains(status) => Delivery::Replaced,
        _ => Delivery::Given,
    };
    let answer = world.carry_out(arrival, request, delivery);
    if let Fault::Delay {
        by,
        commit: Commit::Before,
    } = fault
    {
        sleep(*by).await;
    }
    world.note_answered(arrival, request.is_awaited());
    match fault {
        Fault::DropAfterCommit => Wire::Nothing,
        Fault::ResetAfterCommit => Wire::Reset,
        Fault::Truncated => Wire::Half(answer),
        Fault::Slow { over } => Wire::Pieces(answer, *over),
        Fault::DuplicateAnswer => Wire::Twice(answer),
        Fault::Contradict { .. } | Fault::Replace { .. } if !answer.is_success() => {
            Wire::Whole(answer)
        }
        _ => Wire::Whole(spoil(answer, fault)),
    }
}

impl Wire {
    fn status(&self) -> Option<u16> {
        match self {
            Self::Whole(answer)
            | Self::Half(answer)
            | Self::Pieces(answer, _)
            | Self::Twice(answer) => Some(answer.status),
            Self::Nothing | Self::Reset | Self::CutHead | Self::Bytes { .. } => None,
        }
    }
}
