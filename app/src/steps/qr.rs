//! The authorize address as a QR code, for the phone that is signed in to X.

use crate::element::{El, el};
use crate::words;

/// Draws what the server sent: a line for each row of modules, `#` for the dark ones.
pub(super) fn qr_code(code: &str) -> El {
    let mut path = String::new();
    for (y, row) in code.split('\n').enumerate() {
        for (x, module) in row.bytes().enumerate() {
            if module == b'#' {
                path += &words::fill("M% %h1v1h-1z", &[&x.to_string(), &y.to_string()]);
            }
        }
    }
    let side = code.split('\n').count().to_string();
    el("svg")
        .attr("role", "img")
        .attr("aria-label", words::QR_NAME)
        .attr("viewBox", &words::fill("0 0 % %", &[&side, &side]))
        .attr("shape-rendering", "crispEdges")
        .has(&[el("path").attr("d", &path)])
}
