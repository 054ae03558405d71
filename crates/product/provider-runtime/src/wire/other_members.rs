//! Members of an object that its schema does not name.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::thread::LocalKey;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::json::{Json, JsonObject};
use super::scalar::serialize_verbatim;
use super::sending;
use crate::ConversionError;

/// The members of an object that its schema does not name: what a provider sent beyond its document, or what is sent
/// beyond it. They are written again as they came. Where there are none, nothing is allocated.
///
/// ```
/// use provider_runtime::{Json, OtherMembers};
///
/// let mut others = OtherMembers::default();
/// others.insert("settlementCurrency", "KES");
/// assert_eq!(others.get("settlementCurrency"), Some(Json::from("KES")));
/// assert_eq!(others.text("settlementCurrency"), Some(r#""KES""#));
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct OtherMembers(Option<Box<Stored>>);

#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Stored {
    /// How members are written, by their names.
    texts: BTreeMap<String, Box<str>>,
    /// Members that the schema names and that came as null, in the order of their names.
    nulls: Vec<&'static str>,
}

impl OtherMembers {
    /// The member `name`; nothing also where it is no [`Json`]: nested too deep, or with half of a character in a text.
    pub fn get(&self, name: &str) -> Option<Json> {
        Json::parse(self.text(name)?).ok()
    }

    /// The member `name` as it is written in JSON.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.as_ref()?.texts.get(name).map(|text| &**text)
    }

    /// Whether a member that the schema does name came as null. Its field is `None` then, as it is where nothing came; it is
    /// written as null again, unless the field is given a value or the object is sent.
    pub fn came_as_null(&self, name: &str) -> bool {
        self.nulls().contains(&name)
    }

    fn nulls(&self) -> &[&'static str] {
        self.0.as_ref().map_or(&[], |stored| &stored.nulls)
    }

    /// Gives a member, in place of the one that has its name. A name that the schema has belongs to its own field: given
    /// here, it would be written twice.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Json>) {
        self.keep(name.into(), value.into().to_string());
    }

    pub(super) fn keep(&mut self, name: String, text: String) {
        let stored = self.0.get_or_insert_default();
        stored.texts.insert(name, text.into());
    }

    pub(super) fn keep_null(&mut self, name: &'static str) {
        let nulls = &mut self.0.get_or_insert_default().nulls;
        if let Err(place) = nulls.binary_search(&name) {
            nulls.insert(place, name);
        }
    }

    /// Whether a member that the schema names and that is not there is written as null. A null says nothing of the form
    /// that an instance has, and a schema need not take it in a request.
    pub(super) fn is_written_as_null(&self, name: &str) -> bool {
        self.came_as_null(name) && !HIDDEN.get() && !sending::is_on()
    }

    /// These, to be written beside the members of a schema. For generated code.
    ///
    /// # Errors
    ///
    /// One has the name of a member that the schema `named`.
    #[doc(hidden)]
    pub fn beside(self, named: &[&str]) -> Result<Self, ConversionError> {
        if let Some((name, _)) = self.iter().find(|(name, _)| named.contains(name)) {
            return Err(ConversionError::from(format!(
                "`{name}` is a member that the document names: give it by its own function"
            )));
        }
        Ok(self)
    }

    /// Writes them. Where it is told which of several forms an instance has, only those are written of which the document
    /// has `said` that there may be some.
    pub(super) fn write<M: SerializeMap>(&self, said: bool, map: &mut M) -> Result<(), M::Error> {
        if self.is_empty() || (HIDDEN.get() && !said) {
            return Ok(());
        }
        sending::note_others();
        for (name, text) in self.iter() {
            map.serialize_entry(name, &Verbatim(text))?;
        }
        Ok(())
    }

    /// Whether they are not kept now.
    pub(super) fn are_passed_over() -> bool {
        PASSED_OVER.get()
    }

    /// Their names and how they are written in JSON, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let members = self.0.iter().flat_map(|stored| stored.texts.iter());
        members.map(|(name, text)| (name.as_str(), &**text))
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |stored| stored.texts.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl From<JsonObject> for OtherMembers {
    fn from(members: JsonObject) -> Self {
        members.into_iter().collect()
    }
}

impl<N: Into<String>, V: Into<Json>> FromIterator<(N, V)> for OtherMembers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(members: I) -> Self {
        let mut others = Self::default();
        for (name, value) in members {
            others.insert(name, value);
        }
        others
    }
}

/// How many there are: they may be personal.
impl fmt::Debug for OtherMembers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OtherMembers({} members)", self.len())
    }
}

impl Serialize for OtherMembers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.write(false, &mut map)?;
        map.end()
    }
}

struct Verbatim<'a>(&'a str);

impl Serialize for Verbatim<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_verbatim(self.0, serializer)
    }
}

thread_local! {
    static HIDDEN: Cell<bool> = const { Cell::new(false) };
    static PASSED_OVER: Cell<bool> = const { Cell::new(false) };
}

/// Does `work` while other members are not written: which of several forms an instance has is told by what their
/// schemas name.
pub(super) fn hidden<T>(work: impl FnOnce() -> T) -> T {
    during(&HIDDEN, work)
}

/// Does `work` while other members are not kept: an answer that cannot be kept as it came, because it is no UTF-8, is
/// still read where it is.
pub(super) fn passed_over<T>(work: impl FnOnce() -> T) -> T {
    during(&PASSED_OVER, work)
}

fn during<T>(flag: &'static LocalKey<Cell<bool>>, work: impl FnOnce() -> T) -> T {
    struct Before(&'static LocalKey<Cell<bool>>, bool);
    impl Drop for Before {
        fn drop(&mut self) {
            self.0.set(self.1);
        }
    }
    let _before = Before(flag, flag.replace(true));
    work()
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Deserializer};

    use super::*;
    use crate::{Amount, ByStatus, decode_with_status, one_of};

    #[derive(Clone, Debug, PartialEq)]
    struct Refund {
        id: String,
        kind: Option<String>,
        parts: Vec<Part>,
        other_members: OtherMembers,
    }
    crate::object!(Refund { id required, kind = "type", parts }, other_members);

    #[derive(Clone, Debug, PartialEq)]
    struct Part {
        amount: Amount,
        other_members: OtherMembers,
    }
    crate::object!(Part { amount required }, other_members);

    const TEXT: &str = r#"{"id":"r","type":"full","parts":[{"amount":1.10,"fee":12345678901234567.10}],"_links":{"self":[1e2]}}"#;

    #[test]
    fn what_no_schema_names_goes_round_with_every_digit() {
        let refund: Refund = serde_json::from_str(TEXT).unwrap();
        assert_eq!(refund.other_members.len(), 1);
        assert_eq!(
            refund.other_members.get("_links").unwrap()["self"][0].to_string(),
            "1e2"
        );
        let fee = refund.parts[0].other_members.get("fee").unwrap();
        assert_eq!(fee.to_string(), "12345678901234567.10");
        assert_eq!(serde_json::to_string(&refund).unwrap(), TEXT);
    }

    /// RFC 8259, 3: null is a value. A member that has it is there.
    #[test]
    fn a_null_that_came_is_written_again_and_not_sent() {
        let text = r#"{"id":"r","type":null,"parts":[{"amount":1.10,"fee":null}],"more":null}"#;
        let mut refund: Refund = serde_json::from_str(text).unwrap();
        assert_eq!((&refund.kind, refund.other_members.len()), (&None, 1));
        assert!(refund.other_members.came_as_null("type"));
        assert!(!refund.other_members.came_as_null("parts"));
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&serde_json::to_string(&refund).unwrap()), value(text));
        assert_eq!(serde_json::to_value(&refund).unwrap(), value(text));
        let read: Refund = serde_json::from_value(value(text)).unwrap();
        assert!(read == refund);

        #[cfg(feature = "client")]
        {
            let sent = sending::during(|| serde_json::to_string(&refund).unwrap());
            assert!(!sent.contains("type"), "{sent}");
        }
        refund.kind = Some("full".to_owned());
        let again = serde_json::to_string(&refund).unwrap();
        assert_eq!(again.matches("\"type\":").count(), 1, "{again}");
        assert_eq!(value(&again)["type"], "full");
    }

    #[test]
    fn names_with_escapes_and_members_that_repeat_are_kept() {
        let json = r#"{"i\u0064":"r","no\"te":1,"no\"te":2}"#;
        let refund: Refund = serde_json::from_str(json).unwrap();
        assert_eq!(refund.id, "r");
        assert_eq!(refund.other_members.get("no\"te").unwrap().to_string(), "2");
    }

    #[test]
    fn where_there_is_nothing_else_nothing_is_allocated_or_written() {
        let refund: Refund = serde_json::from_str(r#"{"id":"r"}"#).unwrap();
        assert!(refund.other_members.0.is_none());
        assert!(refund.other_members.is_empty());
        assert_eq!(serde_json::to_string(&refund).unwrap(), r#"{"id":"r"}"#);
    }

    #[test]
    fn readers_of_all_kinds_keep_them() {
        let value: serde_json::Value = serde_json::from_str(r#"{"id":"r","more":true}"#).unwrap();
        let refund: Refund = serde_json::from_value(value).unwrap();
        assert_eq!(refund.other_members.get("more"), Some(Json::Bool(true)));
        let refund: Refund = serde_json::from_reader(TEXT.as_bytes()).unwrap();
        assert_eq!(refund.other_members.len(), 1);

        #[derive(Deserialize)]
        enum Answer {
            Status200(Refund),
        }
        let body = br#"{"id":"r","more":true}"#;
        let answer: ByStatus<Answer> = decode_with_status(200, body).unwrap();
        let Answer::Status200(refund) = answer.into_inner();
        assert_eq!(refund.other_members.len(), 1);
    }

    #[test]
    fn what_cannot_be_kept_does_not_make_an_answer_unreadable() {
        let body = b"{\"id\":\"r\",\"more\":\"d\xE9pass\xE9\"}";
        let refund: Refund = decode_with_status(200, body).unwrap();
        assert_eq!((refund.id.as_str(), refund.other_members.len()), ("r", 0));
        for (body, column) in [
            (&b"{\"id\":\"\xE9\"}"[..], 8),
            (b"{\"id\":\"\\\xE9\"}", 9),
            (b"{\"id\":\"\\\\\xE9\"}", 10),
            (b"{\"id\":\"r\",\"more\":\"\\\xE9\"}", 20),
            (b"{\"id\":\"r\"}\xE9", 11),
        ] {
            let error = decode_with_status::<Refund>(200, body).unwrap_err();
            assert!(error.is_syntax(), "{error}");
            assert_eq!(error.column(), column, "{error}");
        }
        let error = decode_with_status::<Refund>(200, b"{\"more\":\"\xE9\"}").unwrap_err();
        assert!(error.to_string().starts_with("missing field `id`"));

        let deep = format!(
            r#"{{"id":"r","more":{}{}}}"#,
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        let refund: Refund = decode_with_status(200, deep.as_bytes()).unwrap();
        assert_eq!(refund.other_members.get("more"), None);
        assert_eq!(refund.other_members.text("more").unwrap().len(), 200_000);
        assert_eq!(serde_json::to_string(&refund).unwrap(), deep);
    }

    #[test]
    fn what_a_field_misses_is_told_as_before() {
        let error = serde_json::from_str::<Refund>(r#"{"more":1}"#).unwrap_err();
        assert!(
            error.to_string().starts_with("missing field `id`"),
            "{error}"
        );
        assert!(serde_json::from_str::<Refund>("[\"r\"]").is_err());
        assert!(serde_json::from_str::<Refund>("{\"id\":\"r\",\"more\":}").is_err());
    }

    #[test]
    fn what_a_document_expects_beside_its_members_tells_a_form_and_what_it_does_not_expect_does_not()
     {
        struct Note {
            id: String,
            other_members: OtherMembers,
        }
        crate::object!(Note { id required }, other_members documented);

        let text = r#"{"id":"r","new":1}"#;
        let note: Note = serde_json::from_str(text).unwrap();
        assert_eq!(hidden(|| serde_json::to_string(&note)).unwrap(), text);
        let refund: Refund = serde_json::from_str(text).unwrap();
        let shown = hidden(|| serde_json::to_string(&refund)).unwrap();
        assert_eq!(shown, r#"{"id":"r"}"#);
    }

    #[test]
    fn the_form_of_an_instance_is_told_by_what_schemas_name() {
        #[derive(Debug, PartialEq, Serialize)]
        #[serde(untagged)]
        enum Either {
            Part(Part),
            Refund(Refund),
        }
        impl<'de> Deserialize<'de> for Either {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let forms: [one_of::Form<Self>; 2] = [
                    |text| one_of::read(text).map(Self::Part),
                    |text| one_of::read(text).map(Self::Refund),
                ];
                one_of::decode(deserializer, &forms, None)
            }
        }
        let text = r#"{"id":"r","type":"full","amount":1,"new":0.10}"#;
        let Either::Refund(refund) = serde_json::from_str(text).unwrap() else {
            panic!("the form that names more members")
        };
        assert_eq!(refund.other_members.len(), 2);
        let again: serde_json::Value = serde_json::to_value(Either::Refund(refund)).unwrap();
        assert_eq!(
            again,
            serde_json::from_str::<serde_json::Value>(text).unwrap()
        );
    }
}
