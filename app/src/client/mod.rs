//! Talking to the server: one function a route of `pinfold_api::paths`. The one place
//! where errors become values.

mod request;

use std::pin::Pin;
use std::task::{Context, Poll};

use pinfold_api::{
    Authorization, Cancelled, Code, Connection, ConnectionChange, ConnectionPage, NewAuthorization,
    NewConnection, PinEntry, Session, SignIn, paths,
};

use crate::browser::Parsed;
use crate::failure::Failure;
use crate::state::State;
use crate::wire;
use request::Call;

type SignedOut = Box<dyn Fn(&Failure)>;

/// The server, and whom to tell when the session is over.
#[derive(Clone, Copy)]
pub(crate) struct Client {
    signed_out: State<SignedOut>,
}

/// What a call comes to.
pub(crate) type Answer<T> = Result<T, Failure>;

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

    fn send(self, call: Call) -> Waiting<Answer<Parsed>> {
        Box::pin(async move {
            let answer = call.send().await;
            if let Err(failure) = &answer
                && failure.code() == Some(Code::Unauthenticated)
            {
                self.signed_out.peek(|tell| tell(failure));
            }
            answer
        })
    }

    pub(crate) fn session(self) -> Reply<Session> {
        self.ask(Call::new("GET", paths::SESSION), wire::session)
    }

    pub(crate) fn sign_in(self, with: &SignIn) -> Reply<()> {
        self.ask(Call::new("POST", paths::SESSION).body(wire::sign_in(with)), nothing)
    }

    pub(crate) fn sign_out(self) -> Reply<()> {
        self.ask(Call::new("DELETE", paths::SESSION), nothing)
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

    pub(crate) fn connect(self, new: &NewConnection) -> Reply<Connection> {
        let call = Call::new("POST", paths::CONNECTIONS);
        self.ask(call.body(wire::new_connection(new)), wire::connection)
    }

    pub(crate) fn connections(self, cursor: Option<&str>) -> Reply<ConnectionPage> {
        let call = Call::new("GET", paths::CONNECTIONS).query("cursor", cursor);
        self.ask(call, wire::connection_page)
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

    pub(crate) fn delete(self, id: &str) -> Reply<Cancelled> {
        self.ask(Call::about("DELETE", paths::CONNECTION, id), wire::cancelled)
    }
}

/// For answers without a body.
#[expect(clippy::unnecessary_wraps, reason = "as every reader of an answer")]
fn nothing(_: &Parsed) -> Option<()> {
    Some(())
}
