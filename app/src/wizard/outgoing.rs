//! An edit on its way to the server. It is shown at once; when the server refuses it, what was there
//! before is shown again, with the reason and what somebody else saved meanwhile.

use pinfold_api::{Code, Connection, ConnectionChange};

use crate::failure::Failure;

/// The edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The connection as it was read.
    pub before: Connection,
    /// What was changed of it.
    pub change: ConnectionChange,
    /// Why the server refused it.
    pub trouble: Option<Failure>,
    /// What is saved, when somebody else changed it meanwhile.
    pub theirs: Option<Connection>,
}

impl Outgoing {
    /// An edit that is being sent.
    pub fn new(before: Connection, change: ConnectionChange) -> Self {
        Self { before, change, trouble: None, theirs: None }
    }

    /// Name and group as the list shows them: with the edit, until that is refused.
    pub fn applied(&self, connection: &Connection) -> (String, String) {
        let ours = connection.id == self.before.id && self.trouble.is_none();
        let [name, group] =
            [&self.change.name, &self.change.group].map(|it| it.clone().filter(|_| ours));
        let group = group.or_else(|| connection.group.clone());
        (name.unwrap_or_else(|| connection.name.clone()), group.unwrap_or_default())
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
        Self::new(self.theirs.unwrap_or(self.before), self.change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wizard::fixtures::{connection, failure};

    fn renamed() -> Outgoing {
        let change = ConnectionChange { name: Some("Mine".into()), ..Default::default() };
        Outgoing::new(connection("brief", 3), change)
    }

    #[test]
    fn an_edit_shows_until_it_is_refused() {
        let mut edit = renamed();
        assert_eq!(edit.applied(&connection("brief", 3)).0, "Mine");
        let mut other = connection("other", 1);
        other.id = "c2".into();
        assert_eq!(edit.applied(&other).0, "other");
        assert!(!edit.refused(failure(Code::NameTaken, None, None)));
        assert_eq!(edit.applied(&connection("brief", 3)).0, "brief");
    }

    #[test]
    fn a_stale_edit_is_redone_over_what_is_saved() {
        let mut edit = renamed();
        assert!(edit.refused(failure(Code::VersionStale, None, None)));
        edit.theirs = Some(connection("Theirs", 4));
        let again = edit.redone();
        assert_eq!((again.before.version, again.change.name.as_deref()), (4, Some("Mine")));
        assert!(again.trouble.is_none());
    }

    #[test]
    fn out_of_its_group_is_in_none() {
        let mut before = connection("brief", 1);
        before.group = Some("News".into());
        let change = ConnectionChange { group: Some(String::new()), ..Default::default() };
        assert_eq!(Outgoing::new(before.clone(), change).applied(&before).1, "");
    }
}
