//! The script of callers for sipp: dial, stay for a while, hang up; or be hung up on, or be refused.

use std::fmt::Write as _;

use super::script::{QUIET, SURPRISED, SURPRISED_ONCE, acknowledge};
use crate::traffic::scenario::{Wait, scenario, wait_for};

/// Each wait has its label from here on.
const FIRST_WAIT: u32 = 1000;

/// A caller. Where `number` and `dials` are fields of sipp's table, each call has its own.
pub struct Caller<'a> {
    /// The From header up to its tag, as `<sip:+7912…@127.0.0.2>`.
    pub from: &'a str,
    /// The number as its log calls the caller.
    pub number: &'a str,
    /// What is dialled.
    pub dials: &'a str,
    /// How long the caller stays, from the moment that the switch answers.
    pub patience: Vec<Wait>,
    /// Header lines of its own, each with its line end.
    pub headers: &'a str,
}

impl Caller<'_> {
    /// The script.
    pub fn script(&self) -> String {
        let mut steps = String::new();
        let _ = write!(
            steps,
            "{dialled}  <send retrans=\"500\"><![CDATA[\n{invite}]]></send>
  <recv response=\"100\" optional=\"true\"/>
  <recv response=\"180\" optional=\"true\"/>
  <recv response=\"183\" optional=\"true\"/>
  <recv response=\"404\" optional=\"true\" next=\"6\"/>
  <recv response=\"603\" optional=\"true\" next=\"6\"/>
  <recv response=\"200\" rrs=\"true\"/>
  <send><![CDATA[\n{ack}]]>{established}</send>
{patience}  <label id=\"4\"/>
{left}{acknowledge}  <nop next=\"7\"/>
  <label id=\"5\"/>
{hangs_up}  <send retrans=\"500\"><![CDATA[\n{bye}]]></send>
  <recv request=\"BYE\" optional=\"true\" next=\"4\"/>
  <recv response=\"200\" next=\"7\"/>
  <label id=\"6\"/>
{failed}  <send><![CDATA[\n{ack}]]></send>
  <nop next=\"7\"/>
{SURPRISED}  <recv request=\"BYE\" next=\"4\"/>
  <label id=\"7\"/>
  <nop/>
",
            dialled = self.dialled(),
            invite = self.request("INVITE", 1, "", true),
            ack = self.request("ACK", 1, "[peer_tag_param]", false),
            established = self.log("established"),
            patience = wait_for("BYE", &self.patience, 4, 5, FIRST_WAIT),
            left = self.logs("was-hung-up"),
            acknowledge = acknowledge(""),
            hangs_up = self.logs("hung-up"),
            bye = self.request("BYE", 2, "[peer_tag_param]", false),
            failed = self.logs("failed-404"),
        );
        scenario("caller", &steps)
    }

    /// The same script for a caller who hears at this port, where it need not be sipp that listens.
    pub fn script_with_ear_at(&self, port: &str) -> String {
        self.script().replace("[media_port]", port)
    }

    fn dialled(&self) -> String {
        self.logs("dialled").replace("<action>", &format!("<action>{SURPRISED_ONCE}"))
    }

    fn logs(&self, what: &str) -> String {
        format!("  <nop>{}</nop>\n", self.log(what))
    }

    fn log(&self, what: &str) -> String {
        let Self { number, dials, .. } = self;
        format!("<action><log message=\"[timestamp] {what} {dials} {number} [call_id]\"/></action>")
    }

    fn request(&self, method: &str, sequence: u32, tag: &str, offer: bool) -> String {
        let Self { from, dials, headers, .. } = self;
        let body = match offer {
            true => format!("Content-Type: application/sdp\nContent-Length: [len]\n\n{QUIET}"),
            false => "Content-Length: 0\n\n".to_owned(),
        };
        format!(
            "{method} sip:{dials}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: {from};tag=[pid]c[call_number]
To: <sip:{dials}@[remote_ip]>{tag}
Call-ID: [call_id]
CSeq: {sequence} {method}
Contact: <sip:caller@[local_ip]:[local_port]>
{headers}{body}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parties::script::{always, tests::every_jump_leads_to_a_label};

    #[test]
    fn every_jump_of_a_callers_script_leads_to_one_label() {
        let caller = Caller { from: "<sip:1@2>", number: "1", dials: "700", patience: always(2.0), headers: "" };
        every_jump_leads_to_a_label(&caller.script());
    }
}
