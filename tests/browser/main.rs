//! A person connects an account, in three browser engines.
//!
//! Each scenario is one async function; each runs in every engine as a test of its own, named
//! `engine::scenario`. `cargo xtask test --only browsers` has what they need; a picture of the page
//! at the moment of a failure is in target/browser/.

mod accessible;
mod answers;
mod connect;
mod handed;
mod hooks;
mod hosted;
mod hostile;
mod interrupted;
mod manager;
mod picture;
mod provided;
mod safe;
mod scene;
mod tour;
mod using;
mod vault;

use std::path::{Path, PathBuf};
use std::time::Duration;

use pinfold_tests::TestApp;
use pinfold_tests::browser::{Browser, Engine, Result};
use tokio::runtime::Runtime;
use tokio::task::{LocalSet, spawn_local};
use tokio::time::timeout;

use crate::scene::Scene;

macro_rules! in_every_engine {
    ($($file:ident::$scenario:ident,)*) => {
        mod chromium { $( #[test] fn $scenario() {
            crate::play(crate::Engine::Chromium, stringify!($scenario), crate::$file::$scenario);
        } )* }
        mod webkit { $( #[test] fn $scenario() {
            crate::play(crate::Engine::Webkit, stringify!($scenario), crate::$file::$scenario);
        } )* }
        mod firefox { $( #[test] fn $scenario() {
            crate::play(crate::Engine::Firefox, stringify!($scenario), crate::$file::$scenario);
        } )* }
    };
}

in_every_engine! {
    connect::registered_app,
    connect::own_app,
    connect::wrong_pin_then_right,
    connect::pasted_pair,
    interrupted::reload_in_the_middle,
    interrupted::server_restart_in_the_middle,
    interrupted::cancel_revokes,
    interrupted::popup_blocked,
    answers::failures_say_what_to_do,
    accessible::keyboard_only,
    accessible::fields_have_the_names_of_the_original,
    accessible::axe_in_the_wizard,
    accessible::axe_on_a_connection,
    accessible::axe_in_the_manager,
    accessible::axe_in_the_rest,
    accessible::axe_for_others,
    accessible::no_scrolling_sideways_in_the_wizard,
    accessible::no_scrolling_sideways_on_a_connection,
    accessible::no_scrolling_sideways_in_the_manager,
    accessible::no_scrolling_sideways_in_the_rest,
    accessible::no_scrolling_sideways_for_others,
    manager::search_sort_and_fold_live_in_the_address,
    manager::the_list_keeps_its_place,
    manager::many_are_moved_deleted_and_brought_back,
    manager::a_menu_by_keyboard,
    manager::an_edit_that_came_second,
    manager::deleted_and_undone_then_repaired,
    manager::versions_and_what_was_deleted,
    vault::an_app_is_saved_tested_rotated_and_deleted,
    vault::a_saved_app_in_the_wizard,
    vault::another_app_in_edit,
    vault::the_log_is_filtered_and_exported,
    vault::out_and_in_again,
    vault::a_pasted_file_that_clashes,
    handed::a_link_connects_once,
    handed::a_link_that_cannot_be_used,
    handed::a_link_from_the_manager,
    handed::a_link_repairs_the_one_it_is_for,
    handed::a_portal_connects,
    handed::the_guide_is_followed,
    handed::a_portal_of_react,
    handed::a_portal_of_vue,
    handed::a_portal_that_gives_no_session,
    handed::a_portal_with_anothers_token,
    handed::a_portals_page_is_loaded_anew,
    handed::a_portals_token_ends_on_the_way,
    handed::a_portals_person_leaves,
    hooks::a_webhook_hears_and_is_removed,
    hosted::a_static_host_and_the_server,
    hostile::a_page_that_is_not_listed_gets_no_frame,
    hostile::a_listed_page_gets_the_wizard_only,
    hostile::a_frame_beside_it_learns_nothing,
    provided::the_provider_signs_in,
    using::a_read_only_token_says_what_it_cannot_run,
    using::a_tweet_is_counted_shown_and_sent,
    using::a_connection_is_narrowed,
    using::a_key_is_made_used_and_revoked,
    safe::nothing_violates_the_policy,
    safe::a_name_of_markup_stays_text,
    safe::the_consent_page_cannot_reach_back,
    picture::of_the_wizard,
}

/// Longer than any scenario takes, even with two at a time on a small machine.
const CURTAIN: Duration = Duration::from_mins(8);

/// Runs one scenario with a server, a sandbox and a browser of its own.
///
/// An engine now and then falls silent under its driver (WebKitGTK, about once in two hundred scenarios on a
/// busy machine), or ends before it has begun (Chromium, once in thousands): then another one plays it,
/// once. A page of ours that hangs does so again, and a browser that is missing is missing again.
fn play<F>(engine: Engine, name: &str, scenario: fn(Scene) -> F)
where
    F: Future<Output = Result> + 'static,
{
    let index = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist/index.html");
    assert!(index.exists(), "there is no front end: cargo xtask test builds it");
    let runtime = Runtime::new().expect("a runtime");
    let mut failed = runtime.block_on(LocalSet::new().run_until(once(engine, name, scenario)));
    if let Err(Failed { why, silent: true }) = &failed {
        eprintln!("{name}: {why}\nThe browser is silent; once more, with another one.");
        failed = runtime.block_on(LocalSet::new().run_until(once(engine, name, scenario)));
    }
    if let Err(Failed { why, .. }) = failed {
        panic!("{why}");
    }
}

struct Failed {
    why: String,
    /// The browser answers not even a question for the text of its page.
    silent: bool,
}

async fn once<F>(
    engine: Engine,
    name: &str,
    scenario: fn(Scene) -> F,
) -> std::result::Result<(), Failed>
where
    F: Future<Output = Result> + 'static,
{
    let app = TestApp::start().await;
    let browser = match Browser::start(engine).await {
        Ok(browser) => browser,
        Err(error) => return Err(Failed { why: format!("no browser: {error}"), silent: true }),
    };
    let scene = Scene { app, page: browser.page.clone() };
    let outcome = timeout(CURTAIN, spawn_local(scenario(scene))).await;
    let failure = match outcome {
        Ok(Ok(Ok(()))) => {
            browser.quit().await.expect("the browser closes");
            return Ok(());
        }
        Ok(Ok(Err(error))) => error.to_string(),
        Ok(Err(panic)) => panic.to_string(),
        Err(_) => "it takes too long".to_owned(),
    };
    let shown = browser.page.text().await;
    let (silent, shown) = (shown.is_err(), shown.unwrap_or_default());
    let picture = pictures().join(engine.name()).join(format!("{name}.png"));
    let kept = timeout(Duration::from_secs(10), browser.picture(&picture)).await;
    let kept = if matches!(kept, Ok(Ok(()))) { "kept as" } else { "could not be kept as" };
    let picture = picture.display();
    let why = format!("{failure}\n\nthe page: {shown}\n\nits picture {kept} {picture}");
    Err(Failed { why, silent })
}

/// Where pictures go.
fn pictures() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("browser")
}
