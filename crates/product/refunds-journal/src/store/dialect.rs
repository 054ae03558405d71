//! What differs between the databases.

/// A column of rows that a statement is given.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    Text(&'static str),
    Number(&'static str),
}

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
            Self::Postgres => "jsonb_array_elements(CAST($1 AS jsonb)) AS each(value)",
        }
    }

    /// The rows of the JSON array of arrays that is the first parameter, as a table.
    pub(crate) fn table(self, name: &str, columns: &[Column]) -> String {
        let columns = columns.iter().enumerate();
        let columns: Vec<_> = columns
            .map(|(index, column)| match column {
                Column::Text(name) => format!("value ->> {index} AS {name}"),
                Column::Number(name) => format!("CAST(value ->> {index} AS BIGINT) AS {name}"),
            })
            .collect();
        format!(
            "(SELECT {} FROM {}) AS {name}",
            columns.join(", "),
            self.rows()
        )
    }

    /// The texts of the JSON array that is a parameter.
    pub(crate) fn each(self, parameter: &str) -> String {
        match self {
            Self::Sqlite => format!("SELECT value FROM json_each({parameter})"),
            Self::Postgres => {
                format!("SELECT jsonb_array_elements_text(CAST({parameter} AS jsonb))")
            }
        }
    }

    /// What locks the rows of a table that are read to be written, and leaves out those that another has locked.
    pub(crate) fn for_update_of_free(self, table: &str) -> String {
        match self {
            Self::Sqlite => String::new(),
            Self::Postgres => format!("FOR UPDATE OF {table} SKIP LOCKED"),
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
