//! What the journal costs: planning a file, and sending refunds beside bare commits on the same database and disk.
//!
//! `cargo bench -p refunds-journal --bench journal -- plan 1000000` and `-- run 20000`; a third word is a
//! `postgres://…` of a database that is empty, in a build with that feature. `-- plot` draws both against the number
//! of rows into `crates/product/refunds-journal/times.svg`. It is timed by the wall, so nothing else should run.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    missing_docs,
    reason = "a failure here is a failure of the benchmark, which tells its figures"
)]

mod plot;

use std::{
    fmt::Write as _,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use refunds::{ProviderName, Refunds, tazapay};
use refunds_journal::{Approval, Batch, Journal, Place, PlanOptions, State, Worker};
use refunds_sandbox::{Credentials, Payin, Provider, Sandbox};
use sqlx::{AnyPool, any::AnyPoolOptions};

/// Refunds in the air at once.
const IN_THE_AIR: usize = 64;
/// Commits of the journal for a refund that goes well: it is handed out in lots, taken on, and concluded.
const COMMITS: usize = 2;

fn main() {
    let words: Vec<_> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let count = words
        .get(1)
        .and_then(|word| word.parse().ok())
        .unwrap_or(1_000);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let directory = tempfile::tempdir().unwrap();
    let url = match words.get(2) {
        Some(url) => url.clone(),
        None => format!("sqlite:{}", directory.path().join("refunds.db").display()),
    };
    match words.first().map(String::as_str) {
        Some("plan") => {
            runtime.block_on(plan(&url, directory.path(), count));
        }
        Some("run") => {
            runtime.block_on(run(&url, directory.path(), count));
        }
        Some("plot") => runtime.block_on(plot()),
        // What `cargo bench` of the whole workspace asks for.
        _ => {
            runtime.block_on(plan(&url, directory.path(), 1_000));
        }
    }
}

fn options() -> PlanOptions {
    PlanOptions::new().with_place(ProviderName::Tazapay, Place::sandbox())
}

/// A file in which each payment is refunded once.
fn file(directory: &Path, count: usize) -> std::path::PathBuf {
    let path = directory.join("refunds.csv");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    writeln!(
        file,
        "reference,provider,payment,amount,currency,payment_total,reason"
    )
    .unwrap();
    for line in 0..count {
        writeln!(
            file,
            "refund-{line},tazapay,chk_{line},1.50,USD,10,Damaged goods"
        )
        .unwrap();
    }
    file.flush().unwrap();
    path
}

/// Plans and sends from a hundred rows to a million, on SQLite.
async fn plot() {
    let mut lines = [("plan", Vec::new()), ("run", Vec::new())];
    for (index, line) in lines.iter_mut().enumerate() {
        for power in 2..=6 {
            let rows = 10_usize.pow(power);
            let directory = tempfile::tempdir().unwrap();
            let url = format!("sqlite:{}", directory.path().join("refunds.db").display());
            let took = match index {
                0 => plan(&url, directory.path(), rows).await,
                _ => send(&url, directory.path(), rows).await,
            };
            line.1.push((
                10_f64.powi(i32::try_from(power).unwrap()),
                took.as_secs_f64(),
            ));
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("times.svg");
    plot::draw(&path, &lines);
    println!("{} is drawn", path.display());
}

async fn plan(url: &str, directory: &Path, count: usize) -> Duration {
    let path = file(directory, count);
    let journal = Journal::init(url).await.unwrap();
    let begin = Instant::now();
    let plan = Batch::plan(&journal, &path, &options()).await.unwrap();
    let took = begin.elapsed();
    assert_eq!(plan.lines, count as u64);
    println!(
        "plan {count} {:.2} s, at most {} MiB of memory",
        took.as_secs_f64(),
        peak() / 1024
    );
    took
}

/// The most memory that the process has had, in KiB, where the system tells it.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok())
        .unwrap_or(0)
}

/// Sends refunds, and makes as many bare commits beside it.
async fn run(url: &str, directory: &Path, count: usize) {
    let ran = send(url, directory, count).await;
    // One of the dispatcher for what fills the air.
    let commits = count * COMMITS + count / IN_THE_AIR;
    let bare = bare(url, directory, commits).await;
    println!(
        "{commits} bare commits {:.2} s, throughput {:.2} of theirs",
        bare.as_secs_f64(),
        bare.as_secs_f64() / ran.as_secs_f64(),
    );
}

/// Plans a file, and sends all of it.
async fn send(url: &str, directory: &Path, count: usize) -> Duration {
    let sandbox = Sandbox::start().unwrap();
    for line in 0..count {
        sandbox
            .add_payin(Payin::new(format!("chk_{line}"), 10.into(), "USD"))
            .unwrap();
    }
    let Credentials::Basic { key, secret } = sandbox.credentials(Provider::Tazapay) else {
        panic!("other credentials");
    };
    let client = tazapay::Client::builder()
        .environment(tazapay::Environment::BaseUrl(
            sandbox.base_url(Provider::Tazapay).to_owned(),
        ))
        .credentials(tazapay::Credentials::basic(key, secret))
        .build()
        .unwrap();
    let path = file(directory, count);
    let journal = Journal::init(url).await.unwrap();
    let batch = Batch::plan(&journal, &path, &options()).await.unwrap();
    let mut sums = String::new();
    for sum in &batch.sums {
        write!(sums, "{sum}").unwrap();
    }
    assert!(
        batch
            .batch
            .approve(&Approval::new("bench", [sums]))
            .await
            .unwrap()
    );
    let client = journal.client(Refunds::from(client), Place::sandbox());
    let worker = Worker::new(&journal)
        .with_client(client, None)
        .with_in_the_air(IN_THE_AIR)
        .of_batch(batch.batch.id());
    let begin = Instant::now();
    worker.drain(std::future::pending(), |_| ()).await.unwrap();
    let ran = begin.elapsed();
    let tally = batch.batch.tally().await.unwrap();
    assert_eq!(
        tally.count(State::Pending) + tally.count(State::Succeeded),
        count as u64
    );
    journal.close().await;
    println!(
        "run {count} {:.2} s, at most {} MiB of memory",
        ran.as_secs_f64(),
        peak() / 1024
    );
    ran
}

/// As many commits of one small row, by as many tasks, on a database of the same kind and disk.
async fn bare(url: &str, directory: &Path, commits: usize) -> Duration {
    let is_sqlite = url.starts_with("sqlite:");
    let own = match is_sqlite {
        true => format!("sqlite:{}?mode=rwc", directory.join("bare.db").display()),
        false => url.to_owned(),
    };
    let pool: AnyPool = AnyPoolOptions::new()
        .max_connections(if is_sqlite { 1 } else { 16 })
        .connect(&own)
        .await
        .unwrap();
    if is_sqlite {
        sqlx::raw_sql("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
            .execute(&pool)
            .await
            .unwrap();
    }
    sqlx::query("CREATE TABLE bare (id BIGINT PRIMARY KEY, value BIGINT NOT NULL)")
        .execute(&pool)
        .await
        .unwrap();
    for id in 0..64_i64 {
        sqlx::query("INSERT INTO bare VALUES ($1, 0)")
            .bind(id)
            .execute(&pool)
            .await
            .unwrap();
    }
    let begin = Instant::now();
    let tasks: Vec<_> = (0..IN_THE_AIR)
        .map(|task| {
            let pool = pool.clone();
            tokio::spawn(async move {
                for _ in 0..commits / IN_THE_AIR {
                    let id = i64::try_from(task).unwrap();
                    sqlx::query("UPDATE bare SET value = value + 1 WHERE id = $1")
                        .bind(id)
                        .execute(&pool)
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    begin.elapsed()
}
