//! Files that leave the house: age with a passphrase (age-encryption.org/v1, scrypt recipient), in
//! armor, so that they are text.
//!
//! scrypt takes memory and time on purpose. Whoever calls keeps that off the runtime and lets only
//! one run at a time; a file that asks for more than [`MOST_WORK`] is refused before any of it.

use std::io::{Read as _, Write as _};
use std::iter;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::{DecryptError, Decryptor, Encryptor, scrypt};
use secrecy::SecretString;
use zeroize::Zeroizing;

/// 2^16 rounds of 1 KiB: 64 MiB of memory, for a moment. The unit tests make many files; what they
/// try is not the cost.
const WORK: u8 = if cfg!(test) { 4 } else { 16 };
/// What the age program itself writes: 2^18, 256 MiB.
const MOST_WORK: u8 = 18;

/// How an armored file begins.
pub const ARMOR: &str = "-----BEGIN AGE ENCRYPTED FILE-----";

/// Why a file does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// The passphrase is another one.
    #[error("the passphrase does not open the file")]
    Passphrase,
    /// It was encrypted to a key and not with a passphrase.
    #[error("the file was not encrypted with a passphrase")]
    NoPassphrase,
    /// Opening it would take too long.
    #[error("the file asks for more work than is allowed")]
    TooMuchWork,
    /// Not a whole, unchanged age file.
    #[error("the file is damaged")]
    Damaged,
}

/// Encrypts a text. It takes a good part of a second.
///
/// # Panics
/// When memory cannot be written to.
pub fn lock(text: &[u8], passphrase: SecretString) -> String {
    let mut recipient = scrypt::Recipient::new(passphrase);
    recipient.set_work_factor(WORK);
    let recipient: &dyn age::Recipient = &recipient;
    let encryptor =
        Encryptor::with_recipients(iter::once(recipient)).expect("a passphrase may stand alone");
    let write = || -> std::io::Result<Vec<u8>> {
        let armor = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)?;
        let mut writer = encryptor.wrap_output(armor)?;
        writer.write_all(text)?;
        writer.finish()?.finish()
    };
    String::from_utf8(write().expect("memory takes it")).expect("armor is ASCII")
}

/// Decrypts an armored file. It takes up to some seconds.
pub fn unlock(file: &str, passphrase: SecretString) -> Result<Zeroizing<Vec<u8>>, UnlockError> {
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(file.trim().as_bytes()))
        .map_err(|_| UnlockError::Damaged)?;
    if !decryptor.is_scrypt() {
        return Err(UnlockError::NoPassphrase);
    }
    let mut identity = scrypt::Identity::new(passphrase);
    identity.set_max_work_factor(MOST_WORK);
    let identity: &dyn age::Identity = &identity;
    let mut reader = decryptor.decrypt(iter::once(identity)).map_err(|error| match error {
        DecryptError::ExcessiveWork { .. } => UnlockError::TooMuchWork,
        DecryptError::DecryptionFailed
        | DecryptError::KeyDecryptionFailed
        | DecryptError::NoMatchingKeys => UnlockError::Passphrase,
        _ => UnlockError::Damaged,
    })?;
    // What is inside is never longer than what is around it, so this never grows and leaves a copy.
    let mut text = Zeroizing::new(Vec::with_capacity(file.len()));
    reader.read_to_end(&mut text).map_err(|_| UnlockError::Damaged)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn only_the_passphrase_opens_it_and_only_whole() {
        let file = lock(b"inside", passphrase("four words are enough"));
        assert!(file.starts_with(ARMOR) && !file.contains("inside"));
        let open = |file: &str, word: &str| unlock(file, passphrase(word));
        assert_eq!(open(&file, "four words are enough").as_deref(), Ok(&b"inside".to_vec()));
        assert_eq!(open(&file, "another"), Err(UnlockError::Passphrase));
        let cut = &file[..file.len() / 2];
        assert_eq!(open(cut, "four words are enough"), Err(UnlockError::Damaged));
        let last = file.lines().rev().nth(1).expect("a line");
        let swapped: String = last.chars().rev().collect();
        let changed = file.replace(last, &swapped);
        assert!(open(&changed, "four words are enough").is_err());
        assert_eq!(open("nothing", "x"), Err(UnlockError::Damaged));
    }

    /// The header alone decides, before a byte of memory is taken.
    #[test]
    fn a_file_that_asks_for_hours_is_refused_at_once() {
        let mut recipient = scrypt::Recipient::new(passphrase("p"));
        recipient.set_work_factor(2);
        let encryptor = Encryptor::with_recipients(iter::once(&recipient as &dyn age::Recipient));
        let mut file = Vec::new();
        let mut writer = encryptor.expect("alone").wrap_output(&mut file).expect("writes");
        writer.write_all(b"x").expect("writes");
        writer.finish().expect("writes");
        let header = b"-> scrypt ";
        let at = file.windows(header.len()).position(|part| part == header).expect("a stanza");
        let line = at + file[at..].iter().position(|byte| *byte == b'\n').expect("a line");
        file.splice(line - 1..line, *b"30");
        let mut armor = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor).expect("writes");
        armor.write_all(&file).expect("writes");
        let file = String::from_utf8(armor.finish().expect("writes")).expect("ASCII");
        assert_eq!(unlock(&file, passphrase("p")), Err(UnlockError::TooMuchWork));
    }
}
