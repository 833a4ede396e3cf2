//! The Asterisk 22 root file system: made once with mmdebstrap, kept in the cache, shared by all labs, written by none.

use std::fs;
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};

use crate::say::Step;
use crate::{Result, Trouble, command, folders, space};

/// Debian's suite that has Asterisk 22 LTS.
const SUITE: &str = "forky";
/// What goes into the root. A change here makes a new root, because the list is a part of its name.
const PACKAGES: [&str; 6] = [
    "asterisk",
    "asterisk-modules",
    "asterisk-core-sounds-en-wav",
    "asterisk-core-sounds-ru-wav",
    "asterisk-core-sounds-ru",
    "asterisk-moh-opsound-wav",
];

/// The root's place in the cache, whether it is there yet or not.
///
/// # Errors
/// When the cache folder cannot be made.
pub fn place() -> Result<PathBuf> {
    Ok(folders::cache()?.join(format!("asterisk-{SUITE}-{:08x}", fingerprint(&PACKAGES.join(",")))))
}

/// The root, made first where it is missing. Two labs that start at the same time make it once.
///
/// # Errors
/// When mmdebstrap fails, which most often means that Debian's mirror cannot be reached.
pub async fn ready() -> Result<PathBuf> {
    let place = place()?;
    if place.exists() {
        return Ok(place);
    }
    let _alone = lock(&place.with_extension("lock"))?;
    if place.exists() {
        return Ok(place);
    }
    let step = Step::long("Asterisk 22", "making its file system, once (about half a minute, 400 MB)");
    let unfinished = place.with_extension("unfinished");
    remove(&unfinished).await?;
    make(&unfinished).await?;
    command::run(space::as_root("mv").arg("-T").arg(&unfinished).arg(&place)).await?;
    step.done("made");
    Ok(place)
}

/// `asterisk-forky-…` holds a whole Debian, so its owner is root and so is who makes it. A lab that is killed meanwhile takes
/// mmdebstrap along with all its processes and mounts, which would keep the next start from removing what is unfinished.
async fn make(folder: &Path) -> Result<()> {
    let mut mmdebstrap = space::as_root("setpriv");
    mmdebstrap
        .args(["--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "mmdebstrap"])
        .args(["--variant=minbase", "--quiet"])
        // The mirror's release file may be past its date; its signature is still checked.
        .arg("--aptopt=Acquire::Check-Valid-Until \"false\"")
        .arg(format!("--include={}", PACKAGES.join(",")))
        .arg(SUITE)
        .arg(folder);
    command::run(&mut mmdebstrap).await.map(drop)
}

async fn remove(folder: &Path) -> Result<()> {
    command::run(space::as_root("rm").args(["-rf", "--one-file-system"]).arg(folder)).await.map(drop)
}

/// Waits until no other lab holds the lock. The kernel gives it back however its holder ends.
fn lock(file: &Path) -> Result<Flock<fs::File>> {
    let open = fs::File::create(file).map_err(Trouble::file("making the lock", file))?;
    Flock::lock(open, FlockArg::LockExclusive).map_err(|(_, why)| Trouble::file("locking", file)(why.into()))
}

/// FNV-1a: a name for a list of words, the same in every build.
fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_list_of_packages_is_another_root() {
        assert_ne!(fingerprint("asterisk"), fingerprint("asterisk,sounds"));
        assert_eq!(fingerprint(""), 0x811c_9dc5);
    }
}
