//! Whom a signed API call speaks for, and what X tells about it in every answer.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::signed::Signed;
use crate::dialect::{self, Refused, with};
use crate::meter::Rate;
use crate::misbehave::Mode;
use crate::provider::Provider;
use crate::verify::Signer;
use crate::world::{Account, Permission};

/// Whom an access token speaks for, and what X tells about it in every answer.
pub(crate) struct Caller {
    pub(crate) account: &'static Account,
    level: Permission,
    rate: Rate,
}

impl Caller {
    pub(crate) fn of(
        provider: &Provider,
        signed: &Signed,
        call: &'static str,
        limit: u64,
    ) -> Result<Self, Refused> {
        signed.verify(provider, Signer::AccessToken)?;
        let now = provider.clock.seconds();
        provider.with(|inner| {
            // Revoked by another request since the signature was verified, at worst.
            let gone = || dialect::refusal(call, crate::verify::Refusal::Token);
            let token = inner.world.access_token(signed.token()).ok_or_else(gone)?;
            let account = token.account().ok_or_else(gone)?;
            let told = signed.is_told_to(Mode::ReadOnly);
            let level = if told { Permission::Read } else { token.level };
            let rate = inner.meter.count(signed.token(), call, limit, now);
            let rate = rate.map_err(|used_up| dialect::rate_limited("/2/", used_up))?;
            if inner.bill.is_used_up() {
                return Err(dialect::no_credits().into());
            }
            Ok(Self { account, level, rate })
        })
    }

    pub(crate) fn may_write(&self) -> Result<(), Refused> {
        if self.level > Permission::Read {
            Ok(())
        } else {
            Err(self.mark(dialect::read_only()).into())
        }
    }

    /// Direct messages want a permission of their own.
    pub(crate) fn may_message(&self) -> Result<(), Refused> {
        if self.level == Permission::ReadWriteDirectMessages {
            Ok(())
        } else {
            Err(self.mark(dialect::read_only()).into())
        }
    }

    /// X's own ids in a path have to be the caller's.
    pub(crate) fn is(&self, id: &str) -> Result<(), Refused> {
        if self.account.user_id == id {
            return Ok(());
        }
        let detail = "The `id` in the path must be that of the authenticating user.";
        Err(self.mark(dialect::problem(StatusCode::FORBIDDEN, "", "Forbidden", detail)).into())
    }

    pub(crate) fn answer(&self, status: StatusCode, body: &Value) -> Response {
        self.mark(dialect::data(status, body))
    }

    fn mark(&self, response: Response) -> Response {
        dialect::rated(with(response, "x-access-level", self.level.as_str()), self.rate)
    }
}
