//! The lines of a batch's file, one refund each.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use refunds::{
    Capabilities, MceRefund, Money, OpttyRefund, ProviderName, Reference, RefundRequest,
    TazapayCustomer, TazapayRefund,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::Problem;

/// How a batch's file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Comma-separated values with a heading, in UTF-8, each refund in one line.
    Csv,
    /// A JSON object in each line.
    JsonLines,
}

impl Format {
    /// By the file's ending: `.jsonl` and `.ndjson` are JSON Lines, anything else is CSV.
    pub fn of(path: &Path) -> Self {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("jsonl" | "ndjson") => Self::JsonLines,
            _ => Self::Csv,
        }
    }
}

/// The columns, in any order. `reference`, `provider` and `payment` have to be filled in every line.
///
/// | column | what it is |
/// |---|---|
/// | `reference` | your own reference of the refund |
/// | `provider` | `optty`, `mce` or `tazapay` |
/// | `payment` | Optty's order, MCE's original transaction, Tazapay's payin |
/// | `amount`, `currency` | how much, such as `19.90` and `USD`; both empty for everything (not at Optty) |
/// | `payment_total` | what was paid, in the same currency; no more is refunded of it |
/// | `reason` | the reason in words; needed at Optty |
/// | `payment_attempt` | Tazapay: the payment attempt |
/// | `transaction_type` | MCE: the type of the original transaction; needed there |
/// | `customer_email` | Tazapay: the customer's e-mail address |
///
/// `T` is what may be a number in JSON, as it is written: a float would change an amount.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, bound = "T: Deserialize<'de>")]
struct Columns<T> {
    reference: String,
    provider: String,
    payment: String,
    #[serde(default = "none")]
    amount: Option<T>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default = "none")]
    payment_total: Option<T>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    payment_attempt: Option<String>,
    #[serde(default = "none")]
    transaction_type: Option<T>,
    #[serde(default)]
    customer_email: Option<String>,
}

const COLUMNS: [&str; 10] = [
    "reference",
    "provider",
    "payment",
    "amount",
    "currency",
    "payment_total",
    "reason",
    "payment_attempt",
    "transaction_type",
    "customer_email",
];

fn none<T>() -> Option<T> {
    None
}

/// A text, or the number as it is written.
fn exact(raw: Option<Box<RawValue>>) -> Option<String> {
    let raw = raw?;
    let text = raw.get();
    Some(serde_json::from_str::<String>(text).unwrap_or_else(|_| text.to_owned()))
}

/// A refund of a batch.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Line {
    /// The line in the file, from 1; the heading counts.
    pub number: u64,
    /// The user's own reference.
    pub reference: Reference,
    /// What is asked for.
    pub request: RefundRequest,
    /// What was paid, if the file tells it.
    pub total: Option<Money>,
}

impl Line {
    /// What is wrong with one of its columns.
    pub(super) fn problem(&self, (column, reason): (&'static str, String)) -> Problem {
        Problem {
            line: self.number,
            column: Some(column),
            reason,
        }
    }
}

/// The lines of a file, one after the other.
pub(super) struct Lines {
    source: Source,
}

enum Source {
    Csv(Box<Records>),
    JsonLines(BufReader<Digested>, u64),
}

/// A file, and the digest of what was read of it, by which it is seen whether another reading was of the same.
struct Digested {
    file: File,
    digest: Sha256,
    /// How much of it may still be read for one line.
    left: u64,
}

impl Read for Digested {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let buffer = buffer.get_mut(..most).unwrap_or_default();
        if buffer.is_empty() {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, TOO_LONG));
        }
        let count = self.file.read(buffer)?;
        self.left -= count as u64;
        self.digest.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

struct Records {
    records: csv::StringRecordsIntoIter<Digested>,
    heading: Result<csv::StringRecord, Option<Problem>>,
    /// The number of the line that was read last.
    last: u64,
}

/// The longest line: of a file without line ends, or with a quote that is not closed, not all is read into memory.
const LONGEST_LINE: u32 = 1 << 16;

/// What is wrong with a longer one.
const TOO_LONG: &str = "it is longer than 64 KiB: close its quote, or shorten it";
/// As much of a name that is no column is shown.
const SHOWN: usize = 40;

impl Lines {
    /// Begins with a digest to which what is read is added.
    pub(super) fn open(path: &Path, format: Format, digest: Sha256) -> io::Result<Self> {
        let file = File::open(path)?;
        let left = match format {
            Format::Csv => LONGEST_LINE.into(),
            Format::JsonLines => u64::MAX,
        };
        let file = Digested { file, digest, left };
        Ok(Self {
            source: match format {
                Format::Csv => {
                    let mut reader = csv::ReaderBuilder::new()
                        .trim(csv::Trim::All)
                        .from_reader(file);
                    let heading = match reader.headers() {
                        Ok(heading) => check_heading(heading).map_err(Some),
                        Err(error) => Err(Some(problem(&error))),
                    };
                    let records = reader.into_records();
                    let last = 1;
                    Source::Csv(Box::new(Records {
                        records,
                        heading,
                        last,
                    }))
                }
                Format::JsonLines => Source::JsonLines(BufReader::new(file), 0),
            },
        })
    }

    /// The digest of what was read.
    pub(super) fn digest(&self) -> Sha256 {
        match &self.source {
            Source::Csv(source) => source.records.reader().get_ref().digest.clone(),
            Source::JsonLines(reader, _) => reader.get_ref().digest.clone(),
        }
    }
}

/// One problem of the heading, and not one of each line.
fn check_heading(heading: &csv::StringRecord) -> Result<csv::StringRecord, Problem> {
    let wrong = |reason| Problem {
        line: 1,
        column: None,
        reason,
    };
    for (index, name) in heading.iter().enumerate() {
        if !COLUMNS.contains(&name) {
            let known = COLUMNS.join(", ");
            let name: String = name.chars().take(SHOWN).collect();
            return Err(wrong(format!("`{name}` is no column; there are {known}")));
        }
        if heading.iter().take(index).any(|before| before == name) {
            return Err(wrong(format!("`{name}` is there twice")));
        }
    }
    for name in ["reference", "provider", "payment"] {
        if !heading.iter().any(|known| known == name) {
            return Err(wrong(format!("the column `{name}` is missing")));
        }
    }
    Ok(heading.clone())
}

impl Iterator for Lines {
    type Item = io::Result<Result<Line, Problem>>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.source {
            Source::Csv(source) => {
                let heading = match &mut source.heading {
                    Ok(heading) => heading,
                    Err(problem) => return problem.take().map(|problem| Ok(Err(problem))),
                };
                source.records.reader_mut().get_mut().left = LONGEST_LINE.into();
                let record = source.records.next()?;
                let place = match &record {
                    Ok(record) => record.position(),
                    Err(error) => error.position(),
                };
                // A line that ends with a carriage return alone is none to its reader.
                let number = place.map_or(0, csv::Position::line).max(source.last + 1);
                source.last = number;
                let columns = match record {
                    Ok(record) => match across_lines(&record, heading) {
                        None => record.deserialize::<Columns<String>>(Some(heading)),
                        Some(reason) => {
                            return Some(Ok(Err(Problem {
                                line: number,
                                column: None,
                                reason,
                            })));
                        }
                    },
                    Err(error) if is_too_long(&error) => {
                        // Where the next one begins is not known.
                        source.heading = Err(None);
                        Err(error)
                    }
                    Err(error) if error.is_io_error() => return Some(Err(error.into())),
                    Err(error) => Err(error),
                };
                Some(Ok(match columns {
                    Ok(columns) => columns.line(number),
                    Err(error) => Err(Problem {
                        line: number,
                        ..problem(&error)
                    }),
                }))
            }
            Source::JsonLines(reader, number) => loop {
                let mut text = Vec::new();
                match reader
                    .by_ref()
                    .take(LONGEST_LINE.into())
                    .read_until(b'\n', &mut text)
                {
                    Ok(0) => return None,
                    Ok(_) => *number += 1,
                    Err(error) => return Some(Err(error)),
                }
                let text = match text.strip_prefix(b"\xef\xbb\xbf") {
                    // As at the beginning of CSV.
                    Some(text) if *number == 1 => text,
                    _ => &text,
                };
                if text.trim_ascii().is_empty() {
                    continue;
                }
                let columns = serde_json::from_slice::<Columns<Box<RawValue>>>(text);
                return Some(Ok(match columns {
                    Ok(columns) => columns.exact().line(*number),
                    Err(error) => Err(Problem {
                        line: *number,
                        column: None,
                        reason: error.to_string(),
                    }),
                }));
            },
        }
    }
}

fn problem(error: &csv::Error) -> Problem {
    Problem {
        line: error.position().map_or(1, csv::Position::line),
        column: None,
        reason: csv_reason(error),
    }
}

/// What is wrong with a record that goes over several lines: with a quote that is not closed, those after it would be
/// taken for its text.
fn across_lines(record: &csv::StringRecord, heading: &csv::StringRecord) -> Option<String> {
    let column = record.iter().position(|text| text.contains(['\n', '\r']))?;
    let name = heading.get(column).unwrap_or_default();
    Some(format!(
        "its `{name}` goes on in the next line: close its quote, or write the file as JSON Lines, where a text can have \
         several lines"
    ))
}

fn is_too_long(error: &csv::Error) -> bool {
    matches!(error.kind(), csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge)
}

fn csv_reason(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Io(_) if is_too_long(error) => TOO_LONG.to_owned(),
        csv::ErrorKind::Deserialize { err, .. } => err.kind().to_string(),
        _ => error.to_string(),
    }
}

impl Columns<Box<RawValue>> {
    fn exact(self) -> Columns<String> {
        Columns {
            reference: self.reference,
            provider: self.provider,
            payment: self.payment,
            amount: exact(self.amount),
            currency: self.currency,
            payment_total: exact(self.payment_total),
            reason: self.reason,
            payment_attempt: self.payment_attempt,
            transaction_type: exact(self.transaction_type),
            customer_email: self.customer_email,
        }
    }
}

impl Columns<String> {
    fn line(self, number: u64) -> Result<Line, Problem> {
        self.read()
            .map(|(reference, request, total)| Line {
                number,
                reference,
                request,
                total,
            })
            .map_err(|(column, reason)| Problem {
                line: number,
                column: Some(column),
                reason,
            })
    }

    fn read(self) -> Result<(Reference, RefundRequest, Option<Money>), (&'static str, String)> {
        let reference = Reference::new(self.reference.trim())
            .map_err(|error| ("reference", error.to_string()))?;
        let payment = self.payment.trim();
        if payment.is_empty() {
            return Err(("payment", "it is empty: name what is refunded".to_owned()));
        }
        if payment.contains(char::is_control) {
            let reason = "it has a control character, such as a line end: no name has one";
            return Err(("payment", reason.to_owned()));
        }
        let currency = filled(self.currency.as_deref());
        let money = |column, amount: &str| -> Result<Money, (&'static str, String)> {
            let Some(currency) = currency else {
                return Err(("currency", format!("it is empty, and {column} is given")));
            };
            let money: Money = format!("{amount} {currency}")
                .parse()
                .map_err(|error: refunds::MoneyTextError| (column, error.to_string()))?;
            if let Some(special) = money.currency().special() {
                return Err((
                    "currency",
                    format!(
                        "{currency} ({special}) is no money that a provider pays out: write one such as `USD`"
                    ),
                ));
            }
            if money.amount() <= rust_decimal::Decimal::ZERO {
                return Err((column, "it is not above zero".to_owned()));
            }
            Ok(money)
        };
        let amount = filled(self.amount.as_deref())
            .map(|amount| money("amount", amount))
            .transpose()?;
        let total = filled(self.payment_total.as_deref())
            .map(|total| money("payment_total", total))
            .transpose()?;
        if let (Some(amount), Some(total)) = (&amount, &total)
            && amount.amount() > total.amount()
        {
            return Err((
                "amount",
                format!("{amount} is more than the {total} that were paid"),
            ));
        }
        let attempt = filled(self.payment_attempt.as_deref());
        let email = filled(self.customer_email.as_deref());
        let kind = filled(self.transaction_type.as_deref());
        let reason = filled(self.reason.as_deref());
        let name = self.provider.trim().to_lowercase();
        let provider = built_in().find(|known| known.as_str() == name);
        for (column, text, of) in [
            ("payment_attempt", attempt, ProviderName::Tazapay),
            ("customer_email", email, ProviderName::Tazapay),
            ("transaction_type", kind, ProviderName::Mce),
        ] {
            if text.is_some() && provider != Some(of) {
                return Err((column, format!("only {of} takes it")));
            }
        }
        let request: RefundRequest = match provider {
            Some(ProviderName::Optty) => {
                let Some(amount) = amount else {
                    return Err((
                        "amount",
                        "it is empty, and optty refunds no order without one".to_owned(),
                    ));
                };
                let Some(reason) = reason else {
                    return Err((
                        "reason",
                        "it is empty, and optty demands a description".to_owned(),
                    ));
                };
                OpttyRefund::new(payment, amount, reason)
                    .with_reference_in_description()
                    .into()
            }
            Some(ProviderName::Mce) => {
                if reason.is_some() {
                    return Err(("reason", "only another provider takes it".to_owned()));
                }
                if amount.is_some() {
                    return Err((
                        "amount",
                        "mce refunds everything: leave it empty".to_owned(),
                    ));
                }
                let kind = kind.and_then(|kind| kind.parse().ok());
                let Some(kind) = kind else {
                    return Err((
                        "transaction_type",
                        "it is no number: give the type that MCE's webhook told".to_owned(),
                    ));
                };
                MceRefund::new(kind, payment).into()
            }
            Some(ProviderName::Tazapay) => {
                let mut refund = TazapayRefund::of_payin(payment);
                if let Some(amount) = amount {
                    refund = refund.with_amount(amount);
                }
                if let Some(attempt) = attempt {
                    refund = refund.with_payment_attempt(attempt);
                }
                if let Some(reason) = reason {
                    refund = refund.with_reason(reason);
                }
                if let Some(email) = email {
                    refund = refund.with_customer(TazapayCustomer::new(email));
                }
                refund.into()
            }
            Some(ProviderName::Kotanipay) => {
                return Err((
                    "provider",
                    "kotanipay refunds failed off-ramps by itself: there is nothing to create"
                        .to_owned(),
                ));
            }
            Some(ProviderName::Own(_)) | None => {
                let known: Vec<_> = built_in()
                    .filter(|known| Capabilities::of(*known).creates)
                    .map(ProviderName::as_str)
                    .collect();
                let known = known.join(", ");
                return Err(("provider", format!("`{name}` is none of {known}")));
            }
        };
        Ok((reference, request, total))
    }
}

fn built_in() -> impl Iterator<Item = ProviderName> {
    ProviderName::BUILT_IN.into_iter()
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_for_each_provider_that_creates_refunds_and_for_no_other() {
        for provider in built_in() {
            let more = match provider {
                ProviderName::Mce => r#","transaction_type":1"#,
                ProviderName::Optty => r#","amount":1,"currency":"AUD","reason":"damaged""#,
                ProviderName::Kotanipay | ProviderName::Tazapay | ProviderName::Own(_) => "",
            };
            let text =
                format!(r#"{{"reference":"r","provider":"{provider}","payment":"p"{more}}}"#);
            let columns: Columns<Box<RawValue>> = serde_json::from_str(&text).unwrap();
            match columns.exact().line(1) {
                Ok(line) => {
                    assert!(Capabilities::of(provider).creates);
                    assert_eq!(line.request.provider(), provider);
                }
                Err(problem) => {
                    assert_eq!(problem.column, Some("provider"));
                    assert!(!Capabilities::of(provider).creates, "{}", problem.reason);
                }
            }
        }
    }

    #[test]
    fn a_provider_that_is_none_is_told_with_those_that_are() {
        let text = r#"{"reference":"r","provider":" Quill ","payment":"p"}"#;
        let columns: Columns<Box<RawValue>> = serde_json::from_str(text).unwrap();
        let problem = columns.exact().line(1).unwrap_err();
        assert_eq!(problem.reason, "`quill` is none of mce, optty, tazapay");
    }

    #[test]
    fn the_columns_of_csv_are_the_members_of_json_lines() {
        let error = serde_json::from_str::<Columns<String>>(r#"{"?":1}"#).unwrap_err();
        let told = COLUMNS.map(|name| format!("`{name}`")).join(", ");
        let error = error.to_string();
        assert!(
            error.contains(&format!("expected one of {told} at")),
            "{error}"
        );
    }
}
