//! ITU-T G.711, decoding only: what arrives at a party's ear.

/// The payload type of µ-law in RTP (RFC 3551, table 4).
pub const PCMU: u8 = 0;
/// The payload type of A-law.
pub const PCMA: u8 = 8;

/// The samples of a payload, or nothing when the type is none of G.711's.
pub fn decode(payload_type: u8, payload: &[u8]) -> Option<Vec<f32>> {
    let one: fn(u8) -> i32 = match payload_type {
        PCMU => mu_law,
        PCMA => a_law,
        _ => return None,
    };
    // The largest 16-bit sample is far below what an f32 holds exactly.
    #[expect(clippy::cast_precision_loss, reason = "16 bits fit into the 24 of an f32's mantissa")]
    let samples = payload.iter().map(|byte| one(*byte) as f32).collect();
    Some(samples)
}

fn mu_law(byte: u8) -> i32 {
    let bits = i32::from(!byte);
    let level = (((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4);
    if bits & 0x80 == 0 { level - 0x84 } else { 0x84 - level }
}

fn a_law(byte: u8) -> i32 {
    let bits = i32::from(byte ^ 0x55);
    let exponent = (bits & 0x70) >> 4;
    let mantissa = (bits & 0x0f) << 4;
    let level = if exponent == 0 { mantissa + 8 } else { (mantissa + 0x108) << (exponent - 1) };
    if bits & 0x80 == 0 { -level } else { level }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mu_law_is_that_of_g_711() {
        assert_eq!((mu_law(0xff), mu_law(0x80), mu_law(0x00)), (0, 32_124, -32_124));
        assert_eq!(mu_law(0xce), 988);
    }

    #[test]
    fn a_law_is_that_of_g_711() {
        assert_eq!((a_law(0xd5), a_law(0xaa), a_law(0x2a)), (8, 32_256, -32_256));
    }

    #[test]
    fn other_payload_types_are_left_alone() {
        assert!(decode(18, &[0; 20]).is_none());
        assert_eq!(decode(PCMU, &[0xff; 160]).unwrap().len(), 160);
    }
}
