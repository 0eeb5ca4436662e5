//! Cancel, Start over, and what is said of a token that is let go.

use super::*;

#[test]
fn cancel_revokes_what_was_granted_before_it_leaves() {
    let mut wizard = authenticated();
    assert!(matches!(&wizard.step(Event::Cancel)[..], [Effect::Revoke(id)] if id == "a1"));
    let dead = Cancelled { revoked: true, reason: None };
    let effects = wizard.step(Event::Revoked(Ok(dead)));
    assert!(matches!(effects[..], [Effect::Leave(Some(Parting::Cancelled))]));
}

#[test]
fn a_token_that_may_be_alive_is_told_before_the_dialog_closes() {
    for answer in [
        Ok(Cancelled { revoked: false, reason: Some("x_unreachable".to_owned()) }),
        Ok(Cancelled { revoked: false, reason: Some("unknown".to_owned()) }),
        Ok(Cancelled { revoked: false, reason: Some("another_provider".to_owned()) }),
        Err(Failure::Unreachable),
    ] {
        let mut wizard = authenticated();
        wizard.step(Event::Cancel);
        let effects = wizard.step(Event::Revoked(answer));
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Leave(_))));
        assert!(wizard.aftermath.is_some());
        assert!(matches!(wizard.step(Event::Cancel)[..], [Effect::Leave(None)]));
    }
}

#[test]
fn a_token_that_another_connection_lives_on_stays_and_the_list_says_so() {
    let mut wizard = authenticated();
    wizard.step(Event::Cancel);
    let in_use = Cancelled { revoked: false, reason: Some("in_use".to_owned()) };
    let effects = wizard.step(Event::Revoked(Ok(in_use)));
    assert!(matches!(effects[..], [Effect::Leave(Some(Parting::CancelledInUse))]));
}

#[test]
fn cancel_with_nothing_granted_just_leaves() {
    assert!(matches!(open().step(Event::Cancel)[..], [Effect::Leave(None)]));
    let effects = awaiting("a1").step(Event::Cancel);
    assert!(matches!(&effects[..], [Effect::Abandon(id), Effect::Leave(None)] if id == "a1"));
}

#[test]
fn cancel_while_x_is_asked_waits_and_revokes() {
    let mut wizard = awaiting("a1");
    typed(&mut wizard, &[(Field::Pin, "1234567")]);
    wizard.step(Event::AuthenticatePin);
    assert!(wizard.step(Event::Cancel).is_empty());
    let effects = wizard.step(Event::Exchanged(Ok(authorization("a1", State::Authenticated))));
    assert!(matches!(&effects[..], [Effect::Revoke(id)] if id == "a1"));
}

#[test]
fn starting_over_takes_back_the_suggested_name_only() {
    let mut wizard = authenticated();
    wizard.step(Event::StartOver);
    wizard.step(Event::Revoked(Ok(Cancelled { revoked: true, reason: None })));
    assert_eq!((&wizard.stage, wizard.entries[Field::Name].as_str()), (&Stage::Choosing, ""));

    let mut wizard = authenticated();
    typed(&mut wizard, &[(Field::Name, "Mine")]);
    wizard.step(Event::StartOver);
    wizard.step(Event::Revoked(Ok(Cancelled { revoked: true, reason: None })));
    assert_eq!(wizard.entries[Field::Name], "Mine");
}

/// Awaiting a PIN, of which the server's answer was lost.
fn lost() -> Wizard {
    let mut wizard = awaiting("a1");
    typed(&mut wizard, &[(Field::Pin, "1234567")]);
    wizard.step(Event::AuthenticatePin);
    wizard.step(Event::Exchanged(Err(failure(Code::XUnreachable, None, None))));
    wizard
}

#[test]
fn cancel_after_a_lost_answer_waits_to_hear_what_became_of_it() {
    let mut wizard = lost();
    assert!(matches!(&wizard.step(Event::Cancel)[..], [Effect::Revoke(id)] if id == "a1"));
    let unknown = Cancelled { revoked: false, reason: Some("unknown".to_owned()) };
    wizard.step(Event::Revoked(Ok(unknown)));
    assert_eq!(wizard.aftermath, Some((Aftermath::Unknown, true)));
}

#[test]
fn an_attempt_of_before_a_reload_is_cancelled_as_carefully() {
    let mut wizard = Wizard::open(true, Some("a1".to_owned()), String::new(), String::new()).0;
    wizard.step(Event::Resumed(Ok(authorization("a1", State::AwaitingPin))));
    assert!(matches!(&wizard.step(Event::Cancel)[..], [Effect::Revoke(id)] if id == "a1"));
    let nothing = Cancelled { revoked: false, reason: Some("nothing_granted".to_owned()) };
    assert!(matches!(wizard.step(Event::Revoked(Ok(nothing)))[..], [Effect::Leave(None)]));
}

#[test]
fn what_may_be_granted_is_let_go_before_anything_new_is_begun() {
    for event in [|| Event::GetPin, || Event::StartOver] {
        for mut wizard in [authenticated(), lost()] {
            assert!(matches!(&wizard.step(event())[..], [Effect::Revoke(id)] if id == "a1"));
            let alive = Cancelled { revoked: false, reason: Some("x_failed".to_owned()) };
            wizard.step(Event::Revoked(Ok(alive)));
            assert!(matches!(wizard.aftermath, Some((Aftermath::Alive(_), false))), "it is said");
            assert_eq!(wizard.stage, Stage::Choosing);
            assert!(matches!(wizard.step(Event::GetPin)[..], [Effect::Begin(_)]));
        }
    }
}

#[test]
fn a_refusal_that_grants_nothing_needs_no_such_care() {
    let mut wizard = awaiting("a1");
    typed(&mut wizard, &[(Field::Pin, "1234567")]);
    wizard.step(Event::AuthenticatePin);
    wizard.step(Event::Exchanged(Err(failure(Code::TooManyRequests, None, None))));
    assert!(matches!(wizard.step(Event::GetPin)[..], [Effect::Begin(_)]));
}

#[test]
fn starting_over_after_a_reload_is_as_careful() {
    let mut wizard = Wizard::open(true, Some("a1".to_owned()), String::new(), String::new()).0;
    wizard.step(Event::Resumed(Ok(authorization("a1", State::AwaitingPin))));
    assert!(matches!(&wizard.step(Event::StartOver)[..], [Effect::Revoke(id)] if id == "a1"));
}

#[test]
fn what_the_server_did_not_say_is_read_before_anything_new_is_begun() {
    for event in [|| Event::GetPin, || Event::StartOver] {
        let mut wizard = lost();
        wizard.step(event());
        let effects = wizard.step(Event::Revoked(Err(Failure::Unreachable)));
        assert_eq!(focus(&effects), Some(Spot::Dialog), "it stands at the top");
        assert_eq!(live(&wizard), Some("a1"), "and can be tried again");
    }
}
