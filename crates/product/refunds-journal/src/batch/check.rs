//! What is checked of a line beside itself: the other lines, and the journal.

use std::collections::{HashMap, HashSet};

use refunds::Money;
use rust_decimal::Decimal;
use sqlx::{AssertSqlSafe, Row as _};

use super::{BatchError, Problem};
use crate::store::{Store, money, to_json};

/// Lines of which the journal is asked at once.
pub(super) const LOT: usize = 500;

/// What the lines before have taken, of the keys that a pass looks at. Keys are 64 bits of a hash: for a million lines
/// one in thirty million files would meet a clash, which is told as a problem and never hides one.
pub(super) struct Seen {
    pass: u64,
    passes: u64,
    references: HashSet<u64>,
    payments: HashMap<u64, Taken>,
}

/// What lines take of a payment.
struct Taken {
    sum: Decimal,
    total: Option<Decimal>,
    currency: [u8; 8],
    everything: bool,
}

impl Seen {
    /// Of one of so many passes over the file, of which each looks at its share of the keys.
    pub(super) fn new(pass: u64, passes: u64) -> Self {
        Self {
            pass,
            passes,
            references: HashSet::new(),
            payments: HashMap::new(),
        }
    }

    fn is_of_pass(&self, key: u64) -> bool {
        key.checked_rem(self.passes) == Some(self.pass)
    }

    pub(super) fn reference(&mut self, id: &str) -> Result<(), (&'static str, String)> {
        let key = key(id);
        if !self.is_of_pass(key) || self.references.insert(key) {
            return Ok(());
        }
        Err(("reference", "it is in the file twice".to_owned()))
    }

    /// What the lines so far refund of the payment, with this one; nothing where another pass looks at it.
    pub(super) fn payment(
        &mut self,
        payment: &str,
        amount: Option<&Money>,
        total: Option<&Money>,
    ) -> Result<Option<Decimal>, (&'static str, String)> {
        let key = key(payment);
        if !self.is_of_pass(key) {
            return Ok(None);
        }
        let currency = amount.or(total).map_or([0; 8], short);
        let new = Taken {
            sum: amount.map_or(Decimal::ZERO, Money::amount),
            total: total.map(Money::amount),
            currency,
            everything: amount.is_none(),
        };
        let sum = new.sum;
        let Some(taken) = self.payments.get_mut(&key) else {
            self.payments.insert(key, new);
            return Ok(Some(sum));
        };
        if taken.everything || new.everything {
            return Err((
                "payment",
                "another line refunds everything of it, or this one does".to_owned(),
            ));
        }
        if taken.currency != new.currency {
            return Err((
                "currency",
                "another line refunds the payment in another currency".to_owned(),
            ));
        }
        if let (Some(known), Some(told)) = (taken.total, new.total)
            && known != told
        {
            let reason = format!("another line says that {known} were paid");
            return Err(("payment_total", reason));
        }
        taken.total = taken.total.or(new.total);
        taken.sum = taken
            .sum
            .checked_add(new.sum)
            .ok_or(("amount", "the sum is too large to be told".to_owned()))?;
        match taken.total {
            Some(total) if taken.sum > total => Err((
                "amount",
                format!(
                    "the lines refund {} of the {total} that were paid",
                    taken.sum
                ),
            )),
            _ => Ok(Some(taken.sum)),
        }
    }
}

fn key(text: &str) -> u64 {
    use sha2::{Digest, Sha256};

    let digest = Sha256::digest(text);
    let (first, _) = digest.split_at(8);
    first
        .iter()
        .fold(0, |key, byte| (key << 8) | u64::from(*byte))
}

fn short(money: &Money) -> [u8; 8] {
    let mut short = [0; 8];
    let name = money.currency().to_string();
    for (place, byte) in short.iter_mut().zip(name.bytes()) {
        *place = byte;
    }
    short
}

/// A line, as the journal is asked about it.
pub(super) struct Asked {
    pub(super) number: u64,
    pub(super) id: String,
    pub(super) payment: String,
    pub(super) amount: Option<Money>,
    /// What the lines so far refund of the payment, with this one.
    pub(super) sum: Decimal,
    pub(super) total: Option<Money>,
}

/// What the journal has against some lines: their references, and what it knows of their payments.
///
/// What was put down of the same batch and never sent is no obstacle: the plan was cut off, or cancelled.
pub(super) async fn against(
    store: &Store,
    batch: &str,
    lot: &[Asked],
) -> Result<Vec<Problem>, BatchError> {
    store.in_time(compare(store, batch, lot)).await
}

async fn compare(store: &Store, batch: &str, lot: &[Asked]) -> Result<Vec<Problem>, BatchError> {
    let mut problems = Vec::new();
    let each = store.dialect().each("$1");
    let mut reader = store.reader().await?;
    let ids: Vec<_> = lot.iter().map(|line| &line.id).collect();
    let known = format!(
        "SELECT id, state FROM refunds WHERE id IN ({each}) AND NOT (attempts = 0 AND (state = 'withdrawn' OR \
         (state = 'not_sent' AND queued = 0 AND batch = $2)))"
    );
    let rows = sqlx::query(AssertSqlSafe(known))
        .bind(to_json("id", &ids)?)
        .bind(batch);
    let mut refunds = HashMap::new();
    for row in rows.fetch_all(&mut *reader).await? {
        refunds.insert(
            row.try_get::<String, _>("id")?,
            row.try_get::<String, _>("state")?,
        );
    }
    let ids: Vec<_> = lot.iter().map(|line| &line.payment).collect();
    let ids = to_json("payment", &ids)?;
    let totals = format!("SELECT id, total, currency FROM payments WHERE id IN ({each})");
    let rows = sqlx::query(AssertSqlSafe(totals)).bind(ids.clone());
    let mut payments = HashMap::new();
    for row in rows.fetch_all(&mut *reader).await? {
        let total = money(row.try_get("total")?, row.try_get("currency")?)?;
        payments.insert(row.try_get::<String, _>("id")?, (total, Vec::new()));
    }
    if !payments.is_empty() {
        let taken = format!(
            "SELECT payment, amount, currency, beside FROM refunds WHERE payment IN ({each}) AND \
             state IN ('sending', 'in_doubt', 'pending', 'succeeded')"
        );
        let rows = sqlx::query(AssertSqlSafe(taken)).bind(ids);
        for row in rows.fetch_all(&mut *reader).await? {
            let amount = money(row.try_get("amount")?, row.try_get("currency")?)?;
            if let Some((_, taken)) = payments.get_mut(&row.try_get::<String, _>("payment")?) {
                // Where two were accepted under one reference, both may be paid.
                let is_double = row.try_get::<Option<String>, _>("beside")?.is_some();
                taken.extend(std::iter::repeat_n(amount, 1 + usize::from(is_double)));
            }
        }
    }
    for line in lot {
        let mut wrong = |column, reason: String| {
            problems.push(Problem {
                line: line.number,
                column: Some(column),
                reason,
            });
        };
        if let Some(state) = refunds.get(&line.id) {
            wrong(
                "reference",
                format!("the journal has a refund of it, which is {state}"),
            );
        }
        if let Some((total, taken)) = payments.get(&line.payment)
            && let Err(reason) = fits(line, total.as_ref(), taken)
        {
            wrong("payment", reason);
        }
    }
    Ok(problems)
}

fn fits(line: &Asked, known: Option<&Money>, taken: &[Option<Money>]) -> Result<(), String> {
    if let (Some(known), Some(told)) = (known, &line.total)
        && known != told
    {
        return Err(format!("the journal says that {known} were paid"));
    }
    if taken.iter().any(Option::is_none) || (line.amount.is_none() && !taken.is_empty()) {
        return Err("everything of it, or a part, is or may be refunded already".to_owned());
    }
    let (Some(total), Some(amount)) = (known.or(line.total.as_ref()), &line.amount) else {
        return Ok(());
    };
    if amount.currency() != total.currency() {
        return Err(format!(
            "{amount} cannot be compared with the {total} that were paid"
        ));
    }
    let mut sum = line.sum;
    for taken in taken.iter().flatten() {
        if taken.currency() != total.currency() {
            return Err(format!(
                "{taken} of it are or may be refunded, in another currency"
            ));
        }
        sum = sum
            .checked_add(taken.amount())
            .ok_or("the sum is too large to be told")?;
    }
    if sum <= total.amount() {
        return Ok(());
    }
    Err(format!(
        "with what is or may be refunded already it comes to {sum} of {total}"
    ))
}
