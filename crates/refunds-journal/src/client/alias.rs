//! Payments that have two names: their refunds are counted together.

use refunds::{Action, Money, Reference, RefundRequest};
use sqlx::{AssertSqlSafe, Row as _};

use super::{JournaledRefunds, claim::Wanted};
use crate::{
    JournalError, StoreError,
    store::{Tx, money},
};

impl JournaledRefunds {
    /// What is wanted of a payment, whichever name of it the request has.
    pub(super) async fn wanted(
        &self,
        reference: &Reference,
        action: Action,
        total: Option<Money>,
    ) -> Result<Wanted, JournalError> {
        let wanted = Wanted::new(self, reference, action, total)?;
        match &wanted.action {
            Action::Create(RefundRequest::Tazapay(refund)) if refund.payin().is_none() => {
                self.under_first_name(wanted).await
            }
            _ => Ok(wanted),
        }
    }

    /// The same under the payment's first name, where the request has only the second and the journal knows both.
    async fn under_first_name(&self, wanted: Wanted) -> Result<Wanted, JournalError> {
        let found: Option<Option<String>> =
            sqlx::query_scalar("SELECT same_as FROM payments WHERE id = $1")
                .bind(&wanted.payment)
                .fetch_optional(&mut *self.store().reader().await?)
                .await
                .map_err(StoreError::from)?;
        Ok(match found.flatten() {
            Some(payment) => Wanted { payment, ..wanted },
            None => wanted,
        })
    }

    /// Puts down that a payment, which is locked, has a second name, and takes over what is known under that; gives
    /// back the total that was told under it.
    pub(super) async fn take_over(
        &self,
        tx: &mut Tx,
        payment: &str,
        (alias, name): &(String, String),
    ) -> Result<Option<Money>, JournalError> {
        let upsert = "INSERT INTO payments (id, provider, place, name, turn, same_as) VALUES ($1, $2, $3, $4, 0, $5) \
            ON CONFLICT (id) DO UPDATE SET turn = payments.turn + 1, same_as = excluded.same_as \
            RETURNING total, currency";
        let row = sqlx::query(upsert)
            .bind(alias)
            .bind(self.refunds.provider().as_str())
            .bind(self.place.as_str())
            .bind(name)
            .bind(payment)
            .fetch_one(&mut **tx)
            .await
            .map_err(StoreError::from)?;
        let text = |column: &str| row.try_get(column).map_err(StoreError::from);
        let told = money(text("total")?, text("currency")?)?;
        for statement in [
            "UPDATE refunds SET payment = $1 WHERE payment = $2",
            "UPDATE payments SET total = COALESCE(total, (SELECT total FROM payments WHERE id = $2)), \
             currency = COALESCE(currency, (SELECT currency FROM payments WHERE id = $2)) WHERE id = $1",
        ] {
            sqlx::query(AssertSqlSafe(statement.to_owned()))
                .bind(payment)
                .bind(alias)
                .execute(&mut **tx)
                .await
                .map_err(StoreError::from)?;
        }
        Ok(told)
    }
}
