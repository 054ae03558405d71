use std::{io, net::SocketAddr};

use crate::Provider;

/// Why the sandbox could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// An address of this machine could not be had.
    #[error("{address} could not be bound; choose another port, or none for any that is free")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The threads that serve could not be started.
    #[error("the threads of the sandbox could not be started; check the system's limits")]
    Runtime {
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A base port leaves no room for the ports above it.
    #[error(
        "base port {port} leaves no room for five ports; choose one from 1 to 65531, or none for any that are free"
    )]
    BasePort {
        /// The port.
        port: u16,
    },
    /// An embedded document cannot be used for validation.
    #[error(
        "the embedded document of {provider} cannot be used: {problem}; run `cargo xtask codegen {provider}` in a checkout, and build again"
    )]
    Document {
        /// Whose document.
        provider: Provider,
        /// What is wrong, and where.
        problem: String,
    },
    /// A plan of faults cannot be followed.
    #[error("{place} of the fault plan cannot be followed: {problem}")]
    FaultPlan {
        /// The part of the plan, such as `script[2]`.
        place: String,
        /// What is wrong and what to give instead.
        problem: String,
    },
    /// A text that is to stand in an answer is no JSON.
    #[error("{text:?} is no JSON; quote it if it is to be a text")]
    Literal {
        /// The text that was given.
        text: String,
        /// Where it stops being JSON.
        #[source]
        source: serde_json::Error,
    },
    /// A setting has a value that no answer can carry.
    #[error("the setting {setting} is {value}: {problem}")]
    Setting {
        /// The setting's path, such as `optty.refund_status`.
        setting: &'static str,
        /// The value that was given.
        value: String,
        /// What is wrong and what to give instead.
        problem: &'static str,
    },
    /// Events cannot be sent there, or not like that.
    #[error("{provider}'s events cannot be sent to {url:?}: {problem}")]
    WebhookTarget {
        /// Whose events.
        provider: Provider,
        /// The URL that was given.
        url: String,
        /// What is wrong and what to give instead.
        problem: &'static str,
    },
    /// There is no such delivery to repeat.
    #[error("there was no delivery {number}; take the number of one of the records")]
    NoSuchDelivery {
        /// The number that was given.
        number: u64,
    },
    /// Something to start with cannot be added.
    #[error("{kind} {id:?} cannot be added: {problem}")]
    Seed {
        /// What kind of thing, such as `order`.
        kind: &'static str,
        /// Its reference or id.
        id: String,
        /// What is wrong and what to give instead.
        problem: String,
    },
}
