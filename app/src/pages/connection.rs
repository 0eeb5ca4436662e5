//! One connection: the same dialog, filled. Rename, move to a group, delete and revoke.

use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;
use pinfold_api::{AppKind, Connection as Filled};

use super::dialog::DialogCard;
use super::waiting::Skeleton;
use crate::app::App;
use crate::failure::Failure;
use crate::routes::Route;
use crate::steps::Tasks;
use crate::widgets::{AftermathNotice, CopyButton, Hint, Notice, TextField};
use crate::wizard::{Edit, EditBusy, EditEffect, EditEvent, Field, Place, Spot};
use crate::{browser, words};

#[component]
pub(crate) fn Connection(app: App, id: String) -> impl IntoView {
    browser::set_title(&format!("{} · {}", words::EDIT_CONNECTION, words::BRAND));
    let (edit, first) = Edit::open();
    let editor = Editor {
        app,
        id: StoredValue::new(id),
        state: RwSignal::new(edit),
        owner: StoredValue::new(Owner::current()),
    };
    editor.carry_out(first);
    // What it was when the page opened: names and groups change in the fields.
    let filled = Memo::new(move |_| editor.state.read().connection.is_some());
    move || {
        if filled.get()
            && let Some(connection) = editor.state.read_untracked().connection.clone()
        {
            return view! { <Filling editor connection/> }.into_any();
        }
        view! { <Loading editor/> }.into_any()
    }
}

#[component]
fn Loading(editor: Editor) -> impl IntoView {
    let trouble = editor.trouble(Place::Actions);
    view! {
        <div class="card">
            <h1>{words::EDIT_CONNECTION}</h1>
            {move || trouble.read().is_none().then(Skeleton)}
            <Notice failure=trouble/>
            <div class="beside" hidden=move || trouble.read().is_none()>
                <button type="button" on:click=move |_| editor.send(EditEvent::Retry)>
                    {words::TRY_AGAIN}
                </button>
                <a class="button" href=Route::Connections.path()>{words::BACK}</a>
            </div>
        </div>
    }
}

#[component]
fn Filling(editor: Editor, connection: Filled) -> impl IntoView {
    let aftermath = Memo::new(move |_| editor.state.read().aftermath.clone());
    let gone = Memo::new(move |_| aftermath.read().is_some());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        editor.send(EditEvent::Ok);
    };
    let main = view! {
        <form on:submit=submit>
            <TextField
                id=Field::Name.id()
                label=words::field_label(Field::Name)
                value=editor.text(Field::Name)
                on_input=editor.typing(Field::Name)
                hint=editor.hint(Field::Name, "")
                locked=gone
            />
            <TextField
                id=Field::Group.id()
                label=words::field_label(Field::Group)
                value=editor.text(Field::Group)
                on_input=editor.typing(Field::Group)
                hint=editor.hint(Field::Group, words::GROUP_HINT)
                locked=gone
                optional=true
            />
            <button type="submit" class="unseen" tabindex="-1" aria-hidden="true"></button>
            <Notice failure=editor.trouble(Place::Main)/>
            <Stale editor/>
        </form>
    };
    view! {
        <DialogCard
            title=words::EDIT_CONNECTION
            tab=Signal::derive(move || editor.state.read().tab)
            select=Callback::new(move |tab| editor.send(EditEvent::Select(tab)))
            notices=view! { <AftermathNotice aftermath/> }.into_any()
            main=main.into_any()
            authentication=view! { <Granted connection/> }.into_any()
            actions=view! { <Actions editor gone/> }.into_any()
        />
    }
}

/// Somebody else saved other values.
#[component]
fn Stale(editor: Editor) -> impl IntoView {
    let saved = Memo::new(move |_| {
        let edit = editor.state.read();
        let connection = edit.connection.as_ref().filter(|_| edit.stale)?;
        Some(words::saved_values(&connection.name, connection.group.as_deref()))
    });
    let words = words::stale();
    view! {
        <div class="notice warning" role="alert" hidden=move || saved.read().is_none()>
            <p class="what">{words.what}</p>
            <p>{saved}</p>
            <p>{words.why}" "{words.next}</p>
            <button type="button" on:click=move |_| editor.send(EditEvent::TakeTheirs)>
                {words::TAKE_THEIRS}
            </button>
        </div>
    }
}

/// What cannot be changed here: the app, the account and the token pair.
#[component]
fn Granted(connection: Filled) -> impl IntoView {
    let app = match connection.app.kind {
        AppKind::Registered => words::REGISTERED.to_owned(),
        _ => format!("{} · {}…", words::OWN_APP, connection.app.consumer_key_hint),
    };
    let token = connection.access_token;
    let copied = token.clone();
    let unchanged = Callback::new(|_| ());
    let summary = words::connected_as(
        &connection.account.screen_name,
        connection.access_level,
        &connection.tasks,
    );
    view! {
        <p class="connected">{summary}</p>
        <TextField id="app" label=words::APP_STEP value=app on_input=unchanged locked=true/>
        <TextField
            id=Field::AccessToken.id()
            label=words::field_label(Field::AccessToken)
            value=token
            on_input=unchanged
            locked=true
        >
            <CopyButton label=words::COPY_TOKEN text=Callback::new(move |()| copied.clone())/>
        </TextField>
        <TextField
            id=Field::AccessSecret.id()
            label=words::field_label(Field::AccessSecret)
            value=words::MASK.to_owned()
            on_input=unchanged
            hint=Hint::from(words::SECRET_KEPT)
            locked=true
        />
        <Tasks tasks=connection.tasks/>
    }
}

#[component]
fn Actions(editor: Editor, gone: Memo<bool>) -> impl IntoView {
    let asking = Memo::new(move |_| editor.state.read().asking);
    let busy = move || editor.state.read().busy;
    let quiet = move || busy().is_some().then_some("true");
    let doing = move |which: fn(EditBusy) -> bool| {
        move || busy().filter(|busy| which(*busy)).map(words::edit_busy)
    };
    let question = move || {
        let edit = editor.state.read();
        edit.connection.as_ref().map(|connection| words::delete_question(&connection.name))
    };
    view! {
        <section
            class="notice danger question"
            aria-labelledby=Spot::Question.id()
            hidden=move || !asking.get()
        >
            <h2 id=Spot::Question.id() tabindex="-1">{question}</h2>
            <p>{words::DELETE_HINT}</p>
            <div class="beside">
                <button
                    type="button"
                    class="danger"
                    aria-disabled=quiet
                    on:click=move |_| editor.send(EditEvent::Confirm)
                >
                    {words::DELETE_AND_REVOKE}
                </button>
                <button type="button" on:click=move |_| editor.send(EditEvent::Keep)>
                    {words::KEEP}
                </button>
                <span class="status" role="status">{doing(|busy| busy == EditBusy::Deleting)}</span>
            </div>
        </section>
        <Notice failure=editor.trouble(Place::Actions)/>
        <div class="actions">
            <button
                type="button"
                class="quiet first"
                hidden=move || gone.get() || asking.get()
                on:click=move |_| editor.send(EditEvent::Delete)
            >
                {words::DELETE}
            </button>
            <span class="status" role="status">{doing(|busy| busy != EditBusy::Deleting)}</span>
            <button type="button" on:click=move |_| editor.send(EditEvent::Cancel)>
                {move || if gone.get() { words::BACK } else { words::CANCEL }}
            </button>
            <button
                type="button"
                class="primary"
                hidden=gone
                aria-disabled=quiet
                on:click=move |_| editor.send(EditEvent::Ok)
            >
                {words::OK}
            </button>
        </div>
    }
}

/// The state of the dialog, and the hands that carry out what it wants.
#[derive(Clone, Copy)]
struct Editor {
    app: App,
    id: StoredValue<String>,
    state: RwSignal<Edit>,
    /// Of the page: what it waits for ends with it.
    owner: StoredValue<Option<Owner>>,
}

impl Editor {
    fn text(self, field: Field) -> Signal<String> {
        Signal::derive(move || self.state.read().entries[field].clone())
    }

    fn typing(self, field: Field) -> Callback<String> {
        Callback::new(move |text| self.send(EditEvent::Typed(field, text)))
    }

    fn hint(self, field: Field, hint: &'static str) -> Signal<Hint> {
        Signal::derive(move || Hint { refused: self.state.read().is_refused(field), ..hint.into() })
    }

    fn trouble(self, place: Place) -> Signal<Option<Failure>> {
        Memo::new(move |_| match &self.state.read().trouble {
            Some((at, failure)) if *at == place => Some(failure.clone()),
            _ => None,
        })
        .into()
    }

    fn send(self, event: EditEvent) {
        if let Some(effects) = self.state.try_update(|edit| edit.step(event)) {
            self.carry_out(effects);
        }
    }

    fn carry_out(self, effects: Vec<EditEffect>) {
        for effect in effects {
            match effect {
                EditEffect::Focus(spot) => browser::focus(spot.id()),
                EditEffect::Leave(flash) => {
                    self.app.flash.set(flash);
                    self.app.go(Route::Connections);
                }
                call => self.call(call),
            }
        }
    }

    fn call(self, effect: EditEffect) {
        let (client, id) = (self.app.client, self.id.get_value());
        let wait = async move {
            let event = match effect {
                EditEffect::Load => EditEvent::Loaded(client.connection(&id).await),
                EditEffect::Change(change, version) => {
                    EditEvent::Changed(client.change(&id, &change, version).await)
                }
                EditEffect::Delete => EditEvent::Deleted(client.delete(&id).await),
                EditEffect::Focus(_) | EditEffect::Leave(_) => return,
            };
            self.send(event);
        };
        if let Some(owner) = self.owner.get_value() {
            owner.with(|| spawn_local_scoped_with_cancellation(wait));
        }
    }
}
