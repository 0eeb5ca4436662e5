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
