//! The length of a tweet as X counts it (weighted length, configuration v3): at most 280 after NFC; a
//! URL is 23, an emoji 2, most letters 1 and those of wider scripts 2.

use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::sync::Once;

use pest::Parser as _;
use twitter_text_parser::twitter_text::full_pest::{Rule, TwitterTextFullPestParser};
use unicode_normalization::UnicodeNormalization as _;
use url::Url;

use crate::problem::Refusal;
use crate::proxy::may_hold_url;
use crate::turns::{self, Turns};

/// The most that a tweet may weigh.
pub const MOST: usize = 280;
const URL: usize = 23;
const EMOJI: usize = 2;
/// Code points that weigh 1; all others weigh 2.
const LIGHT: [RangeInclusive<u32>; 4] = [0..=4351, 8192..=8205, 8208..=8223, 8242..=8247];
/// Longer ones are no URLs to X.
const URL_BYTES: usize = 4096;
/// The grammar looks from each letter to the end of its word, and at brackets in brackets again and again,
/// so that a text could take minutes. 280 letters and dots take half of these, and these 60 ms.
const STEPS: usize = 4_000_000;
/// RFC 1035 §2.3.4.
const LABEL_BYTES: usize = 63;

/// What a text weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// Of 280.
    pub length: usize,
    /// How many URLs it holds; one is enough for the dearer price.
    pub urls: usize,
    /// Whether X takes it: not empty, not too long, no character that X forbids.
    pub valid: bool,
}

/// Works with texts away from the runtime: one may take a twentieth of a second.
pub async fn aside<T: Send + 'static>(
    workspace: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    static TEXTS: Turns = Turns::new();
    turns::aside(TEXTS.take(workspace).await?, work).await
}

/// Weighs a text. One that takes too many of the grammar's steps is weighed by its letters, and is none
/// that may be sent: it is longer than a tweet, or an URL with a dozen brackets one in another.
pub fn weigh(text: &str) -> Weight {
    static LIMITED: Once = Once::new();
    LIMITED.call_once(|| pest::set_call_limit(NonZeroUsize::new(STEPS)));
    let text: String = text.nfc().collect();
    let mut weight = Weight { length: 0, urls: 0, valid: !text.trim().is_empty() };
    let Ok(entities) = TwitterTextFullPestParser::parse(Rule::tweet, &text) else {
        // Nobody knows what it holds: it is not sent, and it is not cheap.
        let urls = usize::from(may_hold_url(&text));
        return Weight { length: letters(&text), urls, valid: false };
    };
    let mut rest = 0;
    for entity in entities.flat_map(|tweet| tweet.into_inner().flatten()) {
        let span = entity.as_span();
        let heavy = match entity.as_rule() {
            Rule::url | Rule::url_without_protocol if resolves(entity.as_str()) => {
                weight.urls += 1;
                URL
            }
            Rule::emoji => EMOJI,
            Rule::invalid_char => {
                weight.valid = false;
                continue;
            }
            _ => continue,
        };
        weight.length += letters(&text[rest..span.start()]) + heavy;
        rest = span.end();
    }
    weight.length += letters(&text[rest..]);
    weight.valid &= weight.length <= MOST;
    weight
}

fn letters(text: &str) -> usize {
    let light = |letter: u32| LIGHT.iter().any(|range| range.contains(&letter));
    text.chars().map(|letter| if light(u32::from(letter)) { 1 } else { 2 }).sum()
}

/// Whether the host of what looks like a URL could be one.
fn resolves(url: &str) -> bool {
    let url = if url.contains("://") { url.to_owned() } else { format!("https://{url}") };
    url.len() <= URL_BYTES
        && Url::parse(&url).is_ok_and(|url| {
            url.host_str()
                .is_some_and(|host| host.split('.').all(|label| label.len() <= LABEL_BYTES))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `[text, weighted length, valid]`, from the conformance data that X publishes with
    /// twitter-text (Apache-2.0).
    const VECTORS: &str = include_str!("weighted_length_v3.json");

    #[test]
    fn every_vector_weighs_what_x_says() {
        let vectors: serde_json::Value = serde_json::from_str(VECTORS).expect("JSON");
        let cases = vectors["cases"].as_array().expect("a list");
        assert!(cases.len() > 20);
        for case in cases {
            let text = case[0].as_str().expect("a text");
            let weight = weigh(text);
            let expected =
                (case[1].as_u64().and_then(|it| usize::try_from(it).ok()), case[2].as_bool());
            assert_eq!((Some(weight.length), Some(weight.valid)), expected, "{text:.80}");
        }
    }

    /// In steps and not by the clock: 280 letters at their worst are read whole, and no text takes longer.
    #[test]
    fn a_text_that_would_take_minutes_is_weighed_by_its_letters() {
        let tweet = "a.".repeat(MOST / 2 - 4) + " a.com";
        assert_eq!(weigh(&tweet).urls, 1, "read whole");
        let family = "👩‍👩‍👧‍👦".repeat(MOST / EMOJI);
        assert_eq!(weigh(&family), Weight { length: MOST, urls: 0, valid: true });
        let link = format!("https://a.com/{}", "c".repeat(2000));
        assert_eq!(weigh(&link), Weight { length: URL, urls: 1, valid: true });
        for word in ["a", "a.", "http://a"] {
            let text = word.repeat(30_000 / word.len());
            let weight = weigh(&text);
            assert_eq!((weight.length, weight.valid), (text.len(), false), "{word}");
        }
        let brackets = format!("see https://a.com/{}", "(".repeat(20));
        let unread = Weight { length: brackets.len(), urls: 1, valid: false };
        assert_eq!(weigh(&brackets), unread, "dear, and not sent");
    }

    #[test]
    fn bare_urls_count_as_urls() {
        assert_eq!(weigh("see example.com now"), Weight { length: 31, urls: 1, valid: true });
        assert_eq!(weigh("mail me@example.com").urls, 0);
        assert_eq!(weigh("v1.2.3 done").urls, 0);
        assert!(!weigh("  ").valid);
    }
}
