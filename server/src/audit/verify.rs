//! Walks the chain from its beginning and names the first entry that is not as it was written.

use crate::clock::Millis;
use crate::seal::{BEGINNING, Chain};
use crate::store::{AuditHead, AuditRow, Store, StoreError};

/// An unbroken chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many entries it has, which is the number of the last.
    pub entries: i64,
    /// The last one's hash.
    pub hash: Vec<u8>,
    /// When it begins.
    pub since: Millis,
}

/// The first thing that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("audit entry {seq} {breach}")]
pub struct Broken {
    /// Of the entry that is wrong, or should be there.
    pub seq: i64,
    /// What is wrong with it.
    pub breach: Breach,
}

/// What can be wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    /// It is not there, and later ones are.
    #[error("is missing")]
    Missing,
    /// Its words, its number or its hash are not those that were written.
    #[error("was changed, or moved from another place")]
    Changed,
    /// It does not follow from the one before.
    #[error("does not follow from the one before")]
    Unchained,
    /// The end was cut off, from here on.
    #[error("is missing, and all that came after it")]
    Truncated,
    /// What vouches for the end of the log is not there or not ours.
    #[error("is the last one to be found, and nothing vouches that it was the last")]
    NoHead,
    /// The key that the chain is hashed with is gone from the store.
    #[error("cannot be verified: the key of the log is gone from the store")]
    NoKey,
    /// It is beyond the end that was vouched for.
    #[error("was added from outside")]
    Added,
    /// An entry that was noted before is not in the log.
    #[error("is the last one, and no entry has the hash that was noted")]
    NotedIsGone,
}

/// Verifies the whole log, and that an entry with the `noted` hash, if any, is still in it.
pub async fn verify(
    store: &Store,
    chain: &Chain,
    noted: Option<&[u8]>,
) -> Result<Result<Verified, Broken>, StoreError> {
    let mut walk = Walk::new(chain, noted);
    let head = store.walk_audit(|seq, row| walk.step(seq, row)).await?;
    Ok(walk.end(head.as_ref()))
}

struct Walk<'a> {
    chain: &'a Chain,
    noted: Option<&'a [u8]>,
    last: i64,
    hash: Vec<u8>,
    since: Millis,
    broken: Option<Broken>,
}

impl<'a> Walk<'a> {
    fn new(chain: &'a Chain, noted: Option<&'a [u8]>) -> Self {
        Self { chain, noted, last: 0, hash: BEGINNING.to_vec(), since: 0, broken: None }
    }

    /// False when there is no need to look further.
    fn step(&mut self, seq: i64, row: Option<AuditRow>) -> bool {
        match self.check(seq, row.as_ref()) {
            Ok(()) => {}
            Err(broken) => {
                self.broken = Some(broken);
                return false;
            }
        }
        if let Some(row) = row {
            if seq == 1 {
                self.since = row.record.at;
            }
            if self.noted == Some(&row.hash) {
                self.noted = None;
            }
            self.hash = row.hash;
        }
        self.last = seq;
        true
    }

    fn check(&self, seq: i64, row: Option<&AuditRow>) -> Result<(), Broken> {
        let expected = self.last + 1;
        if seq < expected {
            return Err(Broken { seq, breach: Breach::Added });
        }
        if seq > expected {
            return Err(Broken { seq: expected, breach: Breach::Missing });
        }
        let row = row.ok_or(Broken { seq, breach: Breach::Changed })?;
        let link = self.chain.link(&row.record.canonical(seq, &row.previous));
        if link[..] != row.hash[..] {
            return Err(Broken { seq, breach: Breach::Changed });
        }
        if row.previous != self.hash {
            return Err(Broken { seq, breach: Breach::Unchained });
        }
        Ok(())
    }

    fn end(self, head: Option<&AuditHead>) -> Result<Verified, Broken> {
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        let vouched =
            head.filter(|head| self.chain.seal_head(head.seq, &head.hash)[..] == head.seal[..]);
        let breach = match vouched {
            None if self.last == 0 => Some((1, Breach::Truncated)),
            None => Some((self.last, Breach::NoHead)),
            Some(head) if head.seq > self.last => Some((self.last + 1, Breach::Truncated)),
            Some(head) if head.seq < self.last => Some((head.seq + 1, Breach::Added)),
            Some(head) if head.hash != self.hash => Some((self.last, Breach::Unchained)),
            Some(_) if self.noted.is_some() => Some((self.last, Breach::NotedIsGone)),
            Some(_) => None,
        };
        match breach {
            Some((seq, breach)) => Err(Broken { seq, breach }),
            None => Ok(Verified { entries: self.last, hash: self.hash, since: self.since }),
        }
    }
}
