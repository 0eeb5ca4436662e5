//! The tests' own OAuth 1.0a client, which can be told to get any part of it wrong.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use sha1::Sha1;

use crate::lab::{Answer, Lab, Pair};

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

type Pairs = Vec<(String, String)>;
type Edit<'a> = Box<dyn Fn(String) -> String + Send + 'a>;

/// One signed request, right unless told otherwise.
pub(crate) struct Call<'a> {
    lab: &'a Lab,
    method: Method,
    sent_as: Method,
    path: String,
    raw_query: String,
    raw_form: Option<String>,
    json: Option<String>,
    /// Query and form, decoded, as they are signed.
    parameters: Pairs,
    oauth: Pairs,
    unsigned: bool,
    headers: Vec<(&'static str, String)>,
    consumer_secret: String,
    token_secret: String,
    signed_url: String,
    in_query: bool,
    edit_signature: Edit<'a>,
    edit_header: Edit<'a>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(lab: &'a Lab, method: Method, path: &str) -> Self {
        static NONCES: AtomicU64 = AtomicU64::new(1);
        let nonce = NONCES.fetch_add(1, Ordering::Relaxed);
        let oauth = [
            ("oauth_consumer_key", lab.sandbox.consumer_key().to_owned()),
            ("oauth_nonce", format!("nonce{nonce}")),
            ("oauth_signature_method", "HMAC-SHA1".to_owned()),
            ("oauth_timestamp", lab.now().to_string()),
            ("oauth_version", "1.0".to_owned()),
        ];
        Self {
            lab,
            sent_as: method.clone(),
            method,
            path: path.to_owned(),
            raw_query: String::new(),
            raw_form: None,
            json: None,
            parameters: Pairs::new(),
            oauth: oauth.map(|(name, value)| (name.to_owned(), value)).to_vec(),
            unsigned: false,
            headers: Vec::new(),
            consumer_secret: lab.sandbox.consumer_secret().to_owned(),
            token_secret: String::new(),
            signed_url: lab.url(path),
            in_query: false,
            edit_signature: Box::new(|signature| signature),
            edit_header: Box::new(|header| header),
        }
    }

    pub(crate) fn app(mut self, app: &Pair) -> Self {
        self.consumer_secret.clone_from(&app.secret);
        self.oauth("oauth_consumer_key", &app.token)
    }

    pub(crate) fn token(mut self, pair: &Pair) -> Self {
        self.token_secret.clone_from(&pair.secret);
        self.oauth("oauth_token", &pair.token)
    }

    /// Sets a protocol parameter, before signing.
    pub(crate) fn oauth(self, name: &str, value: &str) -> Self {
        let mut without = self.without(name);
        without.oauth.push((name.to_owned(), value.to_owned()));
        without
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.oauth.retain(|pair| pair.0 != name);
        self
    }

    /// Adds one more, even if it is there already.
    pub(crate) fn again(mut self, name: &str, value: &str) -> Self {
        self.oauth.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends no signature at all.
    pub(crate) fn unsigned(mut self) -> Self {
        self.unsigned = true;
        self
    }

    /// Sends this query; signs these pairs.
    pub(crate) fn query(mut self, raw: &str, signed: &[(&str, &str)]) -> Self {
        raw.clone_into(&mut self.raw_query);
        self.sign_too(signed)
    }

    /// Sends this form; signs these pairs.
    pub(crate) fn form(mut self, raw: &str, signed: &[(&str, &str)]) -> Self {
        self.raw_form = Some(raw.to_owned());
        self.sign_too(signed)
    }

    fn sign_too(mut self, pairs: &[(&str, &str)]) -> Self {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.parameters.extend(pairs);
        self
    }

    pub(crate) fn json(mut self, body: &str) -> Self {
        self.json = Some(body.to_owned());
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Signs another address than the one it is sent to.
    pub(crate) fn signed_for(mut self, url: &str) -> Self {
        url.clone_into(&mut self.signed_url);
        self
    }

    /// Signs its method, but sends another.
    pub(crate) fn sent_as(mut self, method: Method) -> Self {
        self.sent_as = method;
        self
    }

    /// Puts the protocol parameters in the query (section 3.5.3).
    pub(crate) fn in_query(mut self) -> Self {
        self.in_query = true;
        self
    }

    pub(crate) fn edit_signature(mut self, edit: impl Fn(String) -> String + Send + 'a) -> Self {
        self.edit_signature = Box::new(edit);
        self
    }

    pub(crate) fn edit_header(mut self, edit: impl Fn(String) -> String + Send + 'a) -> Self {
        self.edit_header = Box::new(edit);
        self
    }

    fn signature(&self) -> String {
        let mut pairs: Pairs = self
            .parameters
            .iter()
            .chain(&self.oauth)
            .map(|(name, value)| (encode(name), encode(value)))
            .collect();
        pairs.sort();
        let pairs: Vec<String> = pairs.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let base =
            format!("{}&{}&{}", self.method, encode(&self.signed_url), encode(&pairs.join("&")));
        let key = format!("{}&{}", encode(&self.consumer_secret), encode(&self.token_secret));
        let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("any key");
        mac.update(base.as_bytes());
        (self.edit_signature)(STANDARD.encode(mac.finalize().into_bytes()))
    }

    pub(crate) async fn try_send(self) -> reqwest::Result<Answer> {
        let signature = ("oauth_signature".to_owned(), self.signature());
        let signature = Some(&signature).filter(|_| !self.unsigned);
        let protocol: Pairs = self
            .oauth
            .iter()
            .chain(signature)
            .map(|(name, value)| (encode(name), encode(value)))
            .collect();
        let mut url = self.lab.url(&self.path);
        let mut query = self.raw_query.clone();
        if self.in_query {
            let pairs: Vec<String> = protocol.iter().map(|(n, v)| format!("{n}={v}")).collect();
            query = format!("{query}&{}", pairs.join("&"));
        }
        if !query.is_empty() {
            url = format!("{url}?{query}");
        }
        let mut request = self.lab.http.request(self.sent_as, url);
        if !self.in_query {
            let pairs: Vec<String> =
                protocol.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
            let header = (self.edit_header)(format!("OAuth {}", pairs.join(", ")));
            request = request.header(AUTHORIZATION, header);
        }
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        if let Some(form) = self.raw_form {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        } else if let Some(json) = self.json {
            request = request.header(CONTENT_TYPE, "application/json").body(json);
        }
        Answer::of(request.send().await?).await
    }

    pub(crate) async fn send(self) -> Answer {
        self.try_send().await.expect("an answer")
    }
}
