//! Pure tones: each party speaks with one of its own, so that whoever hears it knows who speaks.

use std::f32::consts::TAU;
use std::fs;
use std::path::{Path, PathBuf};

use super::g711;
use crate::traffic::sound::mu_law;
use crate::{Result, Trouble, folders};

/// Telephone sound.
const RATE: u16 = 8000;
/// Frames of 20 ms hold whole periods of every multiple of 50 Hz: at 100 Hz apart no tone leaks into another's bin.
const STEP_HZ: u16 = 100;
const FIRST_HZ: u16 = 400;
/// How many different tones there are.
pub const COUNT: u16 = 28;
const LOUDNESS: f32 = 8000.0;
/// Below this mean square a frame is silence: G.711's idle noise stays far under it.
const SILENCE: f32 = 100.0 * 100.0;
/// The share of a frame's energy that must lie in one bin.
const PURE: f32 = 0.8;
/// Longer than any conversation of a test. baresip reads the whole file before it speaks.
const WAV_SECONDS: u32 = 240;

/// A pure tone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tone(u16);

/// What a frame of 20 ms holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sound {
    /// Nothing to hear.
    Silence,
    /// One of the tones.
    Tone(Tone),
    /// Anything else: music, speech, two tones at once.
    Other,
}

impl Tone {
    /// The `n`-th tone; after the last the first again.
    pub const fn nth(n: u16) -> Self {
        Self(FIRST_HZ + n % COUNT * STEP_HZ)
    }

    /// Its frequency.
    pub fn hertz(self) -> u16 {
        self.0
    }

    /// The tone as a WAV file in `folder`, written unless it is there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn wav(self, folder: &Path) -> Result<PathBuf> {
        let file = folders::made(folder.to_owned())?.join(format!("tone-{}.wav", self.0));
        if !file.exists() {
            fs::write(&file, wav_of(self)).map_err(Trouble::file("writing", &file))?;
        }
        Ok(file)
    }

    /// One packet of µ-law. 20 ms hold a whole number of periods: said again and again it is the tone.
    pub fn packet(self) -> Vec<u8> {
        second(self).take(usize::from(RATE) / 50).map(mu_law).collect()
    }
}

/// What an RTP payload holds, or nothing when it is not G.711.
pub fn listen(payload_type: u8, payload: &[u8]) -> Option<Sound> {
    g711::decode(payload_type, payload).map(|samples| classify(&samples))
}

/// What a frame of 20 ms holds, as samples of 16 bits.
#[expect(clippy::cast_precision_loss, reason = "a frame has a few hundred samples")]
pub fn classify(samples: &[f32]) -> Sound {
    let energy: f32 = samples.iter().map(|sample| sample * sample).sum();
    let length = samples.len() as f32;
    if length == 0.0 || energy / length < SILENCE {
        return Sound::Silence;
    }
    // A sine of amplitude a puts (a·n/2)² into its bin and has the energy a²·n/2: the share is bin · 2 / (n · energy).
    let share = |tone: Tone| goertzel(samples, tone.0) * 2.0 / (length * energy);
    (0..COUNT).map(Tone::nth).find(|tone| share(*tone) > PURE).map_or(Sound::Other, Sound::Tone)
}

/// The power of one frequency (Goertzel's algorithm).
fn goertzel(samples: &[f32], hertz: u16) -> f32 {
    let turn = 2.0 * (TAU * f32::from(hertz) / f32::from(RATE)).cos();
    let (last, before) =
        samples.iter().fold((0.0_f32, 0.0_f32), |(last, before), sample| (turn.mul_add(last, sample - before), last));
    last.mul_add(last, before * before) - turn * last * before
}

/// A second of the tone as samples: a whole number of periods.
#[expect(clippy::cast_possible_truncation, reason = "the loudness is below the largest 16-bit sample")]
fn second(tone: Tone) -> impl Iterator<Item = i16> {
    (0..RATE).map(move |n| (LOUDNESS * (TAU * f32::from(tone.0) * f32::from(n) / f32::from(RATE)).sin()).round() as i16)
}

fn wav_of(tone: Tone) -> Vec<u8> {
    let bytes = WAV_SECONDS * u32::from(RATE) * 2;
    let mut wav = Vec::with_capacity(bytes as usize + 44);
    wav.extend(b"RIFF");
    wav.extend((bytes + 36).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    wav.extend([1, 0, 1, 0]); // PCM, one channel
    wav.extend(u32::from(RATE).to_le_bytes());
    wav.extend((u32::from(RATE) * 2).to_le_bytes());
    wav.extend([2, 0, 16, 0]); // bytes a sample, bits a sample
    wav.extend(b"data");
    wav.extend(bytes.to_le_bytes());
    let second: Vec<u8> = second(tone).flat_map(i16::to_le_bytes).collect();
    (0..WAV_SECONDS).for_each(|_| wav.extend(&second));
    wav
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(parts: &[(Tone, f32)], shift: u16) -> Vec<f32> {
        (shift..shift + 160)
            .map(|n| parts.iter().map(|(tone, a)| a * (TAU * f32::from(tone.0) * f32::from(n) / f32::from(RATE)).sin()).sum())
            .collect()
    }

    #[test]
    fn every_tone_is_heard_as_itself_wherever_the_frame_begins() {
        for tone in (0..COUNT).map(Tone::nth) {
            for shift in [0, 7, 33] {
                assert_eq!(classify(&frame(&[(tone, 8000.0)], shift)), Sound::Tone(tone), "{tone:?}");
            }
        }
    }

    #[test]
    fn a_packet_of_a_tone_is_heard_as_it() {
        for tone in (0..COUNT).map(Tone::nth) {
            let packet = tone.packet();
            assert_eq!((packet.len(), listen(g711::PCMU, &packet)), (160, Some(Sound::Tone(tone))));
        }
    }

    #[test]
    fn two_tones_at_once_are_no_tone() {
        assert_eq!(classify(&frame(&[(Tone::nth(1), 5000.0), (Tone::nth(4), 5000.0)], 0)), Sound::Other);
    }

    #[test]
    fn silence_is_silence() {
        assert_eq!(classify(&[8.0; 160]), Sound::Silence);
        assert_eq!(listen(g711::PCMU, &[0xff; 160]), Some(Sound::Silence));
        assert_eq!(listen(18, &[0; 20]), None);
    }
}
