//! A small seeded generator (splitmix64), and the names that Kubernetes draws at random.

/// A stream of numbers that the seed alone decides.
#[derive(Debug, Clone)]
pub struct Random(u64);

/// The letters of generated names: no vowels and no look-alikes, as in the API server.
const NAME_LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

impl Random {
    /// The stream of this seed.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// A stream of its own for `label`, so that one part's draws don't shift another's.
    pub fn stream(seed: u64, label: &str) -> Self {
        Random(seed ^ fnv(label.as_bytes()))
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound - 1`; 0 where the bound is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next() % bound }
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.saturating_sub(low).max(0) as u64;
        low.saturating_add(self.below(span.saturating_add(1)) as i64)
    }

    /// So many letters as the API server appends to a generated name.
    pub fn suffix(&mut self, length: usize) -> String {
        (0..length)
            .map(|_| char::from(NAME_LETTERS[self.below(NAME_LETTERS.len() as u64) as usize]))
            .collect()
    }

    /// A version 4 UUID.
    pub fn uid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | ((low >> 48) & 0x3fff),
            low & 0xffff_ffff_ffff
        )
    }

    /// So many bytes, in hexadecimal.
    pub fn hex(&mut self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes * 2);
        while text.len() < bytes * 2 {
            text.push_str(&format!("{:016x}", self.next()));
        }
        text.truncate(bytes * 2);
        text
    }
}

/// The FNV-1a hash: stable between runs, unlike the standard library's.
pub fn fnv(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The hash as the ten letters of a pod template's hash.
pub fn template_hash(bytes: &[u8]) -> String {
    Random::new(fnv(bytes)).suffix(10)
}

/// A hexadecimal digest of the text, of the length of a SHA-256.
pub fn digest(text: &str) -> String {
    Random::new(fnv(text.as_bytes())).hex(32)
}
