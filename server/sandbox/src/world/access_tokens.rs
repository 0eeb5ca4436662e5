//! Access tokens: they last until they are revoked.

use serde::{Deserialize, Serialize};

use super::accounts::owner;
use super::{Account, Permission, World};
use crate::chance;
use crate::secret::Secret;

/// RFC 5849 token credentials.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccessToken {
    secret: Secret,
    consumer_key: String,
    user_id: String,
    pub(crate) level: Permission,
}

/// What the client gets for its PIN.
pub(crate) struct Grant {
    pub(crate) token: String,
    pub(crate) secret: Secret,
    pub(crate) account: &'static Account,
    pub(crate) level: Permission,
}

impl AccessToken {
    pub(super) fn credentials(&self) -> (&str, &Secret) {
        (&self.consumer_key, &self.secret)
    }

    /// Whose it is.
    pub(crate) fn account(&self) -> Option<&'static Account> {
        owner(&self.user_id)
    }
}

impl World {
    /// As at X, an app and an account have one token between them: granting again gives the same
    /// one, with the level that was granted last.
    pub(super) fn grant(
        &mut self,
        consumer_key: &str,
        account: &'static Account,
        level: Permission,
    ) -> Grant {
        let existing = self.access_tokens.iter_mut().find(|(_, token)| {
            token.consumer_key == consumer_key && token.user_id == account.user_id
        });
        if let Some((token, granted)) = existing {
            granted.level = level;
            return Grant { token: token.clone(), secret: granted.secret.clone(), account, level };
        }
        let token = format!("{}-{}", account.user_id, chance::word(40));
        let secret = chance::secret(45);
        let granted = AccessToken {
            secret: secret.clone(),
            consumer_key: consumer_key.to_owned(),
            user_id: account.user_id.to_owned(),
            level,
        };
        self.access_tokens.insert(token.clone(), granted);
        Grant { token, secret, account, level }
    }

    /// A token that has not been revoked.
    pub(crate) fn access_token(&self, token: &str) -> Option<&AccessToken> {
        self.access_tokens.get(token)
    }

    /// Nothing that is signed with it passes any more.
    pub(crate) fn revoke(&mut self, token: &str) {
        self.access_tokens.remove(token);
    }
}
