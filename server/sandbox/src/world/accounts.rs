//! The test accounts. Each is there because programs have stumbled over one like it.

use super::Permission;

/// What X holds against an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Good,
    /// Error 326: its owner must sign in at X first.
    Locked,
    /// Error 64.
    Suspended,
}

/// An X account.
pub(crate) struct Account {
    pub(crate) user_id: &'static str,
    pub(crate) screen_name: &'static str,
    pub(crate) name: &'static str,
    /// What its tokens may do at most, whatever the app may.
    pub(crate) most: Permission,
    pub(crate) standing: Standing,
    /// What it is for, said on the consent page.
    pub(crate) note: &'static str,
}

const fn account_of(
    user_id: &'static str,
    screen_name: &'static str,
    name: &'static str,
    note: &'static str,
) -> Account {
    let (most, standing) = (Permission::ReadWriteDirectMessages, Standing::Good);
    Account { user_id, screen_name, name, most, standing, note }
}

/// The first is chosen unless the client names another. Some ids are past 2^53, where a JavaScript
/// number loses digits.
pub(crate) const ACCOUNTS: [Account; 8] = [
    account_of("9007199254740993", "brief", "Morning Brief", "an ordinary account"),
    Account {
        most: Permission::Read,
        ..account_of("12", "reader", "Quiet Reader", "grants read access only")
    },
    Account {
        standing: Standing::Locked,
        ..account_of("783214", "locked", "Locked Out", "locked: no token is granted (326)")
    },
    Account {
        standing: Standing::Suspended,
        ..account_of("6253282", "suspended", "Gone Quiet", "suspended: no token is granted (64)")
    },
    account_of(
        "1460323737035677698",
        "raed_news",
        "\u{631}\u{627}\u{626}\u{62f} \u{627}\u{644}\u{623}\u{62e}\u{628}\u{627}\u{631}",
        "written from right to left",
    ),
    account_of(
        "1899999999999999999",
        "wwwwwwwwwwwwwww",
        "The Longest Display Name That X Lets Anybody Keep!",
        "as long as names get",
    ),
    account_of(
        "2244994945",
        "script_kid",
        "<script>alert('name')</script>",
        "its display name is markup",
    ),
    account_of(
        "17874544",
        "\"><img src=x onerror=alert(1)>",
        "Little Bobby",
        "its screen name is markup, which X would not allow",
    ),
];

/// By screen name, in any case, with or without its `@`.
pub(crate) fn account(screen_name: &str) -> Option<&'static Account> {
    let wanted = screen_name.trim().trim_start_matches('@');
    ACCOUNTS.iter().find(|account| account.screen_name.eq_ignore_ascii_case(wanted))
}

/// By user id.
pub(super) fn owner(user_id: &str) -> Option<&'static Account> {
    ACCOUNTS.iter().find(|account| account.user_id == user_id)
}
