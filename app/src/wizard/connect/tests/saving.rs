//! OK, with a granted pair and with a pasted one.

use pinfold_api::Duplicate;

use super::*;

#[test]
fn ok_saves_the_authorization_under_its_name() {
    let mut wizard = authenticated();
    typed(&mut wizard, &[(Field::Name, " Morning "), (Field::Group, " ")]);
    let effects = wizard.step(Event::Ok);
    let [Effect::Save(new)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(new.authorization_id.as_deref(), Some("a1"));
    assert_eq!((new.name.as_deref(), new.group.as_deref()), (Some("Morning"), None));
    let effects = wizard.step(Event::Saved(Ok(connection("Morning", 1))));
    assert!(
        matches!(&effects[..], [Effect::Leave(Some(Parting::Connected(it)))] if it == "Morning")
    );
}

#[test]
fn a_name_that_is_taken_is_shown_at_the_name() {
    let mut wizard = authenticated();
    wizard.step(Event::Ok);
    let effects = wizard.step(Event::Saved(Err(failure(Code::NameTaken, None, None))));
    assert_eq!(focus(&effects), Some(Spot::Field(Field::Name)));
    assert_eq!(wizard.tab, Tab::Main);
    assert!(wizard.is_refused(Field::Name));
    typed(&mut wizard, &[(Field::Name, "Other")]);
    assert!(!wizard.is_refused(Field::Name), "typing answers it");
}

#[test]
fn ok_with_nothing_says_so() {
    let mut wizard = open();
    assert!(wizard.step(Event::Ok).is_empty());
    assert_eq!(wizard.note, Some(Note::NothingToSave));
}

#[test]
fn a_pasted_pair_is_sent_trimmed_with_its_app() {
    let mut wizard = open();
    wizard.step(Event::UseRegistered(false));
    typed(
        &mut wizard,
        &[
            (Field::ConsumerKey, " key "),
            (Field::ConsumerSecret, "secret"),
            (Field::AccessToken, "9007199-t\n"),
            (Field::AccessSecret, " s "),
        ],
    );
    let effects = wizard.step(Event::Ok);
    let [Effect::Save(new)] = &effects[..] else { panic!("{effects:?}") };
    let app = new.app.as_ref().expect("the app goes along");
    assert_eq!((app.kind, app.consumer_key.as_deref()), (AppKind::Own, Some("key")));
    assert_eq!(new.access_token.as_deref(), Some("9007199-t"));
    assert!(!format!("{effects:?}").contains("secret\""), "secrets do not print");
}

#[test]
fn half_a_pasted_pair_is_not_sent() {
    let mut wizard = open();
    typed(&mut wizard, &[(Field::AccessToken, "9007199-t")]);
    assert_eq!(focus(&wizard.step(Event::Ok)), Some(Spot::Field(Field::AccessSecret)));
    assert_eq!(wizard.doubt(Field::AccessSecret), Some(Doubt::Missing));
}

#[test]
fn the_name_is_the_accounts_unless_one_was_typed() {
    assert_eq!(authenticated().entries[Field::Name], "brief");
    let mut wizard = awaiting("a1");
    typed(&mut wizard, &[(Field::Name, "Mine"), (Field::Pin, "1234567")]);
    wizard.step(Event::AuthenticatePin);
    wizard.step(Event::Exchanged(Ok(authorization("a1", State::Authenticated))));
    assert_eq!(wizard.entries[Field::Name], "Mine");
}

#[test]
fn another_connection_of_an_account_gets_a_name_of_its_own() {
    let mut wizard = awaiting("a1");
    typed(&mut wizard, &[(Field::Pin, "1234567")]);
    wizard.step(Event::AuthenticatePin);
    let mut granted = authorization("a1", State::Authenticated);
    granted.duplicates = ["Brief", "brief 2"]
        .map(|name| Duplicate { id: name.to_owned(), name: name.to_owned() })
        .into();
    wizard.step(Event::Exchanged(Ok(granted)));
    assert_eq!(wizard.entries[Field::Name], "brief 3");
}

#[test]
fn keys_that_cannot_be_changed_any_more_are_not_blamed_in_a_folded_step() {
    let mut own = of_an_own_app("a1");
    own.state = State::Authenticated;
    let mut wizard = Wizard::open(true, Some("a1".to_owned()), String::new(), String::new()).0;
    wizard.step(Event::Resumed(Ok(own)));
    wizard.step(Event::Ok);
    wizard.step(Event::Saved(Err(failure(Code::AppKeysRejected, None, None))));
    assert!(matches!(wizard.trouble, Some((Place::Actions, _))));
}
