//! Optty: access tokens, refunds of orders, and the orders' details.

mod order;
mod tokens;

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use self::{order::OrderBook, tokens::Tokens};
use super::{
    Imitation,
    call::{Call, Desk, Refusal, bearer, in_words, status_name},
};
use crate::{
    OpttySettings, Order, Repeat, SandboxError, answer::Answer, credentials, documents::Incoming,
    seed::already_there,
};

pub(crate) struct Optty {
    settings: OpttySettings,
    tokens: Tokens,
    /// By the merchant's reference.
    orders: BTreeMap<String, OrderBook>,
    /// The first answer to each `refundReference`.
    references: HashMap<String, Answer>,
    /// Refunds so far.
    refunds: u64,
}

impl Optty {
    pub(crate) fn new(settings: OpttySettings) -> Self {
        Self {
            settings,
            tokens: Tokens::default(),
            orders: BTreeMap::new(),
            references: HashMap::new(),
            refunds: 0,
        }
    }

    pub(crate) fn add(
        &mut self,
        order: Order,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<(), SandboxError> {
        order.check()?;
        if self.orders.contains_key(&order.reference) {
            return Err(already_there("order", &order.reference));
        }
        self.orders
            .insert(order.reference.clone(), OrderBook::new(order, now));
        Ok(())
    }

    fn issue_token(&mut self, call: &Call<'_>) -> Answer {
        let is_right = call.text("client_id") == Some(credentials::OPTTY_CLIENT_ID)
            && call.text("client_secret") == Some(credentials::OPTTY_CLIENT_SECRET);
        if !is_right {
            return unauthorized();
        }
        let token = self.tokens.issue(call.now, self.settings.token_life);
        let body = json!({
            "access_token": token,
            "expires_in": self.settings.token_life.as_secs(),
            "token_type": "Bearer",
            "scope": credentials::OPTTY_SCOPE,
        });
        Answer::json(200, body)
    }

    fn refund(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        let order = self.orders.get_mut(call.path_value("orderReference"));
        // Which answer a refund of another merchant's order gets is not documented.
        let Some(order) = order.filter(|order| order.is_own()) else {
            return error(404, "Not Found");
        };
        let reference = call.text("refundReference").unwrap_or_default().to_owned();
        match (
            self.references.get(&reference),
            self.settings.repeated_reference,
        ) {
            (Some(_), Repeat::Refused) => {
                return error_with_name(400, "refundReference must be unique per merchant");
            }
            (Some(first), Repeat::Replayed) => return first.clone(),
            (Some(_), Repeat::PaysAgain) | (None, _) => {}
        }
        let asked = match order.asked(call) {
            Ok(asked) => asked,
            Err(refused) => {
                desk.problems.extend(refused.problem);
                return error_with_name(400, &refused.message);
            }
        };
        self.refunds += 1;
        let body = order.refund(self.refunds, &asked, &self.settings, call, desk);
        let answer = Answer::json(self.settings.refund_status, body);
        self.references
            .entry(reference)
            .or_insert_with(|| answer.clone());
        answer
    }

    fn details(&self, call: &Call<'_>) -> Answer {
        let Some(order) = self.orders.get(call.path_value("merchantReference")) else {
            return error(404, "Not Found");
        };
        let asked_as = call.query.get("merchantId").map(String::as_str);
        let may_ask = asked_as.is_none_or(|merchant| {
            let children = &self.settings.child_merchants;
            children.iter().any(|child| child == merchant)
        });
        if !may_ask || order.merchant() != asked_as {
            return error_with_name(401, "You are not authorized to view this transaction...!");
        }
        Answer::json(self.settings.details_status, order.details(call.now))
    }
}

impl Imitation for Optty {
    fn refuse(&self, _number: u64, _path: &str, refusal: Refusal<'_>) -> Answer {
        match refusal {
            Refusal::NoSuchCall { status } => error(status, status_name(status)),
            Refusal::Invalid { problems, .. } => {
                let not_json = problems.iter().find_map(|problem| problem.not_json_at);
                let message = match not_json {
                    Some(position) => format!("Unexpected token in JSON at position {position}"),
                    None => in_words(problems),
                };
                error_with_name(400, &message)
            }
            Refusal::Unauthorized => unauthorized(),
            Refusal::TooMany { .. } => error_with_name(429, "Too Many Requests"),
            Refusal::Broken { status: 500 } => error(500, "Internal server error"),
            Refusal::Broken { status } => error(status, status_name(status)),
        }
    }

    fn admit(&mut self, call: &Call<'_>) -> Result<(), Answer> {
        let is_open = call.operation.name == "access_token";
        let is_known =
            || bearer(call.request).is_some_and(|token| self.tokens.is_valid(token, call.now));
        if is_open || is_known() {
            Ok(())
        } else {
            Err(unauthorized())
        }
    }

    fn respond(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        match call.operation.name.as_str() {
            "access_token" => self.issue_token(call),
            "refund_order" => self.refund(call, desk),
            "order_details" => self.details(call),
            _ => error(404, "Not Found"),
        }
    }

    fn rehearse(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        let (orders, references) = (self.orders.clone(), self.references.clone());
        let answer = self.respond(call, desk);
        // The count of refunds stays: an id that was shown is never another refund's.
        (self.orders, self.references) = (orders, references);
        answer
    }

    fn expire_credentials(&mut self, request: &Incoming) {
        if let Some(token) = bearer(request) {
            self.tokens.revoke(token);
        }
    }
}

fn unauthorized() -> Answer {
    error(401, "Unauthorized")
}

fn error(status: u16, message: &str) -> Answer {
    Answer::json(status, json!({"statusCode": status, "message": message}))
}

fn error_with_name(status: u16, message: &str) -> Answer {
    let body: Value =
        json!({"statusCode": status, "message": message, "error": status_name(status)});
    Answer::json(status, body)
}
