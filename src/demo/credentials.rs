//! Credentials for services that the platform doesn't run itself, or not in the cluster's eyes: which of them are accepted.
//!
//! A token carries a check sum, as the tokens of many services do. So a Secret's content alone decides whether it opens anything:
//! replacing it with one that was never issued breaks what needs it, and putting an issued one back repairs it.

use base64::Engine as _;
use k8s_pb::api::core::v1::Secret;

use super::random::{Random, fnv};
use super::store::{Key, Store};

/// How many hexadecimal letters a token has before its check sum, and how many that has.
const LETTERS: (usize, usize) = (24, 8);

/// Why credentials open nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such Secret.
    Missing,
    /// Its service doesn't know the token in it, or no longer.
    Refused,
}

/// A token that its service accepts, such as `glpat_3f…`.
pub fn issue(prefix: &str, random: &mut Random) -> String {
    let letters = random.hex(LETTERS.0 / 2);
    format!("{prefix}_{letters}{}", check_sum(&letters))
}

/// Whether the Secret holds credentials that are accepted.
///
/// # Errors
/// When it is missing, has no token, or one that nobody has issued.
pub fn accepted(store: &Store, namespace: &str, name: &str) -> Result<(), Refusal> {
    let secret: Secret = store.read(&Key::new(namespace, name)).ok_or(Refusal::Missing)?;
    let mut tokens = Vec::new();
    for value in secret.data.values() {
        collect(&String::from_utf8_lossy(value), &mut tokens);
    }
    let all = !tokens.is_empty() && tokens.iter().all(|token| *token);
    if all { Ok(()) } else { Err(Refusal::Refused) }
}

/// For each token in a text, whether it was issued; a registry's credentials are in base64 within it.
fn collect(text: &str, tokens: &mut Vec<bool>) {
    for word in text.split(|letter: char| !letter.is_ascii_alphanumeric() && !"_+/=".contains(letter)) {
        if let Some((_, tail)) = word.rsplit_once('_').filter(|(_, tail)| tail.len() == LETTERS.0 + LETTERS.1)
        {
            let (letters, sum) = tail.split_at(LETTERS.0);
            tokens.push(check_sum(letters) == sum);
        } else if word.len() > 40
            && let Ok(inner) = base64::engine::general_purpose::STANDARD.decode(word)
        {
            collect(&String::from_utf8_lossy(&inner), tokens);
        }
    }
}

fn check_sum(letters: &str) -> String {
    format!("{:08x}", fnv(letters.as_bytes()) >> 32)
}
