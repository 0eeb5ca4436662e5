//! The parts of the dialog that can be spoken of: tabs, steps, and where the focus goes.

use super::Field;

/// The two tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// Name and group.
    Main,
    /// App, authorization, PIN and the token pair.
    #[default]
    Authentication,
}

impl Tab {
    /// The one next to it, which with two of them is the one before it, too.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Main => Self::Authentication,
            Self::Authentication => Self::Main,
        }
    }
}

/// The numbered steps of *Authentication*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Which app asks.
    App,
    /// Get PIN.
    Authorize,
    /// Authenticate PIN.
    Pin,
    /// Access token and access secret.
    Tokens,
}

/// Where a failure is shown: next to what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In one of the steps.
    Step(Step),
    /// In *Main settings*.
    Main,
    /// Next to OK and Cancel.
    Actions,
}

/// Where the focus goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// The heading of a step.
    Heading(Step),
    /// The heading of the dialog.
    Dialog,
    /// A field.
    Field(Field),
    /// The plain link to the authorize page.
    Link,
    /// The question before a deletion.
    Question,
}

impl Spot {
    /// The `id` of the element.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Heading(Step::App) => "step-app",
            Self::Heading(Step::Authorize) => "step-authorize",
            Self::Heading(Step::Pin) => "step-pin",
            Self::Heading(Step::Tokens) => "step-tokens",
            Self::Dialog => "dialog-heading",
            Self::Field(field) => field.id(),
            Self::Link => "authorize-link",
            Self::Question => "delete-question",
        }
    }
}

impl Field {
    /// The `id` of the input.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Group => "group",
            Self::ConsumerKey => "consumer-key",
            Self::ConsumerSecret => "consumer-secret",
            Self::SaveAs => "save-as",
            Self::Pin => "pin",
            Self::AccessToken => "access-token",
            Self::AccessSecret => "access-secret",
        }
    }

    /// The tab it is on.
    pub const fn tab(self) -> Tab {
        match self {
            Self::Name | Self::Group => Tab::Main,
            _ => Tab::Authentication,
        }
    }
}
