//! What an entry says, and its canonical form: the bytes that are hashed.

use crate::clock::Millis;

/// The words of one entry, without its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "as `pinfold_api::AuditEntry`, described there")]
pub struct Record {
    pub at: Millis,
    pub workspace: String,
    pub role: String,
    pub session_id: Option<String>,
    pub address: Option<String>,
    pub action: String,
    pub subject: Option<String>,
    pub result: String,
    pub code: Option<String>,
    pub detail: Option<String>,
}

/// Another form would get another number.
const VERSION: u8 = 1;

impl Record {
    /// `version (1) ‖ seq (8) ‖ at (8) ‖ length of previous (8) ‖ previous`, and then each text in
    /// the order of the fields: `0` when it is missing, or `1 ‖ length (8) ‖ UTF-8`. Numbers are
    /// big-endian. No two entries share one form.
    pub fn canonical(&self, seq: i64, previous: &[u8]) -> Vec<u8> {
        let mut form = vec![VERSION];
        form.extend(seq.to_be_bytes());
        form.extend(self.at.to_be_bytes());
        put(&mut form, previous);
        for text in self.texts() {
            match text {
                None => form.push(0),
                Some(text) => {
                    form.push(1);
                    put(&mut form, text.as_bytes());
                }
            }
        }
        form
    }

    fn texts(&self) -> [Option<&str>; 9] {
        [
            Some(&self.workspace),
            Some(&self.role),
            self.session_id.as_deref(),
            self.address.as_deref(),
            Some(&self.action),
            self.subject.as_deref(),
            Some(&self.result),
            self.code.as_deref(),
            self.detail.as_deref(),
        ]
    }
}

fn put(form: &mut Vec<u8>, bytes: &[u8]) {
    form.extend((bytes.len() as u64).to_be_bytes());
    form.extend(bytes);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a canonical form back. What can be read back in one way only is shared by no two.
    fn read(mut form: &[u8]) -> (i64, Vec<u8>, Record) {
        fn take<'a>(form: &mut &'a [u8], count: usize) -> &'a [u8] {
            let (taken, rest) = form.split_at(count);
            *form = rest;
            taken
        }
        fn number(form: &mut &[u8]) -> i64 {
            i64::from_be_bytes(take(form, 8).try_into().expect("eight bytes"))
        }
        fn bytes(form: &mut &[u8]) -> Vec<u8> {
            let length = usize::try_from(number(form)).expect("a length");
            take(form, length).to_vec()
        }
        fn text(form: &mut &[u8]) -> Option<String> {
            match take(form, 1) {
                [0] => None,
                [1] => Some(String::from_utf8(bytes(form)).expect("UTF-8")),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(take(&mut form, 1), [VERSION]);
        let (seq, at, previous) = (number(&mut form), number(&mut form), bytes(&mut form));
        let mut next = || text(&mut form);
        let record = Record {
            at,
            workspace: next().expect("there"),
            role: next().expect("there"),
            session_id: next(),
            address: next(),
            action: next().expect("there"),
            subject: next(),
            result: next().expect("there"),
            code: next(),
            detail: next(),
        };
        assert!(form.is_empty());
        (seq, previous, record)
    }

    fn maybe() -> impl Strategy<Value = Option<String>> {
        proptest::option::of(".{0,12}")
    }

    prop_compose! {
        fn any_record()(
            at in any::<i64>(),
            texts in prop::array::uniform4(".{0,12}"),
            maybes in prop::array::uniform5(maybe()),
        ) -> Record {
            let [workspace, role, action, result] = texts;
            let [session_id, address, subject, code, detail] = maybes;
            Record {
                at, workspace, role, session_id, address, action, subject, result, code, detail,
            }
        }
    }

    proptest! {
        #[test]
        fn every_form_reads_back_as_the_entry_it_was_made_of(
            record in any_record(), seq in any::<i64>(),
            previous in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let form = record.canonical(seq, &previous);
            prop_assert_eq!(read(&form), (seq, previous, record));
        }

        #[test]
        fn moving_a_letter_between_neighbours_changes_the_form(
            record in any_record(), text in ".{1,12}", cut in any::<prop::sample::Index>(),
        ) {
            let letters: Vec<char> = text.chars().collect();
            let (left, right) = letters.split_at(cut.index(letters.len()));
            let (left, right) = (left.iter().collect(), right.iter().collect());
            let moved = Record { code: Some(left), detail: Some(right), ..record.clone() };
            let whole = Record { code: Some(text), detail: Some(String::new()), ..record };
            prop_assert_ne!(moved.canonical(1, &[]), whole.canonical(1, &[]));
        }
    }
}
