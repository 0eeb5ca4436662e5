//! The authorize address as a QR code, for the phone that is signed in to X.

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};

use crate::element::{El, el};
use crate::words;

/// The quiet zone that scanners need, in modules.
const MARGIN: i32 = 4;

/// An address too long for a QR code still has its link.
pub(super) fn qr_code(address: &str) -> Option<El> {
    let code = QrCode::encode_binary(address.as_bytes(), QrCodeEcc::Low).ok()?;
    let side = code.size() + 2 * MARGIN;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|&x| code.get_module(x, y)) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + MARGIN, y + MARGIN);
        }
    }
    let modules = el("path").attr("d", &path);
    Some(
        el("svg")
            .attr("role", "img")
            .attr("aria-label", words::QR_NAME)
            .attr("viewBox", &format!("0 0 {side} {side}"))
            .attr("shape-rendering", "crispEdges")
            .has(&[modules]),
    )
}
