//! An attempt that is found again: after a reload, or after an answer that was lost.

use super::*;

#[test]
fn a_reload_resumes_where_the_person_was() {
    let (mut wizard, first) =
        Wizard::open(true, Some("a1".to_owned()), "Draft".to_owned(), String::new());
    assert!(matches!(&first[..], [Effect::Resume(id)] if id == "a1"));
    assert!(wizard.step(Event::GetPin).is_empty(), "not before it is known");
    let effects = wizard.step(Event::Resumed(Ok(authorization("a1", State::AwaitingPin))));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Open(_))), "no popup by itself");
    assert_eq!(live(&wizard), Some("a1"));
    assert_eq!(wizard.entries[Field::Name], "Draft");
}

#[test]
fn what_is_over_cannot_be_resumed() {
    for answer in [
        Ok(authorization("a1", State::Cancelled)),
        Ok(authorization("a1", State::Expired)),
        Err(failure(Code::NotFound, None, None)),
    ] {
        let (mut wizard, _) =
            Wizard::open(true, Some("a1".to_owned()), String::new(), String::new());
        let effects = wizard.step(Event::Resumed(answer));
        assert!(matches!(effects[0], Effect::Remember(None)));
        assert_eq!((wizard.note, &wizard.stage), (Some(Note::AttemptOver), &Stage::Choosing));
    }
}

#[test]
fn the_keys_that_a_reload_forgot_are_asked_for_where_they_are_seen() {
    for event in [|| Event::GetPin, || Event::Ok] {
        let mut wizard = Wizard::open(true, Some("a1".to_owned()), String::new(), String::new()).0;
        wizard.step(Event::Resumed(Ok(of_an_own_app("a1"))));
        assert_eq!(wizard.standing(Step::App), Standing::Done);
        typed(&mut wizard, &[(Field::AccessToken, "9007199-t"), (Field::AccessSecret, "s")]);
        assert_eq!(focus(&wizard.step(event())), Some(Spot::Field(Field::ConsumerKey)));
        assert_eq!(wizard.standing(Step::App), Standing::Open);
    }
}

/// A reload while the server is away.
fn unanswered() -> Wizard {
    let mut wizard = Wizard::open(true, Some("a1".to_owned()), String::new(), String::new()).0;
    wizard.step(Event::Resumed(Err(Failure::Unreachable)));
    wizard
}

#[test]
fn what_could_not_be_looked_up_is_looked_up_before_anything_new_is_begun() {
    let mut wizard = unanswered();
    assert!(matches!(wizard.trouble, Some((Place::Step(Step::Authorize), _))));
    assert!(matches!(&wizard.step(Event::GetPin)[..], [Effect::Resume(id)] if id == "a1"));
    wizard.step(Event::Resumed(Ok(authorization("a1", State::Cancelled))));
    assert!(matches!(wizard.step(Event::GetPin)[..], [Effect::Begin(_)]), "once it is over");
}

#[test]
fn cancel_revokes_what_could_not_be_looked_up() {
    let looking = Wizard::open(true, Some("a1".to_owned()), String::new(), String::new()).0;
    for mut wizard in [unanswered(), looking] {
        assert!(matches!(&wizard.step(Event::Cancel)[..], [Effect::Revoke(id)] if id == "a1"));
        let late = Ok(authorization("a1", State::AwaitingPin));
        assert!(wizard.step(Event::Resumed(late)).is_empty(), "Cancel has overtaken it");
        assert_eq!(wizard.busy, Some(Busy::Revoking { leave: true }));
        let dead = Cancelled { revoked: true, reason: None };
        let effects = wizard.step(Event::Revoked(Ok(dead)));
        assert!(matches!(effects[..], [Effect::Leave(Some(Parting::Cancelled))]));
    }
}

#[test]
fn a_pasted_pair_that_is_saved_leaves_no_attempt_behind() {
    let mut wizard = unanswered();
    typed(&mut wizard, &[(Field::AccessToken, "9007199-t"), (Field::AccessSecret, "s")]);
    wizard.step(Event::Ok);
    let effects = wizard.step(Event::Saved(Ok(connection("brief", 1))));
    assert!(matches!(&effects[..], [Effect::Abandon(id), Effect::Leave(Some(_))] if id == "a1"));
}

#[test]
fn cancel_is_careful_while_nobody_knows_whether_the_pin_was_taken() {
    let mut wizard = awaiting("a1");
    typed(&mut wizard, &[(Field::Pin, "1234567")]);
    wizard.step(Event::AuthenticatePin);
    wizard.step(Event::Exchanged(Err(failure(Code::WrongState, None, None))));
    wizard.step(Event::Resumed(Err(Failure::Unreachable)));
    assert!(matches!(&wizard.step(Event::Cancel)[..], [Effect::Revoke(id)] if id == "a1"));
}

#[test]
fn a_lookup_that_ok_asked_for_fails_next_to_ok() {
    let mut wizard = authenticated();
    wizard.step(Event::Select(Tab::Main));
    wizard.step(Event::Ok);
    let effects = wizard.step(Event::Saved(Err(failure(Code::WrongState, None, None))));
    assert!(matches!(&effects[..], [Effect::Resume(id)] if id == "a1"));
    wizard.step(Event::Resumed(Err(Failure::Unreachable)));
    assert!(matches!(wizard.trouble, Some((Place::Actions, _))));
}
