//! A member that may be null, told from one that is not there.

use serde::{Deserialize, Deserializer};

/// For `deserialize_with`, beside `default`: `Some(None)` is a null.
pub fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
