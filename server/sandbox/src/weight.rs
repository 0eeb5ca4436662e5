//! How long a post is, at least: what this counts as too long is too long for X. It shares nothing with
//! the server's own count, and where that needs a grammar it counts too little.

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
    let letters = letters(word);
    let may_hold_url = word.contains("http") || word.contains('.');
    if may_hold_url { letters.min(URL) } else { letters }
}

fn letters(word: &str) -> usize {
    let mut before = ' ';
    word.chars()
        .map(|letter| {
            let joined = std::mem::replace(&mut before, letter) == JOINER;
            match letter {
                _ if joined => 0,
                // They change the letter or emoji before them.
                JOINER
                | '\u{300}'..='\u{36F}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{1F3FB}'..='\u{1F3FF}'
                | '\u{E0020}'..='\u{E007F}' => 0,
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
    fn it_counts_at_most_what_x_does() {
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
        assert!(!is_too_long(&format!("(example.com/{})", "a".repeat(300))), "X counts 25");
        assert!(!is_too_long(&"e\u{301}".repeat(280)), "X composes them");
    }
}
