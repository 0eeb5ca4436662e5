//! An edit on its way to the server. It is shown at once; when the server refuses it, what was there
//! before is shown again, with the reason and what somebody else saved meanwhile.

use pinfold_api::{Code, Connection, ConnectionChange};

use crate::failure::Failure;

/// What of a connection can be edited, and of which version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editable {
    /// The version.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Its group; empty for none.
    pub group: String,
}

impl Editable {
    /// That of a connection.
    pub fn of(connection: &Connection) -> Self {
        let group = connection.group.clone().unwrap_or_default();
        Self { version: connection.version, name: connection.name.clone(), group }
    }
}

/// The edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Of which connection.
    pub id: String,
    /// As it was read.
    pub before: Editable,
    /// What was changed of it.
    pub change: ConnectionChange,
    /// Why the server refused it.
    pub trouble: Option<Failure>,
    /// What is saved, when somebody else changed it meanwhile.
    pub theirs: Option<Editable>,
}

impl Outgoing {
    /// An edit that is being sent.
    pub fn new(id: String, before: Editable, change: ConnectionChange) -> Self {
        Self { id, before, change, trouble: None, theirs: None }
    }

    /// Name and group as the list shows them: with the edit, until that is refused.
    pub fn applied(&self, connection: &Connection) -> Editable {
        let mut shown = Editable::of(connection);
        if connection.id == self.id && self.trouble.is_none() {
            if let Some(name) = &self.change.name {
                shown.name.clone_from(name);
            }
            if let Some(group) = &self.change.group {
                shown.group = group.clone().unwrap_or_default();
            }
        }
        shown
    }

    /// Takes the refusal in. True: what is saved now must be asked for.
    pub fn refused(&mut self, failure: Failure) -> bool {
        let stale = failure.code() == Some(Code::VersionStale);
        self.trouble = Some(failure);
        stale
    }

    /// The same edit once more, over what is saved now.
    #[must_use]
    pub fn redone(self) -> Self {
        Self::new(self.id, self.theirs.unwrap_or(self.before), self.change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wizard::fixtures::{connection, failure};

    fn renamed() -> Outgoing {
        let change = ConnectionChange { name: Some("Mine".into()), ..Default::default() };
        Outgoing::new("c1".into(), Editable::of(&connection("brief", 3)), change)
    }

    #[test]
    fn an_edit_shows_until_it_is_refused() {
        let mut edit = renamed();
        assert_eq!(edit.applied(&connection("brief", 3)).name, "Mine");
        let mut other = connection("other", 1);
        other.id = "c2".into();
        assert_eq!(edit.applied(&other).name, "other");
        assert!(!edit.refused(failure(Code::NameTaken, None, None)));
        assert_eq!(edit.applied(&connection("brief", 3)).name, "brief");
    }

    #[test]
    fn a_stale_edit_is_redone_over_what_is_saved() {
        let mut edit = renamed();
        assert!(edit.refused(failure(Code::VersionStale, None, None)));
        edit.theirs = Some(Editable::of(&connection("Theirs", 4)));
        let again = edit.redone();
        assert_eq!((again.before.version, again.change.name.as_deref()), (4, Some("Mine")));
        assert!(again.trouble.is_none());
    }

    #[test]
    fn out_of_its_group_is_in_none() {
        let mut before = connection("brief", 1);
        before.group = Some("News".into());
        let change = ConnectionChange { group: Some(Some(String::new())), ..Default::default() };
        let edit = Outgoing::new("c1".into(), Editable::of(&before), change);
        assert_eq!(edit.applied(&before).group, "");
    }
}
