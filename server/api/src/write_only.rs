//! Text that travels one way: from the person to the server, never back.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A secret in a request body. It can be sent and received; it prints as asterisks, and no shape
/// that the server answers with holds one.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(format = "password"))]
pub struct WriteOnly(String);

impl WriteOnly {
    /// Wraps what a person typed or pasted.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself; the word `expose` makes each use easy to find.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Gives the text up to a type that wipes it.
    pub fn into_exposed(self) -> String {
        self.0
    }
}

impl fmt::Debug for WriteOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

#[cfg(test)]
mod tests {
    use super::WriteOnly;

    #[test]
    fn never_prints_what_it_holds() {
        assert_eq!(format!("{:?}", WriteOnly::new("canary")), "****");
    }
}
