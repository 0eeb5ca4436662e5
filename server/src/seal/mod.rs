//! The only cryptography at rest: every secret in the store is sealed to the place it lies in.
//!
//! XChaCha20-Poly1305 with a random nonce. The associated data names the workspace, the record and
//! the field, so a ciphertext moved to another row or tenant does not open. The keys come from
//! configuration and never lie in the database. The audit log's chain is hashed with a key that is
//! itself sealed. What webhooks are sent is signed here, too.

mod chain;
mod envelope;
mod key_ring;
mod message;
mod passphrase;

pub use chain::{BEGINNING, Chain, Link};
pub use envelope::{Place, SealError};
pub use key_ring::{KeyError, KeyId, KeyRing};
pub use message::{message_secret, sign_message};
pub use passphrase::{ARMOR, UnlockError, lock, unlock};
