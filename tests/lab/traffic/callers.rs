//! Callers from outside: they arrive at random, talk until the agent hangs up, or lose patience.

use std::path::Path;

use super::scenario::{SOUND, Wait, scenario, wait_for};
use super::sipp::{Running, keep, sipp, table};
use super::sound::Speech;
use crate::{Result, ports};

/// How many different callers there are.
const PEOPLE: u32 = 600;
/// Each caller waits a random part of this before dialling, which turns sipp's even pace into random arrivals.
const ARRIVES_WITHIN_MS: u32 = 20_000;

/// Lets callers come at `rate` per minute.
pub fn start(folder: &Path, speech: &Speech, asterisk: u16, rate: f64) -> Result<Running> {
    let people = table(folder, "callers", "SEQUENTIAL", (0..PEOPLE).map(person))?;
    let mut callers = sipp(folder, "callers", &calling(speech), ports::TRUNK_ADDRESS, asterisk)?;
    // sipp takes whole calls per period: the period carries the fraction.
    let period_ms = (60_000.0 / rate).round().max(1.0);
    callers
        .args(["-p", &ports::any_free_udp()?.to_string(), "-r", "1", "-rp", &period_ms.to_string(), "-l", "1000", "-inf"])
        .arg(people);
    keep(callers, folder, "callers")
}

/// A caller's number and the queue they dial. Half of all calls are about buying, a fifth about delivery.
fn person(index: u32) -> String {
    const CODES: [&str; 10] = ["903", "905", "909", "910", "916", "921", "925", "926", "981", "999"];
    // Knuth's multiplicative hash: numbers that look like nobody chose them, and are the same in every lab.
    let mixed = index.wrapping_mul(2_654_435_761);
    let code = CODES[(mixed % 10) as usize];
    let queue = match (mixed >> 8) % 10 {
        0..=4 => 700,
        5..=7 => 701,
        _ => 702,
    };
    format!("+7{code}{:07};{queue}", (mixed >> 4) % 10_000_000)
}

/// Labels of the scenario.
mod at {
    pub const AGENT_LEFT: u32 = 1;
    pub const HANGS_UP: u32 = 2;
    pub const END: u32 = 3;
    pub const FIRST_PATIENCE: u32 = 20;
}

fn calling(speech: &Speech) -> String {
    let wait = |weight, seconds| Wait { weight, seconds };
    // One in seven gives up soon or hangs up first; the others stay until the agent has ended the call.
    let patience = [wait(2.0, 7.0), wait(2.0, 16.0), wait(2.0, 31.0), wait(3.0, 48.0), wait(3.0, 75.0), wait(50.0, 300.0)];
    let steps = [
        format!("  <pause distribution=\"uniform\" min=\"0\" max=\"{ARRIVES_WITHIN_MS}\"/>\n"),
        dials(),
        format!("  <nop><action><exec rtp_stream=\"{},-1,0\"/></action></nop>\n", speech.caller.display()),
        wait_for("BYE", &patience, at::AGENT_LEFT, at::HANGS_UP, at::FIRST_PATIENCE),
        agent_left(),
        hangs_up(),
        format!("  <label id=\"{}\"/>\n  <nop/>\n", at::END),
    ];
    scenario("callers", &steps.concat())
}

fn dials() -> String {
    let request = |method: &str, tail: &str| {
        format!(
            "{method} sip:[field1]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:[field0]@[local_ip]>;tag=[pid]c[call_number]
{tail}"
        )
    };
    let invite = request(
        "INVITE",
        "To: <sip:[field1]@[remote_ip]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:[field0]@[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

",
    );
    let acknowledge = request(
        "ACK",
        "To: <sip:[field1]@[remote_ip]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Content-Length: 0

",
    );
    format!(
        "  <send retrans=\"500\"><![CDATA[
{invite}{SOUND}]]></send>
  <recv response=\"100\" optional=\"true\"/>
  <recv response=\"180\" optional=\"true\"/>
  <recv response=\"183\" optional=\"true\"/>
  <recv response=\"200\"/>
  <send><![CDATA[
{acknowledge}]]></send>
"
    )
}

fn agent_left() -> String {
    format!(
        "  <label id=\"{}\"/>
  <send next=\"{}\"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
",
        at::AGENT_LEFT,
        at::END
    )
}

fn hangs_up() -> String {
    format!(
        "  <label id=\"{}\"/>
  <send retrans=\"500\"><![CDATA[
BYE sip:[field1]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:[field0]@[local_ip]>;tag=[pid]c[call_number]
To: <sip:[field1]@[remote_ip]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 2 BYE
Content-Length: 0

]]></send>
  <recv request=\"BYE\" optional=\"true\" next=\"{}\"/>
  <recv response=\"200\"/>
",
        at::HANGS_UP,
        at::AGENT_LEFT
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_have_russian_mobile_numbers_and_dial_a_queue() {
        for line in (0..PEOPLE).map(person) {
            let (number, queue) = line.split_once(';').unwrap();
            assert!(number.len() == 12 && number.starts_with("+79"), "{line}");
            assert!(["700", "701", "702"].contains(&queue), "{line}");
        }
    }

    #[test]
    fn hardly_two_callers_share_a_number() {
        let numbers: std::collections::BTreeSet<String> = (0..PEOPLE).map(person).collect();
        assert!(numbers.len() > 590, "{}", numbers.len());
    }
}
