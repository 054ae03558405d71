//! The journal's refunds, page by page: of all of them, memory would hold too much.

use refunds_journal::{Cursor, Entry, Filter, Journal, JournalError};

/// Refunds in one page.
const PAGE: u32 = 500;

/// Pages of the refunds that a filter chooses.
pub(super) struct Pages {
    journal: Journal,
    filter: Filter,
    /// How many are still to come at most.
    left: u32,
}

impl Pages {
    /// As many as the filter's limit; all without.
    pub(super) fn new(journal: Journal, filter: Filter) -> Self {
        Self {
            journal,
            left: filter.limit.unwrap_or(u32::MAX),
            filter,
        }
    }

    /// The next page, unless there is none.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Entry>>, JournalError> {
        let limit = self.left.min(PAGE);
        if limit == 0 {
            return Ok(None);
        }
        self.filter.limit = Some(limit);
        let page = self.journal.list(&self.filter).await?;
        let count = u32::try_from(page.len()).unwrap_or(limit);
        self.left = if count < limit { 0 } else { self.left - limit };
        self.filter.after = page.last().map(Cursor::behind);
        Ok((count > 0).then_some(page))
    }
}
