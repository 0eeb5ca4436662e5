//! How long a post is, about: what this counts as too long is too long for X. It shares nothing with
//! the server's own count, and leaves to that one what needs a grammar (URLs without a scheme).

/// The most that X takes.
const MOST: usize = 280;
/// What any URL counts as.
const URL: usize = 23;
/// Joins emoji into one.
const JOINER: char = '\u{200D}';

/// Whether X refuses a post for its length (weighted length, configuration v3).
pub(crate) fn is_too_long(text: &str) -> bool {
    text.split_inclusive(char::is_whitespace).map(weigh).sum::<usize>() > MOST
}

fn weigh(word: &str) -> usize {
    if word.starts_with("https://") || word.starts_with("http://") {
        return URL.min(word.chars().count());
    }
    let mut before = ' ';
    word.chars()
        .map(|letter| {
            let joined = std::mem::replace(&mut before, letter) == JOINER;
            match letter {
                _ if joined => 0,
                // They change the emoji before them.
                JOINER | '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' => 0,
                // Two of the last are a flag.
                '\0'..='\u{10FF}'
                | '\u{2000}'..='\u{201F}'
                | '\u{2032}'..='\u{2037}'
                | '\u{1F1E6}'..='\u{1F1FF}' => 1,
                _ => 2,
            }
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_as_x_does_about() {
        let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}";
        for (unit, most) in
            [("a", 280), ("\u{5B57}", 140), ("\u{1F44D}\u{1F3FD}", 140), (family, 140)]
        {
            assert!(!is_too_long(&unit.repeat(most)), "{unit}");
            assert!(is_too_long(&unit.repeat(most + 1)), "{unit}");
        }
        let url = format!("https://example.com/{} ", "a".repeat(300));
        assert!(!is_too_long(&url));
        assert!(is_too_long(&format!("{url}{}", "a".repeat(260))));
    }
}
