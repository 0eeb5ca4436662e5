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
