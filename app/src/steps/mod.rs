//! What is seen of the dialog: one view a step. What happens is `wizard`'s.

mod app;
mod authorize;
mod dialog;
mod frame;
mod pin;
mod qr;
mod tokens;

pub(crate) use app::app_step;
pub(crate) use authorize::authorize_step;
pub(crate) use dialog::Dialog;
pub(crate) use pin::pin_step;
pub(crate) use tokens::tokens_step;
