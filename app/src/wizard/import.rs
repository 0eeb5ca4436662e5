//! Taking in a file: chosen, looked at, and only then done.

use pinfold_api::Code;

use crate::failure::Failure;
use crate::wire::Report;

/// How an age file in text begins.
const ARMOR: &str = "-----BEGIN AGE";

/// What the person or the server did.
#[derive(Debug)]
pub enum ImportEvent {
    /// A file's text.
    Chosen(String),
    /// What opens an age file.
    Passphrase(String),
    /// For names and accounts that clash: `skip`, `rename` or `replace`.
    OnClash(&'static str),
    /// Whether X is to be asked about each pair.
    Verify(bool),
    /// The button: look into the file, or take it in.
    Go,
    /// What the server said.
    Answered(Result<Report, Failure>),
}

/// Ask the server: without changing anything, or for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Only tell what would be done.
    pub dry: bool,
}

/// The state of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The file's text; empty: none was chosen.
    pub content: String,
    /// As typed.
    pub passphrase: String,
    /// What becomes of clashes.
    pub on_clash: &'static str,
    /// Whether X is asked.
    pub verify: bool,
    /// What would be done, or was.
    pub report: Option<Report>,
    /// Whether it was.
    pub done: bool,
    /// Nothing else is begun meanwhile.
    pub busy: bool,
    /// Why it was not.
    pub trouble: Option<Failure>,
}

impl Default for Import {
    fn default() -> Self {
        Self {
            content: String::new(),
            passphrase: String::new(),
            on_clash: "skip",
            verify: false,
            report: None,
            done: false,
            busy: false,
            trouble: None,
        }
    }
}

impl Import {
    /// Whether the file cannot be read without a passphrase.
    pub fn is_locked(&self) -> bool {
        self.content.trim_start().starts_with(ARMOR)
    }

    /// Whether something would be taken in, or could be.
    pub fn is_ready(&self) -> bool {
        let useful = |fate: &str| matches!(fate, "new" | "update" | "clash");
        let mut entries = self.report.iter().flat_map(|report| &report.entries);
        !self.done && entries.any(|entry| useful(&entry.fate))
    }

    /// Whether something clashes.
    pub fn clashes(&self) -> bool {
        let mut entries = self.report.iter().flat_map(|report| &report.entries);
        !self.done && entries.any(|entry| entry.fate == "clash")
    }

    /// Takes in what happened; answers what the server is to be asked.
    pub fn step(&mut self, event: ImportEvent) -> Option<Ask> {
        match event {
            ImportEvent::Chosen(content) => {
                *self = Self { content, ..Self::default() };
                // An age file waits for its passphrase.
                return if self.is_locked() { None } else { self.ask(true) };
            }
            ImportEvent::Passphrase(text) => {
                self.passphrase = text;
                self.report = None;
            }
            ImportEvent::OnClash(choice) => self.on_clash = choice,
            ImportEvent::Verify(verify) => self.verify = verify,
            ImportEvent::Go if !self.busy => return self.ask(!self.is_ready()),
            ImportEvent::Go => {}
            ImportEvent::Answered(answer) => {
                let taken_in = std::mem::take(&mut self.busy) && self.is_ready();
                match answer {
                    Ok(report) => {
                        self.done = taken_in;
                        self.report = Some(report);
                    }
                    Err(failure) => {
                        if failure.code() == Some(Code::PassphraseRejected) {
                            self.report = None;
                        }
                        self.trouble = Some(failure);
                    }
                }
            }
        }
        None
    }

    fn ask(&mut self, dry: bool) -> Option<Ask> {
        if self.content.is_empty() || self.done {
            return None;
        }
        self.busy = true;
        self.trouble = None;
        Some(Ask { dry })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Entry;

    fn report(fate: &str, done: usize) -> Report {
        let entry = Entry { name: "brief".into(), fate: fate.into(), ..Entry::default() };
        Report { entries: vec![entry], done }
    }

    #[test]
    fn a_file_is_looked_at_before_it_is_taken_in() {
        let mut import = Import::default();
        assert_eq!(import.step(ImportEvent::Go), None, "there is no file yet");
        assert_eq!(import.step(ImportEvent::Chosen("{}".into())), Some(Ask { dry: true }));
        assert_eq!(import.step(ImportEvent::Go), None, "the server is at work");
        import.step(ImportEvent::Answered(Ok(report("clash", 0))));
        assert!(import.clashes() && import.is_ready() && !import.done);
        assert_eq!(import.step(ImportEvent::Go), Some(Ask { dry: false }));
        import.step(ImportEvent::Answered(Ok(report("renamed", 1))));
        assert!(import.done && !import.is_ready());
        assert_eq!(import.step(ImportEvent::Go), None, "once is enough");
    }

    #[test]
    fn an_age_file_waits_for_its_passphrase() {
        let mut import = Import::default();
        let armor = format!("{ARMOR} ENCRYPTED FILE-----\n");
        assert_eq!(import.step(ImportEvent::Chosen(armor)), None);
        assert!(import.is_locked());
        import.step(ImportEvent::Passphrase("wrong".into()));
        assert_eq!(import.step(ImportEvent::Go), Some(Ask { dry: true }));
        import.step(ImportEvent::Answered(Err(Failure::Unreachable)));
        assert!(import.trouble.is_some() && !import.busy && !import.is_ready());
        assert_eq!(import.step(ImportEvent::Go), Some(Ask { dry: true }));
        assert_eq!(import.trouble, None);
    }

    #[test]
    fn nothing_is_taken_in_when_nothing_is_new() {
        let mut import = Import::default();
        import.step(ImportEvent::Chosen("{}".into()));
        import.step(ImportEvent::Answered(Ok(report("unchanged", 0))));
        assert!(!import.is_ready());
    }
}
