//! Names that nothing else has.

/// `wanted`, or with the lowest number behind it, after `separator`, that is not taken.
pub fn free(wanted: &str, separator: &str, mut is_taken: impl FnMut(&str) -> bool) -> String {
    if !is_taken(wanted) {
        return wanted.to_owned();
    }
    (2_usize..)
        .map(|number| format!("{wanted}{separator}{number}"))
        .find(|name| !is_taken(name))
        .unwrap_or_else(|| wanted.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_the_next_free_number() {
        let taken = ["a", "a_2", "b"];
        let free = |name: &str| free(name, "_", |name| taken.contains(&name));
        assert_eq!([free("a"), free("b"), free("c")], ["a_3", "b_2", "c"]);
    }
}
