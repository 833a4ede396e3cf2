//! What the tap reads from a frame on the loopback interface: SIP messages and RTP packets, nothing else.

use std::net::{Ipv4Addr, SocketAddrV4};

use super::clock::Millis;
use super::tone::Sound;

/// Something that went over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    /// A SIP message.
    Sip(SipMessage),
    /// A packet of sound.
    Rtp(RtpPacket),
}

/// A SIP message, as far as timelines need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipMessage {
    /// When it was on the wire.
    pub at: Millis,
    /// The same, in microseconds since 1970.
    pub at_us: i64,
    /// Who sent it.
    pub from: SocketAddrV4,
    /// Who got it.
    pub to: SocketAddrV4,
    /// `INVITE sip:700@127.0.0.1 SIP/2.0` or `SIP/2.0 200 OK`.
    pub first_line: String,
    /// Its dialogue.
    pub call_id: String,
    /// `1 INVITE`.
    pub cseq: String,
    /// The user part of the From header: the caller's number.
    pub caller: String,
}

/// A packet of sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtpPacket {
    /// When it was on the wire.
    pub at: Millis,
    /// Where it arrived.
    pub to: SocketAddrV4,
    /// What it sounds like.
    pub sound: Sound,
    /// Where in its stream it belongs.
    pub stamp: Stamp,
}

/// Where in a stream a packet of sound belongs, as its sender has written on it: no delay on the way changes that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Which stream.
    pub stream: u32,
    /// How many samples were before it, beginning at any number.
    pub samples: u32,
}

impl SipMessage {
    /// The status of a response.
    pub fn status(&self) -> Option<u16> {
        self.first_line.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
    }

    /// The method of a request.
    pub fn method(&self) -> Option<&str> {
        if self.first_line.starts_with("SIP/2.0") { None } else { self.first_line.split(' ').next() }
    }
}

/// What the payload of an RTP packet sounds like, by its type; nothing when it is of no interest.
pub type Listen<'a> = &'a dyn Fn(u8, &[u8]) -> Option<Sound>;

/// Reads an Ethernet frame that was on the wire at a time in microseconds since 1970. `None` for whatever is neither SIP nor
/// sound of interest in RTP over IPv4.
pub fn read(at_us: i64, frame: &[u8], listen: Listen<'_>) -> Option<Packet> {
    let (ethernet, packet) = frame.split_at_checked(14)?;
    if ethernet.get(12..14)? != [0x08, 0x00] {
        return None;
    }
    let header = usize::from(packet.first()? & 0x0f) * 4;
    if packet.first()? >> 4 != 4 || *packet.get(9)? != 17 {
        return None;
    }
    let address = |at: usize| Some(Ipv4Addr::from(<[u8; 4]>::try_from(packet.get(at..at + 4)?).ok()?));
    let datagram = packet.get(header..)?;
    let port = |at: usize| Some(u16::from_be_bytes([*datagram.get(at)?, *datagram.get(at + 1)?]));
    let from = SocketAddrV4::new(address(12)?, port(0)?);
    let to = SocketAddrV4::new(address(16)?, port(2)?);
    let payload = datagram.get(8..)?;
    // Version 2, no padding, no extension; contributing sources do not occur here.
    if payload.first() == Some(&0x80) {
        let sound = listen(payload.get(1)? & 0x7f, payload.get(12..)?)?;
        let number = |at: usize| Some(u32::from_be_bytes(<[u8; 4]>::try_from(payload.get(at..at + 4)?).ok()?));
        let stamp = Stamp { stream: number(8)?, samples: number(4)? };
        return Some(Packet::Rtp(RtpPacket { at: at_us / 1000, to, sound, stamp }));
    }
    sip(at_us, from, to, payload).map(Packet::Sip)
}

fn sip(at_us: i64, from: SocketAddrV4, to: SocketAddrV4, payload: &[u8]) -> Option<SipMessage> {
    let at = at_us / 1000;
    let text = String::from_utf8_lossy(payload);
    let mut lines = text.lines();
    let first_line = lines.next().filter(|line| line.contains("SIP/2.0"))?.to_owned();
    let (call_id, cseq, caller) = Default::default();
    let mut message = SipMessage { at, at_us, from, to, first_line, call_id, cseq, caller };
    for line in lines.take_while(|line| !line.is_empty()) {
        let Some((name, value)) = line.split_once(':') else { continue };
        match name.to_ascii_lowercase().as_str() {
            "call-id" | "i" => value.trim().clone_into(&mut message.call_id),
            "cseq" => value.trim().clone_into(&mut message.cseq),
            "from" | "f" => message.caller = user_of(value),
            _ => {}
        }
    }
    Some(message)
}

/// The user part of the first SIP address in a header.
pub fn user_of(header: &str) -> String {
    let address = header.rsplit_once("sip:").map_or("", |(_, address)| address);
    address.split(['@', '>', ';']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parties::tone::listen;

    fn frame(payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![0; 12];
        frame.extend([0x08, 0x00]);
        let mut ip = [0; 20];
        (ip[0], ip[9]) = (0x45, 17);
        ip[12..16].copy_from_slice(&[127, 0, 0, 2]);
        ip[16..20].copy_from_slice(&[127, 0, 0, 1]);
        frame.extend(ip);
        frame.extend([0x14, 0x51, 0x13, 0xc4, 0, 0, 0, 0]);
        frame.extend(payload);
        frame
    }

    #[test]
    fn a_sip_message_is_read() {
        let text = b"INVITE sip:700@127.0.0.1 SIP/2.0\r\nFrom: \"x\" <sip:+7912@127.0.0.2>;tag=1\r\nCall-ID: abc\r\nCSeq: 1 INVITE\r\n\r\n";
        let Some(Packet::Sip(message)) = read(7_001, &frame(text), &listen) else { panic!("no SIP") };
        assert_eq!((message.at, message.at_us), (7, 7_001));
        assert_eq!((message.method(), message.status(), &*message.caller), (Some("INVITE"), None, "+7912"));
        assert_eq!((message.from.to_string(), message.to.to_string()), ("127.0.0.2:5201".into(), "127.0.0.1:5060".into()));
    }

    #[test]
    fn a_packet_of_sound_is_read() {
        let mut payload = vec![0x80, 0, 0, 1, 0, 0, 1, 2, 0, 0, 0, 9];
        payload.extend([0xff; 160]);
        let Some(Packet::Rtp(packet)) = read(7, &frame(&payload), &listen) else { panic!("no RTP") };
        assert_eq!((packet.sound, packet.stamp), (Sound::Silence, Stamp { stream: 9, samples: 258 }));
    }

    #[test]
    fn sound_of_no_interest_is_left_alone() {
        let mut payload = vec![0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        payload.extend([0x31; 160]);
        assert!(read(7, &frame(&payload), &|_, _| None).is_none());
    }

    #[test]
    fn anything_else_is_left_alone() {
        assert!(read(7, &frame(b"\x00\x01binary"), &listen).is_none());
        assert!(read(7, &[0; 10], &listen).is_none());
    }
}
