//! The agents' phones: one sipp that answers for all of them, and one that registers them.

use std::path::Path;

use super::scenario::{Choice, SOUND, Wait, choose, scenario, wait_for};
use super::sipp::{Running, keep, sipp, table};
use super::sound::Speech;
use crate::site::{AGENTS, sip_password};
use crate::{Result, command, ports};

/// The table of accounts: number, the words that make sipp authenticate, the port of the phones.
const ACCOUNTS: &str = "accounts";

/// Starts the phones and registers them.
pub async fn start(folder: &Path, speech: &Speech, asterisk: u16, agents: u32) -> Result<Running> {
    let port = ports::any_free_udp()?;
    let lines = AGENTS.take(agents as usize).map(|account| {
        let password = sip_password(account);
        format!("{account};[authentication username={account} password={password}];{port}")
    });
    let accounts = table(folder, ACCOUNTS, "SEQUENTIAL", lines)?;
    let mut phones = sipp(folder, "phones", &answering(speech), ports::ADDRESS, asterisk)?;
    phones.args(["-p", &port.to_string(), "-inf"]).arg(&accounts).arg("-infindex").arg(&accounts).arg("0");
    let running = keep(phones, folder, "phones")?;
    let mut registering = sipp(folder, "register", &registration(), ports::ADDRESS, asterisk)?;
    // By itself sipp would take 5060, which may be wanted by another lab that starts in this moment.
    registering.args(["-p", &ports::any_free_udp()?.to_string(), "-inf"]).arg(accounts).args([
        "-m",
        &agents.to_string(),
        "-r",
        "50",
    ]);
    command::run(&mut registering).await?;
    Ok(running)
}

fn registration() -> String {
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
Expires: 86400
{authentication}User-Agent: lab phone
Content-Length: 0

]]></send>
"
        )
    };
    let steps = [
        &*register(1, ""),
        "  <recv response=\"401\" auth=\"true\"/>\n",
        &*register(2, "[field1]\n"),
        "  <recv response=\"200\"/>\n",
    ];
    scenario("register", &steps.concat())
}

/// Labels of the answering scenario.
mod at {
    pub const PING: u32 = 1;
    pub const RINGS: u32 = 2;
    pub const REFUSES: u32 = 3;
    pub const IGNORES: u32 = 4;
    pub const ANSWERS: u32 = 5;
    pub const WITHDRAWN: u32 = 6;
    pub const CALLER_LEFT: u32 = 7;
    pub const HANGS_UP: u32 = 8;
    pub const END: u32 = 9;
    pub const REFUSED: u32 = 10;
    pub const GIVEN_UP_ON: u32 = 11;
    pub const COMES_BACK: u32 = 12;
    pub const FIRST_RING: u32 = 20;
    pub const FIRST_REFUSAL: u32 = 40;
    pub const FIRST_TALK: u32 = 60;
}

fn answering(speech: &Speech) -> String {
    let wait = |weight, seconds| Wait { weight, seconds };
    let temper = choose(&[
        Choice { weight: 0.90, label: at::RINGS },
        Choice { weight: 0.06, label: at::REFUSES },
        Choice { weight: 0.04, label: at::IGNORES },
    ]);
    let rings = [wait(2.0, 1.4), wait(3.0, 2.3), wait(3.0, 3.6), wait(2.0, 5.2), wait(1.0, 8.5)];
    let refusals = [wait(1.0, 1.1), wait(1.0, 2.8)];
    let talks = [wait(2.0, 12.0), wait(3.0, 24.0), wait(4.0, 38.0), wait(3.0, 55.0), wait(2.0, 85.0), wait(1.0, 140.0)];
    let steps = [
        invited(),
        ping_or_call(),
        temper,
        label(at::RINGS),
        wait_for("CANCEL", &rings, at::WITHDRAWN, at::ANSWERS, at::FIRST_RING),
        label(at::REFUSES),
        wait_for("CANCEL", &refusals, at::WITHDRAWN, at::REFUSED, at::FIRST_REFUSAL),
        label(at::REFUSED),
        answer("486 Busy Here"),
        format!("  <recv request=\"ACK\" next=\"{}\"/>\n", at::COMES_BACK),
        label(at::IGNORES),
        format!("  <recv request=\"CANCEL\" next=\"{}\"/>\n", at::GIVEN_UP_ON),
        label(at::ANSWERS),
        accept(speech),
        wait_for("BYE", &talks, at::CALLER_LEFT, at::HANGS_UP, at::FIRST_TALK),
        label(at::WITHDRAWN),
        withdrawn(at::END),
        label(at::CALLER_LEFT),
        acknowledge(),
        format!("  <nop next=\"{}\"/>\n", at::END),
        label(at::HANGS_UP),
        hangs_up(),
        label(at::GIVEN_UP_ON),
        withdrawn(at::COMES_BACK),
        label(at::COMES_BACK),
        comes_back(),
        label(at::END),
        "  <nop/>\n".to_owned(),
    ];
    scenario("phones", &steps.concat())
}

fn label(id: u32) -> String {
    format!("  <label id=\"{id}\"/>\n")
}

/// A ping (OPTIONS) or a call (INVITE). Asterisk asks every two seconds whether the phone is there.
fn invited() -> String {
    format!(
        "  <recv request=\"OPTIONS\" optional=\"true\" next=\"{ping}\"/>
  <recv request=\"INVITE\" rrs=\"true\">
    <action>
      <ereg regexp=\"sip:[^>]*\" search_in=\"hdr\" header=\"Contact:\" assign_to=\"contact\"/>
      <ereg regexp=\".*\" search_in=\"hdr\" header=\"From:\" assign_to=\"caller\"/>
      <ereg regexp=\".*\" search_in=\"hdr\" header=\"To:\" assign_to=\"agent\"/>
      <ereg regexp=\"[0-9]+\" search_in=\"hdr\" header=\"CSeq:\" assign_to=\"sequence\"/>
      <ereg regexp=\".*\" search_in=\"hdr\" header=\"Via:\" assign_to=\"via\"/>
      <ereg regexp=\"[0-9]{{4}}\" search_in=\"hdr\" header=\"To:\" assign_to=\"account\"/>
    </action>
  </recv>
",
        ping = at::PING
    )
}

fn ping_or_call() -> String {
    let rings = at::PING + 100;
    format!(
        "  <nop next=\"{rings}\"/>
  <label id=\"{ping}\"/>
  <send next=\"{end}\"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[pid]p[call_number]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
  <label id=\"{rings}\"/>
{}",
        answer("180 Ringing"),
        ping = at::PING,
        end = at::END
    )
}

/// A response without a body to the INVITE.
fn answer(status: &str) -> String {
    format!(
        "  <send><![CDATA[
SIP/2.0 {status}
Via:[$via]
From:[$caller]
To:[$agent];tag=[pid]t[call_number]
[last_Call-ID:]
CSeq: [$sequence] INVITE
Contact: <sip:[local_ip]:[local_port]>
Content-Length: 0

]]></send>
"
    )
}

fn accept(speech: &Speech) -> String {
    format!(
        "  <send retrans=\"500\"><![CDATA[
SIP/2.0 200 OK
Via:[$via]
From:[$caller]
To:[$agent];tag=[pid]t[call_number]
[last_Call-ID:]
CSeq: [$sequence] INVITE
Contact: <sip:[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

{SOUND}]]></send>
  <recv request=\"ACK\"/>
  <nop><action><exec rtp_stream=\"{},-1,0\"/></action></nop>
",
        speech.agent.display()
    )
}

/// The call is taken back while it rings.
fn withdrawn(then: u32) -> String {
    format!("{}{}  <recv request=\"ACK\" next=\"{then}\"/>\n", acknowledge(), answer("487 Request Terminated"))
}

fn hangs_up() -> String {
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
  <recv response=\"200\" next=\"{}\"/>
",
        at::CALLER_LEFT,
        at::END
    )
}

/// Who did not take a call is set to not ready; after a while they come back, and dial *10 to say so, as people do.
fn comes_back() -> String {
    let invite = |sequence: u32, authentication: &str| {
        let head = ready_request("INVITE", sequence, "To: <sip:*10@[remote_ip]>");
        format!(
            "  <send retrans=\"500\"><![CDATA[
{head}Contact: <sip:[$account]@[local_ip]:[local_port]>
{authentication}Content-Type: application/sdp
Content-Length: [len]

{SOUND}]]></send>
"
        )
    };
    let acknowledge_answer = |sequence: u32| {
        let head = ready_request("ACK", sequence, "[last_To:]");
        format!("  <send><![CDATA[\n{head}Content-Length: 0\n\n]]></send>\n")
    };
    [
        "  <pause distribution=\"uniform\" min=\"8000\" max=\"25000\"/>\n",
        &invite(1, ""),
        "  <recv response=\"100\" optional=\"true\"/>\n  <recv response=\"401\" auth=\"true\"/>\n",
        &acknowledge_answer(1),
        &format!("  <nop><action><lookup assign_to=\"line\" file=\"{ACCOUNTS}.csv\" key=\"[$account]\"/></action></nop>\n"),
        &invite(2, &format!("[field1 file=\"{ACCOUNTS}.csv\" line=\"[$line]\"]\n")),
        "  <recv response=\"100\" optional=\"true\"/>\n  <recv response=\"183\" optional=\"true\"/>\n",
        "  <recv response=\"200\"/>\n",
        &acknowledge_answer(2),
        "  <recv request=\"BYE\"/>\n",
        &acknowledge(),
    ]
    .concat()
}

/// The first lines of a request in the phone's own call to *10. `///` lets sipp lead two calls in one scenario.
fn ready_request(method: &str, sequence: u32, to: &str) -> String {
    format!(
        "{method} sip:*10@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:[$account]@[remote_ip]>;tag=[pid]b[call_number]
{to}
Call-ID: ready///[call_id]
CSeq: {sequence} {method}
"
    )
}

/// 200 OK to the request that came last.
fn acknowledge() -> String {
    "  <send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
"
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_jump_of_the_phones_leads_to_a_label() {
        let speech = Speech { agent: "/a".into(), caller: "/c".into() };
        let text = answering(&speech);
        for jump in text.split("next=\"").skip(1).chain(text.split("ontimeout=\"").skip(1)) {
            let id = jump.split('"').next().unwrap();
            assert!(text.contains(&format!("<label id=\"{id}\"/>")), "no label {id}");
        }
    }
}
