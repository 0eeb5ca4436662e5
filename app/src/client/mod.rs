//! Talking to the server: one function a route of `pinfold_api::paths`. The one place
//! where errors become values.

mod request;

use std::pin::Pin;
use std::task::{Context, Poll};

use pinfold_api::{
    Authorization, Cancelled, Code, Connection, ConnectionChange, NewAuthorization, NewConnection,
    PinEntry, Session, SignIn, paths,
};

use crate::browser::{self, Parsed};
use crate::failure::Failure;
use crate::state::State;
use crate::wire::{self, Json as _};
use crate::wizard::{PAGE, View};
use request::Call;
pub(crate) use request::is_sending;

type SignedOut = Box<dyn Fn(&Failure)>;

/// The server, and whom to tell when the session is over.
#[derive(Clone, Copy)]
pub(crate) struct Client {
    signed_out: State<SignedOut>,
}

/// What a call comes to.
pub(crate) type Answer<T> = Result<T, Failure>;

/// An answer that is still to come, and to be read by whoever asked.
pub(crate) type Asked = Waiting<Answer<Parsed>>;

type Waiting<T> = Pin<Box<dyn Future<Output = T>>>;

/// An answer that is still to come. A future by hand: an `async fn` for each route would be a state
/// machine for each route.
pub(crate) struct Reply<T> {
    answer: Waiting<Answer<Parsed>>,
    read: fn(&Parsed) -> Option<T>,
}

impl<T> Future for Reply<T> {
    type Output = Answer<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer<T>> {
        let answer = self.answer.as_mut().poll(context);
        answer.map(|answer| (self.read)(&answer?).ok_or(Failure::Unintelligible(200)))
    }
}

impl<T: 'static> Reply<T> {
    /// What is to be told of the answer.
    pub(crate) fn then<E: 'static>(self, tell: fn(Answer<T>) -> E) -> Waiting<E> {
        Box::pin(async move { tell(self.await) })
    }
}

impl Client {
    pub(crate) fn new(signed_out: impl Fn(&Failure) + 'static) -> Self {
        Self { signed_out: State::new(Box::new(signed_out)) }
    }

    fn ask<T>(self, call: Call, read: fn(&Parsed) -> Option<T>) -> Reply<T> {
        Reply { answer: self.send(call), read }
    }

    fn send(self, call: Call) -> Asked {
        Box::pin(async move {
            let mut answer = call.clone().send().await;
            if is_over(&answer) && browser::frame::is_framed() {
                // The portal gives another token, and nothing is lost.
                if browser::frame::renewed().await {
                    answer = call.send().await;
                }
                return answer;
            }
            if let Err(failure) = &answer
                && is_over(&answer)
            {
                browser::keep_session_token(None);
                self.signed_out.peek(|tell| tell(failure));
            }
            answer
        })
    }

    pub(crate) fn session(self) -> Reply<Session> {
        self.ask(Call::new("GET", paths::SESSION), wire::session)
    }

    pub(crate) fn sign_in(self, with: &SignIn) -> Reply<()> {
        self.ask(Call::new("POST", paths::SESSION).body(wire::sign_in(with)), |answer| {
            // On another origin than the server's there is no cookie, but a token.
            let token = answer.get("token").and_then(|it| it.text());
            browser::keep_session_token(token.as_deref());
            Some(())
        })
    }

    pub(crate) fn sign_out(self) -> Reply<()> {
        self.ask(Call::new("DELETE", paths::SESSION), |_| {
            browser::keep_session_token(None);
            Some(())
        })
    }

    pub(crate) fn begin(self, new: &NewAuthorization) -> Reply<Authorization> {
        let call = Call::new("POST", paths::AUTHORIZATIONS);
        self.ask(call.body(wire::new_authorization(new)), wire::authorization)
    }

    pub(crate) fn authorization(self, id: &str) -> Reply<Authorization> {
        self.ask(Call::about("GET", paths::AUTHORIZATION, id), wire::authorization)
    }

    pub(crate) fn cancel(self, id: &str) -> Reply<Cancelled> {
        self.ask(Call::about("DELETE", paths::AUTHORIZATION, id), wire::cancelled)
    }

    pub(crate) fn authenticate(self, id: &str, pin: &PinEntry) -> Reply<Authorization> {
        let call = Call::about("POST", paths::AUTHORIZATION_PIN, id);
        self.ask(call.body(wire::pin_entry(pin)), wire::authorization)
    }

    /// The id and name of each saved app.
    pub(crate) fn app_names(self) -> Reply<Vec<(String, String)>> {
        self.ask(Call::new("GET", paths::APPS), wire::app_names)
    }

    pub(crate) fn connect(self, new: &NewConnection) -> Reply<Connection> {
        let call = Call::new("POST", paths::CONNECTIONS);
        self.ask(call.body(wire::new_connection(new)), wire::connection)
    }

    /// A page of a group (`None`: of all groups; of `""`: of those in none).
    pub(crate) fn connections(
        self,
        view: &View,
        group: Option<&str>,
        cursor: Option<&str>,
    ) -> Asked {
        let call = Call::new("GET", paths::CONNECTIONS)
            .query("search", filled(&view.search))
            .query("sort", Some(&view.sort_within()))
            .query("group", group.and_then(filled))
            .query("ungrouped", group.filter(|it| it.is_empty()).map(|_| "true"))
            .query("cursor", cursor)
            .query("limit", Some(&PAGE.to_string()));
        self.send(call)
    }

    pub(crate) fn groups(self, view: &View) -> Asked {
        self.send(Call::new("GET", paths::CONNECTION_GROUPS).query("search", filled(&view.search)))
    }

    /// One thing done to many: moved to a group, or deleted.
    pub(crate) fn bulk(self, ids: &[&str], group: Option<&str>) -> Asked {
        self.send(Call::new("POST", paths::CONNECTIONS_BULK).body(wire::bulk(ids, group)))
    }

    /// A list, page by page; with what the `{id}` of its path is, if it has one, or with a query.
    pub(crate) fn list(self, path: &str, id: &str, cursor: Option<&str>) -> Asked {
        let mut call = Call::about("GET", path, id);
        if id.starts_with('?') {
            call.path += id;
        }
        self.send(call.query("cursor", cursor))
    }

    /// Something done to one thing, with a flag or a version.
    pub(crate) fn act(self, path: &str, id: &str, member: &str, value: &str) -> Asked {
        self.tell(path, id, wire::single(member, value))
    }

    /// Something told to one thing, as JSON.
    pub(crate) fn tell(self, path: &str, id: &str, json: String) -> Asked {
        self.send(Call::about("POST", path, id).body(json))
    }

    /// One thing made an end of.
    pub(crate) fn delete(self, path: &str, id: &str) -> Asked {
        self.send(Call::about("DELETE", path, id))
    }

    /// Anything: with a body, or for a version of what it is about.
    pub(crate) fn call(
        self,
        method: &'static str,
        path: &str,
        body: Option<String>,
        version: Option<i64>,
    ) -> Asked {
        let mut call = Call::new(method, path);
        (call.body, call.if_match) = (body, version);
        self.send(call)
    }

    /// A file of a kind: its text, whatever it is, to be read as a text.
    pub(crate) fn file(
        self,
        method: &'static str,
        path: &str,
        body: Option<String>,
        kind: Option<&'static str>,
    ) -> Asked {
        let mut call = Call::new(method, path);
        (call.body, call.accept) = (body, kind);
        self.send(call)
    }

    pub(crate) fn connection(self, id: &str) -> Reply<Connection> {
        self.ask(Call::about("GET", paths::CONNECTION, id), wire::connection)
    }

    pub(crate) fn change(
        self,
        id: &str,
        change: &ConnectionChange,
        version: i64,
    ) -> Reply<Connection> {
        let call = Call::about("PATCH", paths::CONNECTION, id).if_match(version);
        self.ask(call.body(wire::connection_change(change)), wire::connection)
    }
}

/// Whether the session is.
fn is_over(answer: &Answer<Parsed>) -> bool {
    answer.as_ref().is_err_and(|failure| failure.code() == Some(Code::Unauthenticated))
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
