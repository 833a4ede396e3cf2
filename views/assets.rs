//! The files that pages load, embedded at build time. A URL holds the hash of the content, so a browser may keep a file
//! for ever.

/// A file that pages load.
#[derive(Debug)]
pub struct Asset {
    /// Its name, as `callsync.css`.
    pub name: &'static str,
    /// The hash of its content.
    pub hash: &'static str,
    /// Where pages load it from.
    pub url: &'static str,
    /// Its media type.
    pub mime: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
    /// Its content compressed, where that is worth it.
    pub gzip: Option<&'static [u8]>,
}

/// All files.
pub static ALL: &[Asset] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The icons, one symbol each; every page begins with it.
pub(crate) static SPRITE: &str = include_str!(concat!(env!("OUT_DIR"), "/icons.svg"));

/// The file of that name and content.
#[must_use]
pub fn find(hash: &str, name: &str) -> Option<&'static Asset> {
    ALL.iter().find(|asset| asset.name == name && asset.hash == hash)
}

/// What tells one build's files from another's: a page of an older build must load itself again.
#[must_use]
pub fn build() -> String {
    let hashes = ALL.iter().map(|asset| &asset.hash[..4]);
    hashes.collect()
}

/// The URL of a file that is known to be there.
pub(crate) fn url(name: &str) -> &'static str {
    let asset = ALL.iter().find(|asset| asset.name == name);
    debug_assert!(asset.is_some(), "no asset is called {name}");
    asset.map_or("", |asset| asset.url)
}

#[cfg(test)]
mod tests {
    use super::{ALL, find};

    #[test]
    fn every_file_is_found_by_hash_and_name_and_by_nothing_else() {
        for asset in ALL {
            assert_eq!(find(asset.hash, asset.name).map(|found| found.url), Some(asset.url));
            assert!(find("0000000000000000", asset.name).is_none());
            assert!(!asset.bytes.is_empty());
        }
    }

    #[test]
    fn our_own_scripts_stay_small() {
        let own = ALL.iter().filter(|asset| asset.name.ends_with(".js") && asset.name != "htmx.js");
        let bytes: usize = own.map(|asset| asset.bytes.len()).sum();
        assert!(bytes <= 30 * 1024, "{bytes} bytes of own script");
    }
}
