//! Passwords: argon2id, with the parameters that the crate recommends (OWASP: 19 MiB, 2 passes).

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// The longest password that is hashed: beyond it somebody wants our time, not access.
pub(crate) const LONGEST: usize = 1024;

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// It is longer than anybody types.
    #[error("the password has more than {LONGEST} bytes")]
    TooLong,
    /// Argon2 or the system's chance failed.
    #[error("the password cannot be hashed: {0}")]
    Hash(String),
}

/// The hash of a password, with a salt of its own. It takes tens of milliseconds on purpose: not for an async task.
///
/// # Errors
/// When the password is too long, or the system has no chance to give.
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    if password.len() > LONGEST {
        return Err(PasswordError::TooLong);
    }
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether the password is the one that was hashed. A hash that cannot be read matches nothing.
#[must_use]
pub fn password_matches(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    password.len() <= LONGEST && Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

/// A hash that no password matches, by the same parameters: for users who are not there.
pub(crate) fn nobody() -> &'static str {
    static NOBODY: LazyLock<String> = LazyLock::new(|| hash_password("a password of nobody").unwrap_or_default());
    &NOBODY
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, hash_password, password_matches};

    #[test]
    fn a_password_matches_its_own_hash_alone() {
        let hash = hash_password("верный пароль").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(password_matches("верный пароль", &hash));
        assert!(!password_matches("верный парол", &hash));
        assert!(!password_matches("верный пароль", "not a hash"));
    }

    #[test]
    fn one_password_never_has_the_same_hash_twice() {
        assert_ne!(hash_password("x").unwrap(), hash_password("x").unwrap());
    }

    #[test]
    fn an_endless_password_is_refused() {
        assert!(hash_password(&"x".repeat(LONGEST + 1)).is_err());
    }
}
