//! `pinfold app test`: asks the running server whether X accepts an app's keys, and prints what the
//! error doctor says when it does not.

use std::fmt::Write as _;

use hyper::Method;
use pinfold_api::{AppList, AppTest, Diagnosis, paths};
use serde_json::Value;

use crate::StartError;
use crate::config::AppTestFlags;
use crate::running::{self, NotDone, plain};
use crate::x::pinfold::Pinfold;

/// What a test of an app came to.
#[derive(Debug)]
pub struct Tested {
    /// Whether X accepts the keys.
    pub ok: bool,
    /// To be printed.
    pub text: String,
}

/// Tests it.
pub async fn test(flags: AppTestFlags) -> Result<Tested, NotDone> {
    let config = flags.settings.into_config().map_err(StartError::from)?;
    let server = running::server(&config, flags.server, None).await?;
    let path = match &flags.app {
        Some(app) => paths::with_id(paths::APP_TEST, &id_of(&server, app).await?),
        None => paths::REGISTERED_APP_TEST.to_owned(),
    };
    let answer = running::ask(&server, Method::POST, &path, &[], Some(&Value::Null)).await?;
    let tested: AppTest = serde_json::from_value(answer.clone()).map_err(|_| NotDone::foreign())?;
    let name = flags.app.as_deref().unwrap_or("the registered app");
    let text = if flags.json { format!("{answer:#}") } else { for_people(name, &tested) };
    Ok(Tested { ok: tested.ok, text })
}

/// An app's id, by its name or by itself. Names have no case.
async fn id_of(server: &Pinfold, app: &str) -> Result<String, NotDone> {
    let list = running::ask(server, Method::GET, paths::APPS, &[], None).await?;
    let list: AppList = serde_json::from_value(list).map_err(|_| NotDone::foreign())?;
    let wanted = app.to_lowercase();
    let named = |own: &str| own.to_lowercase() == wanted;
    list.items
        .into_iter()
        .find(|own| named(&own.name) || named(&own.id))
        .map(|own| own.id)
        .ok_or_else(|| {
            NotDone::NoSuch(format!(
                "APP: there is no saved app {app:?}; leave it out for the registered one"
            ))
        })
}

fn for_people(name: &str, tested: &AppTest) -> String {
    let Some(Diagnosis { cause, proof, next, clock_skew_seconds, x, code, .. }) = &tested.diagnosis
    else {
        return format!("X accepts the keys of {}.", plain(name));
    };
    let mut text = format!("{} does not work ({}).\n", plain(name), code.as_str());
    let _ = write!(text, "cause: {cause}\nproof: {proof}\nnext:  {next}");
    if let Some(skew) = clock_skew_seconds.filter(|skew| skew.abs() > 1) {
        let _ = write!(text, "\nclock: {skew} s ahead of X's");
    }
    if let Some(words) = x.as_ref().map(|x| x.text.trim()).filter(|words| !words.is_empty()) {
        let _ = write!(text, "\nX said: {}", plain(words));
    }
    text
}
