//! Keys, tokens and PINs from the operating system's generator.

use crate::secret::Secret;

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// `length` letters and digits, each equally likely.
pub(crate) fn word(length: usize) -> String {
    draw(length, ALPHANUMERIC)
}

/// The same, for what must not be printed.
pub(crate) fn secret(length: usize) -> Secret {
    Secret::new(word(length))
}

/// `length` digits. They are a string: a PIN may begin with zeros.
pub(crate) fn digits(length: usize) -> String {
    draw(length, b"0123456789")
}

/// Bytes past the last whole multiple of the alphabet are thrown away: folding them in would make
/// its first characters likelier.
fn draw(length: usize, alphabet: &[u8]) -> String {
    let fair = 256 - 256 % alphabet.len();
    let mut word = String::with_capacity(length);
    let mut bytes = [0_u8; 64];
    while word.len() < length {
        getrandom::fill(&mut bytes).expect("the operating system has randomness");
        let usable = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        let drawn = usable.map(|byte| char::from(alphabet[byte % alphabet.len()]));
        word.extend(drawn.take(length - word.len()));
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_the_length_asked_for_and_differ() {
        assert_eq!(word(27).len(), 27);
        assert_eq!(word(200).len(), 200);
        assert_ne!(word(27), word(27));
        assert!(digits(7).bytes().all(|byte| byte.is_ascii_digit()));
    }
}
