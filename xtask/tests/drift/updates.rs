//! Four updates as providers make them, each with its three reports.

use std::path::Path;

use tempfile::TempDir;

use crate::shared::{files, has};
use crate::support::{drift, page, workspace};

/// An update of one page.
pub(crate) struct Update {
    name: &'static str,
    pub(crate) provider: &'static str,
    file: &'static str,
    edits: &'static [(&'static str, &'static str)],
    /// What drift exits with.
    code: u8,
}

/// Tazapay documents one more status, in the words and as a list, and asks for a purpose.
pub(crate) const TAZAPAY: Update = Update {
    name: "tazapay_status_and_required_field",
    provider: "tazapay",
    file: "initiate-refund.md",
    edits: &[
        (
            "            Current status of the refund process (e.g., pending, processing,\n            succeeded, failed).\n",
            "            Current status of the refund process (e.g., pending, processing,\n            succeeded, failed, reversed).\n          enum:\n            - pending\n            - processing\n            - succeeded\n            - failed\n            - reversed\n",
        ),
        (
            "              required:\n                - payin\n              properties:\n",
            "              required:\n                - payin\n                - purpose\n              properties:\n                purpose:\n                  type: string\n                  description: Why the money is sent back, for the bank of the payee\n",
        ),
    ],
    code: 2,
};

/// Kotani Pay documents what a retry answers.
const KOTANI_200: Update = Update {
    name: "kotanipay_documents_its_200",
    provider: "kotanipay",
    file: "retry-refund.md",
    edits: &[(
        "      responses:\n        '400':\n",
        "      responses:\n        '200':\n          description: Refund retried\n          content:\n            application/json:\n              schema:\n                type: object\n                properties:\n                  success:\n                    type: boolean\n                  message:\n                    type: string\n                  data:\n                    type: object\n                    properties:\n                      referenceId:\n                        type: string\n                      refundStatus:\n                        type: string\n        '400':\n",
    )],
    // Compatible on the wire; the method gives a type now where it gave whatever came.
    code: 2,
};

/// Optty writes the type and the names that the overlay has.
pub(crate) const OPTTY: Update = Update {
    name: "optty_corrects_bnpl_provider",
    provider: "optty",
    file: "post-orders-reference-refund.md",
    edits: &[(
        r#""bnplProvider":{"type":"number","description":"APM Provider","enum":[]}"#,
        r#""bnplProvider":{"type":"string","description":"APM Provider","enum":["AFTERPAY_AU","CLEARPAY","KLARNA","KLARNA_AU","PAYPAL","TABBY_AE","ZIP_AU"]}"#,
    )],
    code: 1,
};

/// Kotani Pay names another host, which the crate does not call: its hosts are in `provider.toml`.
const KOTANI_HOST: Update = Update {
    name: "kotanipay_host_changes",
    provider: "kotanipay",
    file: "retry-refund.md",
    edits: &[(
        "  - url: https://preview.kotanipay.com\n",
        "  - url: https://preview.kotanipay.io\n",
    )],
    code: 1,
};

impl Update {
    /// The new page, beside a copy of the workspace.
    pub(crate) fn page(&self, root: &TempDir) -> String {
        page(root, self.provider, self.file, self.edits)
    }

    fn reports(&self) {
        let root = workspace(self.provider);
        let page = self.page(&root);
        let before = files(&root);
        for format in ["text", "markdown", "json"] {
            let arguments = [self.provider, &page, "--format", format];
            let (code, report) = drift(&root, &arguments).unwrap();
            assert_eq!(code, self.code, "{report}");
            insta::assert_snapshot!(format!("{}_{format}", self.name), report);
        }
        assert_eq!(files(&root), before, "drift writes nothing");
    }

    /// The text report.
    fn text(&self, root: &TempDir) -> String {
        let page = self.page(root);
        let line: [&str; 2] = [self.provider, &page];
        drift(Path::new(root.path()), &line).unwrap().1
    }
}

#[test]
fn tazapay_adds_a_status_and_a_required_field() {
    TAZAPAY.reports();
    let text = TAZAPAY.text(&workspace("tazapay"));
    has!(
        &text,
        "purpose",
        "reversed",
        "tazapay::types::RefundDataStatus",
        "tazapay::types::CreateRefundRequest",
        "enum: [requested, initiated, rejected, cancelled]",
        "schema.required[?@ == 'payin']",
        "0.1.0 -> 0.2.0"
    );
}

#[test]
fn kotani_documents_its_200() {
    KOTANI_200.reports();
    let text = KOTANI_200.text(&workspace("kotanipay"));
    has!(
        &text,
        "200",
        "kotanipay::Client::retry_refund",
        "responses['400', '401', '404'].content['application/json'].schema"
    );
}

#[test]
fn optty_corrects_bnpl_provider_which_makes_its_overlay_action_superfluous() {
    OPTTY.reports();
    let text = OPTTY.text(&workspace("optty"));
    has!(
        &text,
        "superfluous",
        "RefundResponse.properties.bnplProvider",
        "On the wire, nothing changes."
    );
}

#[test]
fn the_host_of_kotani_changes() {
    KOTANI_HOST.reports();
    let text = KOTANI_HOST.text(&workspace("kotanipay"));
    has!(
        &text,
        "https://preview.kotanipay.com",
        "https://preview.kotanipay.io",
        "specs/kotanipay/provider.toml",
        "The crate does not call this host",
        "0.1.0, no release needed"
    );
    assert!(!text.contains("kotanipay::"), "no Rust name:\n{text}");
}

#[test]
fn the_host_that_tazapays_crate_calls_changes_which_breaks() {
    let root = workspace("tazapay");
    let page = page(
        &root,
        "tazapay",
        "initiate-refund.md",
        &[(
            "  - url: https://service-sandbox.tazapay.com\n",
            "  - url: https://service-sandbox.tazapay.io\n",
        )],
    );
    let (code, text) = drift(&root, &["tazapay", &page]).unwrap();
    assert_eq!(code, 2, "{text}");
    for expected in ["tazapay::Environment", "0.1.0 -> 0.2.0"] {
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
}
