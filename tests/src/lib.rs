//! What concerns the workspace as a whole: payloads, wire, surface, secrets, tidy
