//! The HTML report in a real browser, by mouse and by keyboard, in a wide window and on a phone.
//!
//! Not among the tests of a plain `cargo test`, since it needs Chromium (Debian's package `chromium`, or the one that the
//! variable `CHROMIUM` names): `cargo test --no-default-features --test browser`.

mod devtools;
#[path = "../judging/mod.rs"]
mod judging;
mod page;

use devtools::Browser;
use page::{page, written};
use serde_json::json;
use std::path::Path;

fn browser(test: &str) -> Browser {
    Browser::start(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("browser-{}-{test}", std::process::id())))
}

/// How many findings are shown.
const SHOWN: &str = "document.querySelectorAll('.f:not([hidden])').length";

#[test]
fn the_page_is_whole_and_silent_at_every_width() {
    let path = page("whole");
    let mut browser = browser("whole");
    for width in [1280, 390] {
        let mut tab = browser.open(&path, width, true);
        tab.holds("document.documentElement.scrollWidth <= innerWidth");
        // Of the two pictures one is shown, and it fits or can be moved.
        let picture = if width > 600 { "wide" } else { "tall" };
        let shown = tab.value("[...document.querySelectorAll('.scroll > svg')].filter((s) => s.getClientRects().length).map((s) => s.classList[0])");
        assert_eq!(shown, json!([picture]));
        // What stands in a box of the picture stands within it, and boxes stand apart.
        tab.holds(
            "(() => { const boxes = [...document.querySelectorAll('.scroll > svg .n:not(.frame)')].filter((a) => a.getClientRects().length); \
             const of = (a) => a.querySelector('rect').getBoundingClientRect(); \
             const inside = boxes.every((a) => [...a.querySelectorAll('text')].every((t) => { \
               const [i, o] = [t.getBoundingClientRect(), of(a)]; return i.left >= o.left && i.right <= o.right && i.top >= o.top && i.bottom <= o.bottom; })); \
             const apart = boxes.every((a) => boxes.every((b) => a === b || of(a).right <= of(b).left || of(b).right <= of(a).left || of(a).bottom <= of(b).top || of(b).bottom <= of(a).top)); \
             return boxes.length > 5 && inside && apart; })()",
        );
        tab.value("document.getElementById('open').click()");
        tab.holds("document.documentElement.scrollWidth <= innerWidth");
        tab.holds("document.querySelectorAll('.f:not([open])').length === 0");
        // Every finding that was opened says all of it itself.
        tab.holds("document.querySelectorAll(\"[href^='#r-']\").length === 0 && [...document.querySelectorAll('.f')].every((f) => f.querySelector('.c'))");
        tab.holds("[...document.querySelectorAll('.f.pass')].every((f) => !f.querySelector('.fix'))");
        assert_eq!(tab.complaints(), Vec::<String>::new());
    }
}

#[test]
fn a_click_in_the_picture_leads_to_the_findings() {
    let path = page("picture");
    let mut browser = browser("picture");
    for width in [1280, 390] {
        let mut tab = browser.open(&path, width, true);
        let all = tab.value(SHOWN);
        let links = "[...document.querySelectorAll('.scroll > svg a')].filter((a) => a.getClientRects().length)";
        let count = tab.value(&format!("{links}.length")).as_u64().expect("a number");
        assert!(count >= 16, "boxes and arrows: {count}");
        for at in 0..count {
            // Without the script it leads to a finding as well.
            tab.holds(&format!("!!document.querySelector({links}[{at}].getAttribute('href'))"));
            tab.value(&format!(
                "{links}[{at}].dispatchEvent(new MouseEvent('click', {{ bubbles: true, cancelable: true }}))"
            ));
            tab.holds(&format!("{SHOWN} > 0 && {SHOWN} < {all}"));
            tab.holds("document.activeElement.matches('.f:not([hidden])[open] > summary')");
            tab.holds("!document.getElementById('where').hidden");
        }
        // The queue's box shows what is on the queue, and the way back shows all.
        tab.value(&format!("{links}.find((a) => a.dataset.on === 'queue').focus()"));
        tab.press("Enter");
        tab.holds("[...document.querySelectorAll('.f:not([hidden])')].every((f) => f.dataset.o === 'queue')");
        tab.holds("location.hash.includes('on=queue')");
        tab.value("document.getElementById('where').click()");
        assert_eq!(tab.value(SHOWN), all);
        // An arrow shows its flow, with the trigger that it goes by; whoever gets in, the finding that says so.
        tab.value(&format!("{links}.find((a) => a.ariaLabel.startsWith('trigger from')).dispatchEvent(new MouseEvent('click', {{ bubbles: true, cancelable: true }}))"));
        tab.holds("[...document.querySelectorAll('.f:not([hidden])')].some((f) => f.dataset.o === 'writer-trigger')");
        tab.value(&format!("{links}.find((a) => a.matches('.n.out')).dispatchEvent(new MouseEvent('click', {{ bubbles: true, cancelable: true }}))"));
        tab.holds("[...document.querySelectorAll('.f:not([hidden])')].every((f) => f.querySelector('.who'))");
        tab.value("history.back()");
        tab.wait();
        tab.holds("[...document.querySelectorAll('.f:not([hidden])')].some((f) => f.dataset.o === 'writer-trigger')");
        assert_eq!(tab.complaints(), Vec::<String>::new());
    }
}

#[test]
fn the_keyboard_alone_filters_and_opens() {
    let path = page("keyboard");
    let mut browser = browser("keyboard");
    for width in [1280, 390] {
        let mut tab = browser.open(&path, width, true);
        let all = tab.value(SHOWN);
        tab.press("Tab");
        tab.holds("document.activeElement.matches('.skip')");
        tab.press("Enter");
        tab.tab_to("#filters [name=verdict][value=fail]");
        // The focus can be seen.
        tab.holds("getComputedStyle(document.activeElement.closest('.chip')).outlineStyle === 'solid'");
        tab.press(" ");
        tab.holds("location.hash === '#verdict=fail'");
        tab.holds(&format!(
            "{SHOWN} > 0 && [...document.querySelectorAll('.f:not([hidden])')].every((f) => f.matches('.fail'))"
        ));
        tab.holds(&format!(
            "document.getElementById('shown').textContent === {SHOWN} + ' of ' + {all} + ' findings shown'"
        ));
        tab.holds("[...document.querySelectorAll('.g')].filter((g) => !g.hidden).length === 1");
        tab.tab_to("[name=q]");
        tab.type_text("sendmessage");
        tab.holds("location.hash === '#verdict=fail&q=sendmessage'");
        tab.holds(&format!("{SHOWN} > 0"));
        tab.holds(
            "[...document.querySelectorAll('.f:not([hidden])')].every((f) => /sendmessage/i.test(f.textContent))",
        );
        tab.type_text(" no such thing");
        tab.holds(&format!("{SHOWN} === 0 && !document.getElementById('none').hidden"));
        tab.tab_to("#clear");
        tab.press("Enter");
        assert_eq!(tab.value(SHOWN), all);
        tab.holds("location.hash === '' && document.querySelector('[name=q]').value === ''");
        tab.tab_to(".f:not([open]) > summary");
        tab.press("Enter");
        tab.holds("document.activeElement.parentElement.open");
        tab.tab_to(".copy > button");
        tab.press("Enter");
        tab.wait();
        tab.holds("document.activeElement.textContent !== 'Copy'");
        assert_eq!(tab.complaints(), Vec::<String>::new());
    }
}

#[test]
fn the_address_keeps_what_is_filtered_and_hostile_addresses_do_nothing() {
    let path = page("address");
    let mut browser = browser("address");
    let mut tab = browser.open(&path, 1280, true);
    let all = tab.value(SHOWN);
    for (hash, fits) in [
        ("#severity=high", "f.dataset.s === 'high' || !f.dataset.s"),
        (
            "#type=AWS%3A%3ASQS%3A%3AQueue&verdict=fail,pass",
            "f.matches('.fail, .pass') && f.dataset.o.startsWith('queue')",
        ),
        ("#step=3", "f.textContent.includes('step 3') || !f.dataset.p"),
    ] {
        tab.value(&format!("location.hash = {}", json!(hash)));
        tab.wait();
        tab.holds(&format!("{SHOWN} > 0 && {SHOWN} < {all}"));
        tab.holds(&format!("[...document.querySelectorAll('.f:not([hidden])')].every((f) => {fits})"));
    }
    tab.holds("document.querySelector('[name=step]').value === '3'");
    for hash in [
        "#q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
        "#on=%22%3E%3Cscript%3E&name=%3Cb%3E",
        "#f-%22%5D",
        "#x=%",
        "#=",
        "#only=,,",
    ] {
        tab.value(&format!("location.hash = {}", json!(hash)));
        tab.wait();
    }
    // A finding by its address, whatever is filtered.
    tab.value("location.hash = '#verdict=pass'");
    tab.value("(() => { const f = document.querySelector('.f.fail'); location.hash = '#' + f.id; })()");
    tab.wait();
    tab.holds("document.querySelector('.f.fail').open && !document.querySelector('.f.fail').hidden");
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[test]
fn light_and_dark_are_picked_by_hand_and_by_the_system() {
    let path = page("theme");
    let mut browser = browser("theme");
    let mut tab = browser.open(&path, 1280, true);
    let ground = "getComputedStyle(document.body).backgroundColor";
    let mut grounds = Vec::new();
    for scheme in ["light", "dark"] {
        tab.call(
            "Emulation.setEmulatedMedia",
            json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] }),
        );
        grounds.push(tab.value(ground));
    }
    assert_ne!(grounds[0], grounds[1]);
    tab.value("document.getElementById('theme').click()");
    assert_eq!(tab.value(ground), grounds[0], "by hand, against the system");
    // On paper everything is there, in black on white.
    tab.call(
        "Emulation.setEmulatedMedia",
        json!({ "media": "print", "features": [{ "name": "prefers-color-scheme", "value": "dark" }] }),
    );
    tab.value("dispatchEvent(new Event('beforeprint'))");
    tab.holds("document.querySelectorAll('details:not([open])').length === 0");
    tab.holds("getComputedStyle(document.getElementById('filters')).display === 'none'");
    tab.holds("getComputedStyle(document.documentElement).colorScheme === 'light'");
    tab.value("dispatchEvent(new Event('afterprint'))");
    tab.holds("document.querySelectorAll('details:not([open])').length > 0");
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[test]
fn without_the_script_everything_is_there() {
    let path = page("plain");
    let mut browser = browser("plain");
    let mut tab = browser.open(&path, 390, false);
    let text = "document.body.innerText";
    // The protocol still asks, though the page may not act.
    tab.holds("document.querySelectorAll('details:not([open])').length === 0");
    tab.holds("document.getElementById('filters').hidden && document.getElementById('theme').hidden");
    tab.holds(&format!("{text}.includes('How to mend it') && {text}.includes('Rests on')"));
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[test]
fn a_name_does_nothing_but_stand_there() {
    let path = written("unkind", &page::unkind());
    let mut browser = browser("unkind");
    let mut tab = browser.open(&path, 1280, true);
    tab.value("document.getElementById('open').click()");
    tab.holds("document.scripts.length === 1 && document.querySelectorAll('img, iframe, object, [onerror], [onload], [style]').length === 0");
    tab.holds("document.body.innerText.includes('</script><script>alert(1)</script>')");
    tab.holds("document.body.innerText.includes('\\\\u{202e}') && !/[\\u202e\\u200b\\u001b]/.test(document.documentElement.outerHTML)");
    tab.value("document.querySelectorAll('.scroll > svg a, .counts a, .alone a').forEach((a) => a.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true })))");
    tab.holds("document.documentElement.scrollWidth <= innerWidth");
    assert_eq!(tab.complaints(), Vec::<String>::new());
}

#[test]
fn a_thousand_findings_are_filtered_while_one_types() {
    let path = written("thousand", &page::thousand());
    let size = std::fs::metadata(&path).expect("the page").len();
    assert!(size < 1_000_000, "a thousand findings take {size} bytes");
    let mut browser = browser("thousand");
    let mut tab = browser.open(&path, 1280, true);
    assert_eq!(tab.value("document.querySelectorAll('.f').length"), 1_000);
    tab.value("document.querySelector('[name=q]').focus()");
    tab.type_text("-7");
    tab.holds(&format!("{SHOWN} > 0 && {SHOWN} < 1000"));
    assert_eq!(tab.complaints(), Vec::<String>::new());
}
