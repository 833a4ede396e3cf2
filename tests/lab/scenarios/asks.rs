//! Agents who dial feature codes while their phones do something else: the code comes from a line of its own on the same
//! account, as from a second phone.

use super::Lot;
use crate::parties::Exchange;
use crate::ports::{ADDRESS, any_free_udp};
use crate::site::sip_password;
use crate::traffic::scenario::scenario;
use crate::traffic::sipp::{sipp, table};
use crate::{Result, command};

impl Lot {
    /// Dials a feature code from an account, and waits until the tone that answers it is over.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn asks(&self, account: &str, code: &str) -> Result<()> {
        dial(&self.exchange, &[account.to_owned()], code).await
    }
}

/// Dials a feature code from each of the accounts, and waits until the tones that answer it are over.
///
/// # Errors
/// When one of them is not answered.
pub async fn dial(exchange: &Exchange, accounts: &[String], code: &str) -> Result<()> {
    let (code_digits, first) = (code.trim_start_matches('*'), accounts.first().map_or("none", String::as_str));
    let name = format!("feature-{code_digits}-{first}-{}", crate::parties::now());
    let lines = accounts.iter().map(|account| {
        let password = account.parse().map(sip_password).unwrap_or_default();
        format!("{account};[authentication username={account} password={password}]")
    });
    let table = table(&exchange.folder, &name, "SEQUENTIAL", lines)?;
    let mut dialling = sipp(&exchange.folder, &name, &script(code), ADDRESS, exchange.sip)?;
    dialling.args(["-p", &any_free_udp()?.to_string(), "-m", &accounts.len().to_string(), "-r", "50", "-inf"]).arg(table);
    command::run(&mut dialling).await.map(drop)
}

fn script(code: &str) -> String {
    let invite = |sequence: u32, authentication: &str| {
        format!(
            "  <send retrans=\"500\"><![CDATA[
{}{authentication}Content-Type: application/sdp
Content-Length: [len]

v=0
o=lab 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
a=sendrecv
]]></send>
",
            request("INVITE", sequence, code)
        )
    };
    let ack = |sequence: u32| format!("  <send><![CDATA[\n{}Content-Length: 0\n\n]]></send>\n", request("ACK", sequence, code));
    let steps = [
        invite(1, ""),
        "  <recv response=\"100\" optional=\"true\"/>\n  <recv response=\"401\" auth=\"true\"/>\n".to_owned(),
        ack(1),
        invite(2, "[field1]\n"),
        "  <recv response=\"100\" optional=\"true\"/>\n  <recv response=\"180\" optional=\"true\"/>\n".to_owned(),
        "  <recv response=\"200\"/>\n".to_owned(),
        ack(2),
        "  <recv request=\"BYE\"/>\n".to_owned(),
        crate::parties::script::acknowledge(""),
    ];
    scenario("feature", &steps.concat())
}

fn request(method: &str, sequence: u32, code: &str) -> String {
    let tag = if method == "ACK" { "[peer_tag_param]" } else { "" };
    format!(
        "{method} sip:{code}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From: <sip:[field0]@[remote_ip]>;tag=[pid]f[call_number]
To: <sip:{code}@[remote_ip]>{tag}
Call-ID: [call_id]
CSeq: {sequence} {method}
Contact: <sip:[field0]@[local_ip]:[local_port]>
"
    )
}
