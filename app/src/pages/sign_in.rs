//! Sign in, by a one-time link, by the access key, or at the organisation’s own provider. Shown wherever a session is missing.

use std::rc::Rc;

use pinfold_api::paths::pages;
use pinfold_api::{Code, SignIn as Credentials, WriteOnly, paths};

use super::hands::{Asker, Waiter};

use crate::app::{App, Who};
use crate::browser::Parsed;
use crate::element::{El, Slot, el};
use crate::failure::Failure;
use crate::routes::Route;
use crate::state::State;
use crate::widgets::{TextField, notice, primary, status};
use crate::wire::{Json, said};
use crate::{browser, words};

const KEY: &str = "access-key";

#[derive(Clone, Default)]
struct Form {
    key: String,
    busy: bool,
    failure: Option<Failure>,
}

pub(crate) fn sign_in(app: App) -> El {
    browser::set_title(words::SIGN_IN);
    let ended = app.who.peek(|who| match who {
        Who::Nobody(ended) => ended.clone(),
        _ => None,
    });
    let form = State::new(Form { failure: ended, ..Form::default() });
    browser::focus(KEY);
    if let Some(link) = browser::take_fragment("#link=") {
        send(app, form, Credentials { link: Some(WriteOnly::new(link)), access_key: None });
    } else if app.who.peek(|who| matches!(who, Who::Known(_))) {
        // Somebody who is signed in already needs no form.
        browser::later(move || leave(app));
    }
    let submit = move || {
        let typed = form.peek(|form| form.key.trim().to_owned());
        if typed.is_empty() {
            browser::focus(KEY);
        } else {
            let access_key = Some(WriteOnly::new(typed));
            send(app, form, Credentials { access_key, link: None });
        }
    };
    let key = TextField::new(KEY, words::ACCESS_KEY)
        .entry(
            move || form.read(|form| form.key.clone().into()),
            move |text| {
                form.update(|form| form.key = text);
            },
        )
        .secret(|| true)
        .build();
    let provider = Rc::new(Provider(Slot::new(el("div"))));
    let place = provider.0.host();
    Waiter::new().then(app.client.list(paths::SIGN_IN, "", None), provider, 0);
    let busy = move || form.read(|form| form.busy);
    let doing = status(move || if busy() { words::SIGNING_IN } else { "" });
    let press = primary(words::SIGN_IN).attr("type", "submit").busy(busy);
    el("form").class("card sign-in").submitted(submit).has(&[
        el("h1").text(words::SIGN_IN),
        el("p").text(words::SIGN_IN_HINT),
        key,
        notice(move || form.read(|form| form.failure.clone())),
        el("div").class("beside").has(&[press, doing]),
        place,
        el("p").class("hint").text(words::SIGN_IN_LINK_HINT),
    ])
}

/// The way to the provider of OpenID Connect, if there is one.
struct Provider(Slot);

impl Asker for Provider {
    fn take(self: Rc<Self>, _: usize, json: &Parsed) -> Option<()> {
        let provider = json.get("oidc")?;
        let [name, url] = ["name", "url"].map(|it| said(&provider, it));
        if !url.is_empty() {
            let server = browser::server();
            // A page elsewhere says where to come back to.
            let page = browser::origin() + &browser::based(pages::SIGN_IN);
            let back = "?page=".to_owned() + &browser::encoded(&page);
            let url = server.clone() + &url + if server.is_empty() { "" } else { &back };
            // A page of the server: the target keeps it from being looked for among ours.
            self.0.fill(&|| {
                let link = el("a").class("button").attr("href", &url).attr("target", "_self");
                link.text(&words::fill(words::SIGN_IN_WITH, &[&name]))
            });
        }
        Some(())
    }

    /// There are other ways in.
    fn fail(self: Rc<Self>, _: usize, _: Failure) {}
}

fn leave(app: App) {
    browser::replace_address(&Route::Connections.path());
    app.route.set(Route::Connections);
}

fn send(app: App, form: State<Form>, credentials: Credentials) {
    if form.peek(|form| form.busy) {
        return;
    }
    form.update(|form| {
        *form = Form { busy: true, failure: None, key: std::mem::take(&mut form.key) }
    });
    browser::spawn(Box::pin(async move {
        match app.client.sign_in(&credentials).await {
            Ok(()) => {
                app.who.set(Who::Asking);
                if app.route.peek(|route| *route == Route::SignIn) {
                    leave(app);
                }
                app.ask();
            }
            Err(failure) => {
                let refused = failure.code() == Some(Code::SignInRefused);
                let used = refused && credentials.link.is_some();
                if app.route.peek(|route| matches!(route, Route::Connect(_))) {
                    return app.who.set(Who::Nobody(Some(failure)));
                }
                form.update(|form| {
                    form.busy = false;
                    form.failure = Some(failure);
                });
                if used {
                    // Somebody may be signed in all the same.
                    app.ask();
                }
            }
        }
    }));
}
