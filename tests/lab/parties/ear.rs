//! What arrived at one party's ear: stretches of sound with their times.

use super::clock::{Millis, time_of_day};
use super::packet::Stamp;
use super::tone::{Sound, Tone};

/// A pause longer than this between two frames ends a stretch: three lost packets.
const BREAK: Millis = 70;
/// The same by what their sender wrote on them.
const BREAK_SAMPLES: u32 = 8 * 70;
/// A frame of 20 ms arrives at its end.
const FRAME: Millis = 20;

/// An unbroken stretch of one kind of sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// The kind.
    pub sound: Sound,
    /// When its first frame arrived.
    pub from: Millis,
    /// When its last frame arrived.
    pub to: Millis,
    /// How many frames it has.
    pub frames: u32,
}

/// Packets of sound, whatever they held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrivals {
    /// The first.
    pub from: Millis,
    /// The last.
    pub to: Millis,
    /// The longest time between two.
    pub longest_pause: Millis,
}

/// Everything that one ear heard.
#[derive(Debug, Clone, Default)]
pub struct Ear(Vec<Frame>);

#[derive(Debug, Clone, Copy)]
struct Frame {
    at: Millis,
    sound: Sound,
    stamp: Stamp,
}

impl Frame {
    /// Whether nothing was lost between another frame and this one. A machine that is busy delivers late what was sent in time:
    /// the pause is none of the sound's where the sender's own numbers go on.
    fn follows(&self, before: &Self) -> bool {
        let apart = self.stamp.samples.wrapping_sub(before.stamp.samples);
        let late = self.stamp.stream == before.stamp.stream && (1..=BREAK_SAMPLES).contains(&apart);
        self.sound == before.sound && (late || self.at - before.at <= BREAK)
    }
}

impl Ear {
    /// Takes the next frame.
    pub fn hear(&mut self, at: Millis, sound: Sound, stamp: Stamp) {
        self.0.push(Frame { at, sound, stamp });
    }

    /// Takes over what another ear of the same party heard.
    pub fn join(&mut self, other: Self) {
        self.0.extend(other.0);
        self.0.sort_by_key(|frame| frame.at);
    }

    /// The stretches that began or went on at or after `from`. Silence breaks a stretch and is none itself.
    pub fn stretches(&self, from: Millis) -> Vec<Heard> {
        let mut stretches: Vec<Heard> = Vec::new();
        let mut before: Option<&Frame> = None;
        for frame in self.0.iter().filter(|frame| frame.at >= from && frame.sound != Sound::Silence) {
            let Frame { at, sound, .. } = *frame;
            match stretches.last_mut() {
                Some(last) if before.is_some_and(|before| frame.follows(before)) => {
                    last.to = at;
                    last.frames += 1;
                }
                _ => stretches.push(Heard { sound, from: at, to: at, frames: 1 }),
            }
            before = Some(frame);
        }
        stretches
    }

    /// The stretches of one tone since `from`.
    pub fn tone(&self, tone: Tone, from: Millis) -> Vec<Heard> {
        self.stretches(from).into_iter().filter(|heard| heard.sound == Sound::Tone(tone)).collect()
    }

    /// What is neither silence nor a tone of a party, since `from`: music, as one stretch from its first to its last frame.
    /// Music may fall silent for a moment, so its stretches are joined.
    pub fn music(&self, from: Millis) -> Option<Heard> {
        let music: Vec<Heard> = self.stretches(from).into_iter().filter(|heard| heard.sound == Sound::Other).collect();
        let frames = music.iter().map(|heard| heard.frames).sum();
        Some(Heard { sound: Sound::Other, from: music.first()?.from, to: music.last()?.to, frames })
    }

    /// Whatever arrived between two times, silent or not.
    pub fn arrivals(&self, from: Millis, to: Millis) -> Option<Arrivals> {
        let times = self.times(from, to);
        let longest_pause = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
        Some(Arrivals { from: *times.first()?, to: *times.last()?, longest_pause })
    }

    /// When each packet arrived between two times, in order.
    pub fn times(&self, from: Millis, to: Millis) -> Vec<Millis> {
        self.0.iter().map(|frame| frame.at).filter(|at| (from..=to).contains(at)).collect()
    }

    /// In words, for a failed wait.
    pub fn said(&self, from: Millis) -> String {
        let words: Vec<String> = self.stretches(from).iter().filter(|heard| heard.frames > 2).map(Heard::to_string).collect();
        if words.is_empty() { "nothing was heard".to_owned() } else { format!("what was heard is {}", words.join(", ")) }
    }
}

impl Heard {
    /// How long it lasted, its last frame included.
    pub fn length(&self) -> Millis {
        self.to - self.from + FRAME
    }
}

impl std::fmt::Display for Heard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.sound {
            Sound::Silence => f.write_str("silence")?,
            Sound::Tone(tone) => write!(f, "the tone of {} Hz", tone.hertz())?,
            Sound::Other => f.write_str("music or speech")?,
        }
        write!(f, " from {} to {}", time_of_day(self.from), time_of_day(self.to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_ends_at_a_pause_or_when_the_sound_changes() {
        let mut ear = Ear::default();
        let tone = Sound::Tone(Tone::nth(1));
        for at in [0, 20, 40, 60] {
            ear.hear(at, Sound::Other, Stamp::default());
        }
        for at in [80, 100, 120, 400, 420] {
            ear.hear(at, tone, Stamp::default());
        }
        let found: Vec<(Millis, Millis)> = ear.stretches(0).iter().map(|heard| (heard.from, heard.to)).collect();
        assert_eq!(found, [(0, 60), (80, 120), (400, 420)]);
        assert_eq!(ear.tone(Tone::nth(1), 300).len(), 1);
        assert_eq!(ear.music(0).map(|music| music.length()), Some(80));
    }

    #[test]
    fn frames_that_arrive_late_are_missed_only_where_some_are_lost() {
        let stretches = |stream, lost: u32| {
            let mut ear = Ear::default();
            for n in 0..10_u32 {
                let (late, stamp) = if n < 5 {
                    (0, Stamp { stream: 1, samples: n * 160 })
                } else {
                    (900, Stamp { stream, samples: (n + lost) * 160 })
                };
                ear.hear(Millis::from(n) * 20 + late, Sound::Tone(Tone::nth(1)), stamp);
            }
            ear.stretches(0).len()
        };
        assert_eq!(stretches(1, 0), 1);
        assert_eq!(stretches(1, 3), 2, "three are lost");
        assert_eq!(stretches(2, 0), 2, "another stream's numbers say nothing of this one's");
    }
}
