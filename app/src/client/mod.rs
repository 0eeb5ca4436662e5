//! Talking to the server: one function a route of `pinfold_api::paths`. The only `gloo-net`, and the
//! one place where errors become values.

mod request;

use gloo_net::http::Method;
use pinfold_api::{
    Authorization, Cancelled, Code, Connection, ConnectionChange, ConnectionPage, NewAuthorization,
    NewConnection, PinEntry, Session, SignIn, paths,
};

use crate::browser::Parsed;
use crate::failure::Failure;
use crate::state::State;
use crate::wire;
use request::Call;

/// The server, and whom to tell when the session is over.
#[derive(Clone, Copy)]
pub(crate) struct Client {
    signed_out: State<Box<dyn Fn()>>,
}

type Answer<T> = Result<T, Failure>;

impl Client {
    pub(crate) fn new(signed_out: impl Fn() + 'static) -> Self {
        Self { signed_out: State::new(Box::new(signed_out)) }
    }

    async fn send(self, call: Call) -> Answer<Parsed> {
        let answer = call.send().await;
        if let Err(failure) = &answer
            && failure.code() == Some(Code::Unauthenticated)
        {
            self.signed_out.peek(|tell| tell());
        }
        answer
    }

    pub(crate) async fn session(self) -> Answer<Session> {
        intelligible(wire::session(&self.send(Call::new(Method::GET, paths::SESSION)).await?))
    }

    pub(crate) async fn sign_in(self, with: SignIn) -> Answer<()> {
        let call = Call::new(Method::POST, paths::SESSION).body(wire::sign_in(&with));
        self.send(call).await.map(drop)
    }

    pub(crate) async fn sign_out(self) -> Answer<()> {
        self.send(Call::new(Method::DELETE, paths::SESSION)).await.map(drop)
    }

    pub(crate) async fn begin(self, new: &NewAuthorization) -> Answer<Authorization> {
        let call =
            Call::new(Method::POST, paths::AUTHORIZATIONS).body(wire::new_authorization(new));
        intelligible(wire::authorization(&self.send(call).await?))
    }

    pub(crate) async fn authorization(self, id: &str) -> Answer<Authorization> {
        intelligible(wire::authorization(
            &self.send(Call::about(Method::GET, paths::AUTHORIZATION, id)).await?,
        ))
    }

    pub(crate) async fn cancel(self, id: &str) -> Answer<Cancelled> {
        intelligible(wire::cancelled(
            &self.send(Call::about(Method::DELETE, paths::AUTHORIZATION, id)).await?,
        ))
    }

    pub(crate) async fn authenticate(self, id: &str, pin: &PinEntry) -> Answer<Authorization> {
        let call =
            Call::about(Method::POST, paths::AUTHORIZATION_PIN, id).body(wire::pin_entry(pin));
        intelligible(wire::authorization(&self.send(call).await?))
    }

    pub(crate) async fn connect(self, new: &NewConnection) -> Answer<Connection> {
        let call = Call::new(Method::POST, paths::CONNECTIONS).body(wire::new_connection(new));
        intelligible(wire::connection(&self.send(call).await?))
    }

    pub(crate) async fn connections(self, cursor: Option<&str>) -> Answer<ConnectionPage> {
        let call = Call::new(Method::GET, paths::CONNECTIONS).query("cursor", cursor);
        intelligible(wire::connection_page(&self.send(call).await?))
    }

    pub(crate) async fn connection(self, id: &str) -> Answer<Connection> {
        intelligible(wire::connection(
            &self.send(Call::about(Method::GET, paths::CONNECTION, id)).await?,
        ))
    }

    pub(crate) async fn change(
        self,
        id: &str,
        change: &ConnectionChange,
        version: i64,
    ) -> Answer<Connection> {
        let call =
            Call::about(Method::PATCH, paths::CONNECTION, id).body(wire::connection_change(change));
        intelligible(wire::connection(&self.send(call.if_match(version)).await?))
    }

    pub(crate) async fn delete(self, id: &str) -> Answer<Cancelled> {
        intelligible(wire::cancelled(
            &self.send(Call::about(Method::DELETE, paths::CONNECTION, id)).await?,
        ))
    }
}

fn intelligible<T>(read: Option<T>) -> Answer<T> {
    read.ok_or(Failure::Unintelligible(200))
}
