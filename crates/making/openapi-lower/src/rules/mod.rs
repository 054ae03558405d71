//! The rules, one module each, in the order in which they are applied.

mod absent_collections;
mod absent_in_examples;
mod absent_success;
mod answer_copies;
mod answer_examples;
mod answer_tolerance;
mod any_of_objects;
mod big_integers;
mod bodiless_answers;
mod client_members;
mod collections;
mod composed_names;
mod composition;
mod conditions;
mod direction_only;
mod discriminator;
mod empty_enum;
mod enum_values;
mod error_dialects;
mod exact_numbers;
mod implied_types;
mod inline_references;
mod json_bodies;
mod malformed_operations;
mod malformed_schemas;
mod media;
mod merged_all_of;
mod mistyped_in_examples;
mod names;
mod null_in_examples;
mod nullable_components;
mod nullable_wire_types;
mod number_or_text;
mod one_response_type;
mod open_enums;
mod open_unions;
mod openapi_version;
mod operation_ids;
mod own_security;
mod own_servers;
mod parameter_names;
mod parameter_styles;
mod parameters;
mod path_templates;
mod patterns;
mod plain_strings;
mod raw_answers;
mod ref_siblings;
mod reference_targets;
mod request_bodies;
mod request_nulls;
mod required_alternatives;
mod schema_keywords;
mod schema_references;
mod speakable_names;
mod subtypes;
mod timestamps;
mod type_lists;
mod union_tags;
mod unions;
mod unreached_schemas;
mod untyped_answers;
mod webhooks;
mod wide_integers;

#[cfg(test)]
pub(crate) mod testing;

use crate::LowerError;
use crate::draft::Draft;
use crate::report::{Report, Scribe};

/// One lowering rule.
pub struct Rule {
    /// Its name in reports.
    pub name: &'static str,
    /// What it accepts and what it emits, in one line.
    pub statement: &'static str,
    pub(crate) apply: fn(&mut Draft, &mut Scribe<'_>) -> Result<(), LowerError>,
}

impl Rule {
    pub(crate) fn scribe<'a>(&self, report: &'a mut Report) -> Scribe<'a> {
        Scribe::new(self.name, report)
    }
}

/// Every rule, in the order in which [`lower`](crate::lower) applies them.
pub fn rules() -> &'static [Rule] {
    const RULES: &[Rule] = &[
        // Webhooks stand among the paths until everything that is said of answers is done.
        webhooks::BODIES,
        // What a document may say in several ways is said in one.
        openapi_version::RULE,
        inline_references::RULE,
        malformed_operations::RULE,
        operation_ids::RULE,
        own_servers::RULE,
        own_security::RULE,
        path_templates::RULE,
        parameters::RULE,
        malformed_schemas::RULE,
        schema_references::RULE,
        bodiless_answers::RULE,
        raw_answers::RULE,
        error_dialects::RULE,
        schema_keywords::RULE,
        collections::RULE,
        conditions::RULE,
        type_lists::RULE,
        enum_values::RULE,
        ref_siblings::RULE,
        implied_types::RULE,
        required_alternatives::RULE,
        any_of_objects::RULE,
        subtypes::RULE,
        merged_all_of::RULE,
        // Before unions are made of what they say.
        answer_copies::RULE,
        mistyped_in_examples::RULE,
        unions::RULE,
        direction_only::RULE,
        union_tags::RULE,
        // What progenitor would type wrongly gets the type that the wire has.
        null_in_examples::RULE,
        absent_in_examples::RULE,
        empty_enum::RULE,
        // Before the limits of answers go.
        big_integers::RULE,
        answer_tolerance::RULE,
        timestamps::RULE,
        number_or_text::RULE,
        exact_numbers::RULE,
        wide_integers::RULE,
        plain_strings::RULE,
        patterns::RULE,
        nullable_components::RULE,
        // One media type, one type for success and one for errors, and parameters that can be written.
        parameter_styles::RULE,
        request_bodies::RULE,
        untyped_answers::RULE,
        json_bodies::RULE,
        absent_success::RULE,
        one_response_type::RULE,
        unreached_schemas::RULE,
        open_unions::RULE,
        names::RULE,
        // These wrap schemas that have a name by now.
        request_nulls::RULE,
        absent_collections::RULE,
        open_enums::RULE,
        speakable_names::RULE,
        nullable_wire_types::RULE,
        // Before the marks of the stand-ins go.
        webhooks::STAND_INS,
        client_members::RULE,
    ];
    RULES
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own_and_a_statement_of_one_line() {
        let names: BTreeSet<_> = rules().iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), rules().len());
        for rule in rules() {
            assert!(
                rule.statement.ends_with('.') && !rule.statement.contains('\n'),
                "{}",
                rule.name
            );
        }
    }
}
