//! Three-valued logic after Kleene: what is not known stays so unless it does not matter.

use std::ops::{BitAnd, BitOr, Not};

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Truth {
    #[default]
    No,
    Unknown,
    Yes,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

impl BitAnd for Truth {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.min(other)
    }
}

impl BitOr for Truth {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.max(other)
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }
}

impl Truth {
    /// Whether one of them holds. Stops at the first that does.
    pub(super) fn any(items: impl IntoIterator<Item = Self>) -> Self {
        let mut found = Self::No;
        for item in items {
            found = found | item;
            if found == Self::Yes {
                break;
            }
        }
        found
    }

    /// Whether all of them hold. Stops at the first that does not.
    pub(super) fn all(items: impl IntoIterator<Item = Self>) -> Self {
        let mut found = Self::Yes;
        for item in items {
            found = found & item;
            if found == Self::No {
                break;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, No, Unknown, Yes};

    #[test]
    fn what_is_unknown_matters_only_where_it_decides() {
        assert_eq!(Unknown & No, No);
        assert_eq!(Unknown & Yes, Unknown);
        assert_eq!(Unknown | Yes, Yes);
        assert_eq!(Unknown | No, Unknown);
        assert_eq!(!Unknown, Unknown);
        assert_eq!((Truth::any([]), Truth::all([])), (No, Yes));
        assert_eq!((Truth::any([No, Unknown, Yes]), Truth::all([Yes, Unknown, No])), (Yes, No));
    }
}
