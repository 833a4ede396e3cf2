//! What we need of Asterisk, against what the running one says of itself.

use super::asterisk;
use crate::client::HttpClient;
use crate::contract::{Description, files};
use crate::event::FIELDS;
use crate::line::AT_ONCE;
use crate::probe::describe;
use crate::request::Kind;
use crate::{ProbeError, probe};

#[tokio::test]
async fn the_running_asterisk_has_every_request_parameter_event_and_field_that_we_use() {
    let Some(config) = asterisk("callsync") else { return };
    let client = HttpClient::new(&config, AT_ONCE).unwrap();
    let mut description = Description::default();
    describe(&client, &mut description).await.unwrap();
    let missing = description.missing();
    assert_eq!(missing, crate::contract::Missing::default());
    println!("{} requests and {} fields are as Asterisk describes them", Kind::ALL.len(), FIELDS.len());
}

#[test]
fn whatever_an_asterisk_lacks_is_named() {
    let mut description = Description::default();
    let missing = description.missing();
    let optional = [
        "the request POST /channels/{channelId}/variables",
        "the request GET /endpoints/{tech}/{resource}",
        "the request PUT /applications/{applicationName}/eventFilter",
    ];
    assert_eq!(missing.optional, optional);
    assert!(missing.needed.contains(&"the request POST /channels/{channelId}/answer".to_owned()));
    assert!(missing.needed.contains(&"the event or object StasisStart".to_owned()));
    assert!(missing.needed.contains(&"the event ApplicationReplaced".to_owned()));
    let answer = r#"{"path":"/channels/{channelId}/answer","operations":[{"httpMethod":"POST"}]}"#;
    let music = r#"{"path":"/channels/{channelId}/moh","operations":[{"httpMethod":"POST"},{"httpMethod":"DELETE"}]}"#;
    let models = r#"{"StasisEnd":{"properties":{"channel":{}}},"ChannelDestroyed":{"properties":{"channel":{},"cause":{}}}}"#;
    description.add(&format!(r#"{{"apis":[{answer},{music}],"models":{models}}}"#)).unwrap();
    let missing = description.missing();
    assert!(!missing.needed.iter().any(|lack| lack.contains("answer") || lack.contains("StasisEnd")), "{missing:?}");
    assert!(missing.needed.contains(&"the parameter mohClass of POST /channels/{channelId}/moh".to_owned()));
    assert!(missing.optional.contains(&"the field tech_cause of ChannelDestroyed".to_owned()));
}

#[test]
fn the_list_of_files_names_them() {
    let resources = r#"{"apis":[{"path":"/api-docs/channels.{format}"},{"path":"/api-docs/events.{format}"}]}"#;
    assert_eq!(files(resources).unwrap(), ["channels.json", "events.json"]);
}

#[tokio::test]
async fn the_doctor_finds_a_sound_asterisk_sound_and_says_what_is_wrong_with_others() {
    let Some(config) = asterisk("callsync-nobody") else { return };
    let found = probe(&config).await.unwrap();
    assert!(found.version.starts_with("22."), "{found:?}");
    assert_eq!(found.lacks, [""; 0]);
    let wrong = crate::Config { password: "wrong".to_owned().into(), ..config.clone() };
    assert!(matches!(probe(&wrong).await, Err(ProbeError::Password { .. })));
    let elsewhere = crate::Config { url: "http://127.0.0.1:9".to_owned(), ..config.clone() };
    let unreachable = probe(&elsewhere).await.unwrap_err().to_string();
    assert!(unreachable.starts_with("nothing answers at http://127.0.0.1:9 (no connection: "), "{unreachable}");
    for url in ["nonsense", "ftp://x", "http://user:secret@127.0.0.1"] {
        let odd = crate::Config { url: url.to_owned(), ..config.clone() };
        assert!(matches!(probe(&odd).await, Err(ProbeError::Config(_))), "{url}");
    }
}

#[test]
fn a_password_is_in_no_debug_output() {
    let config = super::config("http://127.0.0.1:8088", "callsync");
    assert!(!format!("{config:?}").contains("secret"));
    assert!(!format!("{:?}", HttpClient::new(&config, AT_ONCE).unwrap()).contains("Y2FsbHN5bmM6c2VjcmV0"));
}
