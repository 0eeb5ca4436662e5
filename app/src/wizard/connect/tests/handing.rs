//! Asked by somebody else: their app, no name, saved as soon as it can be.

use super::*;

fn handed(app: HandedApp) -> Wizard {
    let mut wizard = Wizard::open(false, None, String::new(), String::new()).0;
    wizard.handed = Some(app);
    wizard
}

#[test]
fn the_app_that_was_named_asks() {
    let effects = handed(HandedApp::Named).step(Event::GetPin);
    assert!(matches!(&effects[..], [Effect::Begin(new)] if new.app.is_none()));
    // Without one, the keys have to be typed first.
    let mut wizard = handed(HandedApp::Typed);
    assert!(!wizard.step(Event::GetPin).iter().any(|effect| matches!(effect, Effect::Begin(_))));
}

fn exchanging() -> Wizard {
    let mut wizard = handed(HandedApp::Named);
    wizard.step(Event::GetPin);
    wizard.step(Event::Began(Ok(authorization("a1", State::AwaitingPin))));
    typed(&mut wizard, &[(Field::Pin, "1234567")]);
    wizard.step(Event::AuthenticatePin);
    wizard
}

#[test]
fn the_right_pin_is_the_last_thing_to_do() {
    let mut wizard = exchanging();
    let effects = wizard.step(Event::Exchanged(Ok(authorization("a1", State::Authenticated))));
    let [Effect::Save(new)] = &effects[..] else { panic!("it is saved") };
    assert_eq!((new.authorization_id.as_deref(), new.name.as_deref()), (Some("a1"), None));
    let effects = wizard.step(Event::Saved(Ok(connection("brief", 1))));
    assert!(
        matches!(&effects[..], [Effect::Leave(Some(Parting::Connected(name)))] if name == "brief")
    );
}

#[test]
fn a_cancel_meanwhile_revokes() {
    let mut wizard = exchanging();
    wizard.step(Event::Cancel);
    let effects = wizard.step(Event::Exchanged(Ok(authorization("a1", State::Authenticated))));
    assert!(matches!(&effects[..], [Effect::Revoke(id)] if id == "a1"));
}
