"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (what, within) => [...(within || document).querySelectorAll(what)];
  const findings = all(".f");
  const form = $("filters");
  const FIELDS = ["q", "severity", "step", "type"];
  // What a finding says, in small letters, asked for once.
  const words = new Map();
  const said = (f) => {
    if (!words.has(f)) {
      const own = about.get(f);
      const rest = own.first === f ? "" : own.first.querySelector(".c").textContent;
      words.set(f, [f.textContent, own.type, rest, ...own.calls].join(" ").toLowerCase());
    }
    return words.get(f);
  };
  // What it can be filtered by. What all findings of a rule share stands at the first of them.
  const about = new Map();
  const calls = all("#calls li").map((call) => call.textContent);
  const cited = (f) => {
    const link = f.querySelector("[href='#calls']");
    return link ? link.textContent.match(/\d+/g).map((number) => calls[number - 1]) : [];
  };
  for (const f of findings) {
    const more = f.querySelector("[href^='#r-']");
    const first = more ? $(more.hash.slice(1)).closest(".f") : f;
    about.set(f, {
      first, verdict: f.classList[1], severity: first.dataset.s, step: first.dataset.p,
      type: f.dataset.t || first.dataset.t, on: f.dataset.o, calls: cited(f),
    });
  }

  // The state is what stands behind the # of the address: verdict, severity, step, type, q, on, only, name.
  const state = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");

  const fits = (f, wanted) => {
    const own = about.get(f);
    return (!wanted.verdict || wanted.verdict.includes(own.verdict))
      && (!wanted.severity || own.severity === wanted.severity)
      && (!wanted.step || own.step === wanted.step)
      && (!wanted.type || own.type === wanted.type)
      && (wanted.on === null || own.on === wanted.on)
      && (!wanted.only || wanted.only.has(f.id.slice(2)))
      && wanted.q.every((word) => said(f).includes(word));
  };

  const show = () => {
    const now = state();
    const list = (name) => (now.get(name) || "").split(",").filter(Boolean);
    const wanted = {
      verdict: list("verdict").length ? list("verdict") : null,
      severity: now.get("severity"), step: now.get("step"), type: now.get("type"),
      on: now.get("on"), only: list("only").length ? new Set(list("only")) : null,
      q: (now.get("q") || "").toLowerCase().split(/\s+/).filter(Boolean),
    };
    let shown = 0;
    for (const f of findings) {
      f.hidden = !fits(f, wanted);
      if (!f.hidden) shown += 1;
    }
    for (const group of all(".g")) {
      const own = all(".f", group);
      const count = own.filter((f) => !f.hidden).length;
      group.hidden = count === 0;
      group.querySelector(".count").textContent = count === own.length ? count : count + " of " + own.length;
    }
    $("shown").textContent = shown + " of " + findings.length + " findings shown";
    $("none").hidden = shown > 0 || findings.length === 0;
    for (const box of all("[name=verdict]", form)) box.checked = !!wanted.verdict && wanted.verdict.includes(box.value);
    for (const name of FIELDS) {
      const field = form.elements[name];
      if (field && field.value.trim() !== (now.get(name) || "").trim()) field.value = now.get(name) || "";
    }
    const at = wanted.on !== null || wanted.only;
    $("where").hidden = !at;
    if (at) {
      const what = now.get("name") || now.get("on") || "the picture";
      $("where").textContent = "On: " + what;
      $("where").setAttribute("aria-label", "On: " + what + ". Show all again");
    }
    $("clear").disabled = ![...now.keys()].length;
  };

  const go = (now, push) => {
    const hash = now.toString();
    history[push ? "pushState" : "replaceState"](null, "", hash ? "#" + hash : location.pathname + location.search);
    show();
  };

  const read = () => {
    const now = state();
    const set = (name, value) => (value ? now.set(name, value) : now.delete(name));
    set("verdict", all("[name=verdict]:checked", form).map((box) => box.value).join(","));
    for (const name of FIELDS) if (form.elements[name]) set(name, form.elements[name].value.trim());
    go(now, false);
  };

  // Copies over what a finding shares with the first of its rule, names its calls, and adds the buttons that copy.
  const ready = (f) => {
    for (const more of all("[href^='#r-']", f)) {
      const shared = about.get(f).first.querySelector(".c").cloneNode(true);
      for (const button of all("button", shared)) button.remove();
      if (["pass", "na"].includes(about.get(f).verdict)) for (const fix of all(".fix", shared)) fix.remove();
      shared.removeAttribute("id");
      f.querySelector(".b").insertBefore(shared, more.parentElement);
      more.remove();
    }
    for (const link of all("[href='#calls']", f)) {
      const named = document.createElement("span");
      about.get(f).calls.forEach((call, at) => {
        const code = document.createElement("code");
        code.textContent = call;
        named.append(at ? ", " : "", code);
      });
      link.replaceWith(named);
    }
    for (const text of all(".copy", f)) {
      if (text.querySelector("button")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Copy";
      text.append(button);
    }
  };

  const open = (f, yes) => {
    if (yes) ready(f);
    f.open = yes;
  };

  // Shows one finding, whatever the filters say.
  const reveal = (f) => {
    if (f.hidden) {
      history.replaceState(null, "", "#" + f.id);
      show();
    }
    open(f, true);
    f.scrollIntoView({ block: "start" });
    f.querySelector("summary").focus({ preventScroll: true });
  };

  const arrive = () => {
    show();
    const f = location.hash.startsWith("#f-") && $(location.hash.slice(1));
    if (f) reveal(f);
  };

  const copy = async (button) => {
    const from = button.parentElement;
    const text = [...from.childNodes].filter((n) => n !== button).map((n) => n.textContent).join("");
    let done = false;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch {
      const range = document.createRange();
      range.setStart(from, 0);
      range.setEndBefore(button);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      try { done = document.execCommand("copy"); } catch { done = false; }
    }
    button.textContent = done ? "Copied" : "Select and copy";
    setTimeout(() => { button.textContent = "Copy"; }, 1600);
  };

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", read);
  $("clear").addEventListener("click", () => go(new URLSearchParams(), true));
  $("where").addEventListener("click", () => {
    const now = state();
    for (const name of ["on", "only", "name"]) now.delete(name);
    go(now, true);
    $("findings").focus();
  });
  $("open").addEventListener("click", () => findings.filter((f) => !f.hidden).forEach((f) => open(f, true)));
  $("close").addEventListener("click", () => findings.forEach((f) => open(f, false)));
  window.addEventListener("popstate", arrive);

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".copy > button");
    if (button) return void copy(button);
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const d = link.dataset;
    if (d.on !== undefined || d.only !== undefined || d.hash !== undefined) {
      event.preventDefault();
      const now = new URLSearchParams(d.hash || "");
      if (d.on !== undefined) now.set("on", d.on);
      if (d.only !== undefined) now.set("only", d.only);
      if (d.n) now.set("name", d.n);
      go(now, true);
      const first = findings.find((f) => !f.hidden);
      if (first && d.hash === undefined) open(first, true);
      $("findings").scrollIntoView({ block: "start" });
      (first ? first.querySelector("summary") : $("findings")).focus({ preventScroll: true });
      return;
    }
    const href = link.getAttribute("href") || "";
    const f = href.startsWith("#f-") && $(href.slice(1));
    if (f) {
      event.preventDefault();
      history.pushState(null, "", href);
      show();
      reveal(f);
    }
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.matches(".f")) ready(event.target);
  }, true);

  // The first of what is wrong is open; the rest opens where it is asked for.
  const worst = findings.filter((f) => ["fail", "unknown"].includes(about.get(f).verdict)).slice(0, 3);
  for (const f of findings) f.open = worst.includes(f);
  worst.forEach(ready);

  for (const later of all(".later")) later.open = false;

  let before = [];
  window.addEventListener("beforeprint", () => {
    before = all("details").filter((one) => !one.open);
    before.forEach((one) => (about.has(one) ? open(one, true) : (one.open = true)));
  });
  window.addEventListener("afterprint", () => before.forEach((one) => { one.open = false; }));
  $("print").hidden = false;
  $("print").addEventListener("click", () => window.print());

  const theme = $("theme");
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  const name = () => { theme.textContent = isDark() ? "Light" : "Dark"; theme.setAttribute("aria-label", theme.textContent + " colours"); };
  try {
    const kept = localStorage.getItem("plimsoll-theme");
    if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  } catch { /* a page that may keep nothing follows the system */ }
  theme.hidden = false;
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("plimsoll-theme", root.dataset.theme); } catch { /* as above */ }
    name();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
  name();
  arrive();
})();
