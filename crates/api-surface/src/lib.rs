//! Lists the public items of a crate from its source, for review
