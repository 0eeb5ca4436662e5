//! Posts, so that a tweet can be read back.

use serde::{Deserialize, Serialize};

use super::{Account, World};

/// The oldest is forgotten past this.
const MOST_POSTS: usize = 1000;

/// The epoch that X's ids count milliseconds from.
const ID_EPOCH: u64 = 1_288_834_974_657;

/// A tweet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Post {
    pub(crate) id: String,
    pub(crate) author_id: String,
    pub(crate) text: String,
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
        let by_time = millis.saturating_sub(ID_EPOCH) << 22;
        let newest = self.posts.back().and_then(|post| post.id.parse::<u64>().ok()).unwrap_or(0);
        let post = Post {
            id: by_time.max(newest + 1).to_string(),
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
    pub(crate) fn post(&self, id: &str) -> Option<&Post> {
        self.posts.iter().find(|post| post.id == id)
    }

    /// Deletes a post of this author; false when there is none.
    pub(crate) fn unpublish(&mut self, author: &Account, id: &str) -> bool {
        let before = self.posts.len();
        self.posts.retain(|post| post.id != id || post.author_id != author.user_id);
        self.posts.len() < before
    }
}
