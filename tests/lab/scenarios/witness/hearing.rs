//! The second witness: what the parties heard of each other.

use super::story::{Party, Story, Talk, Voice};
use crate::parties::ear::Ear;
use crate::parties::{Heard, Millis, Standstills};

/// Tones are told apart in frames of 20 ms, and a phone takes a frame or two to begin.
const WITHIN: Millis = 100;
const A_SECOND: Millis = 1000;
/// One stream brings fifty packets a second; a second stream at the same time would bring as many again.
const ONE_STREAM: Millis = 50;
/// So many more come within a second when the first ones are late.
const STRAY: Millis = 12;
/// A stretch as short as this is how a change of speakers sounds.
const BLINK: Millis = 60;

/// What the ears of a call contradict. `ear_of` gives what arrived at a party.
pub fn differences(
    number: &str,
    story: &Story,
    parties: &[Party],
    ear_of: impl Fn(&Voice) -> Ear,
    standstills: &Standstills,
) -> Vec<String> {
    let ear = |who: &str| {
        let voice = parties.iter().filter_map(|party| party.sound.as_ref()).rfind(|voice| voice.who == who)?;
        Some((voice.clone(), ear_of(voice)))
    };
    let Some((caller, caller_ear)) = ear(number) else { return Vec::new() };
    let mut found = Findings { words: Vec::new(), standstills };
    let end = story.ended.map_or(Millis::MAX, |(at, _)| at);
    if let Some((packets, ms)) = two_streams(&caller_ear, story.dialled, end, standstills) {
        found.words.push(format!("the caller got {packets} packets of sound within {ms} ms: two streams at once"));
    }
    music(story, &caller_ear, &mut found);
    for talk in &story.talks {
        if let Some((agent, agent_ear)) = ear(&talk.agent) {
            both_ways(talk, (&caller, &caller_ear), (&agent, &agent_ear), &mut found);
        }
    }
    found.words
}

/// Where more packets arrived than one stream can have brought: how many, and within which time.
///
/// Whoever has stood still sends what was due meanwhile at several times the usual pace, so that one stream looks like two for
/// a moment. The time that is looked at is as much longer as the machine stood still: the packets of a standstill are fewer
/// than those that a second stream brings in it.
fn two_streams(ear: &Ear, from: Millis, to: Millis, standstills: &Standstills) -> Option<(Millis, Millis)> {
    let times = ear.times(from, to);
    times.iter().enumerate().find_map(|(n, at)| {
        let still = |length: Millis| standstills.between(at - A_SECOND, at + length);
        let length = A_SECOND + still(A_SECOND);
        let packets = Millis::try_from(times[n..].partition_point(|later| *later < at + length)).unwrap_or(Millis::MAX);
        (packets > ONE_STREAM * (length + still(length)) / A_SECOND + STRAY).then_some((packets, length))
    })
}

/// What was found, and how long the machine stood still meanwhile.
struct Findings<'a> {
    words: Vec<String>,
    standstills: &'a Standstills,
}

impl Findings<'_> {
    fn near(&mut self, what: &str, heard: Millis, told: Millis) {
        if (heard - told).abs() > self.standstills.allow(WITHIN, heard, told) {
            self.words.push(format!("{what} {} ms after the phones' own time of it", heard - told));
        }
    }

    /// Stretches that only a standstill has parted are one.
    fn whole(&self, stretches: Vec<Heard>) -> Vec<Heard> {
        let mut whole: Vec<Heard> = Vec::new();
        for stretch in stretches {
            match whole.last_mut() {
                Some(last)
                    if stretch.from - last.to <= WITHIN + self.standstills.between(last.to, stretch.from)
                        && self.standstills.between(last.to, stretch.from) > 0 =>
                {
                    last.to = stretch.to;
                    last.frames += stretch.frames;
                }
                _ => whole.push(stretch),
            }
        }
        whole
    }
}

/// Whoever waits hears something from the answer of the switch to the agent's answer, or to the end.
fn music(story: &Story, ear: &Ear, found: &mut Findings<'_>) {
    let Some(from) = story.connected else { return };
    let to = story.talks.first().map(|talk| talk.from).or(story.ended.map(|(at, _)| at));
    let Some(to) = to.filter(|to| to - from > 1000) else { return };
    match ear.arrivals(from - WITHIN, to) {
        None => found.words.push("the caller heard nothing while waiting".to_owned()),
        Some(heard) => {
            found.near("the caller's music began", heard.from, from);
            found.near("the caller's music ended", heard.to, to);
            if heard.longest_pause > found.standstills.allow(WITHIN, from, to) {
                found.words.push(format!("the caller's music had a hole of {} ms", heard.longest_pause));
            }
        }
    }
    if ear.music(from).is_none() {
        found.words.push("what the caller got while waiting was silent".to_owned());
    }
}

fn both_ways(talk: &Talk, caller: (&Voice, &Ear), agent: (&Voice, &Ear), found: &mut Findings<'_>) {
    let Some(to) = talk.to else { return };
    let stretches = |ear: &Ear, of: &Voice, found: &Findings<'_>| -> Vec<Heard> {
        let heard = ear.tone(of.tone, talk.from - WITHIN).into_iter();
        found.whole(heard.filter(|heard| heard.from <= to && heard.length() > BLINK).collect())
    };
    let expected = conversation(talk, to);
    let heard = stretches(caller.1, agent.0, found);
    compare(&heard, &expected, "the caller", &talk.agent, found);
    let heard = stretches(agent.1, caller.0, found);
    compare(&heard, &expected, &talk.agent, "the caller", found);
}

/// The stretches of a conversation between its holds.
fn conversation(talk: &Talk, to: Millis) -> Vec<(Millis, Millis)> {
    let starts = std::iter::once(talk.from).chain(talk.holds.iter().map(|hold| hold.1));
    let ends = talk.holds.iter().map(|hold| hold.0).chain(std::iter::once(to));
    starts.zip(ends).collect()
}

fn compare(heard: &[Heard], expected: &[(Millis, Millis)], listener: &str, speaker: &str, found: &mut Findings<'_>) {
    if heard.len() != expected.len() {
        let said: Vec<String> = heard.iter().map(Heard::to_string).collect();
        found.words.push(format!(
            "{listener} heard {speaker} in {} stretches, not in {}: {}",
            heard.len(),
            expected.len(),
            said.join(", ")
        ));
        return;
    }
    for (heard, (from, to)) in heard.iter().zip(expected) {
        found.near(&format!("{listener} began to hear {speaker}"), heard.from, *from);
        found.near(&format!("{listener} ceased to hear {speaker}"), heard.to, *to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parties::packet::Stamp;
    use crate::parties::tone::Sound;
    use crate::parties::{Diary, Tone};

    const CALLER: u16 = 1;
    const AGENT: u16 = 2;

    fn party(who: &str, tone: u16) -> Party {
        let address = std::net::Ipv4Addr::LOCALHOST;
        let sound = Voice { who: who.to_owned(), address, ports: 1..=9, since: 0, tone: Tone::nth(tone) };
        Party { diary: Diary::empty(), sound: Some(sound) }
    }

    fn story() -> Story {
        let talk = Talk { agent: "1001".to_owned(), from: 3000, to: Some(5000), agent_ended: false, holds: Vec::new() };
        Story { dialled: 0, connected: Some(20), talks: vec![talk], ended: Some((5000, true)), ..Story::default() }
    }

    fn sound(ear: &mut Ear, sound: Sound, from: Millis, to: Millis) {
        (from..to).step_by(20).for_each(|at| ear.hear(at, sound, Stamp::default()));
    }

    /// What is found when the caller hears music from 40 to `music_to`, and the agent from `voice_from` to 5000.
    fn found(music_to: Millis, voice_from: Millis) -> Vec<String> {
        let ear_of = |voice: &Voice| {
            let mut ear = Ear::default();
            if voice.who == "+7" {
                sound(&mut ear, Sound::Other, 40, music_to);
                sound(&mut ear, Sound::Tone(Tone::nth(AGENT)), voice_from, 5000);
            } else {
                sound(&mut ear, Sound::Tone(Tone::nth(CALLER)), 3020, 5000);
            }
            ear
        };
        let parties = [party("+7", CALLER), party("1001", AGENT)];
        differences("+7", &story(), &parties, ear_of, &Standstills::default())
    }

    #[test]
    fn ears_that_hear_what_the_phones_tell_contradict_nothing() {
        assert_eq!(found(3000, 3020), Vec::<String>::new());
    }

    #[test]
    fn a_voice_that_comes_late_is_noticed() {
        let found = found(3000, 3140);
        assert!(found.iter().any(|words| words.contains("began to hear 1001 140 ms after")), "{found:?}");
    }

    #[test]
    fn music_that_ends_early_is_noticed() {
        let found = found(2600, 3020);
        assert!(found.iter().any(|words| words.contains("music ended")), "{found:?}");
    }

    #[test]
    fn music_that_plays_on_under_the_voice_is_noticed() {
        let found = found(5000, 3020);
        assert!(found.iter().any(|words| words.contains("two streams at once")), "{found:?}");
    }

    #[test]
    fn a_stream_that_makes_up_for_a_standstill_is_one_and_two_that_do_are_two() {
        let standstills = Standstills::default().and(&[(2000, 3500)]);
        let noticed = |streams: usize, from| {
            let mut ear = Ear::default();
            for sent in (0..8000).step_by(20) {
                // Five at a time, until none is late any more.
                let at = if (2000..3875).contains(&sent) { 3500 + (sent - 2000) / 5 } else { sent };
                (0..streams).for_each(|_| ear.hear(at, Sound::Other, Stamp::default()));
            }
            two_streams(&ear, from, 8000, &standstills).is_some()
        };
        assert!(!noticed(1, 0), "all of them are one stream's");
        assert!(noticed(2, 0) && noticed(2, 3500));
    }
}
