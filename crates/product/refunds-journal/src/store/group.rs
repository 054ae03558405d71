//! One connection to SQLite on which what several tasks write in the same moment is committed together: each commit
//! waits for the disk, and SQLite has one writer.
//!
//! A task writes within a savepoint of its own. Whoever opens the transaction sends somebody to commit it, who waits
//! in the same line: so all who were in line then are in it. A commit is told to each of them only once it is on the
//! disk.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::{AnyConnection, Connection as _};
use tokio::{
    sync::{Mutex as Line, OwnedMappedMutexGuard, OwnedMutexGuard, oneshot},
    task::JoinHandle,
};

use crate::StoreError;

/// What a member is told of the commit.
type Told = Result<(), Arc<sqlx::Error>>;
/// The connection, while somebody is at it; `None` once it is closed.
pub(super) type Turn = OwnedMappedMutexGuard<Option<AnyConnection>, AnyConnection>;

#[derive(Clone, Debug)]
pub(super) struct Group {
    shared: Arc<Shared>,
    /// For how long a member waits for its turn.
    patience: Duration,
}

#[derive(Debug)]
struct Shared {
    connection: Arc<Line<Option<AnyConnection>>>,
    open: Mutex<Open>,
}

/// The transaction that is open.
#[derive(Debug, Default)]
struct Open {
    is_open: bool,
    /// A member's savepoint was neither kept nor undone: it was dropped in the middle.
    is_left: bool,
    /// Who is to be told of the commit.
    members: Vec<oneshot::Sender<Told>>,
    /// Whoever was sent to commit it.
    committer: Option<JoinHandle<()>>,
}

/// A task's part of the transaction. Dropped without a commit, it is undone.
#[derive(Debug)]
pub(crate) struct Member {
    turn: Turn,
    shared: Arc<Shared>,
}

impl Group {
    pub(super) fn new(connection: AnyConnection, patience: Duration) -> Self {
        let shared = Shared {
            connection: Arc::new(Line::new(Some(connection))),
            open: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
            patience,
        }
    }

    /// Waits for a turn, and begins what is committed or undone as a whole.
    pub(super) async fn begin(&self) -> Result<Member, StoreError> {
        let turn = tokio::time::timeout(self.patience, self.shared.turn());
        let mut turn = turn.await.map_err(|_| sqlx::Error::PoolTimedOut)??;
        self.shared.undo_left(&mut turn).await;
        if !self.shared.open().is_open {
            self.shared.open().is_open = true;
            self.shared.send_committer();
            if let Err(error) = run(&mut turn, "BEGIN IMMEDIATE").await {
                self.shared.open().is_open = false;
                return Err(error.into());
            }
        }
        self.shared.open().is_left = true;
        run(&mut turn, "SAVEPOINT member").await?;
        Ok(Member {
            turn,
            shared: Arc::clone(&self.shared),
        })
    }

    /// The connection by itself, to read what may not be committed yet.
    pub(super) async fn read(&self) -> Result<Turn, StoreError> {
        let turn = tokio::time::timeout(self.patience, self.shared.turn());
        let mut turn = turn.await.map_err(|_| sqlx::Error::PoolTimedOut)??;
        self.shared.undo_left(&mut turn).await;
        Ok(turn)
    }

    /// Ends what is open, and closes the connection.
    pub(super) async fn close(&self) {
        // In one turn, so that nobody begins anything in between.
        let mut line = Arc::clone(&self.shared.connection).lock_owned().await;
        if let Some(connection) = line.as_mut() {
            self.shared.commit(connection).await;
        }
        if let Some(connection) = line.take() {
            // Closing fails where nothing is left to be closed.
            let _ = connection.close().await;
        }
    }
}

impl Member {
    /// Waits until it is on the disk.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        run(&mut self.turn, "RELEASE member").await?;
        let (tell, told) = oneshot::channel();
        {
            let mut open = self.shared.open();
            open.is_left = false;
            open.members.push(tell);
            // With the runtime that it ran in, a committer ends before its time.
            if open.committer.as_ref().is_none_or(JoinHandle::is_finished) {
                drop(open);
                self.shared.send_committer();
            }
        }
        drop(self);
        match told.await {
            Ok(told) => Ok(told?),
            // Whoever commits has ended in mid-flight, as when the process ends.
            Err(_) => Err(sqlx::Error::WorkerCrashed.into()),
        }
    }
}

impl Deref for Member {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.turn
    }
}

impl DerefMut for Member {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.turn
    }
}

impl Shared {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send_committer(self: &Arc<Self>) {
        let committer = tokio::spawn(commit(Arc::clone(self)));
        self.open().committer = Some(committer);
    }

    async fn turn(&self) -> Result<Turn, sqlx::Error> {
        let connection = Arc::clone(&self.connection).lock_owned().await;
        OwnedMutexGuard::try_map(connection, Option::as_mut).map_err(|_| sqlx::Error::PoolClosed)
    }

    /// Undoes what a member has left that was dropped in the middle.
    async fn undo_left(&self, turn: &mut AnyConnection) {
        let (is_open, is_left) = {
            let open = self.open();
            (open.is_open, open.is_left)
        };
        if !(is_open && is_left) {
            return;
        }
        let undone = match run(turn, "ROLLBACK TO member").await {
            Ok(()) => run(turn, "RELEASE member").await,
            Err(error) => Err(error),
        };
        self.open().is_left = false;
        // Where its part cannot be told from those of others, nobody's is kept.
        if let Err(error) = undone {
            self.end(turn, Err(error)).await;
        }
    }

    /// Commits what is open.
    async fn commit(&self, connection: &mut AnyConnection) {
        self.undo_left(connection).await;
        if !self.open().is_open {
            return;
        }
        let committed = run(connection, "COMMIT").await;
        self.end(connection, committed).await;
    }

    /// Ends the transaction and tells its members.
    async fn end(&self, turn: &mut AnyConnection, ended: Result<(), sqlx::Error>) {
        if ended.is_err() {
            // It fails where SQLite has undone it by itself.
            let _ = run(turn, "ROLLBACK").await;
        }
        let told = ended.map_err(Arc::new);
        let members = {
            let mut open = self.open();
            open.is_open = false;
            open.is_left = false;
            std::mem::take(&mut open.members)
        };
        for member in members {
            // A member that was dropped meanwhile does not listen.
            let _ = member.send(told.clone());
        }
    }
}

/// Commits what is open, once it is its turn.
async fn commit(shared: Arc<Shared>) {
    match shared.turn().await {
        Ok(mut turn) => shared.commit(&mut turn).await,
        // It was closed, and what was open was committed before; nobody is left waiting.
        Err(_) => shared.open().members.clear(),
    }
}

async fn run(connection: &mut AnyConnection, statement: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(statement).execute(connection).await?;
    Ok(())
}
