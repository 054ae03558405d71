//! The names under which the environment holds a provider's credentials.

use std::collections::BTreeSet;

use heck::ToShoutySnakeCase;

use super::{Authentication, Config};

impl Config {
    /// The variables of the environment that the credentials are read from: those that are configured, or else names
    /// after the provider, such as `ACME_TOKEN`, `ACME_USER` and `ACME_PASSWORD`, `ACME_CLIENT_ID` and
    /// `ACME_CLIENT_SECRET`, `ACME_API_KEY`, or of keys that go together, `ACME_` and the name of each.
    pub fn variables_of_credentials(&self) -> Vec<String> {
        if !self.credential_variables.is_empty() {
            return self.credential_variables.clone();
        }
        let name = self.name.to_shouty_snake_case();
        let mut names: Vec<String> = Vec::new();
        for part in self.parts_of_credentials() {
            let wanted = format!("{name}_{part}");
            let taken = |number: usize| match number {
                1 => wanted.clone(),
                _ => format!("{wanted}_{number}"),
            };
            let free = (1..).map(taken).find(|name| !names.contains(name));
            names.extend(free);
        }
        names
    }

    fn parts_of_credentials(&self) -> Vec<String> {
        let parts: &[&str] = match &self.authentication {
            Authentication::Bearer { .. } => &["TOKEN"],
            Authentication::Basic { .. } => &["USER", "PASSWORD"],
            Authentication::OAuth2ClientCredentials { .. } => &["CLIENT_ID", "CLIENT_SECRET"],
            Authentication::ApiKey { .. } => match self.authentication.key_names().as_slice() {
                [_] => &["API_KEY"],
                names => {
                    return names
                        .iter()
                        .map(|name| name.to_shouty_snake_case())
                        .collect();
                }
            },
        };
        parts.iter().map(|part| (*part).to_owned()).collect()
    }

    pub(super) fn variable_complaint(&self) -> Option<(String, String)> {
        let problem = self.problem_of_variables()?;
        Some(("credential_variables".to_owned(), problem))
    }

    fn problem_of_variables(&self) -> Option<String> {
        let variables = &self.credential_variables;
        if variables.is_empty() {
            return None;
        }
        if let Some(name) = variables.iter().find(|name| !is_variable(name)) {
            return Some(format!(
                "\"{name}\" is no name of a variable: use capital letters, digits and \"_\", as in ACME_TOKEN"
            ));
        }
        let mut known = BTreeSet::new();
        if let Some(name) = variables.iter().find(|name| !known.insert(*name)) {
            return Some(format!("{name} is there twice: give each part its own"));
        }
        let (count, parts) = (variables.len(), self.parts_of_credentials().len());
        // Where a provider wants a key alone as the user, there is no password.
        let is_key_alone =
            count == 1 && matches!(self.authentication, Authentication::Basic { .. });
        (count != parts && !is_key_alone).then(|| {
            format!("there are {count}, and the credentials have {parts}: name one for each part")
        })
    }
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase() || first == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(variables: &str, authentication: &str) -> Result<Config, String> {
        let text = format!(
            "name = \"acme_pay\"\ntitle = \"Acme\"\n{variables}\n[authentication]\n{authentication}\nsource = \"page\"\n\
             [operations.refund]\ncall = \"POST /refunds\"\nmoves_money = true\n"
        );
        Config::parse("provider.toml", &text).map_err(|error| error.to_string())
    }

    const BASIC: &str = "scheme = \"basic\"";
    const KEYS: &str = "scheme = \"api-key\"\nname = \"X-Client-Id\"\nplace = \"header\"\n\
        together_with = [{ name = \"X_Client-Id2\", place = \"header\" }, { name = \"X-Client_Id2\", place = \"query\" }]";

    #[test]
    fn variables_are_called_after_the_provider_where_none_are_configured() {
        let oauth2 = "scheme = \"oauth2-client-credentials\"\nsandbox_token_url = \"https://a.example/t\"\n\
                      production_token_url = \"https://a.example/t\"";
        let key = "scheme = \"api-key\"\nname = \"X-Key\"\nplace = \"header\"";
        for (authentication, names) in [
            ("scheme = \"bearer\"", &["ACME_PAY_TOKEN"][..]),
            (BASIC, &["ACME_PAY_USER", "ACME_PAY_PASSWORD"]),
            (oauth2, &["ACME_PAY_CLIENT_ID", "ACME_PAY_CLIENT_SECRET"]),
            (key, &["ACME_PAY_API_KEY"]),
            (
                KEYS,
                &[
                    "ACME_PAY_X_CLIENT_ID",
                    "ACME_PAY_X_CLIENT_ID2",
                    "ACME_PAY_X_CLIENT_ID2_2",
                ],
            ),
        ] {
            let config = config("", authentication).unwrap();
            assert_eq!(config.variables_of_credentials(), names);
        }
    }

    #[test]
    fn variables_that_are_configured_are_taken_and_a_key_alone_needs_no_password() {
        for names in [&["ACME_KEY"][..], &["ACME_KEY", "ACME_SECRET"]] {
            let line = format!("credential_variables = {names:?}");
            let config = config(&line, BASIC).unwrap();
            assert_eq!(config.variables_of_credentials(), names);
        }
    }

    #[test]
    fn names_that_are_no_variables_are_there_twice_or_too_few_are_refused_with_what_would_be_right()
    {
        for (names, authentication, problem) in [
            (
                "[\"acme-key\"]",
                BASIC,
                "\"acme-key\" is no name of a variable",
            ),
            ("[\"A\", \"A\"]", BASIC, "A is there twice"),
            ("[\"A\", \"B\", \"C\"]", BASIC, "there are 3"),
            ("[\"A\"]", KEYS, "there are 1, and the credentials have 3"),
        ] {
            let line = format!("credential_variables = {names}");
            let error = config(&line, authentication).unwrap_err();
            assert!(
                error.starts_with("provider.toml, credential_variables: ")
                    && error.contains(problem),
                "{error}"
            );
        }
    }
}
