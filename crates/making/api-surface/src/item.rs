//! The listing as data, and how it is printed.

use std::fmt;

/// What an [`Item`] is. The order is that of the members in a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A module, the crate's root among them.
    Module,
    /// A further path to an item of this crate, or an item of another crate.
    ReExport,
    /// A constant.
    Constant,
    /// A static.
    Static,
    /// A function.
    Function,
    /// A type alias.
    TypeAlias,
    /// A trait.
    Trait,
    /// A structure.
    Struct,
    /// A union.
    Union,
    /// An enumeration.
    Enum,
    /// A macro by example that is exported.
    Macro,
    /// One derived trait of a type.
    Derive,
    /// The mark of a type with fields that are not public.
    PrivateFields,
    /// A public field.
    Field,
    /// A variant of an enumeration.
    Variant,
    /// A constant of a trait or type.
    AssociatedConstant,
    /// A type of a trait.
    AssociatedType,
    /// A function of a trait or type, with or without `self`.
    Method,
    /// An implementation of a trait.
    Implementation,
}

impl Kind {
    /// Whether items of this kind belong to a type or trait.
    #[must_use]
    pub fn is_member(self) -> bool {
        self >= Self::Derive
    }
}

/// One public item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The module in which it is visible, `crate` for the root.
    pub module: String,
    /// Where it is found, as `crate::module::Type::member`; for a derive, an
    /// implementation and the mark of private fields, the path of the type.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// The `#[cfg(…)]` that apply to it and not to all of its module.
    pub cfg: String,
    /// Its declaration on one line, without body and value.
    pub text: String,
}

impl Item {
    /// The name of the item, or of the type or trait to which it belongs.
    fn owner(&self) -> &str {
        let within = self.path.strip_prefix(&self.module).unwrap_or(&self.path);
        let within = within.strip_prefix("::").unwrap_or(within);
        within.split("::").next().unwrap_or(within)
    }

    fn sort_key(&self) -> impl Ord + '_ {
        let rank = match self.kind {
            Kind::Module => 0,
            Kind::ReExport => 1,
            _ => 2,
        };
        let owner = if rank == 2 { self.owner() } else { "" };
        // Derives under one condition stay together.
        let name = (&self.path, &self.cfg, &self.text);
        (
            &self.module,
            rank,
            owner,
            self.kind.is_member(),
            self.kind,
            name,
        )
    }
}

/// The public items of a crate, sorted. `Display` gives the listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surface {
    items: Vec<Item>,
}

impl Surface {
    pub(crate) fn new(mut items: Vec<Item>) -> Self {
        items.sort_by(|left, right| left.sort_key().cmp(&right.sort_key()));
        items.dedup();
        Self { items }
    }

    /// The items in the order of the listing.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }
}

impl fmt::Display for Surface {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let same_list = |left: &Item, right: &Item| {
            left.kind == Kind::Derive
                && right.kind == Kind::Derive
                && (&left.path, &left.cfg) == (&right.path, &right.cfg)
        };
        let mut previous = None;
        for run in self.items.chunk_by(same_list) {
            let Some(item) = run.first() else { continue };
            let opens_block = match item.kind {
                Kind::Module => previous.is_some(),
                Kind::ReExport => previous != Some(Kind::ReExport),
                kind => !kind.is_member(),
            };
            if opens_block {
                writeln!(formatter)?;
            }
            if item.kind.is_member() {
                formatter.write_str("    ")?;
            }
            if !item.cfg.is_empty() {
                write!(formatter, "{} ", item.cfg)?;
            }
            if item.kind == Kind::Derive {
                let traits: Vec<&str> = run.iter().map(|item| item.text.as_str()).collect();
                writeln!(formatter, "derive({})", traits.join(", "))?;
            } else {
                writeln!(formatter, "{}", item.text)?;
            }
            previous = Some(item.kind);
        }
        Ok(())
    }
}
