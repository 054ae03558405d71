//! What differs between the databases.

/// What differs between the databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "each is made in a build with its feature")]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// Milliseconds of Unix time by the database's clock: those of machines differ.
    pub(crate) fn now(self) -> &'static str {
        match self {
            Self::Sqlite => "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
            Self::Postgres => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
        }
    }

    /// The function that gives the least of its arguments.
    pub(crate) fn least(self) -> &'static str {
        match self {
            Self::Sqlite => "min",
            Self::Postgres => "least",
        }
    }

    /// What keeps two workers from waiting for each other's rows.
    pub(crate) fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }

    /// The rows of the JSON array of arrays that is the first parameter, each as `value`.
    pub(crate) fn rows(self) -> &'static str {
        match self {
            Self::Sqlite => "json_each($1)",
            Self::Postgres => "json_array_elements(CAST($1 AS json)) AS each(value)",
        }
    }

    /// The texts of the JSON array that is the first parameter.
    pub(crate) fn each(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT value FROM json_each($1)",
            Self::Postgres => "SELECT json_array_elements_text(CAST($1 AS json))",
        }
    }

    /// What locks a row that is read to be written.
    pub(crate) fn for_update(self) -> &'static str {
        match self {
            // The whole journal is locked from the beginning of the transaction on.
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE",
        }
    }
}
