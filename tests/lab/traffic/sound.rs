//! What the lab's people say: Russian prompts of Asterisk's own set, strung together and coded as µ-law.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Result, Trouble};

/// Two voices' worth of speech, as files of raw µ-law at 8 kHz.
pub struct Speech {
    /// For the agents.
    pub agent: PathBuf,
    /// For the callers.
    pub caller: PathBuf,
}

const PROMPTS: &str = "usr/share/asterisk/sounds/ru_RU_f_IvrvoiceRU";
const AGENT: [&str; 6] =
    ["hello", "one-moment-please", "queue-thankyou", "pls-hold-while-try", "num-was-successfully", "goodbye"];
const CALLER: [&str; 6] = ["telephone-number", "hours", "please-try-again", "location", "number-not-answering", "sorry"];
/// People draw breath: 0.4 s of µ-law silence.
const BREATH: [u8; 3200] = [0xff; 3200];

/// Writes both files into `folder`.
///
/// # Errors
/// When a prompt is missing or no plain WAV.
pub fn speech(root: &Path, folder: &Path) -> Result<Speech> {
    let say = |prompts: &[&str], file: &str| -> Result<PathBuf> {
        let mut sound = Vec::new();
        for prompt in prompts {
            let path = root.join(PROMPTS).join(format!("{prompt}.wav"));
            let wav = fs::read(&path).map_err(Trouble::file("reading", &path))?;
            let samples = samples(&wav).ok_or_else(|| Trouble::said(format!("{} is no plain WAV", path.display())))?;
            sound.extend(samples.map(mu_law));
            sound.extend(BREATH);
        }
        let path = folder.join(file);
        fs::write(&path, sound).map_err(Trouble::file("writing", &path))?;
        Ok(path)
    };
    Ok(Speech { agent: say(&AGENT, "agent.ulaw")?, caller: say(&CALLER, "caller.ulaw")? })
}

/// The 16-bit samples of a WAV file: those of its `data` chunk.
fn samples(wav: &[u8]) -> Option<impl Iterator<Item = i16>> {
    let mut chunks = wav.strip_prefix(b"RIFF")?.get(8..)?;
    loop {
        let (name, rest) = chunks.split_at_checked(4)?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        if name == b"data" {
            let (pairs, _) = rest[..length.min(rest.len())].as_chunks::<2>();
            return Some(pairs.iter().map(|pair| i16::from_le_bytes(*pair)));
        }
        chunks = rest.get(length.next_multiple_of(2)..)?;
    }
}

/// ITU-T G.711 µ-law of one sample.
pub fn mu_law(sample: i16) -> u8 {
    const BIAS: u16 = 0x84;
    const LOUDEST: u16 = 32_635;
    let sign = if sample < 0 { 0x80 } else { 0 };
    let level = sample.unsigned_abs().min(LOUDEST) + BIAS;
    let exponent = 8 - u8::try_from(level.leading_zeros()).unwrap_or(8).min(8);
    let mantissa = u8::try_from((level >> (exponent + 3)) & 0x0f).unwrap_or(0);
    !(sign | (exponent << 4) | mantissa)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mu_law_is_that_of_g_711() {
        // Table 2a of G.711: silence, the loudest values of both signs, and one in between.
        assert_eq!(mu_law(0), 0xff);
        assert_eq!(mu_law(32_635), 0x80);
        assert_eq!(mu_law(-32_635), 0x00);
        assert_eq!(mu_law(1000), 0xce);
    }

    #[test]
    fn the_samples_of_a_wav_are_those_of_its_data_chunk() {
        let mut wav = b"RIFF\0\0\0\0WAVEfmt \x02\0\0\0xxdata\x04\0\0\0".to_vec();
        wav.extend([1, 0, 255, 255]);
        assert_eq!(samples(&wav).unwrap().collect::<Vec<_>>(), [1, -1]);
        assert!(samples(b"RIFFnothing").is_none());
    }
}
