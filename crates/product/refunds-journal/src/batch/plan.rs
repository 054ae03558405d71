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
    Batch, BatchError, Format, Problem,
    check::{Asked, LOT, Seen, against},
    line::Lines,
    put_down,
};
use crate::{
    Journal, Place,
    identity::{payment_id, refund_id},
};

/// Problems that are told one by one.
const SHOWN: usize = 20;

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
    /// It reads the file twice, in constant memory but for some 120 bytes a line, and does not let other tasks of its
    /// thread go on while it reads.
    ///
    /// # Errors
    /// A line has a problem, after which nothing is put down; or the file or the journal fails.
    pub async fn plan(
        journal: &Journal,
        path: impl AsRef<Path>,
        options: &PlanOptions,
    ) -> Result<Plan, BatchError> {
        let path = path.as_ref();
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
        let mut seen = Seen::default();
        let mut sums = Sums::new();
        let mut found = Found::default();
        let mut lot: Vec<Asked> = Vec::with_capacity(LOT);
        let mut lines = 0;
        for line in open(path, options)? {
            let line = match line.map_err(|error| file(path, error))? {
                Ok(line) => line,
                Err(problem) => {
                    found.add(problem);
                    continue;
                }
            };
            lines += 1;
            let provider = line.request.provider();
            let mut check = || {
                let Some(place) = options.places.get(&provider) else {
                    let reason = format!("nobody said where refunds of {provider} are sent");
                    return Err(("provider", reason));
                };
                line.request
                    .check(&line.reference)
                    .map_err(|error| (column_of(&error), error.to_string()))?;
                let id = refund_id(provider, place, &line.reference);
                let payment = payment_id(provider, place, line.request.payment());
                let amount = line.request.amount().cloned();
                seen.reference(&id)?;
                let taken = seen.payment(&payment, amount.as_ref(), line.total.as_ref())?;
                let currency = amount.as_ref().map(|amount| amount.currency().clone());
                let key = (provider, currency.as_ref().map(ToString::to_string));
                let (sum, count, _) = sums.entry(key).or_insert((Decimal::ZERO, 0, currency));
                *count += 1;
                *sum = sum
                    .checked_add(amount.as_ref().map_or(Decimal::ZERO, Money::amount))
                    .ok_or((
                        "amount",
                        "the sum of the file is too large to be told".to_owned(),
                    ))?;
                Ok(Asked {
                    number: line.number,
                    id,
                    payment,
                    amount,
                    sum: taken,
                    total: line.total.clone(),
                })
            };
            match check() {
                Ok(asked) => lot.push(asked),
                Err((column, reason)) => found.add(Problem {
                    line: line.number,
                    column: Some(column),
                    reason,
                }),
            }
            if lot.len() == LOT {
                found.add_all(against(self.journal.store(), &self.id, &lot).await?);
                lot.clear();
            }
        }
        if !lot.is_empty() {
            found.add_all(against(self.journal.store(), &self.id, &lot).await?);
        }
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
        if self.problems.len() < SHOWN {
            self.problems.push(problem);
        }
    }

    fn add_all(&mut self, problems: Vec<Problem>) {
        for problem in problems {
            self.add(problem);
        }
    }

    fn into_result(mut self, path: &Path) -> Result<(), BatchError> {
        if self.count == 0 {
            return Ok(());
        }
        self.problems.sort_by_key(|problem| problem.line);
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
        let sum: Decimal = amounts
            .filter(|amount| amount.currency() == limit.currency())
            .map(Money::amount)
            .sum();
        sum > limit.amount()
    }) || (!limits.is_empty() && sums.iter().any(|sum| sum.amount.is_none()))
}

pub(super) fn open(path: &Path, options: &PlanOptions) -> Result<Lines, BatchError> {
    let format = options.format.unwrap_or_else(|| Format::of(path));
    Lines::open(path, format).map_err(|error| file(path, error))
}

pub(super) fn file(path: &Path, source: std::io::Error) -> BatchError {
    BatchError::File {
        path: path.display().to_string(),
        source,
    }
}

/// Of the file's content, and of where its refunds are sent.
fn batch_id(path: &Path, options: &PlanOptions) -> Result<String, BatchError> {
    let mut digest = Sha256::new();
    for (provider, place) in &options.places {
        digest.update(format!("{provider}\n{place}\n"));
    }
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
    let bytes = digest.finalize();
    Ok(bytes
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// The file's own name, by which people know a batch.
pub(super) fn name(path: &Path) -> String {
    let name: PathBuf = path.file_name().map(PathBuf::from).unwrap_or_default();
    name.display().to_string()
}
