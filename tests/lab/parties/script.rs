//! Scripts for sipp: what a phone does that a polite phone does not. Written by Rust, so that a scenario says only what
//! differs. Every script logs what happens to it, with its own clock: sipp's half of the witness.

use std::path::PathBuf;

use crate::traffic::scenario::{Choice, SOUND, Wait, choose, scenario, wait_for};

/// What an agent's phone does with a call that rings.
pub enum Deed {
    /// Answers, talks, and hangs up unless the caller was quicker.
    Answers {
        /// How long it rings before.
        after: Vec<Wait>,
        /// How long it talks.
        talks: Vec<Wait>,
    },
    /// The same, saying what is in a file of raw µ-law for as long as it talks.
    Speaks {
        /// How long it rings before.
        after: Vec<Wait>,
        /// How long it talks.
        talks: Vec<Wait>,
        /// What it says, again and again.
        voice: PathBuf,
    },
    /// Answers, says what is in a file, and hangs up when a second of the clock begins, as all who do the same: the first that
    /// begins after so long a talk. Callers do not hang up before.
    SpeaksInStep {
        /// How long it rings before.
        after: Vec<Wait>,
        /// How long it talks at least, in seconds.
        talks_s: u32,
        /// What it says, again and again.
        voice: PathBuf,
    },
    /// Refuses with a SIP status.
    Refuses {
        /// The status line without the version, as `486 Busy Here`.
        status: &'static str,
        /// How long it rings before.
        after: Vec<Wait>,
    },
    /// Rings until the other side gives up.
    RingsOn,
}

/// A time that is always the same.
pub fn always(seconds: f64) -> Vec<Wait> {
    vec![Wait { weight: 1.0, seconds }]
}

/// One of several times at random, each with its weight: weight, then seconds.
pub fn mixed(waits: &[(f64, f64)]) -> Vec<Wait> {
    waits.iter().map(|(weight, seconds)| Wait { weight: *weight, seconds: *seconds }).collect()
}

/// Whether an agent's phone says that it rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ringing {
    /// 180 at once.
    Told,
    /// Not a word before its deed.
    Silent,
}

/// The script of agents' phones: one deed or another at random, by weight.
pub fn agents(ringing: Ringing, deeds: &[(f64, Deed)]) -> String {
    const FIRST_DEED: u32 = 10;
    let labels = || (FIRST_DEED..).step_by(10);
    let choices: Vec<Choice> = labels().zip(deeds).map(|(label, (weight, _))| Choice { weight: *weight, label }).collect();
    let mut steps = invited();
    if ringing == Ringing::Told {
        steps += &answer("180 Ringing");
    }
    steps += &choose(&choices);
    for (label, (_, deed)) in labels().zip(deeds) {
        steps += &done(label, deed);
    }
    steps += &endings();
    scenario("agents", &steps)
}

/// Labels that every script of agents has.
mod at {
    pub const PING: u32 = 1;
    pub const CALL: u32 = 2;
    pub const WITHDRAWN: u32 = 3;
    pub const CALLER_LEFT: u32 = 4;
    pub const HANGS_UP: u32 = 5;
    pub const REFUSED: u32 = 6;
    pub const END: u32 = 7;
    pub const OVER: u32 = 8;
    /// Each wait of each deed has its label from here on.
    pub const FIRST_WAIT: u32 = 1000;
}

/// A step that only logs.
fn logs(what: &str) -> String {
    format!("  <nop>{}</nop>\n", log(what))
}

/// What happened, to which caller, at which account. Part of a step: after a message was sent, sipp may read the next message
/// before it takes a step that sends nothing.
fn log(what: &str) -> String {
    format!("<action><log message=\"[timestamp] {what} [$number] [$account] [call_id]\"/></action>")
}

fn label(id: u32) -> String {
    format!("  <label id=\"{id}\"/>\n")
}

fn invited() -> String {
    format!(
        "  <recv request=\"OPTIONS\" optional=\"true\" next=\"{ping}\"/>
  <recv request=\"INVITE\" rrs=\"true\">
    <action>
      {SURPRISED_ONCE}
      <ereg regexp=\"sip:[^>]*\" search_in=\"hdr\" header=\"Contact:\" assign_to=\"contact\"/>
      <ereg regexp=\".*\" search_in=\"hdr\" header=\"From:\" assign_to=\"caller\"/>
      <ereg regexp=\"sip:([^@>;]*)\" search_in=\"hdr\" header=\"From:\" assign_to=\"whole,number\"/>
      <ereg regexp=\".*\" search_in=\"hdr\" header=\"To:\" assign_to=\"agent\"/>
      <ereg regexp=\"sip:([^@>;]*)\" search_in=\"hdr\" header=\"To:\" assign_to=\"whole,account\"/>
      <ereg regexp=\"[0-9]+\" search_in=\"hdr\" header=\"CSeq:\" assign_to=\"sequence\"/>
      <ereg regexp=\".*\" search_in=\"hdr\" header=\"Via:\" assign_to=\"via\"/>
    </action>
  </recv>
{rang}  <nop next=\"{call}\"/>
  <label id=\"{ping}\"/>
{pong}  <nop next=\"{end}\"/>
  <label id=\"{call}\"/>
",
        ping = at::PING,
        call = at::CALL,
        end = at::END,
        rang = logs("rang"),
        pong = acknowledge(";tag=[pid]p[call_number]"),
    )
}

fn done(first: u32, deed: &Deed) -> String {
    let waits = at::FIRST_WAIT + first * 10;
    let act = first + 1;
    match deed {
        Deed::RingsOn => label(first) + &format!("  <recv request=\"CANCEL\" next=\"{}\"/>\n", at::WITHDRAWN),
        Deed::Refuses { status, after } => {
            label(first) + &wait_for("CANCEL", after, at::WITHDRAWN, act, waits) + &label(act) + &refuse(status)
        }
        Deed::Answers { after, talks } | Deed::Speaks { after, talks, .. } => {
            label(first)
                + &wait_for("CANCEL", after, at::WITHDRAWN, act, waits)
                + &label(act)
                + &accept(deed)
                + &wait_for("BYE", talks, at::CALLER_LEFT, at::HANGS_UP, waits + 50)
        }
        Deed::SpeaksInStep { after, talks_s, .. } => {
            label(first)
                + &wait_for("CANCEL", after, at::WITHDRAWN, act, waits)
                + &label(act)
                + &accept(deed)
                + &until_a_second_begins(*talks_s)
        }
    }
}

/// Waits for so many seconds, and then for a second of the clock to begin.
fn until_a_second_begins(at_least_s: u32) -> String {
    format!(
        "  <nop><action>
    <gettimeofday assign_to=\"second,rest\"/>
    <multiply assign_to=\"rest\" value=\"-0.001\"/>
    <add assign_to=\"rest\" value=\"{}\"/>
  </action></nop>
  <pause variable=\"rest\" next=\"{}\"/>
  <Reference variables=\"second\"/>
",
        (at_least_s + 1) * 1000,
        at::HANGS_UP
    )
}

fn endings() -> String {
    let jump = format!("  <nop next=\"{}\"/>\n", at::END);
    [
        label(at::WITHDRAWN),
        logs("was-hung-up"),
        acknowledge(""),
        answer("487 Request Terminated"),
        label(at::REFUSED),
        format!("  <recv request=\"ACK\" next=\"{}\"/>\n", at::END),
        label(at::CALLER_LEFT),
        logs("was-hung-up"),
        acknowledge(""),
        jump,
        label(at::HANGS_UP),
        logs("hung-up"),
        bye(),
        label(at::END),
        format!("  <nop next=\"{}\"/>\n", at::OVER),
        format!("{SURPRISED}  <recv request=\"CANCEL\" optional=\"true\" next=\"{}\"/>\n", at::WITHDRAWN),
        format!("  <recv request=\"BYE\" next=\"{}\"/>\n", at::CALLER_LEFT),
        label(at::OVER),
        "  <nop/>\n  <Reference variables=\"whole\"/>\n".to_owned(),
    ]
    .concat()
}

/// A response to the INVITE, without a body.
fn answer(status: &str) -> String {
    format!("  <send><![CDATA[\n{}Content-Length: 0\n\n]]></send>\n", response(status))
}

fn refuse(status: &str) -> String {
    let (response, log) = (response(status), log(&format!("refused-{}", &status[..3])));
    format!("  <send next=\"{}\"><![CDATA[\n{response}Content-Length: 0\n\n]]>{log}</send>\n", at::REFUSED)
}

fn accept(deed: &Deed) -> String {
    let (response, log) = (response("200 OK"), log("established"));
    let (offer, speaks) = match deed {
        Deed::Speaks { voice, .. } | Deed::SpeaksInStep { voice, .. } => {
            (SOUND, format!("  <nop><action><exec rtp_stream=\"{},-1,0\"/></action></nop>\n", voice.display()))
        }
        Deed::Answers { .. } | Deed::Refuses { .. } | Deed::RingsOn => (QUIET, String::new()),
    };
    format!(
        "  <send retrans=\"500\"><![CDATA[
{response}Content-Type: application/sdp
Content-Length: [len]

{offer}]]>{log}</send>
  <recv request=\"ACK\"/>
{speaks}"
    )
}

fn response(status: &str) -> String {
    format!(
        "SIP/2.0 {status}
Via:[$via]
From:[$caller]
To:[$agent];tag=[pid]t[call_number]
[last_Call-ID:]
CSeq: [$sequence] INVITE
Contact: <sip:[local_ip]:[local_port]>
"
    )
}

/// Where sipp goes with a message that the script does not expect at this step. The other side may end the call in the very
/// moment in which a wait of the script is over and the next step has not begun: sipp would drop the call there, and its log
/// would say nothing of the end.
pub(super) const SURPRISED: &str = "  <label id=\"_unexp.main\"/>\n  <Reference variables=\"_unexp.retaddr\"/>\n";

/// What has sipp go there once: a second message that nobody expects ends the call, as it does without this.
pub(super) const SURPRISED_ONCE: &str = "<assign assign_to=\"_unexp.retaddr\" value=\"0\"/>";

/// 200 OK to the request that came last.
pub fn acknowledge(tag: &str) -> String {
    format!(
        "  <send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
"
    )
}

fn bye() -> String {
    format!(
        "  <send retrans=\"500\"><![CDATA[
BYE [$contact] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From:[$agent];tag=[pid]t[call_number]
To:[$caller]
[last_Call-ID:]
CSeq: 1 BYE
Content-Length: 0

]]></send>
  <recv request=\"BYE\" optional=\"true\" next=\"{}\"/>
  <recv response=\"200\"/>
",
        at::CALLER_LEFT
    )
}

/// One stream of µ-law that nothing is sent on: these parties listen.
pub(super) const QUIET: &str = "v=0
o=lab 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
a=ptime:20
a=sendrecv
";

/// What registers one account and points it at a phone's port: fields are account, authentication, port.
pub fn registration() -> String {
    let register = |sequence: u32, authentication: &str| {
        format!(
            "  <send retrans=\"500\"><![CDATA[
REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:[field0]@[remote_ip]>;tag=[pid]r[call_number]
To: <sip:[field0]@[remote_ip]>
Call-ID: [call_id]
CSeq: {sequence} REGISTER
Contact: <sip:[field0]@[local_ip]:[field2]>
Expires: [field3]
{authentication}Content-Length: 0

]]></send>
"
        )
    };
    let challenge = "  <recv response=\"401\" auth=\"true\"/>\n".to_owned();
    scenario(
        "register",
        &[register(1, ""), challenge, register(2, "[field1]\n"), "  <recv response=\"200\"/>\n".to_owned()].concat(),
    )
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::parties) fn every_jump_leads_to_a_label(text: &str) {
        for jump in text.split("next=\"").skip(1).chain(text.split("ontimeout=\"").skip(1)) {
            let id = jump.split('"').next().unwrap_or_default();
            assert_eq!(text.matches(&format!("<label id=\"{id}\"/>")).count(), 1, "label {id} in\n{text}");
        }
    }

    #[test]
    fn every_jump_of_an_agents_script_leads_to_one_label() {
        let deeds = [
            (1.0, Deed::Answers { after: always(0.5), talks: always(1.0) }),
            (1.0, Deed::Refuses { status: "603 Decline", after: always(0.1) }),
            (1.0, Deed::RingsOn),
            (1.0, Deed::Speaks { after: always(0.01), talks: always(1.0), voice: "voice.ulaw".into() }),
            (1.0, Deed::SpeaksInStep { after: always(0.01), talks_s: 2, voice: "voice.ulaw".into() }),
        ];
        every_jump_leads_to_a_label(&agents(Ringing::Told, &deeds));
    }
}
