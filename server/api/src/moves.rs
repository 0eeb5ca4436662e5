//! Moving in and out: files of connections and saved apps, and what an import did or would do.

use serde::{Deserialize, Serialize};

use crate::WriteOnly;

/// `POST /export`: with a passphrase an age file that holds the secrets, without one JSON that
/// holds none.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportRequest {
    /// Only these connections, and the saved apps they use; everything when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ids: Option<Vec<String>>,
    /// Encrypts the file. At least 12 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passphrase: Option<WriteOnly>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ImportFormat {
    /// An export of Pinfold's: an age file, or its JSON.
    Pinfold,
    /// `~/.twurlrc` of twurl.
    Twurlrc,
    /// `~/.trc` of t.
    Trc,
    /// `~/.xrc` of x.
    Xrc,
}

/// What to do when a name belongs to another connection, or an id to another account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum OnClash {
    /// Leave what is here as it is.
    #[default]
    Skip,
    /// Keep both, the new one under another name.
    Rename,
    /// What is here becomes what the file says.
    Replace,
}

/// `POST /import`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportRequest {
    /// The file's text: age armor, JSON or YAML.
    pub content: WriteOnly,
    /// Guessed when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<ImportFormat>,
    /// Opens an age file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passphrase: Option<WriteOnly>,
    /// Only tell what would be done.
    #[serde(default)]
    pub dry_run: bool,
    /// For names and accounts that clash.
    #[serde(default)]
    pub on_clash: OnClash,
    /// Ask X about each pair before it is saved: a billed call each. A dry run asks nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<bool>,
}

/// What an entry of a file means to what is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ImportAction {
    /// It is not here yet.
    New,
    /// It is here, and differs.
    Update,
    /// Its name belongs to another one, or its id to another account: see `field`.
    Clash,
    /// It is here, and is the same.
    Unchanged,
    /// It cannot be imported: see `field` and `reason`.
    Unusable,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ImportResult {
    /// It is here now.
    Created,
    /// What was here says what the file says.
    Updated,
    /// It is here under another name: the item's.
    Renamed,
    /// It took the place of what it clashed with.
    Replaced,
    /// Nothing happened to it.
    Skipped,
}

/// Which kind of thing an entry is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ImportKind {
    /// A connection.
    #[default]
    Connection,
    /// A saved app.
    App,
}

/// One entry of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportItem {
    /// A connection or a saved app.
    pub kind: ImportKind,
    /// The id it has, or will have, here; null while it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name it has, or will have, here.
    pub name: String,
    /// The account, without the `@`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen_name: Option<String>,
    /// What it means to what is here.
    pub action: ImportAction,
    /// The field that clashes, differs or cannot be used, as in `access_token`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong with it and what to do, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What became of it; null in a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<ImportResult>,
}

/// What an import did, or would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportReport {
    /// Whether nothing was to be changed.
    pub dry_run: bool,
    /// In the order of the file, apps first.
    pub items: Vec<ImportItem>,
    /// How many were created, updated, renamed or replaced.
    pub done: u32,
}
