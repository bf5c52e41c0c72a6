//! Which rows were already given.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

/// The most rows for which room is made on the word of the service alone.
const MAX_RESERVE: usize = 1 << 20;

/// A set of row ids, kept as keyed 64-bit hashes: 9 to 19 MiB for a million rows, whatever the ids look like.
///
/// Two of a million ids have the same hash with a probability of 1 in 37 million; the key makes sure that nobody can
/// bring that about on purpose.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    key: RandomState,
    hashes: HashSet<u64, BuildHasherDefault<AsIs>>,
}

impl Seen {
    /// Notes an id; false if it was noted before.
    pub(crate) fn insert(&mut self, id: &[u8]) -> bool {
        self.hashes.insert(self.key.hash_one(id))
    }

    /// Makes room for so many rows in all, so that the set does not grow by copying.
    pub(crate) fn expect(&mut self, rows: u64) {
        let rows = usize::try_from(rows).unwrap_or(usize::MAX).min(MAX_RESERVE);
        self.hashes.reserve(rows.saturating_sub(self.hashes.len()));
    }
}

/// A hasher for what is a hash already.
#[derive(Debug, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_each_once() {
        let mut seen = Seen::default();
        seen.expect(u64::MAX);
        assert!((0..100_000).all(|id| seen.insert(id.to_string().as_bytes())));
        assert!((0..100_000).all(|id| !seen.insert(id.to_string().as_bytes())));
    }
}
