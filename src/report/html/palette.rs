//! Contrast, by the formula of WCAG 2.2: every colour of text on every ground it stands on, light and dark.

use std::collections::BTreeMap;

/// The colours that the page names, each for light and dark.
fn colours() -> BTreeMap<String, [String; 2]> {
    let mut colours = BTreeMap::new();
    for line in super::STYLE.lines() {
        let Some((name, value)) = line.trim().split_once(": light-dark(") else { continue };
        let (light, dark) = value.trim_end_matches(");").split_once(", ").expect("two colours");
        let name = name.trim_start_matches("--").to_owned();
        assert!(colours.insert(name, [light.to_owned(), dark.to_owned()]).is_none(), "each is named once");
    }
    colours
}

fn luminance(colour: &str) -> f64 {
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("hexadecimal")) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn text_can_be_read_on_every_ground_it_stands_on() {
    let colours = colours();
    let verdicts = ["fail", "unknown", "blocked", "note", "waived", "pass", "na"];
    let mut pairs: Vec<(String, String, f64)> = Vec::new();
    let mut pair = |text: &str, ground: &str, least: f64| pairs.push((text.to_owned(), ground.to_owned(), least));
    for ground in ["bg", "card", "well"] {
        for text in ["ink", "soft", "link"] {
            pair(text, ground, 4.5);
        }
        // The frames of controls and boxes.
        pair("edge", ground, 3.0);
    }
    for verdict in verdicts {
        let tint = format!("{verdict}-bg");
        for ground in ["bg", "card", "well", &tint] {
            pair(verdict, ground, 4.5);
        }
        for text in ["ink", "soft", "link"] {
            pair(text, &tint, 4.5);
        }
    }
    for (text, ground, least) in pairs {
        for (at, theme) in ["light", "dark"].iter().enumerate() {
            let ratio = contrast(&colours[&text][at], &colours[&ground][at]);
            assert!(ratio >= least, "{text} on {ground}, {theme}: {ratio:.2}, wanted {least}");
        }
    }
}

#[test]
fn the_formula_is_the_published_one() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.001);
    assert!((contrast("#767676", "#ffffff") - 4.54).abs() < 0.01);
}
