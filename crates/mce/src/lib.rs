//! Typed client for mce's refund API, generated from the document that the provider publishes
