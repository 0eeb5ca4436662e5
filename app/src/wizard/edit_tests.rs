//! The dialog of one connection, told what happens, wants the right things.

use pinfold_api::{AppKind, ConnectionChange};

use super::fixtures::connection;
use super::*;
use crate::failure::Failure;

fn filled() -> Edit {
    let (mut edit, _) = Edit::open(None);
    edit.step(EditEvent::Loaded(Box::new(Ok(connection("brief", 3)))));
    edit
}

fn rename(edit: &mut Edit, name: &str) -> Vec<EditEffect> {
    edit.step(EditEvent::Typed(Field::Name, name.to_owned()));
    edit.step(EditEvent::Ok)
}

#[test]
fn only_what_changed_is_sent_with_the_version_that_was_read() {
    let effects = rename(&mut filled(), " Morning ");
    let [EditEffect::Leave(Some(edit))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(edit.before.version, 3);
    assert_eq!(edit.change.name.as_deref(), Some("Morning"));
    assert_eq!(edit.change.group, None);
}

#[test]
fn ok_without_a_change_asks_nothing_of_the_server() {
    assert!(matches!(filled().step(EditEvent::Ok)[..], [EditEffect::Leave(None)]));
}

#[test]
fn an_edit_that_was_refused_is_there_to_be_mended() {
    let refused = ConnectionChange { name: Some("Taken".into()), ..Default::default() };
    let (mut edit, _) = Edit::open(Some(refused));
    edit.step(EditEvent::Loaded(Box::new(Ok(connection("brief", 3)))));
    assert_eq!(edit.entries[Field::Name], "Taken");
}

#[test]
fn another_app_is_sent_by_its_id() {
    let mut edit = filled();
    edit.step(EditEvent::Apps(Ok(vec![("a1".into(), "Newsroom".into())])));
    edit.step(EditEvent::UseApp("a1".into()));
    let effects = edit.step(EditEvent::Ok);
    let [EditEffect::Leave(Some(sent))] = &effects[..] else { panic!("{effects:?}") };
    let app = sent.change.app.as_ref().expect("an app");
    assert_eq!((app.kind, app.id.as_deref()), (AppKind::Saved, Some("a1")));
}

#[test]
fn the_same_app_again_is_no_change() {
    let mut edit = filled();
    let before = edit.app.clone();
    edit.step(EditEvent::UseApp("a1".into()));
    edit.step(EditEvent::UseApp(before));
    assert!(matches!(edit.step(EditEvent::Ok)[..], [EditEffect::Leave(None)]));
}

#[test]
fn what_cannot_be_loaded_can_be_tried_again() {
    let (mut edit, _) = Edit::open(None);
    edit.step(EditEvent::Loaded(Box::new(Err(Failure::Unreachable))));
    assert!(edit.trouble.is_some());
    assert!(matches!(edit.step(EditEvent::Retry)[..], [EditEffect::Load]));
    assert!(edit.trouble.is_none());
}
