//! Names that become the names of folders, everywhere.

/// The longest name, in characters.
const LONGEST: usize = 64;
/// Names that Windows keeps for devices, which no folder may have.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// Whether `name` can name a folder everywhere, beside files with the names `taken`.
///
/// # Errors
/// What is wrong with it, and what may be written.
pub fn is_safe(name: &str, taken: &[&str]) -> Result<(), String> {
    let wrong = |why: &str| {
        Err(format!("`{name}` cannot name a folder: {why}; write letters, digits, `_`, and within also `-`, `.`, `@`"))
    };
    if name.is_empty() {
        return Err("it is empty; each has one of its own, which names its folder".to_owned());
    }
    if name.len() > LONGEST {
        return wrong("it has more than 64 characters");
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '@')) {
        return wrong("it holds a character that is none of these");
    }
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') || name.ends_with('.') {
        return wrong("it begins or ends with a mark");
    }
    let small = name.to_ascii_lowercase();
    let stem = small.split('.').next().unwrap_or_default();
    let letters = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_device = DEVICES.contains(&stem) || (matches!(letters, "com" | "lpt") && stem.len() == 4);
    if is_device || taken.contains(&small.as_str()) {
        return wrong("the name is taken");
    }
    Ok(())
}
