//! Sets of rows by their `seq`, in blocks of 65,536, as `postings` keeps them: a block of few rows
//! is a list of 16-bit numbers, little end first, and one of many is a bitmap of 8 KiB.

use std::collections::BTreeMap;

/// Rows of a block.
const BLOCK_ROWS: usize = 1 << 16;
const WORDS: usize = BLOCK_ROWS / 64;
const BITMAP_BYTES: usize = BLOCK_ROWS / 8;

/// The block of a row, and its number there.
pub(super) fn split(seq: i64) -> (i64, u16) {
    (seq >> 16, u16::try_from(seq & 0xffff).unwrap_or_default())
}

/// The rows of one block.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Block(Vec<u64>);

impl Default for Block {
    fn default() -> Self {
        Self(vec![0; WORDS])
    }
}

impl Block {
    pub(super) fn decode(bytes: &[u8]) -> Self {
        let mut block = Self::default();
        if bytes.len() == BITMAP_BYTES {
            for (word, bytes) in block.0.iter_mut().zip(bytes.as_chunks::<8>().0) {
                *word = u64::from_le_bytes(*bytes);
            }
        } else {
            bytes.as_chunks::<2>().0.iter().for_each(|low| block.insert(u16::from_le_bytes(*low)));
        }
        block
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        if self.count() * 2 < BITMAP_BYTES {
            self.rows().flat_map(u16::to_le_bytes).collect()
        } else {
            self.0.iter().flat_map(|word| word.to_le_bytes()).collect()
        }
    }

    pub(super) fn insert(&mut self, low: u16) {
        self.0[usize::from(low) / 64] |= 1 << (low % 64);
    }

    fn remove(&mut self, low: u16) {
        self.0[usize::from(low) / 64] &= !(1 << (low % 64));
    }

    fn contains(&self, low: u16) -> bool {
        self.0[usize::from(low) / 64] & (1 << (low % 64)) != 0
    }

    fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    fn rows(&self) -> impl DoubleEndedIterator<Item = u16> {
        (0..=u16::MAX).step_by(64).zip(&self.0).filter(|(_, word)| **word != 0).flat_map(
            |(first, word)| (first..=first + 63).filter(move |low| word & (1 << (low % 64)) != 0),
        )
    }
}

/// Rows of a workspace.
#[derive(Clone, Default)]
pub(super) struct Rows(BTreeMap<i64, Block>);

impl Rows {
    pub(super) fn put(&mut self, block: i64, rows: Block) {
        self.0.insert(block, rows);
    }

    pub(super) fn remove(&mut self, seq: i64) {
        let (block, low) = split(seq);
        if let Some(block) = self.0.get_mut(&block) {
            block.remove(low);
        }
    }

    pub(super) fn contains(&self, seq: i64) -> bool {
        let (block, low) = split(seq);
        self.0.get(&block).is_some_and(|block| block.contains(low))
    }

    /// Those in both.
    pub(super) fn and(&self, other: &Self) -> Self {
        let both = self.0.iter().filter_map(|(number, ours)| {
            let theirs = other.0.get(number)?;
            let words: Vec<u64> = ours.0.iter().zip(&theirs.0).map(|(a, b)| a & b).collect();
            words.iter().any(|word| *word != 0).then_some((*number, Block(words)))
        });
        Self(both.collect())
    }

    pub(super) fn count(&self) -> usize {
        self.0.values().map(Block::count).sum()
    }

    /// By `seq`.
    pub(super) fn seqs(&self) -> impl DoubleEndedIterator<Item = i64> {
        let blocks = self.0.iter();
        blocks.flat_map(|(number, block)| {
            block.rows().map(move |low| (number << 16) | i64::from(low))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn rows(seqs: &BTreeSet<i64>) -> Rows {
        let mut rows = Rows::default();
        for seq in seqs {
            let (block, low) = split(*seq);
            rows.0.entry(block).or_default().insert(low);
        }
        rows
    }

    proptest! {
        #[test]
        fn a_set_of_rows_is_what_was_put_in(
            ours in prop::collection::btree_set(0_i64..200_000, 0..300),
            theirs in prop::collection::btree_set(0_i64..200_000, 0..300),
        ) {
            let (a, b) = (rows(&ours), rows(&theirs));
            prop_assert_eq!(a.seqs().collect::<BTreeSet<_>>(), ours.clone());
            prop_assert!(a.seqs().rev().is_sorted_by(|x, y| x > y));
            prop_assert_eq!(a.count(), ours.len());
            let both: BTreeSet<i64> = ours.intersection(&theirs).copied().collect();
            prop_assert_eq!(a.and(&b).seqs().collect::<BTreeSet<_>>(), both);
        }

        #[test]
        fn a_block_comes_back(
            lows in prop::collection::btree_set(any::<u16>(), 0..100), every in 1_usize..40,
        ) {
            let mut block = Block::default();
            for low in lows {
                block.insert(low);
            }
            prop_assert!(Block::decode(&block.encode()) == block);
            (0..=u16::MAX).step_by(every).for_each(|low| block.insert(low));
            prop_assert!(Block::decode(&block.encode()) == block);
        }
    }
}
