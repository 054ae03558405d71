//! The header `Link` (RFC 8288).

/// The target of the link whose relation is `next`, in one of these headers. `Err` if a header is none of this form.
pub(super) fn next<'h>(headers: impl Iterator<Item = &'h str>) -> Result<Option<&'h str>, ()> {
    for header in headers {
        let mut rest = header.trim();
        while !rest.is_empty() {
            let (target, after) = rest
                .strip_prefix('<')
                .and_then(|rest| rest.split_once('>'))
                .ok_or(())?;
            let (is_next, after) = parameters(after)?;
            if is_next {
                return Ok(Some(target));
            }
            rest = after.trim_start_matches([' ', '\t', ',']);
        }
    }
    Ok(None)
}

/// Whether the first `rel` among the parameters of a link has the relation `next`, and what follows the link.
fn parameters(mut rest: &str) -> Result<(bool, &str), ()> {
    let mut relations = None;
    loop {
        rest = rest.trim_start();
        let Some(parameter) = rest.strip_prefix(';') else {
            let is_next = relations.is_some_and(|relations: &str| {
                let mut relations = relations.split_ascii_whitespace();
                relations.any(|relation| relation.eq_ignore_ascii_case("next"))
            });
            let is_end = rest.is_empty() || rest.starts_with(',');
            return is_end.then_some((is_next, rest)).ok_or(());
        };
        let end = parameter.find(['=', ';', ',']).unwrap_or(parameter.len());
        let (name, after) = parameter.split_at(end);
        let (value, after) = match after.strip_prefix('=').map(str::trim_start) {
            Some(value) => match value.strip_prefix('"') {
                // A relation has no escape in it, and another text may have one of a quote.
                Some(quoted) => quoted.split_at(closing(quoted).ok_or(())?),
                None => value.split_at(value.find([';', ',']).unwrap_or(value.len())),
            },
            None => ("", after),
        };
        if name.trim().eq_ignore_ascii_case("rel") {
            relations = relations.or(Some(value.trim()));
        }
        rest = after.strip_prefix('"').unwrap_or(after);
    }
}

/// Where the quote is that ends a text.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.find(|character| {
        let ends = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_link_is_found_in_every_form_of_the_standard() {
        for (header, target) in [
            // RFC 8288, 3.5.
            (
                "<http://example.com/TheBook/chapter2>; rel=\"previous\"; title=\"previous chapter\"",
                None,
            ),
            (
                "<https://a.example/?page=1>; rel=\"prev\", <https://a.example/?page=3>; rel=\"next\"",
                Some("https://a.example/?page=3"),
            ),
            ("</b>; rel=next", Some("/b")),
            (
                "</b,c;d>;title=\"a, \\\"b\\\"; <x>\" ; REL = \"last Next\"",
                Some("/b,c;d"),
            ),
            // The first one counts.
            ("</b>; rel=prev; rel=next", None),
            ("</b>; nofollow; rel=next, </c>", Some("/b")),
            ("</b>; rel=\"nextish\"", None),
            ("", None),
        ] {
            assert_eq!(next([header].into_iter()), Ok(target), "{header}");
        }
        assert_eq!(
            next(["</a>; rel=prev", "</b>; rel=next"].into_iter()),
            Ok(Some("/b"))
        );
    }

    #[test]
    fn what_is_no_list_of_links_is_no_end_of_a_list() {
        for header in [
            "https://a.example",
            "<https://a.example",
            "</a> rel=next",
            "</a>; rel=\"next",
        ] {
            assert_eq!(next([header].into_iter()), Err(()), "{header}");
        }
    }
}
