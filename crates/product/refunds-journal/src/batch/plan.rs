//! Reading a batch's file, checking every line, and putting it down to be approved.

use std::{
    collections::BTreeMap,
    fmt,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use refunds::{Currency, Money, ProviderName};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    Batch, BatchError, BatchState, Format, Problem,
    check::{Asked, LOT, Seen, against},
    line::{Line, Lines},
    put_down,
};
use crate::{
    Journal, Place,
    identity::{payment_id, refund_id},
};

/// Why a batch is not planned whose file was another one when it was read once more.
pub(super) const CHANGED: &str =
    "the file or the journal has changed while it was planned: plan it again";

/// Why something is not planned: a pipe is waited for without end, and read once.
const NO_FILE: &str = "it is no regular file, and a file of refunds is read more than once: write what comes by a pipe \
    to a file first";

/// Problems that are told one by one.
const SHOWN: usize = 20;

/// How much of a file a pass remembers, that checks the lines beside one another: no line is shorter than 26 bytes, and
/// a line takes some 120 of memory, so that it is 150 MiB at most, and mostly a third.
const BYTES_IN_A_PASS: u64 = 32 << 20;

/// How a batch is planned.
#[derive(Clone, Debug, Default)]
pub struct PlanOptions {
    pub(super) places: BTreeMap<ProviderName, Place>,
    pub(super) second_above: Vec<Money>,
    pub(super) format: Option<Format>,
}

impl PlanOptions {
    /// Without places: a line of a provider whose place is not given is a problem.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where a provider's refunds are sent.
    #[must_use]
    pub fn with_place(mut self, provider: ProviderName, place: Place) -> Self {
        self.places.insert(provider, place);
        self
    }

    /// The sum from which on a second person has to approve; one for each currency.
    #[must_use]
    pub fn with_second_person_above(mut self, sum: Money) -> Self {
        self.second_above.push(sum);
        self
    }

    /// How the file is written; by its ending, without.
    #[must_use]
    pub fn with_format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }
}

/// What a batch's lines come to at one provider, in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// The provider.
    pub provider: ProviderName,
    /// The sum of the lines that name an amount; `None` for those that refund everything, whose amount the provider
    /// knows.
    pub amount: Option<Money>,
    /// How many lines.
    pub lines: u64,
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.provider)?;
        match &self.amount {
            Some(amount) => write!(f, "{amount}")?,
            None => f.write_str("everything")?,
        }
        write!(f, " ({})", self.lines)
    }
}

/// A batch that was planned.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plan {
    /// The batch.
    pub batch: Batch,
    /// How many lines.
    pub lines: u64,
    /// What they come to.
    pub sums: Vec<Sum>,
    /// Whether a second person has to approve.
    pub needs_second: bool,
}

impl Batch {
    /// Plans a batch: reads the file, checks every line (amounts, currencies, columns, references that are there twice
    /// or are known to the journal, payments beyond which they go) and puts them down. Nothing is sent. The same file
    /// planned once more is the same batch.
    ///
    /// It reads the file three times, and once more for every 32 MiB after the first, and sees that it was the same: a
    /// regular file, no pipe. It takes the same memory for any file, and does not let other tasks of its thread go on
    /// while it reads.
    ///
    /// # Errors
    /// A line has a problem, after which nothing is put down; or the file or the journal fails.
    pub async fn plan(
        journal: &Journal,
        path: impl AsRef<Path>,
        options: &PlanOptions,
    ) -> Result<Plan, BatchError> {
        let path = path.as_ref();
        let found = std::fs::metadata(path).map_err(|error| file(path, error))?;
        if !found.is_file() {
            return Err(file(path, std::io::Error::other(NO_FILE)));
        }
        let id = batch_id(path, options)?;
        let batch = Self {
            journal: journal.clone(),
            id,
        };
        if let Some(planned) = batch.planned_before(options).await? {
            return Ok(planned);
        }
        let (lines, sums) = batch.check(path, options).await?;
        put_down::all(&batch, path, options, lines, &sums).await?;
        let needs_second = needs_second(&sums, &options.second_above);
        Ok(Plan {
            batch,
            lines,
            sums,
            needs_second,
        })
    }

    /// Whether every line can be sent, and what they come to.
    async fn check(
        &self,
        path: &Path,
        options: &PlanOptions,
    ) -> Result<(u64, Vec<Sum>), BatchError> {
        let length = std::fs::metadata(path).map_err(|error| file(path, error))?;
        let passes = length.len() / BYTES_IN_A_PASS + 1;
        let mut found = Found::default();
        let mut sums = Sums::new();
        for pass in 0..passes {
            let seen = Seen::new(pass, passes);
            // The first tells what is wrong with a line by itself, and what all come to.
            let whole = (pass == 0).then_some(&mut sums);
            self.pass(path, options, seen, whole, &mut found).await?;
        }
        let lines = sums.values().map(|(_, lines, _)| lines).sum();
        if lines == 0 && found.count == 0 {
            found.add(Problem {
                line: 1,
                column: None,
                reason: "there is no line to refund".to_owned(),
            });
        }
        found.into_result(path)?;
        let sums = sums
            .into_iter()
            .map(|((provider, _), (sum, lines, currency))| Sum {
                provider,
                amount: currency.map(|currency| Money::new(sum, currency)),
                lines,
            })
            .collect();
        Ok((lines, sums))
    }

    /// Reads the file through, and compares its lines with one another and with the journal.
    async fn pass(
        &self,
        path: &Path,
        options: &PlanOptions,
        mut seen: Seen,
        mut whole: Option<&mut Sums>,
        found: &mut Found,
    ) -> Result<(), BatchError> {
        let mut lot: Vec<Asked> = Vec::with_capacity(LOT);
        let mut read = open(path, options)?;
        for line in &mut read {
            let by_itself = match line.map_err(|error| file(path, error))? {
                Ok(line) => {
                    by_itself(&line, options, whole.as_deref_mut()).map(|place| (line, place))
                }
                Err(problem) => Err(problem),
            };
            let (line, place) = match by_itself {
                Ok(line) => line,
                Err(problem) => {
                    if whole.is_some() {
                        found.add(problem);
                    }
                    continue;
                }
            };
            match beside_others(&line, place, &mut seen) {
                Ok(asked) => lot.extend(asked),
                Err(problem) => found.add(problem),
            }
            if lot.len() == LOT {
                found.add_all(against(self.journal.store(), &self.id, &lot).await?);
                lot.clear();
            }
        }
        if !lot.is_empty() {
            found.add_all(against(self.journal.store(), &self.id, &lot).await?);
        }
        if found.count == 0 && id_of(read.digest()) != self.id {
            return Err(self.state(BatchState::Planning, CHANGED));
        }
        Ok(())
    }
}

/// Whether a line can be sent for all that it says itself, and where to; it is added to the sums.
fn by_itself<'a>(
    line: &Line,
    options: &'a PlanOptions,
    sums: Option<&mut Sums>,
) -> Result<&'a Place, Problem> {
    let provider = line.request.provider();
    let Some(place) = options.places.get(&provider) else {
        let reason = format!("nobody said where refunds of {provider} are sent");
        return Err(line.problem(("provider", reason)));
    };
    let checked = line.request.check(&line.reference);
    checked.map_err(|error| line.problem((column_of(&error), error.to_string())))?;
    let Some(sums) = sums else { return Ok(place) };
    let amount = line.request.amount();
    let currency = amount.map(Money::currency).cloned();
    let key = (provider, currency.as_ref().map(ToString::to_string));
    let (sum, count, _) = sums.entry(key).or_insert((Decimal::ZERO, 0, currency));
    *count += 1;
    *sum = sum
        .checked_add(amount.map_or(Decimal::ZERO, Money::amount))
        .ok_or_else(|| {
            let reason = "the sum of the file is too large to be told".to_owned();
            line.problem(("amount", reason))
        })?;
    Ok(place)
}

/// Whether a line goes together with those before it. What the journal is asked of it, unless another pass does.
fn beside_others(line: &Line, place: &Place, seen: &mut Seen) -> Result<Option<Asked>, Problem> {
    let provider = line.request.provider();
    let id = refund_id(provider, place, &line.reference);
    let payment = payment_id(provider, place, line.request.payment());
    let amount = line.request.amount().cloned();
    let taken = seen
        .reference(&id)
        .and_then(|()| seen.payment(&payment, amount.as_ref(), line.total.as_ref()))
        .map_err(|wrong| line.problem(wrong))?;
    Ok(taken.map(|sum| Asked {
        number: line.number,
        id,
        payment,
        amount,
        sum,
        total: line.total.clone(),
    }))
}

/// Sum, lines and currency for each provider and currency.
type Sums = BTreeMap<(ProviderName, Option<String>), (Decimal, u64, Option<Currency>)>;

/// Problems, of which the first are told.
#[derive(Default)]
struct Found {
    problems: Vec<Problem>,
    count: u64,
}

impl Found {
    fn add(&mut self, problem: Problem) {
        self.count += 1;
        // The first in the file are told, of whichever pass.
        let place = self
            .problems
            .partition_point(|known| known.line <= problem.line);
        self.problems.insert(place, problem);
        self.problems.truncate(SHOWN);
    }

    fn add_all(&mut self, problems: Vec<Problem>) {
        for problem in problems {
            self.add(problem);
        }
    }

    fn into_result(self, path: &Path) -> Result<(), BatchError> {
        if self.count == 0 {
            return Ok(());
        }
        Err(BatchError::Problems {
            path: path.display().to_string(),
            count: self.count,
            problems: self.problems,
        })
    }
}

/// Which column the facade's objection is about.
fn column_of(error: &refunds::RefundError) -> &'static str {
    match error {
        refunds::RefundError::Money(_) => "amount",
        _ => "payment",
    }
}

/// Whether a sum of a currency is above what one person may approve.
pub(super) fn needs_second(sums: &[Sum], limits: &[Money]) -> bool {
    limits.iter().any(|limit| {
        let amounts = sums.iter().filter_map(|sum| sum.amount.as_ref());
        let sum = amounts
            .filter(|amount| amount.currency() == limit.currency())
            .try_fold(Decimal::ZERO, |sum, amount| {
                sum.checked_add(amount.amount())
            });
        // What is too large to be told is above it.
        sum.is_none_or(|sum| sum > limit.amount())
    }) || (!limits.is_empty() && sums.iter().any(|sum| sum.amount.is_none()))
}

pub(super) fn open(path: &Path, options: &PlanOptions) -> Result<Lines, BatchError> {
    let format = options.format.unwrap_or_else(|| Format::of(path));
    Lines::open(path, format, places(options)).map_err(|error| file(path, error))
}

pub(super) fn file(path: &Path, source: std::io::Error) -> BatchError {
    BatchError::File {
        path: path.display().to_string(),
        source,
    }
}

/// The digest of where refunds are sent.
fn places(options: &PlanOptions) -> Sha256 {
    let mut digest = Sha256::new();
    for (provider, place) in &options.places {
        digest.update(format!("{provider}\n{place}\n"));
    }
    digest
}

/// Of the file's content, and of where its refunds are sent.
fn batch_id(path: &Path, options: &PlanOptions) -> Result<String, BatchError> {
    let mut digest = places(options);
    let mut content = File::open(path).map_err(|error| file(path, error))?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = content
            .read(&mut buffer)
            .map_err(|error| file(path, error))?;
        let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else {
            break;
        };
        digest.update(read);
    }
    Ok(id_of(digest))
}

/// The id of a batch of which all was read.
pub(super) fn id_of(digest: Sha256) -> String {
    let bytes = digest.finalize();
    bytes
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The file's own name, by which people know a batch.
pub(super) fn name(path: &Path) -> String {
    let name: PathBuf = path.file_name().map(PathBuf::from).unwrap_or_default();
    name.display().to_string()
}
