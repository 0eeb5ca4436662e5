//! The name of a new connection, when another one may have it.

use pinfold_api::Code;

use super::text;
use crate::problem::Refusal;
use crate::state::AppState;
use crate::store::{ConnectionRow, StoreError};

/// More connections with one name want another way to tell them apart.
const NAMES_TRIED: u32 = 1000;

/// A name that nobody chose gets a number where it is taken.
pub(super) struct Naming {
    chosen: bool,
    wanted: String,
    number: u32,
}

impl Naming {
    pub(super) fn new(chosen: bool, connection: &ConnectionRow) -> Self {
        Self { chosen, wanted: connection.name.clone(), number: 1 }
    }

    /// Gives the connection the first name that is free, unless its own was chosen.
    pub(super) async fn settle(
        &mut self,
        state: &AppState,
        connection: &mut ConnectionRow,
    ) -> Result<(), Refusal> {
        while !self.chosen
            && state.store.name_is_taken(&connection.workspace, &connection.name).await?
        {
            if self.number == NAMES_TRIED {
                return Err(Refusal::new(Code::NameTaken).at("name"));
            }
            self.number += 1;
            connection.name = text::name_with_number(&self.wanted, self.number);
        }
        Ok(())
    }

    /// Whether somebody took the name after it was found free.
    pub(super) fn was_overtaken<T>(&self, saved: &Result<T, StoreError>) -> bool {
        !self.chosen && matches!(saved, Err(StoreError::NameTaken))
    }
}
