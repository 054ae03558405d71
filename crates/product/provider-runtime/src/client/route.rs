//! Whether a request goes where its operation goes.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

// URL standard, section 1.3: what a path may hold without being escaped.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// Whether `path` is `base` followed by the route with each parameter filled in by a value that
/// stays inside its segment, or, in `{+name}`, has no empty segment.
///
/// URL parsers resolve `.` and `..` (there is no way to escape them) and an empty value leaves a
/// segment out, so such a parameter would turn one operation into another. A query or a fragment that
/// stands in the route is no part of the path.
pub(crate) fn leads_to(path: &str, base: &str, route: &str) -> bool {
    let route = without_query(route);
    path.strip_prefix(base)
        .is_some_and(|rest| fits(rest, route))
}

/// The route for people who read traces: what its parameters are is not told, in the word of OpenTelemetry's conventions.
pub(crate) fn without_values(route: &str) -> String {
    let mut rest = without_query(route);
    let mut told = String::with_capacity(rest.len());
    while let Some((before, (_, after))) = rest
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        told.push_str(before);
        told.push_str("REDACTED");
        rest = after;
    }
    told.push_str(rest);
    told
}

/// What is before the `?` or `#` that stands outside of braces.
fn without_query(route: &str) -> &str {
    let mut inside = false;
    let end = route.bytes().position(|byte| {
        match byte {
            b'{' => inside = true,
            b'}' => inside = false,
            b'?' | b'#' => return !inside,
            _ => {}
        }
        false
    });
    end.and_then(|end| route.get(..end)).unwrap_or(route)
}

fn fits(path: &str, template: &str) -> bool {
    let Some((before, rest)) = template.split_once('{') else {
        return without_literal(path, template) == Some("");
    };
    let (Some((name, after)), Some(tail)) = (rest.split_once('}'), without_literal(path, before))
    else {
        return false;
    };
    let spans = name.starts_with('+');
    // The value takes at least one character; what follows it has to fit the rest of the template.
    let end = tail.find('/').filter(|_| !spans).unwrap_or(tail.len());
    let (longest, _) = tail.split_at(end);
    let letters = longest.char_indices();
    let mut ends = letters.map(|(start, letter)| start + letter.len_utf8());
    // Most often the value is all of its segment.
    ends.rfind(|end| {
        let (value, tail) = tail.split_at(*end);
        !value.split('/').any(str::is_empty) && fits(tail, after)
    })
    .is_some()
}

/// `path` without what the template has before its next parameter, as it is written or escaped.
fn without_literal<'a>(path: &'a str, literal: &str) -> Option<&'a str> {
    path.strip_prefix(literal)
        .or_else(|| match Cow::from(utf8_percent_encode(literal, PATH)) {
            // Nothing in it is escaped: it is the same once more.
            Cow::Borrowed(_) => None,
            Cow::Owned(escaped) => path.strip_prefix(escaped.as_str()),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTE: &str = "/orders/{orderReference}/refund";

    #[test]
    fn a_value_inside_its_segment_leads_to_the_operation() {
        assert!(leads_to("/orders/A-1/refund", "", ROUTE));
        assert!(leads_to("/v3/orders/a%2Fb%5C..%3F/refund", "/v3", ROUTE));
        assert!(leads_to("/orders", "", "/orders"));
        assert!(leads_to("/orders/x:cancel", "", "/orders/{id}:cancel"));
        assert!(leads_to("/from-1-to-22", "", "/from-{a}-to-{b}"));
    }

    #[test]
    fn a_value_that_leaves_its_segment_does_not() {
        for path in [
            "/refund",         // `..`
            "/orders/refund",  // `.`
            "/orders//refund", // empty
            "/orders/a/b/refund",
            "/orders/A-1/refund/",
            "/orders/A-1",
            "/v3/orders/A-1/refund",
        ] {
            assert!(!leads_to(path, "", ROUTE), "{path}");
        }
        assert!(!leads_to("/orders/:cancel", "", "/orders/{id}:cancel"));
        assert!(!leads_to("/v4/orders/A-1/refund", "/v3", ROUTE));
    }

    #[test]
    fn a_marked_parameter_has_several_segments_and_none_that_is_empty() {
        let route = "/v1/{+name}:go";
        assert!(leads_to("/v1/projects/p%201:go", "", route));
        assert!(leads_to("/v1/a:go", "", route));
        for path in ["/v1/a//b:go", "/v1//a:go", "/v1/a/:go", "/v1/:go", "/a:go"] {
            assert!(!leads_to(path, "", route), "{path}");
        }
    }

    #[test]
    fn a_route_is_told_without_what_is_in_its_parameters() {
        for (route, told) in [
            (ROUTE, "/orders/REDACTED/refund"),
            ("/v1/{+name}:go?type={type}", "/v1/REDACTED:go"),
            ("/from-{a}-to-{b}", "/from-REDACTED-to-REDACTED"),
            ("/cards#top", "/cards"),
        ] {
            assert_eq!(without_values(route), told);
        }
    }

    #[test]
    fn a_query_or_a_fragment_of_the_route_is_no_part_of_the_path() {
        assert!(leads_to("/cards", "", "/cards?type=new"));
        assert!(leads_to("/", "", "/#Target=Pay"));
        assert!(!leads_to("/cards/1", "", "/cards?type=new"));
    }

    #[test]
    fn what_a_url_escapes_in_the_route_itself_leads_there() {
        assert!(leads_to("/a%20b/%C3%A4/7", "", "/a b/\u{e4}/{id}"));
    }
}
