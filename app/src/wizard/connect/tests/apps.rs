//! Which app asks: registered, saved, own, or the one that a repaired connection has.

use pinfold_api::{AppChoice, NewAuthorization};

use super::*;

fn begun(effects: &[Effect]) -> NewAuthorization {
    match effects {
        [Effect::Begin(new)] => NewAuthorization::clone(new),
        other => panic!("{other:?}"),
    }
}

fn with_apps() -> Wizard {
    let mut wizard = open();
    wizard.step(Event::Apps(Ok(vec![("app1".to_owned(), "Desk".to_owned())])));
    wizard.step(Event::UseRegistered(false));
    wizard
}

#[test]
fn a_saved_app_asks_without_its_keys() {
    let mut wizard = with_apps();
    wizard.step(Event::UseSaved("app1".to_owned()));
    let app = begun(&wizard.step(Event::GetPin)).app;
    let saved =
        AppChoice { kind: AppKind::Saved, id: Some("app1".to_owned()), ..AppChoice::default() };
    assert_eq!(app, Some(saved));
}

#[test]
fn an_own_app_that_is_saved_on_the_way_is_chosen_from_then_on() {
    let mut wizard = with_apps();
    typed(&mut wizard, &[(Field::ConsumerKey, "k"), (Field::ConsumerSecret, "s")]);
    typed(&mut wizard, &[(Field::SaveAs, " Mine ")]);
    let app = begun(&wizard.step(Event::GetPin)).app.expect("an app");
    assert_eq!(app.save_as.as_deref(), Some("Mine"));
    let mut authorization = of_an_own_app("a1");
    (authorization.app.kind, authorization.app.id) = (AppKind::Saved, Some("app2".to_owned()));
    wizard.step(Event::Began(Ok(authorization)));
    assert_eq!(wizard.apps.last(), Some(&("app2".to_owned(), " Mine ".to_owned())));
    let app = begun(&wizard.step(Event::GetPin)).app.expect("an app");
    assert_eq!((app.id.as_deref(), app.save_as), (Some("app2"), None));
}

#[test]
fn a_name_that_is_taken_is_told_at_its_field() {
    let mut wizard = with_apps();
    typed(&mut wizard, &[(Field::ConsumerKey, "k"), (Field::ConsumerSecret, "s")]);
    wizard.step(Event::GetPin);
    let taken = failure(Code::NameTaken, Some("app.save_as"), None);
    let effects = wizard.step(Event::Began(Err(taken)));
    assert_eq!(focus(&effects), Some(Spot::Field(Field::SaveAs)));
    assert!(wizard.is_refused(Field::SaveAs));
}

#[test]
fn a_repair_keeps_the_app_unless_another_is_chosen() {
    let mut wizard = with_apps();
    wizard.repair = Some("c1".to_owned());
    let new = begun(&wizard.step(Event::GetPin));
    assert_eq!((new.app, new.connection_id.as_deref()), (None, Some("c1")));

    let mut wizard = with_apps();
    wizard.repair = Some("c1".to_owned());
    wizard.step(Event::KeepApp(false));
    wizard.step(Event::UseSaved("app1".to_owned()));
    let new = begun(&wizard.step(Event::GetPin));
    assert_eq!(new.app.and_then(|app| app.id).as_deref(), Some("app1"));
    assert_eq!(new.connection_id.as_deref(), Some("c1"));
}
