//! The length of a tweet as X counts it (weighted length, configuration v3): at most 280 after NFC; a
//! URL is 23, an emoji 2, most letters 1 and those of wider scripts 2.

use std::ops::RangeInclusive;

use pest::Parser as _;
use twitter_text_parser::twitter_text::full_pest::{Rule, TwitterTextFullPestParser};
use unicode_normalization::UnicodeNormalization as _;
use url::Url;

/// The most that a tweet may weigh.
pub const MOST: usize = 280;
const URL: usize = 23;
const EMOJI: usize = 2;
/// Code points that weigh 1; all others weigh 2.
const LIGHT: [RangeInclusive<u32>; 4] = [0..=4351, 8192..=8205, 8208..=8223, 8242..=8247];
/// Longer ones are no URLs to X.
const URL_BYTES: usize = 4096;
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

/// Weighs a text.
pub fn weigh(text: &str) -> Weight {
    let text: String = text.nfc().collect();
    let mut weight = Weight { length: 0, urls: 0, valid: !text.trim().is_empty() };
    let mut rest = 0;
    // What the grammar cannot read holds nothing that weighs otherwise than its letters.
    let entities = TwitterTextFullPestParser::parse(Rule::tweet, &text).into_iter().flatten();
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

    #[test]
    fn bare_urls_count_as_urls() {
        assert_eq!(weigh("see example.com now"), Weight { length: 31, urls: 1, valid: true });
        assert_eq!(weigh("mail me@example.com").urls, 0);
        assert_eq!(weigh("v1.2.3 done").urls, 0);
        assert!(!weigh("  ").valid);
    }
}
