//! A transaction, and a connection to read from.

use std::ops::{Deref, DerefMut};

#[cfg(feature = "postgres")]
use sqlx::Transaction;
use sqlx::{Any, AnyConnection, pool::PoolConnection};

#[cfg(feature = "sqlite")]
use super::group;
use crate::StoreError;

/// A transaction. Dropped without a commit, it is undone.
#[derive(Debug)]
pub(crate) enum Tx {
    /// A part of one that is committed together with those of others.
    #[cfg(feature = "sqlite")]
    Member(group::Member),
    #[cfg(feature = "postgres")]
    Alone(Transaction<'static, Any>),
}

impl Tx {
    /// Waits until it is on the disk. Where this fails, whether it was committed is not known.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Member(member) => member.commit().await,
            #[cfg(feature = "postgres")]
            Self::Alone(transaction) => Ok(transaction.commit().await?),
        }
    }
}

impl Deref for Tx {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Member(member) => member,
            #[cfg(feature = "postgres")]
            Self::Alone(transaction) => transaction,
        }
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Member(member) => member,
            #[cfg(feature = "postgres")]
            Self::Alone(transaction) => transaction,
        }
    }
}

/// A connection to read from.
#[derive(Debug)]
pub(crate) enum Reader {
    Pooled(PoolConnection<Any>),
    #[cfg(feature = "sqlite")]
    Writer(group::Turn),
}

impl Deref for Reader {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        match self {
            Self::Pooled(connection) => connection,
            #[cfg(feature = "sqlite")]
            Self::Writer(turn) => turn,
        }
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        match self {
            Self::Pooled(connection) => connection,
            #[cfg(feature = "sqlite")]
            Self::Writer(turn) => turn,
        }
    }
}
