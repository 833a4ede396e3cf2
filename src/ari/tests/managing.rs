//! The manager interface: with a server in Asterisk's place that keeps queues and a database of its own, over TCP and TLS.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use acd::effect::{Lane, Op};
use acd::event::Event;
use acd::{Member, Roster};
use model::fact::FallbackCall;
use model::{Endpoint, PersonName, ServerId, TheirLeg};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::stand_in::StandIn;
use super::{PATIENCE, Rig, config};
use crate::{Ami, Config, TalkError, probe_manager};

const SERVER: ServerId = ServerId(9);
const SECRET: &str = "very secret";

/// A switchboard in Asterisk's place.
#[derive(Clone)]
pub(super) struct Board {
    address: String,
    state: Arc<Mutex<State>>,
    /// Closes all connections when it changes.
    cut: watch::Sender<u32>,
}

#[derive(Default)]
pub(super) struct State {
    /// Members by queue and interface: name, penalty, paused.
    pub(super) members: BTreeMap<(String, String), (String, String, bool)>,
    pub(super) notes: BTreeMap<String, String>,
    pub(super) live: Vec<String>,
    pub(super) actions: Vec<String>,
    logins: u32,
    /// Actions that are refused.
    forbidden: Vec<&'static str>,
    /// Actions that are never answered.
    pub(super) unanswered: Vec<&'static str>,
}

/// A certificate, or a key, of this test run: made at its first use, in a folder that the system clears.
fn certificate(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("callsync-ari-{}", uuid::Uuid::now_v7().simple()));
        std::fs::create_dir_all(&folder).unwrap();
        let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
        let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        write("asterisk.pem", own.cert.pem());
        write("asterisk.key", own.signing_key.serialize_pem());
        write("authority.pem", own.cert.pem());
        let stranger = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        write("stranger.pem", stranger.cert.pem());
        folder
    });
    folder.join(name)
}

impl Board {
    pub(super) async fn start(tls: bool) -> Self {
        crate::install_cryptography();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("127.0.0.1:{}", listener.local_addr().unwrap().port());
        let board = Self { address, state: Arc::default(), cut: watch::channel(0).0 };
        let acceptor = tls.then(|| {
            let chain = CertificateDer::pem_file_iter(certificate("asterisk.pem")).unwrap().map(Result::unwrap).collect();
            let key = PrivateKeyDer::from_pem_file(certificate("asterisk.key")).unwrap();
            let settings = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
            TlsAcceptor::from(Arc::new(settings))
        });
        let serving = board.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (board, acceptor) = (serving.clone(), acceptor.clone());
                tokio::spawn(async move {
                    match acceptor {
                        None => board.serve(stream).await,
                        Some(acceptor) => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                board.serve(stream).await;
                            }
                        }
                    }
                });
            }
        });
        board
    }

    pub(super) fn state<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap())
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) {
        let mut cut = self.cut.subscribe();
        let mut lines = BufReader::new(stream);
        lines.write_all(b"Asterisk Call Manager/11.0.0\r\n").await.unwrap();
        let mut action = BTreeMap::new();
        loop {
            let mut line = String::new();
            tokio::select! {
                read = lines.read_line(&mut line) => if read.unwrap_or(0) == 0 { return },
                _ = cut.changed() => return,
            }
            if let Some((name, value)) = line.trim_end().split_once(": ") {
                action.insert(name.to_owned(), value.to_owned());
                continue;
            }
            let answer = self.answer(&std::mem::take(&mut action));
            if lines.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    fn answer(&self, action: &BTreeMap<String, String>) -> String {
        let get = |name: &str| action.get(name).cloned().unwrap_or_default();
        let (name, id) = (get("Action"), get("ActionID"));
        let key = (get("Queue"), get("Interface"));
        self.state(|state| {
            if state.unanswered.iter().any(|unanswered| *unanswered == name) {
                return String::new();
            }
            if state.forbidden.iter().any(|forbidden| *forbidden == name) {
                return format!("Response: Error\r\nActionID: {id}\r\nMessage: Permission denied\r\n\r\n");
            }
            let ok = format!("Response: Success\r\nActionID: {id}\r\nMessage: done\r\n\r\n");
            let list = |events: Vec<String>| {
                let end = "Event: Complete\r\nEventList: Complete\r\n".to_owned();
                let events: String = events.into_iter().chain([end]).map(|event| format!("{event}ActionID: {id}\r\n\r\n")).collect();
                format!("Response: Success\r\nActionID: {id}\r\nEventList: start\r\n\r\n{events}")
            };
            match name.as_str() {
                "Login" if get("Secret") != SECRET => {
                    return format!("Response: Error\r\nActionID: {id}\r\nMessage: Authentication failed\r\n\r\n");
                }
                "Login" => state.logins += 1,
                "Filter" => assert_eq!(get("Filter"), crate::talk::HEARD),
                "QueueStatus" => {
                    let queues = ["callsync-700", "callsync-701", "790"].map(|queue| format!("Event: QueueParams\r\nQueue: {queue}\r\n"));
                    let members = state.members.iter().map(|((queue, interface), (name, penalty, paused))| {
                        format!(
                            "Event: QueueMember\r\nQueue: {queue}\r\nName: {name}\r\nLocation: {interface}\r\nStateInterface: {interface}\r\n\
                             Membership: dynamic\r\nPenalty: {penalty}\r\nStatus: 1\r\nPaused: {}\r\n",
                            u8::from(*paused)
                        )
                    });
                    return list(queues.into_iter().chain(members).collect());
                }
                "QueueAdd" => {
                    state.members.insert(key.clone(), (get("MemberName"), get("Penalty"), get("Paused") == "true"));
                }
                "QueueRemove" => drop(state.members.remove(&key)),
                "QueuePause" => state.members.get_mut(&key).unwrap().2 = get("Paused") == "true",
                "QueuePenalty" => state.members.get_mut(&key).unwrap().1 = get("Penalty"),
                "DBGetTree" => {
                    let note = |(id, note): (&String, &String)| {
                        format!("Event: DBGetTreeResponse\r\nKey: /CustomPresence/callsync_fallback/{id}\r\nVal: {note}\r\n")
                    };
                    return list(state.notes.iter().map(note).collect());
                }
                "DBDel" => drop(state.notes.remove(get("Key").rsplit('/').next().unwrap())),
                "CoreShowChannels" => {
                    return list(state.live.iter().map(|id| format!("Event: CoreShowChannel\r\nUniqueid: {id}\r\n")).collect());
                }
                "Getvar" => return format!("Response: Success\r\nActionID: {id}\r\nValue: 9000\r\n\r\n"),
                other => panic!("an action that nobody expected: {other}"),
            }
            if name.starts_with("Queue") {
                state.actions.push(format!("{name} {} {}", key.0, key.1));
            }
            ok
        })
    }

    pub(super) async fn until(&self, what: &str, is: impl Fn(&State) -> bool) {
        let looking = async {
            while !self.state(|state| is(state)) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("never: {what}"));
    }

    pub(super) fn ami(&self, tls: bool) -> Ami {
        Ami {
            address: self.address.clone(),
            user: "callsync".to_owned(),
            password: SECRET.to_owned().into(),
            tls,
            trust: tls.then(|| certificate("authority.pem")),
        }
    }

    /// The adapter with this board, and an empty Asterisk behind its event socket.
    async fn rig(&self) -> Rig {
        let stand_in = StandIn::start(|_, _| None).await;
        let mut rig = Rig::start(Config { ami: Some(self.ami(false)), ..config(&stand_in.url, "callsync") });
        assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
        rig
    }

    fn interfaces(&self, queue: &str) -> Vec<String> {
        self.state(|state| {
            state.members.keys().filter(|(known, _)| known == queue).map(|(_, interface)| interface.clone()).collect()
        })
    }
}

pub(super) fn roster(members: &[(&str, bool)]) -> Arc<Roster> {
    let member = |(account, paused): &(&str, bool)| Member {
        endpoint: Endpoint { server: SERVER, name: (*account).to_owned() },
        name: PersonName::new("Anna"),
        queues: vec![("700".to_owned(), 1)],
        paused: *paused,
    };
    Arc::new(Roster { members: members.iter().map(member).collect() })
}

pub(super) async fn reported(rig: &mut Rig) -> Vec<FallbackCall> {
    match rig.next().await {
        Event::FallbackReported { server: SERVER, calls } => calls,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn members_follow_the_roster_and_survive_a_lost_connection() {
    let board = Board::start(false).await;
    let rig = board.rig().await;
    rig.roster.send_replace(roster(&[("1001", false), ("1002", true)]));
    board.until("both are members", |state| state.members.len() == 2).await;
    board.cut.send_modify(|cut| *cut += 1);
    rig.roster.send_replace(roster(&[("1001", true)]));
    board
        .until("the change came through", |state| state.members.len() == 1 && state.members.values().all(|member| member.2))
        .await;
    let expected = [
        "QueueAdd callsync-700 PJSIP/1001",
        "QueueAdd callsync-700 PJSIP/1002",
        "QueueRemove callsync-700 PJSIP/1002",
        "QueuePause callsync-700 PJSIP/1001",
    ];
    assert_eq!(board.state(|state| state.actions.clone()), expected);
}

#[tokio::test]
async fn before_the_loop_has_sent_a_roster_asterisks_members_are_left_as_they_are() {
    let board = Board::start(false).await;
    let key = |interface: &str| ("callsync-700".to_owned(), interface.to_owned());
    board.state(|state| {
        state.members.insert(key("PJSIP/1001"), ("1001".to_owned(), "0".to_owned(), false));
        state.notes.insert("a.1".to_owned(), "available,,700|||1000|||2000".to_owned());
    });
    let mut rig = board.rig().await;
    // The notes are looked at after the queues.
    reported(&mut rig).await;
    assert_eq!(board.interfaces("callsync-700"), ["PJSIP/1001"]);
    rig.roster.send_replace(Arc::default());
    board.until("nobody is a member", |state| state.members.is_empty()).await;
}

#[tokio::test]
async fn an_account_that_would_break_the_protocol_is_left_out_and_the_others_are_not() {
    let board = Board::start(false).await;
    let rig = board.rig().await;
    rig.roster.send_replace(roster(&[("1001\r\n\r\nAction: Logoff", false), ("1002", false)]));
    board.until("the sound one is a member", |state| !state.members.is_empty()).await;
    assert_eq!(board.interfaces("callsync-700"), ["PJSIP/1002"]);
    assert_eq!(board.state(|state| state.logins), 1);
}

/// An Asterisk that would not leave out the rest tells all, as ever.
#[tokio::test]
async fn members_follow_the_roster_though_events_cannot_be_filtered() {
    let board = Board::start(false).await;
    board.state(|state| state.forbidden.push("Filter"));
    let rig = board.rig().await;
    rig.roster.send_replace(roster(&[("1001", false)]));
    board.until("it is a member", |state| !state.members.is_empty()).await;
    assert_eq!((board.interfaces("callsync-700"), board.state(|state| state.logins)), (vec!["PJSIP/1001".to_owned()], 1));
}

#[tokio::test]
async fn notes_are_reported_until_they_are_forgotten_and_told_anew_after_a_reconnect() {
    let board = Board::start(false).await;
    board.state(|state| {
        state.notes.insert("a.1".to_owned(), "available,,700|%2B7912||1000|||".to_owned());
        state.notes.insert("a.2".to_owned(), "available,,700|||1000|1001|2000|3000".to_owned());
        state.notes.insert("a.3".to_owned(), "available,,700|||1500|||".to_owned());
        state.notes.insert("junk".to_owned(), "available,,x".to_owned());
        state.live.push("a.1".to_owned());
    });
    let mut rig = board.rig().await;
    let calls = reported(&mut rig).await;
    let told: Vec<_> = calls.iter().map(|call| (call.leg.id.as_str(), call.ended.map(model::Timestamp::as_ms))).collect();
    assert_eq!(told, [("a.1", None), ("a.2", Some(3000)), ("a.3", Some(9000))]);
    assert!(!board.state(|state| state.notes.contains_key("junk")));
    let legs = ["a.2", "a.3"].map(|id| TheirLeg { server: SERVER, id: id.to_owned() }).to_vec();
    rig.order(Lane::Server(SERVER), Op::ForgetFallback { server: SERVER, legs });
    let calls = reported(&mut rig).await;
    assert_eq!(calls.iter().map(|call| call.leg.id.as_str()).collect::<Vec<_>>(), ["a.1"]);
    assert_eq!(board.state(|state| state.notes.len()), 1);
    board.cut.send_modify(|cut| *cut += 1);
    assert_eq!(reported(&mut rig).await, calls);
}

#[tokio::test]
async fn over_tls_the_certificate_is_held_against_the_name_and_the_trust() {
    let board = Board::start(true).await;
    probe_manager(&board.ami(true)).await.unwrap();
    let strangers = Ami { trust: Some(certificate("stranger.pem")), ..board.ami(true) };
    let refused = probe_manager(&strangers).await.unwrap_err().to_string();
    assert!(refused.contains("certificate"), "{refused}");
    let port = board.address.rsplit_once(':').unwrap().1;
    let elsewhere = Ami { address: format!("localhost:{port}"), ..board.ami(true) };
    let refused = probe_manager(&elsewhere).await.unwrap_err().to_string();
    assert!(refused.contains("certificate"), "{refused}");
    let nothing = Ami { trust: Some(certificate("asterisk.key")), ..board.ami(true) };
    assert!(matches!(probe_manager(&nothing).await, Err(TalkError::Trust { .. })));
}

#[tokio::test]
async fn the_doctor_tells_a_wrong_secret_and_a_missing_right_apart() {
    let board = Board::start(false).await;
    probe_manager(&board.ami(false)).await.unwrap();
    let wrong = Ami { password: "wrong".to_owned().into(), ..board.ami(false) };
    let refused = probe_manager(&wrong).await.unwrap_err();
    assert!(matches!(refused, TalkError::Refused { .. }));
    assert!(!format!("{refused} {wrong:?}").contains("wrong"), "{refused}");
    board.state(|state| state.forbidden.push("DBDel"));
    assert!(matches!(probe_manager(&board.ami(false)).await, Err(TalkError::NotAllowed { action: "DBDel", .. })));
    let nobody = Ami { address: "127.0.0.1:9".to_owned(), ..board.ami(false) };
    assert!(matches!(probe_manager(&nobody).await, Err(TalkError::Unreachable { .. })));
}
