//! Whether a request goes where its operation goes.

/// Whether `path` is `base` followed by the route with each parameter filled in by a value that
/// stays inside its segment.
///
/// URL parsers resolve `.` and `..` (there is no way to escape them) and an empty value leaves a
/// segment out, so such a parameter would turn one operation into another.
pub(crate) fn leads_to(path: &str, base: &str, route: &str) -> bool {
    let Some(rest) = path.strip_prefix(base) else {
        return false;
    };
    let mut actual = rest.split('/');
    let mut expected = route.split('/');
    loop {
        match (actual.next(), expected.next()) {
            (None, None) => return true,
            (Some(segment), Some(template)) if fits(segment, template) => {}
            _ => return false,
        }
    }
}

fn fits(segment: &str, template: &str) -> bool {
    let Some((before, rest)) = template.split_once('{') else {
        return segment == template;
    };
    let (Some((_, after)), Some(tail)) = (rest.split_once('}'), segment.strip_prefix(before))
    else {
        return false;
    };
    // The value takes at least one character; what follows it has to fit the rest of the template.
    tail.char_indices()
        .map(|(start, character)| start + character.len_utf8())
        .any(|end| tail.get(end..).is_some_and(|tail| fits(tail, after)))
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
}
