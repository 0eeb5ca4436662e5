//! Saved apps, the log, and files that come in: what the pages show of them, and what they send.

use super::Json;
use super::lists::Told;
use super::read::{number, text, truth};
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

/// Reads the id and name of each app in the same answer.
pub fn app_names<J: Json>(json: &J) -> Option<Vec<(String, String)>> {
    let app = |json: &J| Some((text(json, "id")?, text(json, "name")?));
    Some(json.get("items")?.items()?.iter().filter_map(app).collect())
}

/// Reads the answer to `POST /apps/{id}/test`: what is wrong, what shows it and what to do, if
/// anything is wrong.
pub fn app_test(json: &impl Json) -> Option<Option<[String; 3]>> {
    if truth(json, "ok")? {
        return Some(None);
    }
    let told = json.get("diagnosis")?;
    Some(Some([text(&told, "cause")?, text(&told, "proof")?, text(&told, "next")?]))
}

/// A new app, or what changes of one: texts that are empty are left out. An empty `access` is
/// whatever the app has at X.
pub fn new_app(texts: &[(&str, &str)], access: &str) -> String {
    let mut object = Object::new();
    for (name, text) in texts {
        object = object.text(name, Some(*text).filter(|it| !it.is_empty()));
    }
    match access {
        "" => object.member("access", "null"),
        access => object.text("access", Some(access)),
    }
    .end()
}

/// Reads an entry of `GET /audit`.
pub fn audit_entry(json: &impl Json) -> Option<Told> {
    let (who, result) = (json.get("who")?, text(json, "result")?);
    let mut what = words::capital(&words::spaced(&text(json, "action")?));
    if result != "done" {
        what = words::fill("% · %", &[&what, &result]);
    }
    let mut about = words::capital(&text(&who, "role")?);
    // The server's own entries have no address.
    let more = ["code", "detail", "subject"].map(|name| text(json, name));
    for more in [text(&who, "address")].into_iter().chain(more).flatten() {
        about = words::fill("% · %", &[&about, &more]);
    }
    Some(Told { what, about, at: text(json, "at"), ..Told::default() })
}

/// What an import would do, or did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Each entry's fate, and what it is; in the order of the file.
    pub entries: Vec<(String, Told)>,
    /// How many token pairs are among those that are or would be taken in.
    pub pairs: usize,
}

/// What an entry means to what is here, when it would be taken in, or could be.
const USEFUL: [&str; 3] = ["new", "update", "clash"];

/// Reads the answer to `POST /import`.
pub fn report<J: Json>(json: &J) -> Option<Report> {
    let mut report = Report::default();
    for json in json.get("items")?.items()? {
        let fate = text(&json, "result").or_else(|| text(&json, "action"))?;
        let is_app = text(&json, "kind")? == "app";
        report.pairs += usize::from(!is_app && USEFUL.contains(&&*fate));
        let whose = text(&json, "screen_name").map(|it| words::at(&it));
        let mut about = if is_app { words::APP_STEP.to_owned() } else { whose.unwrap_or_default() };
        if let Some(reason) = text(&json, "reason") {
            about = words::fill("% %", &[&about, &reason]);
        }
        report.entries.push((fate, Told { what: text(&json, "name")?, about, ..Told::default() }));
    }
    Some(report)
}

/// `POST /export`: these connections, or everything.
pub fn export(ids: &[String], passphrase: &str) -> String {
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let object = Object::new().text("passphrase", Some(passphrase).filter(|it| !it.is_empty()));
    if ids.is_empty() { object } else { object.list("ids", &ids) }.end()
}

/// `POST /import`.
pub fn import(content: &str, passphrase: &str, on_clash: &str, verify: bool, dry: bool) -> String {
    Object::new()
        .text("content", Some(content))
        .text("passphrase", Some(passphrase).filter(|it| !it.is_empty()))
        .text("on_clash", Some(on_clash))
        .truth("dry_run", Some(dry))
        .truth("verify", Some(verify))
        .end()
}

#[cfg(test)]
mod tests {
    use pinfold_api::{
        App, AppChange, AppList, AppTest, Code, Diagnosis, ExportRequest, ImportAction, ImportItem,
        ImportKind, ImportReport, ImportRequest, ImportResult, NewApp, OnClash, RequestedAccess,
        WriteOnly,
    };
    use serde_json::{Value, from_str, json, to_value};

    use super::*;

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
        let list = to_value(AppList { items: vec![sent] }).expect("JSON");
        assert_eq!(app_names(&list), Some(vec![("a1".to_owned(), "Desk".to_owned())]));
        let read = saved_apps(&list);
        let app = &read.expect("a list")[0];
        assert_eq!((app.name.as_str(), app.connections, app.version), ("Desk", 3, 2));
        assert_eq!(app.access.as_deref(), Some("write"));
        let line = crate::words::app_line(app, "2 d ago");
        assert_eq!(line, "abcd · Read and write · 3 connections · secret set 2 d ago");
    }

    #[test]
    fn an_entry_says_what_there_is_to_say() {
        let entry =
            |who| json!({"action": "session.start", "at": "t", "result": "done", "who": who});
        let about = |who| audit_entry(&entry(who)).expect("an entry").about;
        assert_eq!(about(json!({"role": "operator", "address": "::1"})), "Operator · ::1");
        assert_eq!(about(json!({"role": "server", "address": null})), "Server");
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
            retry_after: None,
            x: None,
        };
        let told =
            app_test(&to_value(AppTest { ok: false, diagnosis: Some(diagnosis) }).expect("JSON"));
        assert_eq!(told, Some(Some(["c", "p", "n"].map(str::to_owned))));
        assert_eq!(app_test(&json!({"ok": false})), None);
    }

    #[test]
    fn an_app_is_written_as_the_server_takes_it() {
        let texts = [("name", "Desk"), ("consumer_key", "k"), ("consumer_secret", "s\"")];
        let read: NewApp = from_str(&new_app(&texts, "read")).expect("a new app");
        assert_eq!((&*read.name, read.consumer_secret.expose()), ("Desk", "s\""));
        assert_eq!(read.access, Some(RequestedAccess::Read));
        let read: NewApp = from_str(&new_app(&texts, "")).expect("a new app");
        assert_eq!(read.access, None);

        let texts = [("name", "Desk"), ("consumer_secret", "")];
        let read: AppChange = from_str(&new_app(&texts, "")).expect("a change");
        assert_eq!((read.consumer_secret, read.access), (None, Some(None)));
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
        let item = |kind, result| ImportItem {
            kind,
            id: None,
            name: "brief".to_owned(),
            screen_name: Some("brief".to_owned()),
            action: ImportAction::Clash,
            field: Some("name".to_owned()),
            reason: Some("taken".to_owned()),
            result,
        };
        let items = vec![
            item(ImportKind::App, None),
            item(ImportKind::Connection, Some(ImportResult::Renamed)),
        ];
        let sent = ImportReport { dry_run: false, items, done: 1 };
        let read = report(&to_value(sent).expect("JSON")).expect("a report");
        let told: Vec<_> = read.entries.iter().map(|(fate, it)| (&**fate, &*it.about)).collect();
        assert_eq!(told, [("clash", "App taken"), ("renamed", "@brief taken")]);
        assert_eq!(read.pairs, 0);
    }

    #[test]
    fn files_are_asked_for_and_sent_as_the_server_takes_them() {
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
        let all: Value = from_str(&export(&[], "")).expect("JSON");
        assert_eq!(all, json!({}));
    }
}
