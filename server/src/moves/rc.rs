//! The files of other programs: `~/.twurlrc` of twurl, `~/.trc` of t, `~/.xrc` of x.
//!
//! One YAML shape: `profiles` → user name → consumer key → username, `consumer_key`,
//! `consumer_secret`, token, secret (twurl `lib/twurl/rcfile.rb`, t `lib/t/rcfile.rb`, x
//! `rcfile.rs`). Whatever else is in them (aliases, bearer tokens, the default profile) has no place
//! here.

use std::collections::BTreeMap;

use pinfold_api::{Account, AppKind, Code};
use serde::Deserialize;
use serde_saphyr::Options;

use super::document::{Entry, EntryApp, Plain};
use crate::problem::Refusal;

/// A file of somebody's home has a handful of accounts.
const MOST_NODES: usize = 20_000;

#[derive(Deserialize)]
struct RcFile {
    profiles: BTreeMap<String, BTreeMap<String, Profile>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Profile {
    username: Option<String>,
    consumer_key: Option<String>,
    consumer_secret: Option<Plain>,
    token: Option<String>,
    secret: Option<Plain>,
}

/// Reads one. No alias is followed: these programs write none, and a few lines of them can stand for
/// gigabytes.
pub fn read(text: &str) -> Result<Vec<Entry>, Refusal> {
    let file: RcFile = serde_saphyr::from_str_with_options(text, options()).map_err(|_| {
        // The parser's own words would repeat the file, and the file is secrets.
        Refusal::new(Code::FileUnreadable).at("content")
    })?;
    let mut entries: Vec<Entry> = Vec::new();
    for (user, keys) in file.profiles {
        for (number, (key, profile)) in keys.into_iter().enumerate() {
            let mut entry = entry(&user, key, profile);
            if number > 0 {
                entry.name = format!("{} {}", entry.name, number + 1);
            }
            entries.push(entry);
        }
    }
    Ok(entries)
}

fn options() -> Options {
    let mut options = Options::default();
    let mut budget = options.budget.take().unwrap_or_default();
    budget.max_aliases = 0;
    budget.max_anchors = 0;
    budget.max_nodes = MOST_NODES;
    budget.max_depth = 10;
    options.budget = Some(budget);
    options.with_snippet = false;
    options
}

fn entry(user: &str, key: String, profile: Profile) -> Entry {
    let screen_name = profile.username.unwrap_or_else(|| user.to_owned());
    let screen_name = screen_name.trim_start_matches('@').to_owned();
    let user_id = profile.token.as_deref().and_then(|token| token.split_once('-'));
    Entry {
        name: screen_name.clone(),
        account: user_id.map(|(user_id, _)| Account { user_id: user_id.to_owned(), screen_name }),
        app: EntryApp {
            kind: AppKind::Own,
            id: None,
            consumer_key: Some(profile.consumer_key.unwrap_or(key)),
            consumer_key_hint: None,
            consumer_secret: profile.consumer_secret,
        },
        access_token: profile.token,
        access_secret: profile.secret,
        ..Entry::default()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    /// As twurl and t write it; x leaves the dashes out.
    const TRC: &str = "---
configuration:
  default_profile:
  - brief
  - abc123
profiles:
  brief:
    abc123:
      consumer_key: abc123
      secret: secret-of-brief
      token: 428004849-cebdct6bwobn
      username: brief
      consumer_secret: asdfasd223sd2
    def456:
      consumer_key: def456
      secret: '0123'
      token: 428004849-anothertoken
      username: brief
      consumer_secret: anothersecret
  '12345':
    999:
      username: '12345'
      consumer_key: 999
      consumer_secret: 77
      token: 7-x
      secret: 0x10
bearer_tokens:
  abc123: AAAA
aliases:
  tl: /1.1/statuses/home_timeline.json
";

    #[test]
    fn every_pair_is_read_letter_by_letter() {
        let entries = read(TRC).expect("reads");
        let names: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["12345", "brief", "brief 2"]);
        let brief = &entries[1];
        assert_eq!(brief.account.as_ref().expect("an account").user_id, "428004849");
        assert_eq!(brief.app.consumer_key.as_deref(), Some("abc123"));
        let secret =
            |plain: &Option<Plain>| plain.as_ref().expect("a secret").0.expose_secret().to_owned();
        assert_eq!(secret(&brief.access_secret), "secret-of-brief");
        assert_eq!(secret(&entries[2].access_secret), "0123");
        assert_eq!(secret(&entries[0].app.consumer_secret), "77");
        assert_eq!(secret(&entries[0].access_secret), "0x10");
    }

    #[test]
    fn aliases_that_stand_for_gigabytes_and_other_files_are_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let all = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.extend(["a", &level.to_string(), ": &a", &level.to_string(), " [", &all, "]\n"]);
        }
        for file in
            [&bomb, "profiles: &p {}\nother: *p", "", "nothing: here", "profiles: 7", ":\n\t-"]
        {
            let Err(refusal) = read(file) else { panic!("it was read: {file}") };
            assert_eq!(refusal.code(), Code::FileUnreadable);
        }
        assert!(read("profiles: {}\nconfiguration: {}\n").expect("twurl's empty one").is_empty());
    }
}
