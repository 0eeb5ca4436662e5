//! Taking in a file: chosen, looked at, and only then done.

use crate::wire::Report;

/// How an age file in text begins.
const ARMOR: &str = "-----BEGIN AGE";

/// How far one is with a file. It has no `Debug`: the file may hold secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Import {
    /// Its text; empty: none was chosen.
    pub content: String,
    /// What would be done, or was.
    pub report: Option<Report>,
    /// Whether it was.
    pub done: bool,
}

impl Import {
    /// Another file, of which nothing is known yet.
    pub fn chosen(content: String) -> Self {
        Self { content, ..Self::default() }
    }

    /// Whether the file cannot be read without a passphrase.
    pub fn is_locked(&self) -> bool {
        self.content.trim_ascii_start().starts_with(ARMOR)
    }

    /// Whether something would be taken in, or could be.
    pub fn is_ready(&self) -> bool {
        self.has("new") || self.has("update") || self.clashes()
    }

    /// Whether something clashes.
    pub fn clashes(&self) -> bool {
        self.has("clash")
    }

    /// Takes in what the server told: what would be done, or what was.
    pub fn told(&mut self, report: Report, done: bool) {
        self.report = Some(report);
        self.done = done;
    }

    fn has(&self, fate: &str) -> bool {
        let report = self.report.as_ref().filter(|_| !self.done);
        report.is_some_and(|report| report.entries.iter().any(|it| it.0 == fate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Told;

    fn report(fates: &[&str]) -> Report {
        let entry = |fate: &&str| ((*fate).to_owned(), Told::default());
        Report { entries: fates.iter().map(entry).collect(), pairs: 0 }
    }

    #[test]
    fn a_file_is_looked_at_before_it_is_taken_in() {
        let mut import = Import::chosen("{}".into());
        assert!(!import.is_ready());
        import.told(report(&["clash", "unusable", "new"]), false);
        assert!(import.is_ready() && import.clashes());
        import.told(report(&["renamed", "skipped", "created"]), true);
        assert!(!import.is_ready() && !import.clashes(), "once is enough");
    }

    #[test]
    fn nothing_is_taken_in_when_nothing_is_new() {
        let mut import = Import::chosen("{}".into());
        import.told(report(&["unchanged", "unusable"]), false);
        assert!(!import.is_ready());
    }

    #[test]
    fn an_age_file_wants_a_passphrase() {
        assert!(Import::chosen(format!("\n{ARMOR} ENCRYPTED FILE-----\n")).is_locked());
        assert!(!Import::chosen("---\nprofiles:".into()).is_locked());
    }
}
