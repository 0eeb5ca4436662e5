//! An entry as the contract shows it.

use std::fmt::Write as _;

use pinfold_api::{AuditEntry, AuditResult, AuditWho};

use crate::clock::rfc3339;
use crate::store::AuditRow;

impl AuditRow {
    /// As the contract shows it.
    pub fn answer(self) -> AuditEntry {
        let result = match self.record.result.as_str() {
            "done" => AuditResult::Done,
            "refused" => AuditResult::Refused,
            _ => AuditResult::Failed,
        };
        AuditEntry {
            seq: self.seq,
            at: rfc3339(self.record.at),
            workspace: self.record.workspace,
            who: AuditWho {
                role: self.record.role,
                session_id: self.record.session_id,
                address: self.record.address,
            },
            action: self.record.action,
            subject: self.record.subject,
            result,
            code: self.record.code,
            detail: self.record.detail,
            previous: hex(&self.previous),
            hash: hex(&self.hash),
        }
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of hexadecimal digits of either case; `None` when they are none.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_bytes() {
        assert_eq!(hex(&[0, 0x0a, 0xff]), "000aff");
        assert_eq!(unhex("000aFF"), Some(vec![0, 0x0a, 0xff]));
        for wrong in ["0", "0g", "é0"] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }
}
