//! Optty's token: no method fetches it, but the client does.

use optty::{Client, Credentials};
use workspace_tests::operations;
use workspace_tests::payloads::{self, Kind};
use workspace_tests::server::{LoopbackServer, Reply};

use crate::{WITHOUT_A_METHOD, has_a_method};

#[tokio::test]
async fn the_client_takes_the_documented_token_and_sends_it() {
    let documented: Vec<_> = crate::payloads()
        .into_iter()
        .filter(|payload| !has_a_method(payload))
        .collect();
    assert_eq!(documented.len(), WITHOUT_A_METHOD.len());
    for payload in documented {
        assert_eq!(payload.kind, Kind::Answer(vec![200]), "{}", payload.file);
        let answer = payload.value.to_string();
        let order =
            payloads::on_disk("optty").unwrap()["order_details/2xx-example.json"].to_string();
        let server = LoopbackServer::start(move |request| match request.target.as_str() {
            "/token" => Reply::json(200, answer.clone()),
            _ => Reply::json(200, order.clone()),
        })
        .unwrap();
        let client: Client = operations::builder(&server.url())
            .credentials(Credentials::oauth2("id", "secret"))
            .token_url(format!("{}/token", server.url()))
            .build()
            .unwrap();
        client
            .order_details()
            .merchant_reference("ref-1")
            .send()
            .await
            .unwrap();
        let requests = server.requests();
        assert_eq!(requests[0].target, "/token");
        assert_eq!(requests[1].header("authorization"), Some("Bearer <JWT>"));
    }
}
