//! Saved apps, files that come in, and entries of the audit log: what the pages show of them.

use super::Json;
use super::lists::Told;
use super::read::{number, text};
use super::write::Object;
use crate::words;

/// A saved app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedApp {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The first characters of its consumer key.
    pub hint: String,
    /// The most it asks for: `read`, `write`, or what it has at X.
    pub access: Option<String>,
    /// How many connections use it.
    pub connections: usize,
    /// For `If-Match`.
    pub version: i64,
    /// RFC 3339.
    pub secret_set_at: String,
}

/// Reads the answer to `GET /apps`.
pub fn saved_apps<J: Json>(json: &J) -> Option<Vec<SavedApp>> {
    let app = |json: &J| {
        Some(SavedApp {
            id: text(json, "id")?,
            name: text(json, "name")?,
            hint: text(json, "consumer_key_hint")?,
            access: text(json, "access"),
            connections: number(json, "connections")?,
            version: number(json, "version")?,
            secret_set_at: text(json, "secret_set_at")?,
        })
    };
    json.get("items")?.items()?.iter().map(app).collect()
}

/// Reads the answer to `POST /apps/{id}/test`: what is wrong, what shows it and what to do, if
/// anything is wrong.
#[expect(clippy::option_option, reason = "an answer that is none, and one with nothing wrong")]
pub fn app_test(json: &impl Json) -> Option<Option<[String; 3]>> {
    if json.get("ok")?.truth()? {
        return Some(None);
    }
    let told = json.get("diagnosis")?;
    Some(Some([text(&told, "cause")?, text(&told, "proof")?, text(&told, "next")?]))
}

/// Reads an entry of `GET /audit`.
pub fn audit_entry(json: &impl Json) -> Option<Told> {
    let (who, result) = (json.get("who")?, text(json, "result")?);
    let mut what = words::deed(&text(json, "action")?);
    if result != "done" {
        what = words::fill("% · %", &[&what, &result]);
    }
    let mut about = words::capital(&text(&who, "role")?);
    let more = [text(&who, "address"), text(json, "code"), text(json, "detail")];
    for more in more.into_iter().flatten() {
        about = words::fill("% · %", &[&about, &more]);
    }
    Some(Told { what, about, at: text(json, "at"), ..Told::default() })
}

/// One entry of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// What it is called.
    pub name: String,
    /// The account, if it is a connection.
    pub screen_name: Option<String>,
    /// What it means to what is here; after an import what became of it.
    pub fate: String,
    /// What is wrong with it and what to do.
    pub reason: Option<String>,
}

/// What an import would do, or did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// In the order of the file.
    pub entries: Vec<Entry>,
    /// How many were taken in.
    pub done: usize,
}

/// Reads the answer to `POST /import`.
pub fn report<J: Json>(json: &J) -> Option<Report> {
    let entry = |json: &J| {
        Some(Entry {
            name: text(json, "name")?,
            screen_name: text(json, "screen_name"),
            fate: text(json, "result").or_else(|| text(json, "action"))?,
            reason: text(json, "reason"),
        })
    };
    let entries = json.get("items")?.items()?.iter().map(entry).collect::<Option<_>>()?;
    Some(Report { entries, done: number(json, "done")? })
}

/// An object of texts; those that are empty are left out.
pub fn texts(members: &[(&str, &str)]) -> String {
    let written = members.iter().filter(|(_, text)| !text.is_empty());
    written.fold(Object::new(), |object, (name, text)| object.text(name, Some(text))).end()
}

/// `POST /import`.
pub fn import(content: &str, passphrase: &str, on_clash: &str, verify: bool, dry: bool) -> String {
    let passphrase = Some(passphrase).filter(|it| !it.is_empty());
    Object::new()
        .text("content", Some(content))
        .text("passphrase", passphrase)
        .text("on_clash", Some(on_clash))
        .member("dry_run", if dry { "true" } else { "false" })
        .member("verify", if verify { "true" } else { "false" })
        .end()
}

#[cfg(test)]
mod tests {
    use pinfold_api::{
        App, AppList, AppTest, Code, Diagnosis, ExportRequest, ImportAction, ImportItem,
        ImportKind, ImportReport, ImportRequest, ImportResult, NewApp, OnClash, RequestedAccess,
        WriteOnly,
    };
    use serde_json::{Value, from_str, json, to_value};

    use super::*;
    use crate::wire::export;

    #[test]
    fn saved_apps_are_read_as_they_were_sent() {
        let sent = App {
            id: "a1".to_owned(),
            workspace: "default".to_owned(),
            name: "Desk".to_owned(),
            consumer_key_hint: "abcd".to_owned(),
            access: Some(RequestedAccess::Write),
            connections: 3,
            version: 2,
            created_at: String::new(),
            updated_at: String::new(),
            secret_set_at: "2026-08-01T00:00:00Z".to_owned(),
        };
        let read = saved_apps(&to_value(AppList { items: vec![sent] }).expect("JSON"));
        let app = &read.expect("a list")[0];
        assert_eq!((app.name.as_str(), app.connections, app.version), ("Desk", 3, 2));
        assert_eq!(app.access.as_deref(), Some("write"));
        let line = crate::words::app_line(app, "now");
        assert_eq!(line, "abcd… · asks to read and write · 3 connections · secret set now");
    }

    #[test]
    fn a_test_says_what_is_wrong_or_nothing() {
        let fine = AppTest { ok: true, diagnosis: None };
        assert_eq!(app_test(&to_value(fine).expect("JSON")), Some(None));
        let diagnosis = Diagnosis {
            code: Code::AppKeysRejected,
            cause: "c".to_owned(),
            proof: "p".to_owned(),
            next: "n".to_owned(),
            clock_skew_seconds: None,
            x: None,
        };
        let told =
            app_test(&to_value(AppTest { ok: false, diagnosis: Some(diagnosis) }).expect("JSON"));
        assert_eq!(told, Some(Some(["c", "p", "n"].map(str::to_owned))));
        assert_eq!(app_test(&json!({"ok": false})), None);
    }

    #[test]
    fn an_entry_of_the_log_says_who_did_what() {
        let sent = json!({
            "seq": 7, "at": "2026-08-01T00:00:00Z", "action": "session.sign_in",
            "result": "refused", "code": "sign_in_refused",
            "who": {"role": "nobody", "address": "127.0.0.1"},
        });
        let told = audit_entry(&sent).expect("an entry");
        assert_eq!(told.what, "Session sign in · refused");
        assert_eq!(told.about, "Nobody · 127.0.0.1 · sign_in_refused");
    }

    #[test]
    fn what_an_import_did_is_read_as_it_was_sent() {
        let item = |result| ImportItem {
            kind: ImportKind::Connection,
            id: None,
            name: "brief".to_owned(),
            screen_name: Some("brief".to_owned()),
            action: ImportAction::Clash,
            field: Some("name".to_owned()),
            reason: Some("taken".to_owned()),
            result,
        };
        let items = vec![item(None), item(Some(ImportResult::Renamed))];
        let sent = ImportReport { dry_run: false, items, done: 1 };
        let read = report(&to_value(sent).expect("JSON")).expect("a report");
        assert_eq!(
            (read.entries[0].fate.as_str(), read.entries[1].fate.as_str()),
            ("clash", "renamed")
        );
        assert_eq!(read.done, 1);
    }

    #[test]
    fn requests_are_what_the_server_takes() {
        let value = |text: &str| from_str::<Value>(text).expect(text);
        let new = texts(&[("name", "Desk"), ("consumer_key", "k"), ("consumer_secret", "s\"")]);
        let read: NewApp = from_str(&new).expect(&new);
        assert_eq!((read.name.as_str(), read.consumer_secret.expose()), ("Desk", "s\""));
        assert_eq!(value(&texts(&[("name", "")])), json!({}));

        let asked = import("{}", "", "rename", true, false);
        let read: ImportRequest = from_str(&asked).expect(&asked);
        assert_eq!(
            (read.on_clash, read.verify, read.dry_run),
            (OnClash::Rename, Some(true), false)
        );
        assert!(read.passphrase.is_none());

        let asked = export(&["c1".to_owned()], "a long passphrase");
        let read: ExportRequest = from_str(&asked).expect(&asked);
        assert_eq!(read.ids, Some(vec!["c1".to_owned()]));
        assert_eq!(read.passphrase.as_ref().map(WriteOnly::expose), Some("a long passphrase"));
        assert_eq!(value(&export(&[], "")), json!({}));
    }
}
