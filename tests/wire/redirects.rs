//! Redirects: a refund goes where it was sent and nowhere else.

use provider_runtime::Error;
use workspace_tests::operations::{OPERATIONS, Setup};
use workspace_tests::server::Reply;

use crate::{outcome, serving};

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        for operation in OPERATIONS {
            let elsewhere = serving(Reply::json(200, "{}"));
            let location = format!("{}/elsewhere", elsewhere.url());
            let server = serving(Reply::status(status).with_header("location", &location));
            let error = outcome(&operation, &Setup::at(server.url()))
                .await
                .result
                .unwrap_err();
            let title = operation.title();
            assert!(
                matches!(error, Error::UnexpectedResponse(_)),
                "{title}: {error}"
            );
            assert_eq!(error.status().unwrap().as_u16(), status, "{title}");
            assert_eq!(error.headers().unwrap()["location"], location, "{title}");
            assert_eq!(server.requests().len(), 1, "{title}");
            assert_eq!(elsewhere.connections(), 0, "{title}");
            assert_eq!(error.may_have_happened(), operation.moves_money, "{title}");
        }
    }
}
