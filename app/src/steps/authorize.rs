//! Step 2: Get PIN, and the three ways to X's page that need no popup.

use leptos::prelude::*;

use super::Dialog;
use super::qr::QrCode;
use super::step::StepFrame;
use crate::browser::{self, Ticker};
use crate::widgets::{CopyButton, Notice};
use crate::wizard::{Busy, Event, Note, Place, Spot, Step};
use crate::words;

#[component]
pub(crate) fn AuthorizeStep(dialog: Dialog) -> impl IntoView {
    let address = Memo::new(move |_| {
        let wizard = dialog.state.read();
        wizard.authorization().and_then(|authorization| authorization.authorize_url.clone())
    });
    let begun = move || address.read().is_some();
    let doing = dialog.doing(|busy| matches!(busy, Busy::Beginning | Busy::Resuming));
    let said = Memo::new(move |_| {
        let note = dialog.state.read().note;
        note.filter(|note| *note != Note::NothingToSave).map(words::note)
    });
    view! {
        <StepFrame
            dialog
            step=Step::Authorize
            title=words::AUTHORIZE_STEP
            summary=words::AUTHORIZED.to_owned()
            back=words::START_OVER
        >
            <p>{words::AUTHORIZE_HINT}</p>
            <div class="beside">
                <button
                    type="button"
                    class=move || if begun() { "out" } else { "out primary" }
                    aria-disabled=move || dialog.state.read().busy.is_some().then_some("true")
                    on:click=move |_| dialog.send.run(Event::GetPin)
                >
                    {words::GET_PIN}
                </button>
                <span class="status" role="status">{doing}</span>
            </div>
            <div class="notice warning" role="alert" hidden=move || said.get().is_none()>
                <p>{said}</p>
            </div>
            <Notice failure=dialog.trouble(Place::Step(Step::Authorize))/>
            <div class="ways" hidden=move || !begun()>
                {move || address.get().map(|address| view! { <Ways dialog address/> })}
            </div>
        </StepFrame>
    }
}

/// The plain link, the copyable address, and the QR code.
#[component]
fn Ways(dialog: Dialog, address: String) -> impl IntoView {
    let minute = RwSignal::new(());
    StoredValue::new_local(Ticker::every(15_000, move || minute.set(())));
    let age = move || {
        minute.track();
        let wizard = dialog.state.read();
        wizard.authorization().map(|it| words::link_made(&browser::ago(&it.created_at)))
    };
    let blocked = move || dialog.state.read().note == Some(Note::PopupBlocked);
    let copied = address.clone();
    view! {
        <div class="beside">
            <a
                id=Spot::Link.id()
                class="out button"
                class:primary=blocked
                href=address.clone()
                target="_blank"
                rel="noopener noreferrer"
            >
                {move || if blocked() { words::OPEN_X } else { words::OPEN_X_AGAIN }}
                <span class="unseen">" "{words::NEW_TAB}</span>
            </a>
            <CopyButton label=words::COPY_LINK text=Callback::new(move |()| copied.clone())/>
            <span class="age">{age}</span>
        </div>
        <details>
            <summary>{words::QR_CODE}</summary>
            <div class="qr">
                <QrCode address=address.clone()/>
                <p>{words::QR_HINT}</p>
            </div>
        </details>
        <p class="address">{address}</p>
    }
}
