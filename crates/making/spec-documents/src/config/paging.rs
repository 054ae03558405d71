//! How an operation pages.

use serde::Deserialize;

use crate::Call;

/// How an operation pages: by what the next page is asked for. Places are JSON pointers into an answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Paging {
    /// By a link.
    Link {
        /// Place of the list.
        items: String,
        /// Place of the link; without it, it is in the header `Link`.
        next: Option<String>,
    },
    /// By a word that an answer gives, in a parameter of the query.
    Cursor {
        /// Place of the list; empty where the answer is the list.
        items: String,
        /// The parameter.
        parameter: String,
        /// Place of the word.
        next: Option<String>,
        /// Its place in the last entry of the list, where it is that one's.
        last_item: Option<String>,
        /// Place of what is true where there are more.
        more: Option<String>,
    },
    /// By the number of entries before it, in a parameter of the query.
    Offset {
        /// Place of the list; empty where the answer is the list.
        items: String,
        /// The parameter.
        parameter: String,
        /// Place of what is true where there are more.
        more: Option<String>,
        /// Place of the number of all entries.
        total: Option<String>,
    },
    /// By its number, in a parameter of the query.
    Page {
        /// Place of the list; empty where the answer is the list.
        items: String,
        /// The parameter.
        parameter: String,
        /// The number of the first page.
        first: u64,
        /// Place of what is true where there are more.
        more: Option<String>,
        /// Place of the number of all entries.
        total: Option<String>,
    },
}

impl Paging {
    /// Place of the list.
    pub fn items(&self) -> &str {
        match self {
            Self::Link { items, .. }
            | Self::Cursor { items, .. }
            | Self::Offset { items, .. }
            | Self::Page { items, .. } => items,
        }
    }

    /// The parameter of the query, where there is one.
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Self::Link { .. } => None,
            Self::Cursor { parameter, .. }
            | Self::Offset { parameter, .. }
            | Self::Page { parameter, .. } => Some(parameter),
        }
    }

    /// The other places in an answer, by their keys.
    pub fn places(&self) -> Vec<(&'static str, &str)> {
        let places = match self {
            Self::Link { next, .. } => [("next", next), ("more", &None)],
            Self::Cursor { next, more, .. } => [("next", next), ("more", more)],
            Self::Offset { more, total, .. } | Self::Page { more, total, .. } => {
                [("more", more), ("total", total)]
            }
        };
        let told = places.into_iter();
        told.filter_map(|(key, place)| Some((key, place.as_deref()?)))
            .collect()
    }

    /// The place in the last entry, where there is one.
    pub fn last_item(&self) -> Option<&str> {
        match self {
            Self::Cursor { last_item, .. } => last_item.as_deref(),
            _ => None,
        }
    }

    /// What is wrong with it for an operation, and at which key.
    pub(super) fn complaint(
        &self,
        call: &Call,
        moves_money: bool,
    ) -> Option<(&'static str, String)> {
        if moves_money || call.method != "GET" {
            let problem = "only a GET that moves no money is sent again for the next page";
            return Some(("by", problem.to_owned()));
        }
        if let Self::Cursor {
            next, last_item, ..
        } = self
            && next.is_some() == last_item.is_some()
        {
            let problem = "give the place of the cursor in the answer, or `last_item`: its place in the last entry";
            return Some(("next", problem.to_owned()));
        }
        if self.parameter() == Some("") {
            return Some(("parameter", "it has no name".to_owned()));
        }
        let last = self.last_item().map(|place| ("last_item", place));
        let items = Some(("items", self.items())).filter(|(_, place)| !place.is_empty());
        let mut places = self.places().into_iter().chain(last).chain(items);
        places
            .find(|(_, place)| !place.starts_with('/'))
            .map(|(key, place)| {
                let problem = format!("\"{place}\" is no JSON pointer: it begins with a slash");
                (key, problem)
            })
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn parsed(call: &str, moves_money: bool, paging: &str) -> Result<Config, String> {
        let text = format!(
            "name = \"acme\"\ntitle = \"Acme\"\n[authentication]\nscheme = \"bearer\"\nsource = \"page\"\n\
             [operations.list]\ncall = \"{call}\"\nmoves_money = {moves_money}\n[operations.list.paging]\n{paging}"
        );
        Config::parse("provider.toml", &text).map_err(|error| error.to_string())
    }

    #[test]
    fn each_way_is_read_with_its_places() {
        for (paging, parameter, places) in [
            ("by = \"link\"\nitems = \"\"", None, vec![]),
            (
                "by = \"link\"\nitems = \"/data\"\nnext = \"/links/next\"",
                None,
                vec![("next", "/links/next")],
            ),
            (
                "by = \"cursor\"\nitems = \"/data\"\nparameter = \"after\"\nlast_item = \"/id\"\nmore = \"/has_more\"",
                Some("after"),
                vec![("more", "/has_more")],
            ),
            (
                "by = \"page\"\nitems = \"/data\"\nparameter = \"page\"\nfirst = 1\ntotal = \"/total\"",
                Some("page"),
                vec![("total", "/total")],
            ),
        ] {
            let config = parsed("GET /refunds", false, paging).unwrap();
            let found = config.operations["list"].paging.as_ref().unwrap();
            assert_eq!(found.parameter(), parameter, "{paging}");
            assert_eq!(found.places(), places, "{paging}");
        }
    }

    #[test]
    fn what_cannot_page_so_is_refused_by_its_key() {
        let offset = "by = \"offset\"\nitems = \"/data\"\nparameter = \"offset\"";
        let cursor = "by = \"cursor\"\nitems = \"/data\"\nparameter = \"after\"";
        for (call, moves_money, paging, told) in [
            (
                "POST /refunds",
                false,
                offset,
                "operations.list.paging.by: only a GET",
            ),
            (
                "GET /refunds",
                true,
                offset,
                "operations.list.paging.by: only a GET",
            ),
            (
                "GET /refunds",
                false,
                cursor,
                "operations.list.paging.next: give the place",
            ),
            (
                "GET /refunds",
                false,
                &format!("{cursor}\nnext = \"/a\"\nlast_item = \"/b\""),
                "paging.next",
            ),
            (
                "GET /refunds",
                false,
                &format!("{cursor}\nnext = \"a\""),
                "paging.next: \"a\" is no JSON pointer",
            ),
            (
                "GET /refunds",
                false,
                &offset.replace("/data", "data"),
                "paging.items: \"data\" is no",
            ),
            (
                "GET /refunds",
                false,
                &format!("{offset}\nnext = \"/a\""),
                "next",
            ),
            (
                "GET /refunds",
                false,
                "by = \"page\"\nitems = \"\"\nparameter = \"page\"",
                "first",
            ),
            ("GET /refunds", false, "by = \"magic\"", "magic"),
        ] {
            let error = parsed(call, moves_money, paging).unwrap_err();
            assert!(error.contains(told), "{paging}: {error}");
        }
    }
}
