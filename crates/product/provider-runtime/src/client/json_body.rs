//! Bodies in JSON, as they are sent.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::wire::sending;

/// The JSON of a body that is sent.
///
/// # Errors
///
/// What the body says of itself, an amount that a double would change, or a member that is written twice: which of
/// two counts, the provider decides.
pub(super) fn json(body: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let (text, has_others) = sending::with_others(|| serde_json::to_vec(body));
    let text = text?;
    if has_others {
        serde_json::Deserializer::from_slice(&text).deserialize_any(Once)?;
    }
    Ok(text)
}

/// Takes any JSON in which no object has a member twice.
struct Once;

impl<'de> DeserializeSeed<'de> for Once {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Once)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut names = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            map.next_value_seed(Once)?;
            if let Some(name) = names.replace(name) {
                return Err(de::Error::custom(format_args!(
                    "the member `{name}` is given twice, once among those that the document does not name"
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Amount, OtherMembers};

    #[derive(Serialize)]
    struct Refund {
        amount: Amount,
        #[serde(flatten)]
        others: OtherMembers,
    }

    fn sent(amount: &str, others: &[(&str, &str)]) -> Result<String, String> {
        let refund = Refund {
            amount: serde_json::from_str(amount).unwrap(),
            others: others.iter().copied().collect(),
        };
        let text = json(&refund).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(text).unwrap())
    }

    #[test]
    fn a_member_that_is_written_twice_is_not_sent() {
        let fine = sent("19.90", &[("note", "x")]).unwrap();
        assert_eq!(fine, r#"{"amount":19.90,"note":"x"}"#);
        let twice = sent("19.90", &[("amount", "99")]).unwrap_err();
        assert!(
            twice.starts_with("the member `amount` is given twice"),
            "{twice}"
        );
    }

    #[test]
    fn an_amount_that_a_double_would_change_is_encoded_again_and_not_sent() {
        let amount: Amount = serde_json::from_str("9007199254740993").unwrap();
        assert_eq!(serde_json::to_string(&amount).unwrap(), "9007199254740993");
        let refused = sent("9007199254740993", &[]).unwrap_err();
        assert!(
            refused.contains("would change in a JSON number"),
            "{refused}"
        );
        assert!(!sending::is_on());
    }
}
