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

/// Implements `Debug` for an enum: the names of its variants, and what is in those that are marked with a name. What
/// is in one that is marked with `..` is not shown.
///
/// ```
/// #[allow(dead_code)]
/// enum Answer {
///     Nothing,
///     Text(String),
///     Count(u8),
/// }
/// provider_runtime::shown_variants!(Answer { Nothing, Text(..), Count(inner) });
///
/// let answers = [Answer::Nothing, Answer::Text("ann@example.com".into()), Answer::Count(1)];
/// assert_eq!(format!("{answers:?}"), "[Nothing, Text(..), Count(1)]");
/// ```
#[macro_export]
macro_rules! shown_variants {
    ($name:ident { $($variant:ident $(($mark:tt))?),+ $(,)? }) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $($crate::shown_variants!(@variant self, formatter, $variant $(($mark))?);)+
                formatter.write_str(::std::stringify!($name))
            }
        }
    };
    (@variant $of:ident, $formatter:ident, $variant:ident) => {
        if let Self::$variant = $of {
            return $formatter.write_str(::std::stringify!($variant));
        }
    };
    (@variant $of:ident, $formatter:ident, $variant:ident (..)) => {
        if let Self::$variant { .. } = $of {
            return $formatter.debug_tuple(::std::stringify!($variant)).finish_non_exhaustive();
        }
    };
    (@variant $of:ident, $formatter:ident, $variant:ident ($inner:ident)) => {
        if let Self::$variant($inner) = $of {
            return $formatter.debug_tuple(::std::stringify!($variant)).field($inner).finish();
        }
    };
}
