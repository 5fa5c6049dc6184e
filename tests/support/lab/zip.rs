//! A ZIP archive of one file, stored as it is: what a function's code must be wrapped in.
//!
//! Knows the three records that such an archive consists of, after the format's public description (APPNOTE.TXT,
//! sections 4.3.7, 4.3.12 and 4.3.16); refuses to know compression.

/// The archive that holds `content` under `name`, readable by everybody, dated 1980-01-01.
///
/// # Panics
/// When either is too large for the format's lengths.
pub(super) fn of(name: &str, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or_else(|e| panic!("{name}: {e}"));
    let name_length = u16::try_from(name.len()).unwrap_or_else(|e| panic!("{name}: {e}"));
    // Version 1.0, no flags, stored, midnight, the first day that the format has, checksum, both lengths, and those of
    // the name and of the extra field.
    let mut common = Vec::new();
    for number in [10_u16, 0, 0, 0, 0x0021] {
        common.extend(number.to_le_bytes());
    }
    for number in [checksum(content), length, length] {
        common.extend(number.to_le_bytes());
    }
    for number in [name_length, 0] {
        common.extend(number.to_le_bytes());
    }
    let mut archive = [b"PK\x03\x04".as_slice(), &common, name.as_bytes(), content].concat();
    let directory = position(&archive);
    archive.extend(b"PK\x01\x02");
    // Made by version 2.0 on Unix, which gives the attributes below their meaning.
    archive.extend(0x0314_u16.to_le_bytes());
    archive.extend(&common);
    for number in [0_u16, 0, 0] {
        archive.extend(number.to_le_bytes());
    }
    // A plain file with mode 0644, whose record begins the archive.
    for number in [0o100_644_u32 << 16, 0] {
        archive.extend(number.to_le_bytes());
    }
    archive.extend(name.as_bytes());
    let end = position(&archive);
    archive.extend(b"PK\x05\x06");
    for number in [0_u16, 0, 1, 1] {
        archive.extend(number.to_le_bytes());
    }
    for number in [end - directory, directory] {
        archive.extend(number.to_le_bytes());
    }
    archive.extend(0_u16.to_le_bytes());
    archive
}

fn position(archive: &[u8]) -> u32 {
    u32::try_from(archive.len()).unwrap_or_else(|e| panic!("the archive is too large: {e}"))
}

/// CRC-32 as ZIP, gzip and PNG have it.
fn checksum(content: &[u8]) -> u32 {
    !content.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 * (sum & 1)))
    })
}
