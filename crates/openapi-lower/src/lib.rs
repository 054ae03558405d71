//! Lowers any OpenAPI 3.0 or 3.1 document to the dialect that progenitor reads, with a report of every rule applied
