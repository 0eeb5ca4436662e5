//! The wizard, told what happens, wants the right things.

mod apps;
mod handing;
mod leaving;
mod resuming;
mod saving;

use pinfold_api::{AppKind, Authorization, AuthorizationState as State, Cancelled, Code};

use crate::failure::Failure;
use crate::wizard::fixtures::{authorization, connection, failure};
use crate::wizard::*;

fn open() -> Wizard {
    Wizard::open(true, None, String::new(), String::new()).0
}

fn awaiting(id: &str) -> Wizard {
    let mut wizard = open();
    wizard.step(Event::GetPin);
    wizard.step(Event::Began(Ok(authorization(id, State::AwaitingPin))));
    wizard
}

fn authenticated() -> Wizard {
    let mut wizard = awaiting("a1");
    wizard.step(Event::Typed(Field::Pin, "1234567".to_owned()));
    wizard.step(Event::AuthenticatePin);
    wizard.step(Event::Exchanged(Ok(authorization("a1", State::Authenticated))));
    wizard
}

fn of_an_own_app(id: &str) -> Authorization {
    let mut authorization = authorization(id, State::AwaitingPin);
    authorization.app.kind = AppKind::Own;
    authorization
}

fn typed(wizard: &mut Wizard, entries: &[(Field, &str)]) {
    for (field, text) in entries {
        wizard.step(Event::Typed(*field, (*text).to_owned()));
    }
}

fn focus(effects: &[Effect]) -> Option<Spot> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Focus(spot) => Some(*spot),
        _ => None,
    })
}

fn live(wizard: &Wizard) -> Option<&str> {
    wizard.authorization().map(|authorization| authorization.id.as_str())
}

#[test]
fn get_pin_opens_x_and_keeps_the_authorization_in_the_address() {
    let mut wizard = open();
    let effects = wizard.step(Event::GetPin);
    assert!(matches!(&effects[..], [Effect::Begin(new)]
        if new.app.as_ref().is_some_and(|app| app.kind == AppKind::Registered)));
    let effects = wizard.step(Event::Began(Ok(authorization("a1", State::AwaitingPin))));
    let [Effect::Remember(Some(id)), Effect::Open(address)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(id, "a1");
    assert!(address.ends_with("oauth_token=a1"));
    assert_eq!(focus(&wizard.step(Event::Opened(true))), Some(Spot::Heading(Step::Pin)));
}

#[test]
fn a_blocked_popup_leads_to_the_plain_link() {
    let mut wizard = awaiting("a1");
    assert_eq!(focus(&wizard.step(Event::Opened(false))), Some(Spot::Link));
    assert_eq!(wizard.note, Some(Note::PopupBlocked));
}

#[test]
fn nothing_is_sent_twice_while_the_server_works() {
    let mut wizard = open();
    wizard.step(Event::GetPin);
    assert!(wizard.step(Event::GetPin).is_empty());
    assert!(wizard.step(Event::Ok).is_empty());

    let mut wizard = awaiting("a1");
    typed(&mut wizard, &[(Field::Pin, "1234567")]);
    assert_eq!(wizard.step(Event::AuthenticatePin).len(), 1);
    assert!(wizard.step(Event::AuthenticatePin).is_empty());
    assert!(wizard.step(Event::GetPin).is_empty());
}

#[test]
fn the_newest_of_two_get_pins_is_the_live_one() {
    let mut wizard = awaiting("a1");
    typed(&mut wizard, &[(Field::Pin, "123")]);
    wizard.step(Event::GetPin);
    wizard.step(Event::Began(Ok(authorization("a2", State::AwaitingPin))));
    assert_eq!(live(&wizard), Some("a2"));
    assert_eq!(wizard.entries[Field::Pin], "");
    wizard.step(Event::Opened(true));
    assert_eq!(wizard.note, Some(Note::LinkRenewed), "the page before is still open");
}

#[test]
fn a_pin_is_sent_as_x_wants_it() {
    let mut wizard = awaiting("a1");
    typed(&mut wizard, &[(Field::Pin, " 012-34 ５6 ")]);
    let effects = wizard.step(Event::AuthenticatePin);
    let [Effect::Exchange(id, entry)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((id.as_str(), entry.pin.expose()), ("a1", "0123456"));
}

#[test]
fn an_odd_pin_is_questioned_once_and_then_sent() {
    let mut wizard = awaiting("a1");
    typed(&mut wizard, &[(Field::Pin, "12345")]);
    let effects = wizard.step(Event::AuthenticatePin);
    assert_eq!(focus(&effects), Some(Spot::Field(Field::Pin)));
    assert_eq!(wizard.doubt(Field::Pin), Some(Doubt::PinLength(5)));
    assert!(matches!(wizard.step(Event::AuthenticatePin)[..], [Effect::Exchange(..)]));
}

#[test]
fn another_odd_pin_is_another_question() {
    let mut wizard = awaiting("a1");
    for odd in ["12345", "123456"] {
        typed(&mut wizard, &[(Field::Pin, odd)]);
        assert!(matches!(wizard.step(Event::AuthenticatePin)[..], [Effect::Focus(_)]), "{odd}");
    }
}

#[test]
fn no_pin_is_never_sent() {
    let mut wizard = awaiting("a1");
    for _ in 0..3 {
        assert!(matches!(wizard.step(Event::AuthenticatePin)[..], [Effect::Focus(_)]));
    }
}

#[test]
fn a_wrong_pin_leads_to_a_fresh_link_and_never_opens_it_by_itself() {
    for code in [
        Code::PinRejected,
        Code::RequestTokenRejected,
        Code::AuthorizationExpired,
        Code::AccountLocked,
        Code::AccountSuspended,
        Code::XUnintelligible,
    ] {
        let mut wizard = awaiting("a1");
        typed(&mut wizard, &[(Field::Pin, "7654321")]);
        wizard.step(Event::AuthenticatePin);
        let next = authorization("a2", State::AwaitingPin);
        let effects = wizard.step(Event::Exchanged(Err(failure(code, None, Some(next)))));
        assert_eq!(live(&wizard), Some("a2"));
        assert_eq!(wizard.entries[Field::Pin], "", "the spent PIN is gone");
        assert!(matches!(&effects[0], Effect::Remember(Some(id)) if id == "a2"));
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Open(_))));
        assert_eq!(focus(&effects), Some(Spot::Link));
        assert!(wizard.trouble.is_some());
    }
}

#[test]
fn what_expired_without_a_fresh_link_begins_anew() {
    let mut wizard = awaiting("a1");
    typed(&mut wizard, &[(Field::Pin, "7654321")]);
    wizard.step(Event::AuthenticatePin);
    let expired = failure(Code::AuthorizationExpired, None, None);
    let effects = wizard.step(Event::Exchanged(Err(expired)));
    assert_eq!(wizard.stage, Stage::Choosing);
    assert!(matches!(effects[0], Effect::Remember(None)));
}

#[test]
fn an_answer_that_was_lost_is_asked_for_again() {
    let mut wizard = awaiting("a1");
    typed(&mut wizard, &[(Field::Pin, "1234567")]);
    wizard.step(Event::AuthenticatePin);
    wizard.step(Event::Exchanged(Err(Failure::Unreachable)));
    assert_eq!(wizard.entries[Field::Pin], "1234567", "the PIN may be sent again");
    wizard.step(Event::AuthenticatePin);
    let over = failure(Code::WrongState, None, None);
    let effects = wizard.step(Event::Exchanged(Err(over)));
    assert!(matches!(&effects[..], [Effect::Resume(id)] if id == "a1"));
    wizard.step(Event::Resumed(Ok(authorization("a1", State::Authenticated))));
    assert!(matches!(wizard.stage, Stage::Authenticated(_)));
}

#[test]
fn an_own_app_needs_its_keys_before_get_pin() {
    let mut wizard = open();
    wizard.step(Event::UseRegistered(false));
    assert_eq!(focus(&wizard.step(Event::GetPin)), Some(Spot::Field(Field::ConsumerKey)));
    typed(&mut wizard, &[(Field::ConsumerKey, "k"), (Field::ConsumerSecret, "s s")]);
    assert_eq!(focus(&wizard.step(Event::GetPin)), Some(Spot::Field(Field::ConsumerSecret)));
    typed(&mut wizard, &[(Field::ConsumerSecret, "s")]);
    assert!(matches!(wizard.step(Event::GetPin)[..], [Effect::Begin(_)]));
}

#[test]
fn without_a_registered_app_the_box_stays_unticked() {
    let mut wizard = Wizard::open(false, None, String::new(), String::new()).0;
    wizard.step(Event::UseRegistered(true));
    assert!(!wizard.use_registered);
}

#[test]
fn the_keys_of_a_second_link_are_within_reach_while_they_stand_in_the_way() {
    let mut wizard = open();
    wizard.step(Event::UseRegistered(false));
    typed(&mut wizard, &[(Field::ConsumerKey, "k"), (Field::ConsumerSecret, "s")]);
    wizard.step(Event::GetPin);
    wizard.step(Event::Began(Ok(of_an_own_app("a1"))));
    assert_eq!(wizard.standing(Step::App), Standing::Done);

    wizard.step(Event::GetPin);
    wizard.step(Event::Began(Err(failure(Code::AppKeysRejected, None, None))));
    assert_eq!(wizard.standing(Step::App), Standing::Open);
    typed(&mut wizard, &[(Field::ConsumerKey, "better")]);
    assert_eq!(wizard.standing(Step::App), Standing::Open, "not shut while they are typed");

    wizard.step(Event::GetPin);
    wizard.step(Event::Began(Ok(of_an_own_app("a2"))));
    assert_eq!(wizard.standing(Step::App), Standing::Done);
}

#[test]
fn wrong_keys_are_shown_at_the_keys() {
    let mut wizard = open();
    wizard.step(Event::UseRegistered(false));
    typed(&mut wizard, &[(Field::ConsumerKey, "k"), (Field::ConsumerSecret, "s")]);
    wizard.step(Event::GetPin);
    let effects = wizard.step(Event::Began(Err(failure(Code::AppKeysRejected, None, None))));
    assert_eq!(focus(&effects), Some(Spot::Field(Field::ConsumerKey)));
    assert!(matches!(wizard.trouble, Some((Place::Step(Step::App), _))));
}

#[test]
fn the_focus_returns_to_the_pin_only_while_one_is_awaited() {
    assert!(open().step(Event::Returned).is_empty());
    assert!(authenticated().step(Event::Returned).is_empty());
    let effects = awaiting("a1").step(Event::Returned);
    assert_eq!(focus(&effects), Some(Spot::Field(Field::Pin)));
}

#[test]
fn a_failure_brings_its_tab_to_the_front() {
    let mut wizard = open();
    wizard.step(Event::GetPin);
    wizard.step(Event::Select(Tab::Main));
    wizard.step(Event::Began(Err(Failure::Unreachable)));
    assert_eq!(wizard.tab, Tab::Authentication);

    let next = authorization("a2", State::AwaitingPin);
    for answer in [
        Failure::Unreachable,
        failure(Code::PinRejected, None, Some(next)),
        failure(Code::AuthorizationExpired, None, None),
    ] {
        let mut wizard = awaiting("a1");
        typed(&mut wizard, &[(Field::Pin, "1234567")]);
        wizard.step(Event::AuthenticatePin);
        wizard.step(Event::Select(Tab::Main));
        wizard.step(Event::Exchanged(Err(answer)));
        assert_eq!(wizard.tab, Tab::Authentication);
    }
}
