//! Who may do what of those that somebody else vouches for: an authenticating proxy, or a provider
//! of OpenID Connect. The table `people` of `pinfold.toml`; the first row that fits counts.

use pinfold_api::Role;
use serde::Deserialize;

use super::ConfigError;

const FIELD: &str = "people";

/// A row: all that it names must fit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The user as the header or the `sub` claim names it; `*`: anybody.
    user: Option<String>,
    /// A verified address; `*@example.com`: any of that domain.
    email: Option<String>,
    /// A group.
    group: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Where: a workspace's id; the default one when left out.
    pub workspace: Option<String>,
}

/// Somebody, as somebody else vouches for them.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// The name by which they are known there.
    pub user: String,
    /// Their address, when it is verified.
    pub email: Option<String>,
    /// Their groups.
    pub groups: Vec<String>,
}

/// All rows.
#[derive(Clone, Debug, Default)]
pub struct People(Vec<Person>);

impl People {
    /// Rows that each name somebody, and a role that a person can have.
    pub(super) fn check(rows: Vec<Person>) -> Result<Self, ConfigError> {
        for (at, row) in rows.iter().enumerate() {
            let field = format!("{FIELD}[{at}]");
            if row.user.is_none() && row.email.is_none() && row.group.is_none() {
                return Err(ConfigError::new(field, "names nobody; give user, email or group"));
            }
            if row.role == Role::Task {
                return Err(ConfigError::new(field, "role must be operator or connector"));
            }
        }
        Ok(Self(rows))
    }

    /// The same from the text of a file that holds nothing else.
    pub fn read(text: &str) -> Result<Self, ConfigError> {
        #[derive(Deserialize)]
        struct File {
            people: Vec<Person>,
        }
        let file: File =
            toml::from_str(text).map_err(|_| ConfigError::new(FIELD, "is no table of people"))?;
        Self::check(file.people)
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The workspaces that rows name.
    pub fn workspaces(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|row| row.workspace.as_deref())
    }

    /// What somebody may do.
    pub fn find(&self, who: &Identity) -> Option<&Person> {
        self.0.iter().find(|row| row.fits(who))
    }
}

impl Person {
    fn fits(&self, who: &Identity) -> bool {
        let user = self.user.as_ref().is_none_or(|user| user == "*" || *user == who.user);
        let email = self.email.as_ref().is_none_or(|pattern| {
            who.email.as_ref().is_some_and(|email| email_fits(pattern, email))
        });
        let group = self.group.as_ref().is_none_or(|group| who.groups.contains(group));
        user && email && group
    }
}

/// Addresses are compared without regard to case, as mail is delivered in practice.
fn email_fits(pattern: &str, email: &str) -> bool {
    match (pattern.strip_prefix('*'), email.rsplit_once('@')) {
        (Some(domain), Some((_, theirs))) => {
            domain.strip_prefix('@').is_some_and(|ours| ours.eq_ignore_ascii_case(theirs))
        }
        (None, _) => pattern.eq_ignore_ascii_case(email),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_that_fits_counts() {
        let people = People::read(
            r#"
            [[people]]
            user = "alice"
            role = "operator"
            [[people]]
            email = "*@example.com"
            group = "social"
            role = "operator"
            workspace = "w"
            [[people]]
            email = "Bob@Example.com"
            role = "connector"
            "#,
        )
        .expect("reads");
        let who = |user: &str, email: Option<&str>, groups: &[&str]| Identity {
            user: user.to_owned(),
            email: email.map(str::to_owned),
            groups: groups.iter().map(|&group| group.to_owned()).collect(),
        };
        let role = |who: &Identity| people.find(who).map(|row| row.role);
        assert_eq!(role(&who("alice", None, &[])), Some(Role::Operator));
        assert_eq!(role(&who("Alice", None, &[])), None);
        let social = who("c", Some("c@EXAMPLE.com"), &["social"]);
        assert_eq!(people.find(&social).and_then(|row| row.workspace.as_deref()), Some("w"));
        assert_eq!(role(&who("c", Some("c@example.com"), &["other"])), None);
        assert_eq!(role(&who("c", Some("c@example.com.evil"), &["social"])), None);
        assert_eq!(role(&who("c", Some("c@notexample.com"), &["social"])), None);
        assert_eq!(role(&who("b", Some("bob@example.com"), &[])), Some(Role::Connector));
        assert_eq!(role(&who("*", None, &[])), None);
    }

    #[test]
    fn a_row_names_somebody_and_a_role() {
        assert!(People::read("[[people]]\nrole = \"operator\"").is_err());
        assert!(People::read("[[people]]\nuser = \"a\"\nrole = \"task\"").is_err());
    }
}
