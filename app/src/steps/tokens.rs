//! The last step: the token pair, pasted or granted, and what it can do.

use leptos::prelude::*;
use pinfold_api::{Authorization, TaskAccess};

use super::Dialog;
use super::app::SwapButton;
use super::step::StepFrame;
use crate::widgets::{CopyButton, Hint, Notice, TextField};
use crate::wizard::{Event, Field, Place, Stage, Step, Wizard};
use crate::words;

fn granted(wizard: &Wizard) -> Option<&Authorization> {
    match &wizard.stage {
        Stage::Authenticated(authorization) => Some(authorization),
        _ => None,
    }
}

fn summary(wizard: &Wizard) -> String {
    granted(wizard).map_or_else(String::new, |it| {
        let name = it.account.as_ref().map_or("", |account| &account.screen_name);
        words::connected_as(name, it.access_level, &it.tasks)
    })
}

#[component]
pub(crate) fn TokensStep(dialog: Dialog) -> impl IntoView {
    let locked = Memo::new(move |_| granted(&dialog.state.read()).is_some());
    let token = Signal::derive(move || {
        let wizard = dialog.state.read();
        match granted(&wizard) {
            Some(it) => it.access_token.clone().unwrap_or_default(),
            None => wizard.entries[Field::AccessToken].clone(),
        }
    });
    let secret = Signal::derive(move || {
        let wizard = dialog.state.read();
        if granted(&wizard).is_some() {
            words::MASK.to_owned()
        } else {
            wizard.entries[Field::AccessSecret].clone()
        }
    });
    let token_hint = dialog.hint(Field::AccessToken, "");
    let pasted_hint = dialog.hint(Field::AccessSecret, words::SECRET_HINT);
    let secret_hint = Signal::derive(move || {
        if locked.get() { Hint::from(words::SECRET_KEPT) } else { pasted_hint.get() }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        dialog.send.run(Event::Ok);
    };
    let tasks = Memo::new(move |_| granted(&dialog.state.read()).map(|it| it.tasks.clone()));
    view! {
        <StepFrame dialog step=Step::Tokens title=words::TOKENS_STEP summary=dialog.read(summary)>
            <p class="hint" hidden=locked>{words::TOKENS_HINT}</p>
            <form on:submit=submit>
                <TextField
                    id=Field::AccessToken.id()
                    label=words::field_label(Field::AccessToken)
                    value=token
                    on_input=dialog.typing(Field::AccessToken)
                    hint=token_hint
                    locked
                >
                    <span class="beside" hidden=move || !locked.get()>
                        <CopyButton
                            label=words::COPY_TOKEN
                            text=Callback::new(move |()| token.get_untracked())
                        />
                    </span>
                    <SwapButton dialog one=Field::AccessToken other=Field::AccessSecret/>
                </TextField>
                <TextField
                    id=Field::AccessSecret.id()
                    label=words::field_label(Field::AccessSecret)
                    value=secret
                    on_input=dialog.typing(Field::AccessSecret)
                    hint=secret_hint
                    locked
                    secret=Signal::derive(move || !locked.get())
                />
                <button type="submit" class="unseen" tabindex="-1" aria-hidden="true"></button>
            </form>
            {move || tasks.get().map(|tasks| view! { <Tasks tasks/> })}
            <Notice failure=dialog.trouble(Place::Step(Step::Tokens))/>
        </StepFrame>
    }
}

/// What a connection can and cannot do, folded away.
#[component]
pub(crate) fn Tasks(tasks: Vec<TaskAccess>) -> impl IntoView {
    let (can, cannot): (Vec<_>, Vec<_>) = tasks.into_iter().partition(|task| task.allowed);
    let list = |tasks: Vec<TaskAccess>, why: bool| {
        let item = move |task: TaskAccess| {
            let needs = why.then(|| format!(" – {}", words::task_needs(&task.task)));
            view! { <li>{words::task(&task.task).to_owned()}{needs}</li> }
        };
        tasks.into_iter().map(item).collect_view()
    };
    let none_barred = cannot.is_empty();
    view! {
        <details class="tasks">
            <summary>{words::TASKS}</summary>
            <h3>{words::CAN}</h3>
            <ul class="can">{list(can, false)}</ul>
            <h3 hidden=none_barred>{words::CANNOT}</h3>
            <ul class="cannot">{list(cannot, true)}</ul>
        </details>
    }
}
