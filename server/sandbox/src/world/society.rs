//! Who likes, retweets and follows what, and who wrote to whom. What the crowd did from the start
//! is not kept but made up anew; what was changed since is.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::people::{everybody, follows_from_the_start};
use super::{Account, Person, Post, World};

/// Changes since the start.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Society {
    likes: BTreeSet<(String, String)>,
    retweets: BTreeSet<(String, String)>,
    /// Follower and followed; true since it follows, false since it stopped.
    follows: BTreeMap<String, BTreeMap<String, bool>>,
    messages: Vec<Message>,
}

/// One direct message.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) text: String,
}

/// What one does to a post.
#[derive(Clone, Copy)]
pub(crate) enum Mark {
    Like,
    Retweet,
}

impl World {
    /// Marks a post, or takes that back. False when there is no such post.
    pub(crate) fn mark(&mut self, mark: Mark, by: &Account, post: &str, on: bool) -> bool {
        if self.post(post).is_none() {
            return false;
        }
        let marks = match mark {
            Mark::Like => &mut self.society.likes,
            Mark::Retweet => &mut self.society.retweets,
        };
        let marked = (by.user_id.to_owned(), post.to_owned());
        if on {
            marks.insert(marked);
        } else {
            marks.remove(&marked);
        }
        true
    }

    /// Follows somebody, or stops.
    pub(crate) fn follow(&mut self, who: &Account, whom: &str, on: bool) {
        let own = self.society.follows.entry(who.user_id.to_owned()).or_default();
        own.insert(whom.to_owned(), on);
    }

    fn follows(&self, who: &str, whom: &str) -> bool {
        let changed = self.society.follows.get(who).and_then(|own| own.get(whom));
        changed.copied().unwrap_or_else(|| follows_from_the_start(who, whom))
    }

    /// Whom somebody follows.
    pub(crate) fn friends(&self, of: &str) -> Vec<Person> {
        everybody().filter(|person| self.follows(of, &person.user_id)).collect()
    }

    /// Who follows somebody.
    pub(crate) fn followers(&self, of: &str) -> Vec<Person> {
        everybody().filter(|person| self.follows(&person.user_id, of)).collect()
    }

    /// Sends a direct message. `millis` becomes part of its id, as at X.
    pub(crate) fn send(&mut self, from: &Account, to: &str, text: &str, millis: u64) -> Message {
        let last = self.society.messages.last().and_then(|message| message.id.parse().ok());
        let message = Message {
            id: Post::id_at(millis, last).to_string(),
            from: from.user_id.to_owned(),
            to: to.to_owned(),
            text: text.to_owned(),
        };
        self.society.messages.push(message.clone());
        message
    }

    /// What an account wrote and was written, the newest first.
    pub(crate) fn messages(&self, of: &Account) -> Vec<Message> {
        let mine = |message: &&Message| message.from == of.user_id || message.to == of.user_id;
        let kept = self.society.messages.iter().rev().filter(mine).cloned();
        let from_the_start = everybody().skip(super::ACCOUNTS.len()).take(12).enumerate();
        kept.chain(from_the_start.map(|(at, person)| Message {
            id: (1_000_000_000_000 - at as u64).to_string(),
            from: person.user_id,
            to: of.user_id.to_owned(),
            text: format!("Hello @{}, this is {}.", of.screen_name, person.name),
        }))
        .collect()
    }

    /// Posts, the newest first, of the authors that are asked for.
    pub(crate) fn posts(&self, wanted: impl Fn(&Post) -> bool) -> Vec<Post> {
        let kept = self.posts.iter().rev().cloned();
        kept.chain(super::people::posts_of_the_crowd().rev()).filter(|post| wanted(post)).collect()
    }

    /// What an account's home timeline shows.
    pub(crate) fn home(&self, of: &Account) -> Vec<Post> {
        self.posts(|post| post.author_id == of.user_id || self.follows(of.user_id, &post.author_id))
    }
}
