//! Pages that are asked for by how many there were, of which no answer says what comes next.

use provider_runtime::PageError;

use super::{NUMBER, OFFSET, ends_badly, ids, in_order, pages};
use crate::{
    client::bearer_at,
    transport::{Double, json},
};

#[tokio::test]
async fn a_page_that_contradicts_its_own_total_is_no_end() {
    const TWO: &str = r#"{"data":[{"id":1},{"id":2}],"total":9}"#;
    const NONE: &str = r#"{"data":[],"total":9}"#;
    let total = OFFSET.with_total("/total");
    let numbered = NUMBER.with_total("/total");
    for (paging, answers) in [
        (total, &[TWO, NONE][..]),
        (numbered, &[TWO, NONE]),
        (total, &[r#"{"data":[{"id":1}],"total":0}"#]),
        (numbered, &[r#"{"data":[{"id":1}],"total":0}"#]),
        (numbered, &[r#"{"data":null,"total":1}"#]),
    ] {
        let server = in_order(answers);
        let client = bearer_at(&server.url()).build().unwrap();
        let pages = pages(&client, paging, &[]);
        let error = ends_badly(pages, answers.len().try_into().unwrap()).await;
        assert!(
            matches!(error, PageError::Unreadable { what: "/total", .. }),
            "{answers:?}: {error}"
        );
    }
    // Whoever begins with a later page has not counted those before it, and beyond the end there is nothing.
    for (paging, given, answers, expected) in [
        (numbered, ("page", "4"), &[TWO, NONE][..], &[1, 2][..]),
        (total, ("offset", "20"), &[NONE], &[]),
        (
            total,
            ("offset", "7"),
            &[r#"{"data":[{"id":1},{"id":2}],"total":9}"#],
            &[1, 2],
        ),
    ] {
        let server = in_order(answers);
        let client = bearer_at(&server.url()).build().unwrap();
        let found = ids(pages(&client, paging, &[given])).await.unwrap();
        assert_eq!(found, expected, "{given:?}");
    }
}

#[tokio::test]
async fn a_parameter_that_the_provider_passes_over_is_no_list_of_the_same_entries() {
    let body = r#"{"data":[{"id":1},{"id":2}],"total":4,"more":true,"at":"N"}"#;
    for paging in [
        OFFSET,
        NUMBER,
        OFFSET.with_total("/total"),
        NUMBER.with_more("/more"),
    ] {
        let count = std::sync::atomic::AtomicU32::new(0);
        let client = bearer_at("https://api.acme.example").transport(Double::new(move |_| {
            let count = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            json(200, &body.replace('N', &count.to_string()))
        }));
        let client = client.build().unwrap();
        let error = ends_badly(pages(&client, paging, &[]), 1).await;
        assert!(
            matches!(error, PageError::Same { page: 2, .. }),
            "{paging:?}: {error}"
        );
        assert!(
            error.to_string().contains("order_details.paging"),
            "{error}"
        );
    }
}
