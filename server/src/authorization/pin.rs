//! What a person types as a PIN, and what X gets.

use pinfold_api::WriteOnly;

use crate::problem::Refusal;

/// X shows seven digits; more than this is something else that was pasted.
const CAP: usize = 20;

/// Digits only: spaces and dashes dropped, full-width digits made ASCII, leading zeros kept.
///
/// What holds anything else is refused before X sees it, since a wrong PIN burns the request token.
pub(super) fn normalise(typed: &WriteOnly) -> Result<String, Refusal> {
    let mut digits = String::new();
    for letter in typed.expose().chars() {
        match letter {
            '0'..='9' => digits.push(letter),
            // U+FF10..=U+FF19, as Japanese and Chinese keyboards type them.
            '０'..='９' => digits.extend(char::from_u32(u32::from(letter) - 0xFF10 + 0x30)),
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{200B}' | '\u{FEFF}' => {}
            letter if letter.is_whitespace() => {}
            _ => {
                return Err(Refusal::field(
                    "pin",
                    "A PIN has digits only. Type the number that X shows.",
                ));
            }
        }
    }
    match digits.len() {
        0 => Err(Refusal::field("pin", "The PIN is empty. Type the number that X shows.")),
        1..=CAP => Ok(digits),
        _ => Err(Refusal::field("pin", "This is too long for a PIN. X shows about seven digits.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_in_any_dress() {
        for typed in ["0123456", " 012 3456\n", "012-3456", "０１２３４５６", "012\u{2013}3456"]
        {
            assert_eq!(normalise(&WriteOnly::new(typed)).expect(typed), "0123456");
        }
        for wrong in ["", "  ", "12a4567", "https://x.com", "123456789012345678901"] {
            assert!(normalise(&WriteOnly::new(wrong)).is_err(), "{wrong}");
        }
    }
}
