//! The audit log in the hands of somebody who opens the database itself: `pinfold audit verify`
//! names the first entry that is not as it was written.

use std::path::Path;
use std::process::{Command, Output};

use pinfold::clock::Clock;
use pinfold::{Config, Server};
use sqlx::Executor as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Row as _};
use tempfile::TempDir;

/// A stopped Pinfold with seven entries: the log begun, and six exports.
async fn seven_entries() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start(Config::sandbox(folder.path()), Clock::system()).await;
    server.expect("the server starts").stop().await;
    for _ in 0..6 {
        assert_eq!(pinfold(folder.path(), &["export"]).0, Some(0));
    }
    assert_eq!(verify(folder.path(), &[]).0, Some(0));
    folder
}

fn pinfold(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pinfold"));
    command.current_dir(folder).arg("audit").args(arguments).args(["--data-dir", "."]);
    let Output { status, stdout, stderr } = command.output().expect("the program runs");
    (status.code(), String::from_utf8([stdout, stderr].concat()).expect("text"))
}

fn verify(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    pinfold(folder, &[&["verify"], arguments].concat())
}

async fn database(folder: &Path) -> SqliteConnection {
    let file = SqliteConnectOptions::new().filename(folder.join("pinfold.db"));
    SqliteConnection::connect_with(&file).await.expect("the database opens")
}

/// As somebody would who can write the file: without the triggers.
async fn tamper(folder: &Path, statements: &'static str) {
    let mut database = database(folder).await;
    let free = "DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_shortened;";
    database.execute(free).await.expect("the triggers go");
    database.execute(statements).await.expect("the tampering works");
    database.close().await.expect("closes");
}

async fn finds(statements: &'static str, first: &str) {
    let folder = seven_entries().await;
    tamper(folder.path(), statements).await;
    let (code, text) = verify(folder.path(), &[]);
    assert_eq!(code, Some(1), "{statements}: {text}");
    assert!(text.starts_with(&format!("pinfold: audit entry {first}")), "{statements}: {text}");
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[tokio::test]
async fn a_changed_entry_is_named() {
    finds("UPDATE audit SET action = 'audit.read' WHERE seq = 3", "3 was changed").await;
    finds("UPDATE audit SET at = at + 1 WHERE seq IN (6, 4)", "4 was changed").await;
    finds("UPDATE audit SET session_id = '' WHERE seq = 7", "7 was changed").await;
    finds("UPDATE audit SET hash = x'00' WHERE seq = 1", "1 was changed").await;
    finds("UPDATE audit SET workspace = x'ff' WHERE seq = 2", "2 was changed").await;
}

#[tokio::test]
async fn a_missing_entry_is_named() {
    finds("DELETE FROM audit WHERE seq = 3", "3 is missing").await;
    finds("DELETE FROM audit WHERE seq = 1", "1 is missing").await;
    // Closing the gap does not hide it.
    let closed = "DELETE FROM audit WHERE seq = 3;
                  UPDATE audit SET seq = seq - 1 WHERE seq > 3";
    finds(closed, "3 was changed, or moved").await;
}

#[tokio::test]
async fn swapped_entries_are_named() {
    let swap = "UPDATE audit SET seq = -4 WHERE seq = 4;
                UPDATE audit SET seq = 4 WHERE seq = 3;
                UPDATE audit SET seq = 3 WHERE seq = -4";
    finds(swap, "3 was changed, or moved").await;
}

#[tokio::test]
async fn a_cut_tail_is_named_even_when_the_head_is_set_back() {
    finds("DELETE FROM audit WHERE seq > 4", "5 is missing, and all").await;
    finds("DELETE FROM audit", "1 is missing, and all").await;
    finds("DELETE FROM audit; DELETE FROM audit_head", "1 is missing, and all").await;
    let set_back = "DELETE FROM audit WHERE seq > 4;
                    UPDATE audit_head SET seq = 4,
                        hash = (SELECT hash FROM audit WHERE seq = 4)";
    finds(set_back, "4 is the last one to be found").await;
    finds("DELETE FROM audit_head", "7 is the last one to be found").await;
}

#[tokio::test]
async fn an_added_entry_is_named() {
    let copied = "INSERT INTO audit SELECT 8, at, workspace, role, session_id, address, action,
                      subject, result, code, detail, hash, hash FROM audit WHERE seq = 7";
    finds(copied, "8 was changed, or moved").await;
    finds("DELETE FROM meta WHERE name = 'audit_key'", "1 cannot be verified").await;
}

/// Otherwise whoever sets the head back would have the server itself vouch for the shorter log.
#[tokio::test]
async fn what_is_written_after_a_cut_does_not_hide_it() {
    let folder = seven_entries().await;
    let set_back = "DELETE FROM audit WHERE seq > 4;
                    UPDATE audit_head SET seq = 4,
                        hash = (SELECT hash FROM audit WHERE seq = 4)";
    tamper(folder.path(), set_back).await;
    let server = Server::start(Config::sandbox(folder.path()), Clock::system()).await;
    server.expect("the server starts").stop().await;
    for _ in 0..3 {
        assert_eq!(pinfold(folder.path(), &["export"]).0, Some(0), "it goes on");
    }
    let (code, text) = verify(folder.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(text.starts_with("pinfold: audit entry 5 is missing"), "{text}");
}

#[tokio::test]
async fn an_older_copy_put_back_is_found_by_a_noted_hash() {
    let folder = seven_entries().await;
    let file = folder.path().join("pinfold.db");
    let older = std::fs::read(&file).expect("the database, folded in by the stop");
    assert_eq!(pinfold(folder.path(), &["export"]).0, Some(0));
    let (_, text) = verify(folder.path(), &[]);
    assert!(text.starts_with("The audit log is whole: 8 entries since 20"), "{text}");
    let noted = text.trim().rsplit(' ').next().expect("a hash").to_owned();
    assert_eq!(verify(folder.path(), &["--noted", &noted]).0, Some(0));
    std::fs::write(&file, older).expect("writes");
    assert_eq!(verify(folder.path(), &[]).0, Some(0), "an older copy is whole in itself");
    let (code, text) = verify(folder.path(), &["--noted", &noted]);
    assert_eq!(code, Some(1));
    assert!(text.contains("no entry has the hash that was noted"), "{text}");
    let (code, text) = verify(folder.path(), &["--noted", "abc"]);
    assert_eq!(code, Some(2));
    assert!(text.starts_with("pinfold: --noted: "), "{text}");
}

#[tokio::test]
async fn the_program_itself_only_adds() {
    let folder = seven_entries().await;
    let mut database = database(folder.path()).await;
    for statement in ["UPDATE audit SET detail = 'x'", "DELETE FROM audit WHERE seq = 7"] {
        let error = database.execute(statement).await.expect_err("must be refused").to_string();
        assert!(error.contains("only added to"), "{error}");
    }
    let count = sqlx::query("SELECT COUNT(*) FROM audit").fetch_one(&mut database).await;
    assert_eq!(count.expect("counts").get::<i64, _>(0), 7);
}

#[tokio::test]
async fn an_export_is_the_whole_chain_in_lines() {
    let folder = seven_entries().await;
    let (code, text) = pinfold(folder.path(), &["export"]);
    assert_eq!(code, Some(0));
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 8);
    assert_eq!(lines[7]["action"], "audit.export");
    assert_eq!(lines[7]["who"]["role"], "server");
    assert!(lines.windows(2).all(|pair| pair[1]["previous"] == pair[0]["hash"]));
    let empty = tempfile::tempdir().expect("a folder");
    let (code, text) = verify(empty.path(), &[]);
    assert_eq!(code, Some(2), "{text}");
}
