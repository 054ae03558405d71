//! Every operation of every provider behind one function, so that a test can
//! hold all of them to the same promise.

use std::time::Duration;

use provider_runtime::{
    ClientBuilder, Credentials, Environment, Error, GeneratedClient, RawBody, ResponseValue,
    SettingsError,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::payloads;

/// An operation of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// The crate.
    pub provider: &'static str,
    /// The method of its `Client`.
    pub name: &'static str,
    /// Whether its path has a parameter.
    pub has_path_parameter: bool,
    /// Whether it can pay somebody.
    pub moves_money: bool,
    /// Whether its success has no documented type: any 2xx, any body or none.
    pub is_raw: bool,
}

const fn operation(provider: &'static str, name: &'static str) -> Operation {
    Operation {
        provider,
        name,
        has_path_parameter: false,
        moves_money: false,
        is_raw: false,
    }
}

impl Operation {
    const fn with_path_parameter(self) -> Self {
        Self {
            has_path_parameter: true,
            ..self
        }
    }

    const fn moving_money(self) -> Self {
        Self {
            moves_money: true,
            ..self
        }
    }

    const fn raw(self) -> Self {
        Self {
            is_raw: true,
            ..self
        }
    }

    /// Its name with the provider's, for messages.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.provider, self.name)
    }
}

/// All of them.
pub const OPERATIONS: [Operation; 12] = [
    operation("kotanipay", "offramp").with_path_parameter(),
    operation("kotanipay", "refund_status").with_path_parameter(),
    operation("kotanipay", "retry_all_failed_refunds")
        .moving_money()
        .raw(),
    operation("kotanipay", "retry_refund")
        .with_path_parameter()
        .moving_money()
        .raw(),
    operation("kotanipay", "retry_refunds").moving_money().raw(),
    operation("kotanipay", "submit_refund_invoice")
        .with_path_parameter()
        .moving_money()
        .raw(),
    operation("mce", "create_crypto_refund").moving_money(),
    operation("optty", "order_details").with_path_parameter(),
    operation("optty", "refund_order")
        .with_path_parameter()
        .moving_money(),
    operation("tazapay", "create_refund").moving_money(),
    operation("tazapay", "payment_attempt").with_path_parameter(),
    operation("tazapay", "refund").with_path_parameter(),
];

/// The operation of this name.
#[must_use]
pub fn find(provider: &str, name: &str) -> Option<Operation> {
    OPERATIONS
        .into_iter()
        .find(|operation| operation.provider == provider && operation.name == name)
}

/// Where and how a call is made.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The base URL.
    pub url: String,
    /// For every path parameter.
    pub path_parameter: String,
    /// For every query parameter; left out without.
    pub query_parameter: Option<String>,
    /// For the idempotency key of operations that have one; left out without.
    pub idempotency_key: Option<String>,
    /// The body instead of a documented one.
    pub body: Option<Value>,
    /// The time for an attempt; the client's own without.
    pub timeout: Option<Duration>,
    /// The bytes of a body that are read; the client's own without.
    pub body_limit: Option<usize>,
}

impl Setup {
    /// A call to a server, with an ordinary path parameter and a documented body.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            path_parameter: "ref-1".to_owned(),
            query_parameter: None,
            idempotency_key: None,
            body: None,
            timeout: None,
            body_limit: None,
        }
    }
}

/// The token, or password, that every call is authenticated with.
pub const TOKEN: &str = "test-token";

/// A decoded success.
#[derive(Debug, Clone, PartialEq)]
pub enum Decoded {
    /// A documented type, encoded again.
    Json(Value),
    /// No documented type: the bytes.
    Raw(RawBody),
}

/// What became of a call.
#[derive(Debug)]
pub struct Outcome {
    /// The answer or the error.
    pub result: Result<ResponseValue<Decoded>, Error>,
    /// The typed body of a documented error answer, encoded again.
    pub refusal: Option<Value>,
}

/// A call that could not be made as the test says.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// There is no such operation.
    #[error("there is no operation {0}: see `OPERATIONS`")]
    Unknown(String),
    /// The client could not be built.
    #[error("the client could not be built; correct the test's setup")]
    Settings(#[from] SettingsError),
    /// The body of the setup does not decode into the request, or a value does not encode.
    #[error("a value does not fit the generated type")]
    Value(#[from] serde_json::Error),
    /// There is no documented body for the operation.
    #[error("no payload could be read; give the setup a body")]
    Payload(#[from] payloads::PayloadsError),
}

/// Settings of a client at `url`, with a token for every provider.
#[must_use]
pub fn builder<C: GeneratedClient>(url: &str) -> ClientBuilder<C> {
    let credentials = match C::PROVIDER.authentication {
        provider_runtime::Authentication::Basic => Credentials::basic("test-key", TOKEN),
        provider_runtime::Authentication::ApiKeys([_]) => Credentials::api_key(TOKEN),
        provider_runtime::Authentication::ApiKeys(keys) => {
            Credentials::api_keys(keys.iter().map(|key| (key.name, TOKEN)))
        }
        _ => Credentials::bearer(TOKEN),
    };
    ClientBuilder::new()
        .environment(Environment::BaseUrl(url.to_owned()))
        .credentials(credentials)
}

fn client<C: GeneratedClient>(setup: &Setup) -> Result<C, SettingsError> {
    let mut builder = builder(&setup.url);
    if let Some(timeout) = setup.timeout {
        builder = builder.timeout(timeout);
    }
    if let Some(limit) = setup.body_limit {
        builder = builder.body_limit(limit);
    }
    builder.build()
}

/// Decodes the body of the setup, or a documented one.
fn body<T: DeserializeOwned>(operation: &Operation, setup: &Setup) -> Result<T, CallError> {
    let value = match &setup.body {
        Some(body) => body.clone(),
        None => documented_body(operation)?,
    };
    Ok(serde_json::from_value(value)?)
}

/// A documented request of the operation; Kotani Pay prints none for `retry_refunds`.
///
/// # Errors
/// When no payload of it can be read.
pub fn documented_body(operation: &Operation) -> Result<Value, CallError> {
    if operation.name == "retry_refunds" {
        return Ok(json!({"referenceIds": ["ref-1", "ref-2"]}));
    }
    let prefix = format!("{}/request-", operation.name);
    let files = payloads::on_disk(operation.provider)?;
    let request = files
        .into_iter()
        .find(|(file, _)| file.starts_with(&prefix));
    match request {
        Some((_, value)) => Ok(value),
        None => Err(CallError::Unknown(format!(
            "{} with a body",
            operation.title()
        ))),
    }
}

/// What a body of the setup, or a documented one, is encoded to by the request's type.
///
/// # Errors
/// When it does not decode into the type, or the operation has no body.
pub fn request_round_trip(operation: &Operation, setup: &Setup) -> Result<Value, CallError> {
    fn trip<T: DeserializeOwned + Serialize>(
        operation: &Operation,
        setup: &Setup,
    ) -> Result<Value, CallError> {
        Ok(serde_json::to_value(body::<T>(operation, setup)?)?)
    }
    match (operation.provider, operation.name) {
        ("kotanipay", "retry_refunds") => {
            trip::<kotanipay::types::RetryRefundsRequest>(operation, setup)
        }
        ("kotanipay", "submit_refund_invoice") => {
            trip::<kotanipay::types::RefundInvoiceRequest>(operation, setup)
        }
        ("mce", "create_crypto_refund") => {
            trip::<mce::types::CryptoRefundRequest>(operation, setup)
        }
        ("optty", "refund_order") => trip::<optty::types::OrderRefundDto>(operation, setup),
        ("tazapay", "create_refund") => {
            trip::<tazapay::types::CreateRefundRequest>(operation, setup)
        }
        _ => Err(CallError::Unknown(format!(
            "{} with a body",
            operation.title()
        ))),
    }
}

/// Makes the call through the provider's crate.
///
/// # Errors
/// When the setup does not fit the operation; what becomes of the call itself is the [`Outcome`].
pub async fn call(operation: &Operation, setup: &Setup) -> Result<Outcome, CallError> {
    let parameter = setup.path_parameter.as_str();
    match (operation.provider, operation.name) {
        ("kotanipay", name) => {
            let client: kotanipay::Client = client(setup)?;
            match name {
                "offramp" => typed(client.offramp().reference_id(parameter).send().await),
                "refund_status" => {
                    typed(client.refund_status().reference_id(parameter).send().await)
                }
                "retry_all_failed_refunds" => raw(client.retry_all_failed_refunds().send().await),
                "retry_refund" => raw(client.retry_refund().reference_id(parameter).send().await),
                "retry_refunds" => {
                    let body: kotanipay::types::RetryRefundsRequest = body(operation, setup)?;
                    raw(client.retry_refunds().body(body).send().await)
                }
                "submit_refund_invoice" => {
                    let body: kotanipay::types::RefundInvoiceRequest = body(operation, setup)?;
                    let call = client.submit_refund_invoice().reference_id(parameter);
                    raw(call.body(body).send().await)
                }
                _ => Err(CallError::Unknown(operation.title())),
            }
        }
        ("mce", "create_crypto_refund") => {
            let client: mce::Client = client(setup)?;
            let body: mce::types::CryptoRefundRequest = body(operation, setup)?;
            typed(client.create_crypto_refund().body(body).send().await)
        }
        ("optty", "order_details") => {
            let client: optty::Client = client(setup)?;
            let mut call = client.order_details().merchant_reference(parameter);
            if let Some(merchant) = &setup.query_parameter {
                call = call.merchant_id(merchant.clone());
            }
            typed(call.send().await)
        }
        ("optty", "refund_order") => {
            let client: optty::Client = client(setup)?;
            let body: optty::types::OrderRefundDto = body(operation, setup)?;
            typed(
                client
                    .refund_order()
                    .order_reference(parameter)
                    .body(body)
                    .send()
                    .await,
            )
        }
        ("tazapay", "create_refund") => {
            let client: tazapay::Client = client(setup)?;
            let body: tazapay::types::CreateRefundRequest = body(operation, setup)?;
            let mut call = client.create_refund().body(body);
            if let Some(key) = &setup.idempotency_key {
                call = call.idempotency_key(key.clone());
            }
            typed(call.send().await)
        }
        ("tazapay", "payment_attempt") => {
            let client: tazapay::Client = client(setup)?;
            typed(client.payment_attempt().id(parameter).send().await)
        }
        ("tazapay", "refund") => {
            let client: tazapay::Client = client(setup)?;
            typed(client.refund().id(parameter).send().await)
        }
        _ => Err(CallError::Unknown(operation.title())),
    }
}

fn typed<T: Serialize, E: Serialize>(
    result: Result<ResponseValue<T>, Error<E>>,
) -> Result<Outcome, CallError> {
    match result {
        Ok(answer) => {
            let value = serde_json::to_value(&*answer)?;
            Ok(Outcome {
                result: Ok(answer.map(|_| Decoded::Json(value))),
                refusal: None,
            })
        }
        Err(error) => failed(error),
    }
}

fn raw<E: Serialize>(
    result: Result<ResponseValue<RawBody>, Error<E>>,
) -> Result<Outcome, CallError> {
    match result {
        Ok(answer) => Ok(Outcome {
            result: Ok(answer.map(Decoded::Raw)),
            refusal: None,
        }),
        Err(error) => failed(error),
    }
}

fn failed<E: Serialize>(error: Error<E>) -> Result<Outcome, CallError> {
    let refusal = match &error {
        Error::ErrorResponse(response) => Some(serde_json::to_value(&***response)?),
        _ => None,
    };
    Ok(Outcome {
        result: Err(error.into_untyped()),
        refusal,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_lists_what_the_crates_offer_and_says_the_same_of_it() {
        let offered = [
            kotanipay::PROVIDER,
            mce::PROVIDER,
            optty::PROVIDER,
            tazapay::PROVIDER,
        ];
        let offered = offered.into_iter().flat_map(|provider| {
            provider.operations.iter().map(move |operation| {
                (
                    provider.name,
                    operation.id,
                    operation.moves_money,
                    operation.route.contains('{'),
                )
            })
        });
        let listed = OPERATIONS.map(|operation| {
            let Operation {
                provider,
                name,
                moves_money,
                has_path_parameter,
                ..
            } = operation;
            (provider, name, moves_money, has_path_parameter)
        });
        assert_eq!(
            offered.collect::<BTreeSet<_>>(),
            listed.into_iter().collect()
        );
    }
}
