//! TLS of the pages' own: with a certificate from files, which is read again when it was renewed, or with one that the
//! program makes for itself at its first run.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::Failure;
use crate::config::TlsConfig;

/// How often it is looked whether the certificate was renewed. They are renewed a month before they end.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// How many years a certificate of our own is good for: nobody else vouches for it, so nobody would renew it.
const YEARS: i32 = 10;

/// The files of a certificate.
#[derive(Clone, Debug)]
struct Files {
    cert: PathBuf,
    key: PathBuf,
}

/// The certificate that is shown now.
#[derive(Debug)]
struct Shown(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// What the pages are served with, and the task that keeps it fresh.
///
/// # Errors
/// When the files cannot be read or made, or do not belong together.
pub fn open(config: &TlsConfig, data_dir: &Path) -> Result<Arc<ServerConfig>, Failure> {
    let files = match named(config)? {
        Some(files) => files,
        None => own(config, data_dir)?,
    };
    let shown = Arc::new(Shown(RwLock::new(Arc::new(files.read()?))));
    tokio::spawn(keep_fresh(files, Arc::clone(&shown)));
    let mut tls = ServerConfig::builder().with_no_client_auth().with_cert_resolver(shown);
    // Over HTTP/1.1 a browser holds six connections to us at most, so that the stream of a seventh tab would wait for ever.
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(tls))
}

/// Looks whether what the configuration names can be used, and says what that is; makes nothing.
///
/// # Errors
/// When the files cannot be read, or do not belong together.
pub fn look(config: &TlsConfig) -> Result<String, Failure> {
    let Some(files) = named(config)? else {
        return Ok("pages are served by https, with a certificate of their own that browsers ask about once".to_owned());
    };
    files.read()?;
    Ok(format!("pages are served by https, with the certificate in {}", files.cert.display()))
}

/// The files that the configuration names.
fn named(config: &TlsConfig) -> Result<Option<Files>, Failure> {
    match (&config.cert, &config.key) {
        (Some(cert), Some(key)) => Ok(Some(Files { cert: cert.clone(), key: key.clone() })),
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => Err("[tls] names one of cert and key: it takes both, or neither".into()),
    }
}

async fn keep_fresh(files: Files, shown: Arc<Shown>) {
    let mut known = files.changed();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let changed = files.changed();
        if changed == known {
            continue;
        }
        match files.read() {
            Ok(fresh) => {
                tracing::info!(cert = %files.cert.display(), "the certificate was renewed");
                *shown.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
                known = changed;
            }
            // One file may be written and the other not yet: the old one holds until both belong together.
            Err(error) => tracing::warn!(%error, "the certificate has changed and cannot be used; the old one is kept"),
        }
    }
}

impl Files {
    fn read(&self) -> Result<CertifiedKey, Failure> {
        let unusable = |file: &Path, why: String| -> Failure { format!("[tls] {}: {why}", file.display()).into() };
        let chain = CertificateDer::pem_file_iter(&self.cert).map_err(|why| unusable(&self.cert, why.to_string()))?;
        let chain = chain.collect::<Result<Vec<_>, _>>().map_err(|why| unusable(&self.cert, why.to_string()))?;
        if chain.is_empty() {
            return Err(unusable(&self.cert, "there is no certificate in it".to_owned()));
        }
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|why| unusable(&self.key, why.to_string()))?;
        let key = any_supported_type(&key).map_err(|why| unusable(&self.key, why.to_string()))?;
        let both = CertifiedKey::new(chain, key);
        both.keys_match().map_err(|why| unusable(&self.key, format!("it is not the key of the certificate: {why}")))?;
        Ok(both)
    }

    fn changed(&self) -> [Option<SystemTime>; 2] {
        [&self.cert, &self.key].map(|file| file.metadata().and_then(|known| known.modified()).ok())
    }
}

/// The files of our own certificate, made if they are not there.
fn own(config: &TlsConfig, data_dir: &Path) -> Result<Files, Failure> {
    let folder = data_dir.join("tls");
    let files = Files { cert: folder.join("cert.pem"), key: folder.join("key.pem") };
    if files.cert.exists() && files.key.exists() {
        return Ok(files);
    }
    let cannot =
        |why: &dyn std::fmt::Display| -> Failure { format!("no certificate can be made in {}: {why}", folder.display()).into() };
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    names.extend(nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok()));
    names.extend(config.names.iter().cloned());
    let key = KeyPair::generate().map_err(|why| cannot(&why))?;
    let mut params = CertificateParams::new(names).map_err(|why| cannot(&why))?;
    let year = i32::from(jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).year());
    params.not_before = rcgen::date_time_ymd(year - 1, 1, 1);
    params.not_after = rcgen::date_time_ymd(year + YEARS, 1, 1);
    params.distinguished_name.push(DnType::CommonName, "CallSync Central");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let cert = params.self_signed(&key).map_err(|why| cannot(&why))?;
    // The program's umask keeps them from everybody else.
    std::fs::create_dir_all(&folder).map_err(|why| cannot(&why))?;
    std::fs::write(&files.key, key.serialize_pem()).map_err(|why| cannot(&why))?;
    std::fs::write(&files.cert, cert.pem()).map_err(|why| cannot(&why))?;
    tracing::info!(cert = %files.cert.display(), "a certificate was made for the pages; browsers ask once whether to trust it");
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::{Files, own};
    use crate::config::TlsConfig;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("callsync-tls-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    fn alone() -> TlsConfig {
        TlsConfig { cert: None, key: None, names: vec!["cc.example.org".to_owned()] }
    }

    #[test]
    fn a_certificate_of_our_own_is_made_once_and_can_be_used() {
        let folder = Folder::new("own");
        let files = own(&alone(), &folder.0).unwrap();
        files.read().unwrap();
        let before = fs::read(&files.cert).unwrap();
        own(&alone(), &folder.0).unwrap();
        assert_eq!(fs::read(&files.cert).unwrap(), before, "whoever trusts it would be asked again");
    }

    #[test]
    fn a_key_of_another_certificate_and_files_that_are_none_are_refused_by_name() {
        let (one, other) = (Folder::new("one"), Folder::new("other"));
        let (ours, theirs) = (own(&alone(), &one.0).unwrap(), own(&alone(), &other.0).unwrap());
        let mixed = Files { cert: ours.cert.clone(), key: theirs.key };
        assert!(mixed.read().unwrap_err().to_string().contains("not the key of the certificate"));
        fs::write(&ours.cert, "hello").unwrap();
        let why = ours.read().unwrap_err().to_string();
        assert!(why.contains("cert.pem") && why.contains("no certificate"), "{why}");
    }
}
