//! An address as a QR code, in characters: whoever shows it draws it in its own way.

use qrcodegen::{QrCode, QrCodeEcc};

/// The quiet zone that scanners need, in modules.
const MARGIN: i32 = 4;

/// A line for each row, `#` dark and `.` light. An address too long for a QR code has none.
pub fn qr_code(address: &str) -> Option<String> {
    let code = QrCode::encode_binary(address.as_bytes(), QrCodeEcc::Low).ok()?;
    let modules = -MARGIN..code.size() + MARGIN;
    let row = |y| {
        let dark = |x| if code.get_module(x, y) { '#' } else { '.' };
        modules.clone().map(dark).collect::<String>()
    };
    Some(modules.clone().map(row).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_square_with_a_quiet_zone_and_three_finders() {
        let code = qr_code("https://x.test/oauth/authorize?oauth_token=abc").expect("fits");
        let rows: Vec<_> = code.lines().collect();
        assert!(rows.iter().all(|row| row.len() == rows.len()), "{code}");
        assert!(rows[..4].iter().all(|row| !row.contains('#')), "{code}");
        let finder = "#######";
        assert_eq!(&rows[4][4..11], finder);
        assert!(rows[4].trim_end_matches('.').ends_with(finder));
        assert_eq!(&rows[rows.len() - 5][4..11], finder);
        assert_eq!(qr_code(&"x".repeat(4000)), None);
    }
}
