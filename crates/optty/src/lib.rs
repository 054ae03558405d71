//! Typed client for optty's refund API, generated from the document that the provider publishes
