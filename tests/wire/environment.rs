//! Credentials in the environment, as a program of its own has them: this test starts itself.

use std::env;
use std::process::{Command, Output};

use workspace_tests::operations;
use workspace_tests::server::Reply;

const URL: &str = "WIRE_TEST_URL";

/// This test, in a process with these variables and none of the others.
fn started(test: &str, url: &str, variables: &[(&str, &str)]) -> Output {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env_clear()
        .env(URL, url)
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

#[tokio::test]
async fn credentials_of_the_environment_are_sent_as_the_provider_wants_them() {
    if let Ok(url) = env::var(URL) {
        let client = operations::builder::<tazapay::Client>(&url)
            .credentials(tazapay::credentials_from_env().unwrap())
            .build()
            .unwrap();
        client.refund().id("rfd_1").send().await.unwrap();
        let client = operations::builder::<kotanipay::Client>(&url)
            .credentials(kotanipay::credentials_from_env().unwrap())
            .build()
            .unwrap();
        client.offramp().reference_id("r").send().await.unwrap();
        return;
    }
    let server = super::serving(Reply::json(200, "{}"));
    let given = [
        ("TAZAPAY_API_KEY", "ak"),
        ("TAZAPAY_API_SECRET", "s3cret"),
        ("KOTANIPAY_API_KEY", "k0tani"),
    ];
    let test = "environment::credentials_of_the_environment_are_sent_as_the_provider_wants_them";
    let output = started(test, &server.url(), &given);
    assert!(output.status.success(), "{output:?}");
    let sent = server.requests();
    let sent: Vec<_> = sent
        .iter()
        .map(|request| request.header("authorization"))
        .collect();
    // RFC 7617: the Base64 of `ak:s3cret`.
    let wanted = ["Basic YWs6czNjcmV0", "Bearer k0tani"];
    assert_eq!(sent, wanted.map(Some));
}

#[test]
fn a_variable_that_is_not_set_is_named_with_the_other_and_without_a_value() {
    if env::var(URL).is_ok() {
        let error = optty::credentials_from_env().unwrap_err();
        print!("told: {error}.");
        return;
    }
    let given = [("OPTTY_CLIENT_ID", "cl1ent")];
    let test =
        "environment::a_variable_that_is_not_set_is_named_with_the_other_and_without_a_value";
    let output = started(test, "", &given);
    let text = String::from_utf8_lossy(&output.stdout);
    let wanted = "told: no credentials for optty: set OPTTY_CLIENT_ID and OPTTY_CLIENT_SECRET.";
    assert!(text.contains(wanted), "{text}");
    assert!(!text.contains("cl1ent"), "{text}");
}
