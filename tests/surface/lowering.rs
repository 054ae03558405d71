//! What lowering did to the document of each provider.

use std::collections::BTreeSet;

use spec_documents::Provider;
use workspace_tests::{PROVIDERS, specs_of};

#[test]
fn the_lowering_reports_are_as_reviewed() {
    for name in PROVIDERS {
        let provider = Provider::load(&specs_of(name)).unwrap();
        let selected = provider.select(&provider.effective().unwrap()).unwrap();
        let lowered = openapi_lower::lower(&selected).unwrap();
        insta::assert_snapshot!(format!("lowering_{name}"), lowered.report.to_string());
    }
}

#[test]
fn a_lowered_document_is_openapi_3_0_with_one_type_of_success_and_one_of_error() {
    for name in PROVIDERS {
        let provider = Provider::load(&specs_of(name)).unwrap();
        let selected = provider.select(&provider.effective().unwrap()).unwrap();
        let document = openapi_lower::lower(&selected).unwrap().document;
        assert_eq!(document["openapi"], "3.0.3", "{name}");
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let Some(responses) = operation
                    .get("responses")
                    .and_then(|found| found.as_object())
                else {
                    continue;
                };
                for is_success in [true, false] {
                    let schemas: BTreeSet<String> = responses
                        .iter()
                        .filter(|(status, _)| status.starts_with('2') == is_success)
                        .map(|(_, response)| {
                            response["content"]["application/json"]["schema"].to_string()
                        })
                        .collect();
                    assert_eq!(schemas.len(), 1, "{name} {method} {path}: {schemas:?}");
                }
            }
        }
    }
}
