//! Bytes written in base64.

/// Reads the standard alphabet with its padding; `None` for anything else.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.as_bytes();
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let digits = &text[..text.len().checked_sub(padding).filter(|_| padding <= 2)?];
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for group in digits.chunks(4) {
        let mut value = 0_u32;
        for byte in group {
            value = value << 6 | u32::from(digit(*byte)?);
        }
        value <<= 6 * (4 - group.len());
        let [_, one, two, three] = value.to_be_bytes();
        let (kept, rest) = ([one, two, three], group.len() - 1);
        // What the padding cuts off is zero in one spelling only.
        if kept[rest..].iter().any(|byte| *byte != 0) && rest < 3 {
            return None;
        }
        bytes.extend_from_slice(&kept[..rest]);
    }
    Some(bytes)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        assert_eq!(decode("+/8="), Some(vec![0xfb, 0xff]));
    }

    #[test]
    fn other_texts_are_no_bytes() {
        for text in ["Zg", "Zg=", "Zg===", "====", "Z===", "Zh==", "Zm9=", "Z g=", "Zm-v", "=Zg=", "é==="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
