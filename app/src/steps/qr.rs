//! The authorize address as a QR code, for the phone that is signed in to X.

use std::fmt::Write;

use leptos::prelude::*;
use qrcodegen::{QrCode as Code, QrCodeEcc};

use crate::words;

/// The quiet zone that scanners need, in modules.
const MARGIN: i32 = 4;

#[component]
pub(super) fn QrCode(address: String) -> impl IntoView {
    // An address too long for a QR code still has its link.
    let code = Code::encode_text(&address, QrCodeEcc::Low).ok()?;
    let side = code.size() + 2 * MARGIN;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|&x| code.get_module(x, y)) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + MARGIN, y + MARGIN);
        }
    }
    Some(view! {
        <svg
            role="img"
            aria-label=words::QR_NAME
            viewBox=format!("0 0 {side} {side}")
            shape-rendering="crispEdges"
        >
            <path d=path/>
        </svg>
    })
}
