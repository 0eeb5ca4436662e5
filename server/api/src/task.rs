//! The fourteen Twitter tasks, one definition each: the HTTP route, its schema, the form in the
//! browser and `pinfold task …` all come from this table.

use crate::AccessLevel;
use crate::price::{MESSAGE_MICROS, POST_MICROS, POST_READ_MICROS, USER_READ_MICROS};

/// One Twitter task.
#[derive(Debug)]
pub struct TaskSpec {
    /// As in `POST /connections/{id}/tasks/{task}` and `pinfold task <task>`.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// What it does, in one sentence.
    pub about: &'static str,
    /// The least access level it works with.
    pub needs: AccessLevel,
    /// What it takes, in the order of a form.
    pub fields: &'static [FieldSpec],
    /// What it asks of X: the first, or the second when it is undone or, of a timeline, a user's.
    pub endpoints: &'static [Endpoint],
    /// What one run costs at least (X, August 2026), in millionths of a US dollar. A list costs
    /// this for each entry.
    pub price_micros: u64,
    /// Whether X bills each entry of the answer.
    pub billed_each: bool,
    /// Whether it changes something at X.
    pub writes: bool,
}

/// An operation of X's API.
#[derive(Debug)]
pub struct Endpoint {
    /// Upper case.
    pub method: &'static str,
    /// Below the host; `{own}` is the account's id, and other braces hold the name of a field.
    pub path: &'static str,
    /// How its answer comes in pages, when it does.
    pub page: Option<Page>,
}

/// How an answer comes in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The fewest entries that X lets a page have.
    pub least: u32,
    /// The most.
    pub most: u32,
    /// The parameter that names the next page.
    pub cursor: &'static str,
}

/// One field of a task.
#[derive(Debug)]
pub struct FieldSpec {
    /// As in the JSON body; in a command `--name`, with `-` for `_`.
    pub name: &'static str,
    /// For people.
    pub label: &'static str,
    /// What belongs there.
    pub hint: &'static str,
    /// What is taken for it.
    pub kind: FieldKind,
    /// Whether it may not be left out.
    pub required: bool,
}

/// What is taken for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A tweet's text, counted as X counts: at most 280.
    Tweet,
    /// Other text, with the most characters it may have.
    Text(u32),
    /// A tweet's id: 1–19 digits.
    TweetId,
    /// A tweet's id, or 0 for the latest.
    TweetIdOrLatest,
    /// A screen name with or without `@`, or a user id.
    User,
    /// One of these words; the first when left out.
    Choice(&'static [&'static str]),
    /// How many entries, with the most that are fetched.
    Count(u32),
    /// Yes or no.
    Flag,
}

impl FieldKind {
    /// Its word in `GET /tasks`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tweet => "tweet",
            Self::Text(_) => "text",
            Self::TweetId => "tweet_id",
            Self::TweetIdOrLatest => "tweet_id_or_latest",
            Self::User => "user",
            Self::Choice(_) => "choice",
            Self::Count(_) => "count",
            Self::Flag => "flag",
        }
    }
}

/// How many entries a list may be asked for, as in the original.
pub const MOST_ENTRIES: u32 = 200;

/// The task of a name.
pub fn task(name: &str) -> Option<&'static TaskSpec> {
    TASKS.iter().find(|task| task.name == name)
}

const fn field(
    name: &'static str,
    label: &'static str,
    kind: FieldKind,
    hint: &'static str,
) -> FieldSpec {
    FieldSpec { name, label, hint, kind, required: true }
}

impl FieldSpec {
    const fn optional(mut self) -> Self {
        self.required = false;
        self
    }
}

const TEXT: FieldSpec =
    field("text", "Text", FieldKind::Tweet, "At most 280, counted as X counts: a URL is 23.");
const CONFIRM_PRICE: FieldSpec = field(
    "confirm_price",
    "Post it although it holds a URL",
    FieldKind::Flag,
    "X bills a post with a URL $0.20 instead of $0.015.",
)
.optional();
const TWEET_ID: FieldSpec =
    field("tweet_id", "Tweet ID", FieldKind::TweetId, "The number at the end of its address.");
const OWN_TWEET_ID: FieldSpec = field(
    "tweet_id",
    "Tweet ID",
    FieldKind::TweetIdOrLatest,
    "The number at the end of its address; 0 is the account's latest tweet.",
);
const UNDO: FieldSpec = field("undo", "Undo", FieldKind::Flag, "Take it back.").optional();
const USER: FieldSpec =
    field("user", "User", FieldKind::User, "A screen name such as @brief, or a user id.");
const WHOSE: FieldSpec = field(
    "user",
    "User",
    FieldKind::User,
    "A screen name or a user id; the connection's own account when empty.",
)
.optional();
const COUNT: FieldSpec =
    field("count", "Maximum", FieldKind::Count(MOST_ENTRIES), "1 to 200; 20 when empty.")
        .optional();

const fn at(method: &'static str, path: &'static str) -> Endpoint {
    Endpoint { method, path, page: None }
}

const fn pages(path: &'static str, least: u32, most: u32) -> Endpoint {
    let page = Page { least, most, cursor: "pagination_token" };
    Endpoint { method: "GET", path, page: Some(page) }
}

const READ: TaskSpec = TaskSpec {
    name: "",
    title: "",
    about: "",
    needs: AccessLevel::Read,
    fields: &[],
    endpoints: &[],
    price_micros: POST_READ_MICROS,
    billed_each: true,
    writes: false,
};
const WRITE: TaskSpec = TaskSpec {
    needs: AccessLevel::ReadWrite,
    price_micros: POST_MICROS,
    billed_each: false,
    writes: true,
    ..READ
};

/// The fourteen, in the order the original dialog lists them.
pub const TASKS: [TaskSpec; 14] = [
    TaskSpec {
        name: "tweet",
        title: "Tweet",
        about: "Posts a tweet.",
        endpoints: &[at("POST", "/2/tweets")],
        fields: &[TEXT, CONFIRM_PRICE],
        ..WRITE
    },
    TaskSpec {
        name: "reply",
        title: "Reply",
        about: "Answers a tweet. X lets the API answer only those who mentioned the account.",
        endpoints: &[at("POST", "/2/tweets")],
        fields: &[
            field(
                "tweet_id",
                "Tweet ID",
                FieldKind::TweetIdOrLatest,
                "The tweet to answer; 0 is the latest that mentions the account.",
            ),
            TEXT,
            CONFIRM_PRICE,
        ],
        ..WRITE
    },
    TaskSpec {
        name: "get-tweet",
        title: "Get tweet",
        about: "Reads one tweet.",
        endpoints: &[at("GET", "/2/tweets/{tweet_id}")],
        fields: &[OWN_TWEET_ID],
        billed_each: false,
        ..READ
    },
    TaskSpec {
        name: "delete-tweet",
        title: "Delete tweet",
        about: "Deletes one of the account's own tweets.",
        endpoints: &[at("DELETE", "/2/tweets/{tweet_id}")],
        fields: &[OWN_TWEET_ID],
        ..WRITE
    },
    TaskSpec {
        name: "like",
        title: "Like",
        about: "Likes a tweet, or takes the like back.",
        endpoints: &[
            at("POST", "/2/users/{own}/likes"),
            at("DELETE", "/2/users/{own}/likes/{tweet_id}"),
        ],
        fields: &[TWEET_ID, UNDO],
        ..WRITE
    },
    TaskSpec {
        name: "retweet",
        title: "Retweet",
        about: "Retweets a tweet, or takes the retweet back.",
        endpoints: &[
            at("POST", "/2/users/{own}/retweets"),
            at("DELETE", "/2/users/{own}/retweets/{tweet_id}"),
        ],
        fields: &[TWEET_ID, UNDO],
        ..WRITE
    },
    TaskSpec {
        name: "follow",
        title: "Follow",
        about: "Follows an account, or stops following it.",
        endpoints: &[
            at("POST", "/2/users/{own}/following"),
            at("DELETE", "/2/users/{own}/following/{user}"),
        ],
        fields: &[USER, UNDO],
        ..WRITE
    },
    TaskSpec {
        name: "search",
        title: "Search tweets",
        about: "Finds tweets of the last seven days.",
        endpoints: &[Endpoint {
            method: "GET",
            path: "/2/tweets/search/recent",
            page: Some(Page { least: 10, most: 100, cursor: "next_token" }),
        }],
        fields: &[
            field("query", "Query", FieldKind::Text(512), "As in X's search, such as from:brief."),
            COUNT,
        ],
        ..READ
    },
    TaskSpec {
        name: "timeline",
        title: "Get timeline",
        about: "Reads the account's home timeline, or what a user posted.",
        endpoints: &[
            pages("/2/users/{own}/timelines/reverse_chronological", 1, 100),
            pages("/2/users/{user}/tweets", 5, 100),
        ],
        fields: &[
            field(
                "kind",
                "Timeline",
                FieldKind::Choice(&["home", "user"]),
                "home: what the account sees; user: what a user posted.",
            )
            .optional(),
            WHOSE,
            COUNT,
        ],
        ..READ
    },
    TaskSpec {
        name: "mentions",
        title: "Get mentions",
        about: "Reads the tweets that mention the account.",
        endpoints: &[pages("/2/users/{own}/mentions", 5, 100)],
        fields: &[COUNT],
        ..READ
    },
    TaskSpec {
        name: "messages",
        title: "Get messages",
        about: "Reads the account's direct messages of the last 30 days.",
        needs: AccessLevel::ReadWriteDirectMessages,
        endpoints: &[pages("/2/dm_events", 1, 100)],
        fields: &[COUNT],
        price_micros: MESSAGE_MICROS,
        ..READ
    },
    TaskSpec {
        name: "send-message",
        title: "Send direct message",
        about: "Sends a direct message.",
        needs: AccessLevel::ReadWriteDirectMessages,
        endpoints: &[at("POST", "/2/dm_conversations/with/{user}/messages")],
        fields: &[
            USER,
            field("text", "Text", FieldKind::Text(10_000), "At most 10,000 characters."),
        ],
        price_micros: MESSAGE_MICROS,
        ..WRITE
    },
    TaskSpec {
        name: "friends",
        title: "Get friends",
        about: "Lists the accounts that a user follows.",
        endpoints: &[pages("/2/users/{user}/following", 1, 1000)],
        fields: &[WHOSE, COUNT],
        price_micros: USER_READ_MICROS,
        ..READ
    },
    TaskSpec {
        name: "followers",
        title: "Get followers",
        about: "Lists the accounts that follow a user.",
        endpoints: &[pages("/2/users/{user}/followers", 1, 1000)],
        fields: &[WHOSE, COUNT],
        price_micros: USER_READ_MICROS,
        ..READ
    },
];

/// Names and needs alone: all that the browser program carries of the table.
pub const TASK_NEEDS: [(&str, AccessLevel); TASKS.len()] = {
    let mut needs = [("", AccessLevel::Read); TASKS.len()];
    let mut at = 0;
    while at < TASKS.len() {
        needs[at] = (TASKS[at].name, TASKS[at].needs);
        at += 1;
    }
    needs
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_fields_are_unique_and_said_in_words() {
        for (at, spec) in TASKS.iter().enumerate() {
            assert!(TASKS[at + 1..].iter().all(|other| other.name != spec.name), "{}", spec.name);
            assert!(spec.about.ends_with('.') && !spec.title.is_empty(), "{}", spec.name);
            for (at, field) in spec.fields.iter().enumerate() {
                let rest = &spec.fields[at + 1..];
                assert!(rest.iter().all(|other| other.name != field.name), "{}", spec.name);
                assert!(field.hint.ends_with('.'), "{}", field.name);
            }
        }
    }
}
