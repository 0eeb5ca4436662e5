//! A form made from a description of its fields, as the server gives it of each task. One for all.

use super::enter_submits;
use crate::browser::{self, Parsed};
use crate::element::{El, el};
use crate::failure::Failure;
use crate::wire::{Json, Object, all, amount, said};

/// A field, and what it is on the page.
struct Entry {
    name: String,
    kind: String,
    description: Parsed,
    input: El,
    hint: El,
}

/// The fields, which hold what is typed themselves.
pub(crate) struct Form(Vec<Entry>);

/// The one that is asked for once it is needed.
pub(crate) const CONFIRM: &str = "confirm_price";

/// More characters than this are several lines.
const LINE: f64 = 1000.0;

impl Form {
    pub(crate) fn new(fields: Vec<Parsed>) -> Self {
        let mut form = Vec::with_capacity(fields.len());
        for field in fields {
            form.push(entry(field));
        }
        Self(form)
    }

    /// The form; `submit` is what Enter does.
    pub(crate) fn build(&self, submit: impl FnMut() + 'static) -> El {
        let form = el("form").class("asked").submitted(submit);
        for entry in &self.0 {
            if entry.name != CONFIRM {
                form.insert(&row(entry), None);
            }
        }
        form.has(&[enter_submits()])
    }

    fn find(&self, name: &str) -> Option<&Entry> {
        self.0.iter().find(|it| it.name == name)
    }

    /// The input of a field.
    pub(crate) fn input(&self, name: &str) -> Option<&El> {
        self.find(name).map(|it| &it.input)
    }

    /// How a field is described; empty when there is no such field.
    pub(crate) fn told(&self, name: &str, member: &str) -> String {
        self.find(name).map(|it| said(&it.description, member)).unwrap_or_default()
    }

    /// Says something of a field. False: there is no such field.
    pub(crate) fn say(&self, name: &str, text: &str, refused: bool) -> bool {
        let Some(Entry { input, hint, .. }) = self.find(name) else { return false };
        hint.say(text);
        hint.set("class", if refused { "hint refused" } else { "hint" });
        input.set("aria-invalid", if refused { "true" } else { "false" });
        true
    }

    /// Adds what was entered to an object; what is empty is left out.
    pub(crate) fn write(&self, mut object: Object) -> Object {
        for Entry { name, kind, input, .. } in &self.0 {
            let value = browser::held(input.node());
            object = match kind.as_str() {
                "flag" => object.truth(name, Some(browser::is_checked(input.node()))),
                _ if value.is_empty() => object,
                "lines" => {
                    let mut lines: Vec<_> = value.split('\n').map(str::trim).collect();
                    lines.retain(|it| !it.is_empty());
                    object.list(name, &lines)
                }
                // As in `in 30 days`; or else never.
                "days" => match value.split(' ').nth(1) {
                    Some(days) => object.text(name, Some(&browser::in_days(days))),
                    None => object,
                },
                "number" if Parsed::parse(&value).is_number() => object.member(name, &value),
                _ => object.text(name, Some(&value)),
            };
        }
        object
    }

    /// Takes back what was said of the fields.
    pub(crate) fn calm(&self) {
        for Entry { name, description, .. } in &self.0 {
            self.say(name, &said(description, "hint"), false);
        }
    }

    /// Says at its field what the server refused. False: it is of no field that is here.
    pub(crate) fn refuse(&self, failure: &Failure) -> bool {
        let Some(problem) = failure.problem() else { return false };
        // As in `allow.paths[1]`.
        let named = problem.field.as_deref().unwrap_or_default();
        let name = named.split('[').next().unwrap_or_default();
        let name = name.rsplit('.').next().unwrap_or_default();
        if let Some(input) = self.input(name) {
            browser::focus_on(input.node());
        }
        self.say(name, &problem.detail, true)
    }
}

fn entry(description: Parsed) -> Entry {
    let [name, kind] = ["name", "kind"].map(|it| said(&description, it));
    let id = "of-".to_owned() + &name;
    let described = id.clone() + "-hint";
    let lines = amount(&description, "most") > Some(LINE);
    let input = el(match kind.as_str() {
        "choice" | "days" => "select",
        "tweet" | "lines" => "textarea",
        "text" if lines => "textarea",
        _ => "input",
    });
    for word in all(&description, "words") {
        input.insert(&el("option").text(&word.text().unwrap_or_default()), None);
    }
    match kind.as_str() {
        "flag" => input.set("type", "checkbox"),
        "number" => input.set("inputmode", "decimal"),
        "count" => input.set("inputmode", "numeric"),
        "tweet_id_or_latest" => input.set("value", "0"),
        _ => {}
    }
    let input = input.id(&id).attr("autocomplete", "off").attr("aria-describedby", &described);
    let hint = el("p").id(&described).class("hint").text(&said(&description, "hint"));
    Entry { name, kind, description, input, hint }
}

fn row(Entry { name, kind, description, input, hint }: &Entry) -> El {
    let label = el("label").attr("for", &("of-".to_owned() + name));
    let label = label.text(&said(description, "label"));
    let [input, hint] = [input, hint].map(El::clone);
    if kind == "flag" {
        el("div").has(&[el("div").class("check").has(&[input, label]), hint])
    } else {
        el("div").class("field").has(&[label, input, hint])
    }
}
