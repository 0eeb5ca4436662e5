//! The other people of the world: made up by rule, the same at every start, so that lists are long
//! enough to be paged through.

use super::accounts::{ACCOUNTS, Account, account, owner};
use super::posts::{ID_EPOCH, Post};

/// How many there are besides the test accounts.
pub(crate) const CROWD: u64 = 230;
const FIRST_ID: u64 = 40_000_001;
const STEP: u64 = 7919;
/// When they began to post: 2026-01-01.
const BEGINNING: u64 = 1_767_225_600_000;
const HOUR: u64 = 3_600_000;

const MOODS: [&str; 10] =
    ["quiet", "early", "late", "amber", "north", "paper", "salt", "cedar", "plain", "swift"];
const TRADES: [&str; 23] = [
    "baker", "mason", "sailor", "printer", "weaver", "miller", "potter", "smith", "tailor",
    "clerk", "gardener", "pilot", "miner", "nurse", "porter", "painter", "cooper", "glazier",
    "joiner", "turner", "sawyer", "tanner", "wright",
];
const THOUGHTS: [&str; 6] = [
    "Up before the sun again.",
    "Good coffee, no meetings.",
    "Somebody should write this down.",
    "Rain until noon, they say.",
    "Reading about OAuth, of all things.",
    "The harbour is quiet today.",
];

/// Somebody, as X's user objects show them.
pub(crate) struct Person {
    pub(crate) user_id: String,
    pub(crate) screen_name: String,
    pub(crate) name: String,
}

impl Person {
    fn of(account: &Account) -> Self {
        let Account { user_id, screen_name, name, .. } = *account;
        Self { user_id: user_id.into(), screen_name: screen_name.into(), name: name.into() }
    }

    fn of_the_crowd(at: u64) -> Self {
        let (mood, trade) = (MOODS[index(at, 10)], TRADES[index(at / 10, 23)]);
        let capital = |word: &str| format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..]);
        Self {
            user_id: (FIRST_ID + at * STEP).to_string(),
            screen_name: format!("{mood}_{trade}"),
            name: format!("{} {}", capital(mood), capital(trade)),
        }
    }
}

fn index(at: u64, count: u64) -> usize {
    usize::try_from(at % count).unwrap_or_default()
}

/// Everybody: the test accounts, then the crowd.
pub(crate) fn everybody() -> impl Iterator<Item = Person> {
    ACCOUNTS.iter().map(Person::of).chain((0..CROWD).map(Person::of_the_crowd))
}

/// By screen name, in any case.
pub(crate) fn person_named(name: &str) -> Option<Person> {
    let in_crowd = || (0..CROWD).map(Person::of_the_crowd);
    account(name)
        .map(Person::of)
        .or_else(|| in_crowd().find(|person| person.screen_name.eq_ignore_ascii_case(name)))
}

/// By id.
pub(crate) fn person(user_id: &str) -> Option<Person> {
    owner(user_id).map(Person::of).or_else(|| {
        let from_first = user_id.parse::<u64>().ok()?.checked_sub(FIRST_ID)?;
        let at = from_first / STEP;
        (from_first % STEP == 0 && at < CROWD).then(|| Person::of_the_crowd(at))
    })
}

/// Whether somebody of the crowd follows somebody from the start; most follow the test accounts.
pub(crate) fn follows_from_the_start(who: &str, whom: &str) -> bool {
    let (Ok(who), Ok(whom)) = (who.parse::<u64>(), whom.parse::<u64>()) else {
        return false;
    };
    who != whom && (who ^ whom.rotate_left(7)) % 16 != 0 && who >= FIRST_ID
        || (who / 3 + whom) % 4 == 1 && who != whom
}

/// What the crowd posted: one in four speaks to a test account. The oldest first.
pub(crate) fn posts_of_the_crowd() -> impl DoubleEndedIterator<Item = Post> {
    (0..CROWD * 3).map(|at| {
        let author = Person::of_the_crowd(at % CROWD);
        let thought = THOUGHTS[index(at / 7 + at, 6)];
        let text = if at % 4 == 0 {
            let to = &ACCOUNTS[index(at / 4, ACCOUNTS.len() as u64)];
            format!("@{} {thought} ({})", to.screen_name, at + 1)
        } else {
            format!("{thought} ({})", at + 1)
        };
        let millis = BEGINNING + at * HOUR;
        Post { id: ((millis - ID_EPOCH) << 22).to_string(), author_id: author.user_id, text }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_name_and_an_id_of_their_own() {
        let mut ids = std::collections::BTreeSet::new();
        let mut names = std::collections::BTreeSet::new();
        for found in everybody() {
            assert_eq!(
                person(&found.user_id).map(|p| p.screen_name),
                Some(found.screen_name.clone())
            );
            assert!(person_named(&found.screen_name).is_some_and(|p| p.user_id == found.user_id));
            assert!(ids.insert(found.user_id) && names.insert(found.screen_name));
        }
    }

    #[test]
    fn a_test_account_has_more_followers_than_one_page_shows() {
        let followers = everybody()
            .filter(|person| follows_from_the_start(&person.user_id, ACCOUNTS[0].user_id));
        assert!(followers.count() > 200);
        assert!(posts_of_the_crowd().filter(|post| post.mentions(&ACCOUNTS[0])).count() > 20);
    }
}
