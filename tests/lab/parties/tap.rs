//! A tap on the wire of the lab's own network: every SIP message and every packet of sound, with the kernel's time of it.

use std::collections::BTreeMap;
use std::io::IoSliceMut;
use std::net::SocketAddrV4;
use std::ops::RangeInclusive;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, LinkAddr, MsgFlags, SockFlag, SockProtocol, SockType, recvmsg, setsockopt, socket,
    sockopt,
};
use nix::sys::time::{TimeSpec, TimeVal, TimeValLike};

use super::actions::SOON;
use super::clock::{self, now, until};
use super::ear::Ear;
use super::packet::{Packet, RtpPacket, SipMessage, read};
use super::tone::{Sound, Tone, listen};
use crate::{Result, Trouble};

/// Room for seconds of traffic while the reader is kept from the processor.
const BUFFER: usize = 32 << 20;
/// The loopback interface carries frames of up to this.
const LARGEST_FRAME: usize = 65_600;
/// Sent by this machine: on the loopback interface every frame is seen again as it arrives.
const PACKET_OUTGOING: u8 = 4;
/// How long the reader waits for a frame before it looks whether it is to stop, and says that there was none.
const QUIET_MS: i64 = 20;

/// A tap at work. Stops when dropped.
pub struct Tap {
    seen: Arc<Mutex<Seen>>,
    /// What was on the wire before this time was read, in microseconds since 1970.
    read_to: Arc<AtomicI64>,
    stop: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Seen {
    sip: Vec<SipMessage>,
    ears: BTreeMap<SocketAddrV4, Ear>,
}

/// What a tap hears of the sound on the wire.
#[derive(Debug, Clone, Default)]
pub enum Hears {
    /// Everything: tones are told apart, and music from silence.
    #[default]
    Everything,
    /// Packets that hold just this, one voice that all agents share. Where hundreds hear music this costs next to nothing.
    Voice(Tone, Vec<u8>),
}

impl Tap {
    /// Begins to listen. Only inside a space with a network of its own.
    ///
    /// # Errors
    /// When the kernel gives no raw socket.
    pub fn start(hears: Hears) -> Result<Self> {
        let socket = open().map_err(|why| Trouble::said(format!("opening a tap on the lab's network: {why}")))?;
        let (seen, stop) = (Arc::<Mutex<Seen>>::default(), Arc::new(AtomicBool::new(false)));
        let read_to = Arc::<AtomicI64>::default();
        let reader = std::thread::Builder::new().name("tap".to_owned()).spawn({
            let (seen, read_to, stop) = (Arc::clone(&seen), Arc::clone(&read_to), Arc::clone(&stop));
            move || follow(&socket, &seen, &read_to, &stop, &hears)
        });
        let reader = reader.map_err(|why| Trouble::said(format!("starting the tap: {why}")))?;
        Ok(Self { seen, read_to, stop, reader: Some(reader) })
    }

    /// Waits until everything that is on the wire by now was read: on a busy machine the reader may be behind.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn catches_up(&self) -> Result<()> {
        let by = now() * 1000;
        until(SOON, "the tap has read what was on the wire", async || {
            Ok(match by - self.read_to.load(Ordering::Acquire) {
                ..=0 => clock::Seen::Enough(()),
                behind => clock::Seen::NotYet(format!("it is {} ms behind", behind / 1000)),
            })
        })
        .await
    }

    /// The SIP messages so far that fit, in the order of the wire.
    pub fn sip(&self, fits: impl Fn(&SipMessage) -> bool) -> Vec<SipMessage> {
        self.seen().sip.iter().filter(|message| fits(message)).cloned().collect()
    }

    /// What arrived at any of these ports of an address: the ear of one party.
    pub fn ear(&self, address: std::net::Ipv4Addr, ports: &RangeInclusive<u16>) -> Ear {
        let range = SocketAddrV4::new(address, *ports.start())..=SocketAddrV4::new(address, *ports.end());
        let seen = self.seen();
        let mut ears = seen.ears.range(range).map(|(_, ear)| ear.clone());
        let mut whole = ears.next().unwrap_or_default();
        ears.for_each(|ear| whole.join(ear));
        whole
    }

    /// Forgets everything, between two scenarios.
    pub fn forget(&self) {
        *self.seen() = Seen::default();
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hears {
    fn listen(&self, kind: u8, payload: &[u8]) -> Option<Sound> {
        match self {
            Self::Everything => listen(kind, payload),
            Self::Voice(tone, packet) => (payload == packet).then_some(Sound::Tone(*tone)),
        }
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

fn open() -> nix::Result<OwnedFd> {
    let socket = socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::EthAll)?;
    setsockopt(&socket, sockopt::RcvBufForce, &BUFFER)?;
    setsockopt(&socket, sockopt::ReceiveTimestampns, &true)?;
    setsockopt(&socket, sockopt::ReceiveTimeout, &TimeVal::milliseconds(QUIET_MS))?;
    Ok(socket)
}

fn follow(socket: &OwnedFd, seen: &Mutex<Seen>, read_to: &AtomicI64, stop: &AtomicBool, hears: &Hears) {
    let listen = |kind: u8, payload: &[u8]| hears.listen(kind, payload);
    let mut frame = vec![0; LARGEST_FRAME];
    while !stop.load(Ordering::Relaxed) {
        let looked = now() * 1000;
        match receive(socket, &mut frame) {
            Ok(Some((at, length))) => {
                if let Some(packet) = read(at, &frame[..length], &listen) {
                    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                    match packet {
                        Packet::Sip(message) => seen.sip.push(message),
                        Packet::Rtp(RtpPacket { at, to, sound, stamp }) => {
                            seen.ears.entry(to).or_default().hear(at, sound, stamp);
                        }
                    }
                }
                read_to.store(at, Ordering::Release);
            }
            // Nothing has come since, and so nothing is left of what came before.
            Err(Errno::EAGAIN) => read_to.store(looked, Ordering::Release),
            Ok(None) | Err(Errno::EINTR) => {}
            Err(_) => return,
        }
    }
}

/// The next frame that arrived: the kernel's time of it in microseconds, and its length.
fn receive(socket: &OwnedFd, frame: &mut [u8]) -> nix::Result<Option<(i64, usize)>> {
    let mut parts = [IoSliceMut::new(frame)];
    let mut control = nix::cmsg_space!(TimeSpec);
    let message = recvmsg::<LinkAddr>(socket.as_raw_fd(), &mut parts, Some(&mut control), MsgFlags::empty())?;
    if message.address.is_some_and(|address| address.pkttype() == PACKET_OUTGOING) {
        return Ok(None);
    }
    let stamp = message.cmsgs()?.find_map(|part| match part {
        ControlMessageOwned::ScmTimestampns(time) => Some(time.num_microseconds()),
        _ => None,
    });
    Ok(Some((stamp.unwrap_or_else(|| now() * 1000), message.bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tap_that_wants_one_voice_hears_nothing_else() {
        let hears = Hears::Voice(Tone::nth(6), vec![1; 160]);
        assert_eq!(hears.listen(0, &[1; 160]), Some(Sound::Tone(Tone::nth(6))));
        assert_eq!(hears.listen(0, &[2; 160]), None);
        assert_eq!(Hears::Everything.listen(0, &[0xff; 160]), Some(Sound::Silence));
    }
}
