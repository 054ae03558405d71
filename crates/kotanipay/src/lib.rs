//! Typed client for kotanipay's refund API, generated from the document that the provider publishes
