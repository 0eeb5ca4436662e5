//! The dialog of one connection, told what happens, wants the right things.

use pinfold_api::{Cancelled, Code};

use super::fixtures::{connection, failure};
use super::*;
use crate::failure::Failure;

fn filled() -> Edit {
    let (mut edit, _) = Edit::open();
    edit.step(EditEvent::Loaded(Ok(connection("brief", 3))));
    edit
}

fn rename(edit: &mut Edit, name: &str) -> Vec<EditEffect> {
    edit.step(EditEvent::Typed(Field::Name, name.to_owned()));
    edit.step(EditEvent::Ok)
}

#[test]
fn only_what_changed_is_sent_with_the_version_that_was_read() {
    let mut edit = filled();
    let effects = rename(&mut edit, " Morning ");
    let [EditEffect::Change(change, 3)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((change.name.as_deref(), change.group.as_deref()), (Some("Morning"), None));
    assert!(edit.step(EditEvent::Ok).is_empty(), "not twice");
}

#[test]
fn ok_without_a_change_asks_nothing_of_the_server() {
    assert!(matches!(filled().step(EditEvent::Ok)[..], [EditEffect::Leave(None)]));
}

#[test]
fn a_stale_edit_keeps_what_was_typed_and_shows_what_was_saved() {
    let mut edit = filled();
    rename(&mut edit, "Mine");
    let stale = failure(Code::VersionStale, None, None);
    assert!(matches!(edit.step(EditEvent::Changed(Err(stale)))[..], [EditEffect::Load]));
    edit.step(EditEvent::Loaded(Ok(connection("Theirs", 4))));
    assert!(edit.stale);
    assert_eq!(edit.entries[Field::Name], "Mine");

    let mut theirs = edit.clone();
    theirs.step(EditEvent::TakeTheirs);
    assert_eq!(theirs.entries[Field::Name], "Theirs");
    assert!(!theirs.stale);

    let effects = edit.step(EditEvent::Ok);
    assert!(matches!(effects[..], [EditEffect::Change(_, 4)]), "now over the newer version");
}

#[test]
fn a_deletion_is_asked_for_first() {
    let mut edit = filled();
    let effects = edit.step(EditEvent::Delete);
    assert!(matches!(effects[..], [EditEffect::Focus(Spot::Question)]));
    edit.step(EditEvent::Keep);
    assert!(!edit.asking);
    edit.step(EditEvent::Delete);
    assert!(matches!(edit.step(EditEvent::Confirm)[..], [EditEffect::Delete]));
}

#[test]
fn what_x_answered_to_a_deletion_is_told() {
    let mut edit = filled();
    edit.step(EditEvent::Confirm);
    let dead = Cancelled { revoked: true, reason: None };
    let effects = edit.clone().step(EditEvent::Deleted(Ok(dead)));
    assert!(matches!(effects[..], [EditEffect::Leave(Some(Flash::DeletedAndRevoked(_)))]));

    let alive = Cancelled { revoked: false, reason: Some("x_unreachable".to_owned()) };
    edit.step(EditEvent::Deleted(Ok(alive)));
    assert!(matches!(edit.aftermath, Some(Aftermath::Alive(Some(_)))));
}

#[test]
fn a_deletion_that_nobody_answered_is_no_deletion() {
    let mut edit = filled();
    edit.step(EditEvent::Confirm);
    let effects = edit.step(EditEvent::Deleted(Err(Failure::Unreachable)));
    assert!(matches!(effects[..], [EditEffect::Focus(Spot::Dialog)]), "its button is gone");
    assert!(edit.trouble.is_some() && edit.aftermath.is_none());
}

#[test]
fn cancel_waits_for_what_was_sent() {
    let mut deleting = filled();
    deleting.step(EditEvent::Confirm);
    let mut saving = filled();
    rename(&mut saving, "Mine");
    for mut edit in [deleting, saving] {
        assert!(edit.step(EditEvent::Cancel).is_empty());
    }
    let (mut loading, _) = Edit::open();
    assert!(matches!(loading.step(EditEvent::Cancel)[..], [EditEffect::Leave(None)]));
}

#[test]
fn what_cannot_be_loaded_can_be_tried_again() {
    let (mut edit, _) = Edit::open();
    edit.step(EditEvent::Loaded(Err(Failure::Unreachable)));
    assert!(edit.trouble.is_some());
    assert!(matches!(edit.step(EditEvent::Retry)[..], [EditEffect::Load]));
    assert!(edit.trouble.is_none());
}
