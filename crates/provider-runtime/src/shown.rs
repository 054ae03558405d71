//! `Debug` that shows what may be logged, and nothing else.

/// Implements `Debug` for a struct: its name, and of its fields those that are named.
///
/// ```
/// struct Refund {
///     id: &'static str,
///     #[allow(dead_code)]
///     email: &'static str,
/// }
/// provider_runtime::shown!(Refund, id);
///
/// let refund = Refund { id: "rfd_1", email: "ann@example.com" };
/// assert_eq!(format!("{refund:?}"), "Refund { id: \"rfd_1\", .. }");
/// ```
#[macro_export]
macro_rules! shown {
    ($name:ident $(, $field:ident)* $(,)?) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter
                    .debug_struct(::std::stringify!($name))
                    $(.field(::std::stringify!($field), &self.$field))*
                    .finish_non_exhaustive()
            }
        }
    };
}
