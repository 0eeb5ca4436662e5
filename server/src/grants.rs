//! Granting and revoking, kept apart: X gives the same token to the same app and account, so that a
//! token which is revoked for one connection must not be granted to another one meanwhile.

use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::store::{Store, StoreError, Turn};

/// Shared while a token may be granted, taken while one is revoked: here, and among all Pinfolds of
/// the database.
#[derive(Debug, Default)]
pub struct Grants(RwLock<()>);

impl Grants {
    /// Nobody revokes until the answer is dropped.
    pub async fn share(
        &self,
        store: &Store,
    ) -> Result<(RwLockReadGuard<'_, ()>, Option<Turn>), StoreError> {
        let here = self.0.read().await;
        Ok((here, store.share_grants().await?))
    }

    /// Nobody is granted anything until the answer is dropped.
    pub async fn take(
        &self,
        store: &Store,
    ) -> Result<(RwLockWriteGuard<'_, ()>, Option<Turn>), StoreError> {
        let here = self.0.write().await;
        Ok((here, store.take_grants().await?))
    }
}
