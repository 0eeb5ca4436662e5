//! Writing requests.

use pinfold_api::{
    AppChoice, AppKind, Connection, ConnectionChange, NewAuthorization, NewConnection, PinEntry,
    RequestedAccess, SignIn, WriteOnly,
};

/// An object that is being written; members without a value are left out.
pub struct Object(String);

impl Default for Object {
    fn default() -> Self {
        Self::new()
    }
}

impl Object {
    /// One without members.
    pub fn new() -> Self {
        Self("{".to_owned())
    }

    /// One that goes on after another one's last member.
    pub fn after(mut json: String) -> Self {
        json.pop();
        Self(json)
    }

    /// A member of which the value is JSON.
    #[must_use]
    pub fn member(mut self, name: &str, json: &str) -> Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        quote(&mut self.0, name);
        self.0.push(':');
        self.0.push_str(json);
        self
    }

    /// A member that is a text.
    #[must_use]
    pub fn text(self, name: &str, value: Option<&str>) -> Self {
        let Some(value) = value else { return self };
        let mut json = String::new();
        quote(&mut json, value);
        self.member(name, &json)
    }

    /// A member that is `true` or `false`.
    #[must_use]
    pub fn truth(self, name: &str, value: Option<bool>) -> Self {
        match value {
            Some(true) => self.member(name, "true"),
            Some(false) => self.member(name, "false"),
            None => self,
        }
    }

    pub(super) fn secret(self, name: &str, value: Option<&WriteOnly>) -> Self {
        self.text(name, value.map(WriteOnly::expose))
    }

    /// A member that is a list of texts.
    #[must_use]
    pub fn list(self, name: &str, items: &[&str]) -> Self {
        let mut list = String::from("[");
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                list.push(',');
            }
            quote(&mut list, item);
        }
        list.push(']');
        self.member(name, &list)
    }

    /// The JSON.
    pub fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// What the page around a framed wizard hears of a connection.
pub fn connected(connection: &Connection) -> String {
    let account = connection.account.as_ref().map(|it| it.screen_name.as_str());
    let said = Object::new().text("type", Some("connected"));
    let said = said.text("connection_id", Some(&connection.id));
    said.text("name", Some(&connection.name)).text("screen_name", account).end()
}

/// RFC 8259, section 7: quotes, backslashes and control characters are escaped.
fn quote(json: &mut String, text: &str) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            '\0'..='\u{1f}' => {
                let digit = |n: u32| char::from_digit(n, 16).unwrap_or('0');
                json.push_str("\\u00");
                json.extend([digit(c as u32 / 16), digit(c as u32 % 16)]);
            }
            _ => json.push(c),
        }
    }
    json.push('"');
}

/// Sign in.
pub fn sign_in(with: &SignIn) -> String {
    Object::new()
        .secret("access_key", with.access_key.as_ref())
        .secret("link", with.link.as_ref())
        .end()
}

/// Get PIN.
pub fn new_authorization(new: &NewAuthorization) -> String {
    let access = new.access.map(|access| match access {
        RequestedAccess::Read => "read",
        RequestedAccess::Write => "write",
    });
    let object = Object::new();
    let object = match &new.app {
        Some(choice) => object.member("app", &app(choice)),
        None => object,
    };
    object
        .text("access", access)
        .truth("force_login", new.force_login)
        .text("screen_name", new.screen_name.as_deref())
        .text("connection_id", new.connection_id.as_deref())
        .end()
}

/// Authenticate PIN.
pub fn pin_entry(entry: &PinEntry) -> String {
    Object::new().secret("pin", Some(&entry.pin)).end()
}

/// OK.
pub fn new_connection(new: &NewConnection) -> String {
    let object = Object::new().text("authorization_id", new.authorization_id.as_deref());
    let object = match &new.app {
        Some(choice) => object.member("app", &app(choice)),
        None => object,
    };
    object
        .text("access_token", new.access_token.as_deref())
        .secret("access_secret", new.access_secret.as_ref())
        .text("name", new.name.as_deref())
        .text("group", new.group.as_deref())
        .truth("replace", new.replace)
        .truth("as_new", new.as_new)
        .end()
}

/// Edit.
pub fn connection_change(change: &ConnectionChange) -> String {
    let group = change.group.as_ref().map(|group| group.as_deref().unwrap_or_default());
    let object = Object::new().text("name", change.name.as_deref()).text("group", group);
    match &change.app {
        Some(choice) => object.member("app", &app(choice)),
        None => object,
    }
    .end()
}

/// One thing done to many connections: with a group that, or else the deletion.
pub fn bulk(ids: &[&str], group: Option<&str>) -> String {
    let action = if group.is_some() { "group" } else { "delete" };
    Object::new().list("ids", ids).text("action", Some(action)).text("group", group).end()
}

/// An object of one member, of which the value is JSON; empty without it.
pub fn single(name: &str, json: &str) -> String {
    match json {
        "" => "{}".to_owned(),
        json => Object::new().member(name, json).end(),
    }
}

fn app(choice: &AppChoice) -> String {
    let kind = match choice.kind {
        AppKind::Registered => "registered",
        AppKind::Own => "own",
        AppKind::Saved => "saved",
    };
    Object::new()
        .text("kind", Some(kind))
        .text("consumer_key", choice.consumer_key.as_deref())
        .secret("consumer_secret", choice.consumer_secret.as_ref())
        .text("save_as", choice.save_as.as_deref())
        .text("id", choice.id.as_deref())
        .end()
}
