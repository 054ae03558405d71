//! Typed client for tazapay's refund API, generated from the document that the provider publishes
