//! Reads the pages that payment providers publish and turns them into effective OpenAPI documents and documented payloads
