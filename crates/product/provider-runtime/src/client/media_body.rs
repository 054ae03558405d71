//! Bodies that are neither JSON nor a form.

use std::fmt;

use bytes::{Bytes, BytesMut};
use reqwest::{Request, header::HeaderValue};

use super::{Error, call::set_body};

/// A body with its media type, sent as it is given.
#[derive(Clone, PartialEq, Eq)]
pub struct MediaBody {
    media_type: String,
    content: Bytes,
}

impl MediaBody {
    /// A body of a media type such as `application/pdf`.
    pub fn new(media_type: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self {
            media_type: media_type.into(),
            content: content.into(),
        }
    }

    /// Makes it the body of a request.
    ///
    /// # Errors
    /// The media type cannot be sent as a header.
    pub(super) fn put<E>(self, request: &mut Request) -> Result<(), Error<E>> {
        let media_type = HeaderValue::from_str(&self.media_type).map_err(|_| {
            Error::invalid_request(format!(
                "the media type {:?} cannot be sent: write it as in application/pdf",
                self.media_type
            ))
        })?;
        set_body(request, media_type, self.content);
        Ok(())
    }
}

impl fmt::Debug for MediaBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "MediaBody({}, {} bytes)",
            self.media_type,
            self.content.len()
        )
    }
}

/// The parts of a `multipart/form-data` body (RFC 7578).
#[derive(Clone, Default)]
pub struct Multipart {
    parts: Vec<(String, Bytes)>,
}

impl Multipart {
    /// A body without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field.
    #[must_use]
    pub fn text(self, name: &str, value: impl Into<String>) -> Self {
        let head = format!("form-data; name=\"{}\"", quoted(name));
        self.with(head, value.into().into())
    }

    /// Adds a field of a media type, such as an object in JSON.
    #[must_use]
    pub fn part(self, name: &str, media_type: &str, content: impl Into<Bytes>) -> Self {
        let head = format!(
            "form-data; name=\"{}\"\r\nContent-Type: {}",
            quoted(name),
            media_type.replace(['\r', '\n'], " ")
        );
        self.with(head, content.into())
    }

    /// Adds a file of a media type.
    #[must_use]
    pub fn file(
        self,
        name: &str,
        file_name: &str,
        media_type: &str,
        content: impl Into<Bytes>,
    ) -> Self {
        let head = format!(
            "form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}",
            quoted(name),
            quoted(file_name),
            media_type.replace(['\r', '\n'], " ")
        );
        self.with(head, content.into())
    }

    fn with(mut self, head: String, content: Bytes) -> Self {
        self.parts.push((head, content));
        self
    }

    /// A boundary that is in none of the parts.
    fn boundary(&self) -> String {
        let mut number = 0_u32;
        loop {
            let boundary = format!("part-of-the-body-{number}");
            let taken = self.parts.iter().any(|(head, content)| {
                head.contains(&boundary)
                    || content
                        .windows(boundary.len())
                        .any(|window| window == boundary.as_bytes())
            });
            if !taken {
                return boundary;
            }
            number += 1;
        }
    }
}

impl From<Multipart> for MediaBody {
    fn from(body: Multipart) -> Self {
        let boundary = body.boundary();
        let mut content = BytesMut::new();
        for (head, part) in &body.parts {
            content.extend_from_slice(
                format!("--{boundary}\r\nContent-Disposition: {head}\r\n\r\n").as_bytes(),
            );
            content.extend_from_slice(part);
            content.extend_from_slice(b"\r\n");
        }
        content.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Self::new(
            format!("multipart/form-data; boundary={boundary}"),
            content.freeze(),
        )
    }
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Multipart({} parts)", self.parts.len())
    }
}

/// A name between quotes, escaped as the HTML standard has it.
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use reqwest::{Method, Url, header::CONTENT_TYPE};

    use super::*;

    #[test]
    fn parts_stand_between_boundaries_that_none_of_them_holds() {
        let body = MediaBody::from(
            Multipart::new()
                .text("reason", "it says part-of-the-body-0")
                .part("details", "application/json\r\nX: y", "{}")
                .file("proof\"", "a.png", "image/png", vec![1, 2]),
        );
        assert_eq!(
            body.media_type,
            "multipart/form-data; boundary=part-of-the-body-1"
        );
        let expected = "--part-of-the-body-1\r\nContent-Disposition: form-data; name=\"reason\"\r\n\r\nit says part-of-the-body-0\r\n\
            --part-of-the-body-1\r\nContent-Disposition: form-data; name=\"details\"\r\nContent-Type: application/json  X: y\r\n\r\n{}\r\n\
            --part-of-the-body-1\r\nContent-Disposition: form-data; name=\"proof%22\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\u{1}\u{2}\r\n\
            --part-of-the-body-1--\r\n";
        assert_eq!(body.content, expected.as_bytes());
    }

    #[test]
    fn a_body_is_sent_with_its_media_type_unless_that_is_no_header() {
        let mut request = Request::new(Method::POST, Url::parse("http://localhost/").unwrap());
        let put = |request: &mut Request, media_type: &str| -> Result<(), Error<()>> {
            MediaBody::new(media_type, "a;b").put(request)
        };
        let told = put(&mut request, "a\nb").unwrap_err().to_string();
        assert!(told.contains("write it as in application/pdf"), "{told}");
        assert!(request.body().is_none());
        put(&mut request, "text/csv").unwrap();
        assert_eq!(request.headers()[CONTENT_TYPE], "text/csv");
        assert_eq!(request.body().unwrap().as_bytes(), Some(&b"a;b"[..]));
    }

    #[test]
    fn the_content_is_not_shown() {
        let body = MediaBody::new("text/plain", "secret");
        assert_eq!(format!("{body:?}"), "MediaBody(text/plain, 6 bytes)");
        let parts = Multipart::new().text("a", "secret");
        assert_eq!(format!("{parts:?}"), "Multipart(1 parts)");
    }
}
