//! Correcting what is known of a payment.

use refunds::Money;
use sqlx::{AssertSqlSafe, Row as _};

use super::JournaledRefunds;
use crate::{
    JournalError, Source, StoreError,
    identity::payment_id,
    store::{fact, money},
};

impl JournaledRefunds {
    /// Corrects how much was paid, where the journal was told wrongly, and gives back what it was told before. What
    /// has been refunded stays: with a smaller total, no more is.
    ///
    /// # Errors
    /// The journal knows no such payment, or cannot be written.
    pub async fn correct_payment_total(
        &self,
        payment: &str,
        total: Money,
    ) -> Result<Option<Money>, JournalError> {
        self.store().in_time(self.put_total(payment, total)).await
    }

    async fn put_total(&self, payment: &str, total: Money) -> Result<Option<Money>, JournalError> {
        let provider = self.refunds.provider();
        let id = payment_id(provider, &self.place, payment);
        let dialect = self.store().dialect();
        let mut tx = self.store().begin().await?;
        let select = format!(
            "SELECT total, currency FROM payments WHERE id = $1 {}",
            dialect.for_update()
        );
        let found = sqlx::query(AssertSqlSafe(select))
            .bind(&id)
            .fetch_optional(&mut *tx)
            .await
            .map_err(StoreError::from)?;
        let Some(found) = found else {
            return Err(JournalError::PaymentNotKnown {
                provider,
                payment: payment.to_owned(),
                place: self.place.to_string(),
            });
        };
        let text = |column: &str| found.try_get(column).map_err(StoreError::from);
        let before = money(text("total")?, text("currency")?)?;
        let written =
            "UPDATE payments SET total = $2, currency = $3, turn = turn + 1 WHERE id = $1";
        sqlx::query(written)
            .bind(&id)
            .bind(total.amount().to_string())
            .bind(total.currency().to_string())
            .execute(&mut *tx)
            .await
            .map_err(StoreError::from)?;
        let was = before
            .as_ref()
            .map_or_else(|| "not told".to_owned(), ToString::to_string);
        let tell = format!(
            "UPDATE refunds SET changed_at = {}, {} WHERE payment = $1",
            dialect.now(),
            fact(Source::Person, "'payment_total'", "$2")
        );
        sqlx::query(AssertSqlSafe(tell))
            .bind(&id)
            .bind(format!("{total}, before {was}"))
            .execute(&mut *tx)
            .await
            .map_err(StoreError::from)?;
        tx.commit().await?;
        Ok(before)
    }
}
