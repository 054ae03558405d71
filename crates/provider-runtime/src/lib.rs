//! What all generated provider clients share at run time
