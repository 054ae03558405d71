//! Points in time in whatever form a provider sends them.

use std::{borrow::Cow, convert::Infallible, fmt, str::FromStr};

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize};

use super::scalar::{self, FromScalar, JsonScalar};

/// Below this an epoch counts seconds (until the year 5138), from it on milliseconds (since 1973).
const FIRST_EPOCH_IN_MILLISECONDS: u64 = 100_000_000_000;

const WITHOUT_ZONE: [&str; 2] = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"];

/// A point in time, kept as the provider wrote it and written back unchanged.
///
/// Understood are RFC 3339 (`2024-02-28T05:38:18.438Z`), RFC 2822 with HTTP's `GMT`
/// (`Fri, 08 Oct 2021 06:22:20 GMT`), the same without a zone (`2023-07-23 23:59:56`) and a JSON
/// integer since 1970: seconds when its magnitude is below 100 000 000 000, milliseconds otherwise.
/// Any other text or number is accepted and kept, too.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Timestamp(Met);

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
enum Met {
    Text(Box<str>),
    Number(JsonScalar),
}

impl Timestamp {
    /// The instant, or `None` when the text is not understood or names no zone.
    pub fn instant(&self) -> Option<DateTime<Utc>> {
        match &self.0 {
            Met::Text(text) => DateTime::parse_from_rfc3339(text)
                .or_else(|_| DateTime::parse_from_rfc2822(text))
                .ok()
                .map(|instant| instant.to_utc()),
            Met::Number(number) => instant_of_epoch(number.as_str().parse().ok()?),
        }
    }

    /// The wall clock of a text that names no zone; `None` for everything else.
    ///
    /// The document does not say which zone is meant: do not compare it with an instant.
    pub fn naive(&self) -> Option<NaiveDateTime> {
        match &self.0 {
            Met::Text(text) => WITHOUT_ZONE
                .iter()
                .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok()),
            Met::Number(_) => None,
        }
    }

    /// What was met, as text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Met::Text(text) => text,
            Met::Number(number) => number.as_str(),
        }
    }
}

fn instant_of_epoch(epoch: i64) -> Option<DateTime<Utc>> {
    if epoch.unsigned_abs() < FIRST_EPOCH_IN_MILLISECONDS {
        DateTime::from_timestamp(epoch, 0)
    } else {
        DateTime::from_timestamp_millis(epoch)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    /// Writes RFC 3339 in UTC, with as many fraction digits as needed.
    fn from(instant: DateTime<Utc>) -> Self {
        let text = instant.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        Self(Met::Text(text.into()))
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(Met::Text(text.into()))
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self(Met::Text(text.into()))
    }
}

impl FromStr for Timestamp {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Met::Text(text) => fmt::Debug::fmt(text, f),
            Met::Number(number) => fmt::Debug::fmt(number, f),
        }
    }
}

impl FromScalar for Timestamp {
    const EXPECTED: &'static str = "a date and time as a text or a number";

    fn from_number(text: &str) -> Self {
        Self(Met::Number(JsonScalar::from_json(text)))
    }

    fn from_text(text: Cow<'_, str>) -> Self {
        Self(Met::Text(text.into()))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeZone};

    use super::*;

    fn met(json: &str) -> Timestamp {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn instants_are_understood_in_every_documented_form() {
        let whole = Utc.with_ymd_and_hms(2021, 10, 8, 6, 22, 20).unwrap();
        for json in [
            r#""Fri, 08 Oct 2021 06:22:20 GMT""#,
            r#""2021-10-08T06:22:20Z""#,
            r#""2021-10-08T08:22:20+02:00""#,
            r#""2021-10-08T06:22:20.000000000Z""#,
            "1633674140",
            "1633674140000",
        ] {
            assert_eq!(met(json).instant(), Some(whole), "{json}");
        }
        let with_fraction = met(r#""2024-02-28T05:38:18.438Z""#).instant().unwrap();
        assert_eq!(with_fraction.timestamp_millis(), 1_709_098_698_438);
    }

    #[test]
    fn a_text_without_a_zone_is_a_wall_clock_and_no_instant() {
        let timestamp = met(r#""2023-07-23 23:59:56""#);
        let clock = NaiveDate::from_ymd_opt(2023, 7, 23)
            .unwrap()
            .and_hms_opt(23, 59, 56)
            .unwrap();
        assert_eq!(timestamp.naive(), Some(clock));
        assert_eq!(timestamp.instant(), None);
        assert_eq!(met(r#""2021-10-08T06:22:20Z""#).naive(), None);
    }

    #[test]
    fn whatever_was_met_is_written_back_unchanged() {
        for json in [
            r#""Fri, 08 Oct 2021 06:22:20 GMT""#,
            r#""2024-02-28T05:38:18.438Z""#,
            r#""2023-07-23 23:59:56""#,
            r#""string""#,
            r#""""#,
            "1690156796",
            "1690156796.125",
            "99999999999999999999999",
        ] {
            assert_eq!(serde_json::to_string(&met(json)).unwrap(), json);
        }
    }

    #[test]
    fn other_texts_and_numbers_name_no_instant() {
        for json in [r#""string""#, "1e400", "9223372036854775807"] {
            assert_eq!(met(json).instant(), None, "{json}");
            assert_eq!(met(json).naive(), None, "{json}");
        }
    }

    #[test]
    fn an_instant_is_written_in_rfc_3339() {
        let instant = Utc.with_ymd_and_hms(2021, 10, 8, 6, 22, 20).unwrap();
        assert_eq!(Timestamp::from(instant).as_str(), "2021-10-08T06:22:20Z");
    }
}
