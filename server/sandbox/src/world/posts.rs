//! Posts, so that a tweet can be read back.

use serde::{Deserialize, Serialize};

use super::people::posts_of_the_crowd;
use super::{Account, World};

/// The oldest is forgotten past this.
const MOST_POSTS: usize = 1000;

/// The epoch that X's ids count milliseconds from.
pub(super) const ID_EPOCH: u64 = 1_288_834_974_657;

/// A tweet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Post {
    pub(crate) id: String,
    pub(crate) author_id: String,
    pub(crate) text: String,
}

/// When a post or message was made, by its id: RFC 3339.
pub(crate) fn made_at(id: &str) -> String {
    let millis = id.parse::<u64>().unwrap_or_default() >> 22;
    let millis = i64::try_from(millis + ID_EPOCH).unwrap_or_default();
    jiff::Timestamp::from_millisecond(millis).unwrap_or_default().to_string()
}

impl Post {
    /// An id of this time, and past the newest one.
    pub(super) fn id_at(millis: u64, newest: Option<u64>) -> u64 {
        let by_time = millis.saturating_sub(ID_EPOCH) << 22;
        by_time.max(newest.map_or(0, |newest| newest + 1))
    }

    /// When it was posted, which its id tells: RFC 3339.
    pub(crate) fn created_at(&self) -> String {
        made_at(&self.id)
    }

    /// Whether it speaks to somebody.
    pub(crate) fn mentions(&self, account: &Account) -> bool {
        let name = account.screen_name;
        self.text
            .split(|letter: char| !(letter.is_alphanumeric() || "_@".contains(letter)))
            .any(|word| word.strip_prefix('@').is_some_and(|word| word.eq_ignore_ascii_case(name)))
    }
}

/// The account's last post says the same, which X refuses.
#[derive(Debug)]
pub(crate) struct Duplicate;

impl World {
    /// Publishes a text. `millis` becomes part of its id, as at X.
    pub(crate) fn publish(
        &mut self,
        author: &Account,
        text: &str,
        millis: u64,
    ) -> Result<Post, Duplicate> {
        let last = self.posts.iter().rev().find(|post| post.author_id == author.user_id);
        if last.is_some_and(|post| post.text == text) {
            return Err(Duplicate);
        }
        let newest = self.posts.back().and_then(|post| post.id.parse().ok());
        let post = Post {
            id: Post::id_at(millis, newest).to_string(),
            author_id: author.user_id.to_owned(),
            text: text.to_owned(),
        };
        if self.posts.len() >= MOST_POSTS {
            self.posts.pop_front();
        }
        self.posts.push_back(post.clone());
        Ok(post)
    }

    /// A post by its id.
    pub(crate) fn post(&self, id: &str) -> Option<Post> {
        let kept = self.posts.iter().find(|post| post.id == id).cloned();
        kept.or_else(|| posts_of_the_crowd().find(|post| post.id == id))
    }

    /// Deletes a post of this author; false when there is none.
    pub(crate) fn unpublish(&mut self, author: &Account, id: &str) -> bool {
        let before = self.posts.len();
        self.posts.retain(|post| post.id != id || post.author_id != author.user_id);
        self.posts.len() < before
    }
}
