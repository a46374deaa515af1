// Small comforts. Every page works without this file; nothing here knows the business.
(() => {
  "use strict";
  const all = (root, selector) => root.querySelectorAll(selector);
  const DRAFT_DAYS = 7;

  // Countdown: <time datetime data-countdown="left|hours|minutes|seconds" title>. The written date stays: the
  // rest is said after it, in words, since "03.52" alone would be read as a time of day.
  const left = (ms, [rest, hours, minutes, seconds]) => {
    const s = Math.floor(ms / 1000), h = Math.floor(s / 3600), min = Math.floor((s % 3600) / 60);
    const words = h ? `${h} ${hours} ${min} ${minutes}` : min ? `${min} ${minutes} ${s % 60} ${seconds}` : `${s} ${seconds}`;
    return ` (${rest} ${words})`;
  };
  const tick = () => {
    for (const time of all(document, "time[data-countdown]")) {
      const ms = Date.parse(time.dateTime) - Date.now();
      if (Number.isNaN(ms) || ms > 48 * 3600e3) continue; // far away, the date says more
      time.title ||= time.textContent;
      time.textContent = time.title + (ms > 0 ? left(ms, time.dataset.countdown.split("|")) : "");
    }
  };

  // Drafts: <form data-draft="need"> keeps what is typed on this device until a later page shows that it
  // was taken; leaving (/keluar) clears everything, for phones that go from hand to hand.
  const draftKey = (form) => `draft:${form.dataset.draft}:${new URL(form.action).pathname}`;
  const keepable = (el) => el.name && !/^(csrf_token|_idem)$/.test(el.name) && !/^(hidden|file|password|submit)$/.test(el.type);
  const fields = (form) => [...form.elements].filter(keepable);
  const isTick = (el) => /^(checkbox|radio)$/.test(el.type);
  const keep = (form, sent = false) => {
    const values = fields(form).map((el) => (isTick(el) ? el.checked : el.value));
    try { localStorage.setItem(draftKey(form), JSON.stringify({ at: Date.now(), sent, values })); } catch { /* full or private */ }
  };
  const restore = (form) => {
    if (form.dataset.restored || form.querySelector("[aria-invalid]")) return; // the server sent back what was typed
    form.dataset.restored = "1";
    try {
      const draft = JSON.parse(localStorage.getItem(draftKey(form)) || "null");
      const targets = fields(form);
      if (!draft || Date.now() - draft.at > DRAFT_DAYS * 864e5 || draft.values.length !== targets.length) return;
      targets.forEach((el, i) => {
        if (isTick(el)) el.checked = draft.values[i] === true;
        else if (!el.value || el.tagName === "SELECT") el.value = draft.values[i];
      });
    } catch { /* unreadable: the empty form is fine */ }
  };
  const forget = (every) => {
    try {
      const here = [...all(document, "form[data-draft]")].map(draftKey);
      for (const key of Object.keys(localStorage).filter((name) => name.startsWith("draft:"))) {
        const sent = JSON.parse(localStorage.getItem(key) || "{}").sent;
        if (every || (sent && !here.includes(key))) localStorage.removeItem(key);
      }
    } catch { /* no storage, nothing kept */ }
  };

  // Confirm by typing: <form data-confirm="HAPUS">. The server compares again.
  const agree = (form) => {
    const typed = form.elements.confirm?.value.trim().toUpperCase();
    for (const button of all(form, "[type=submit]")) button.disabled = typed !== form.dataset.confirm.toUpperCase();
  };

  const wake = (root) => {
    for (const el of all(root, "[data-copy], [data-print]")) el.hidden = false;
    for (const form of all(root, "form[data-draft]")) restore(form);
    for (const form of all(root, "form[data-confirm]")) agree(form);
    tick();
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.dataset.draft) keep(form);
    if (form?.dataset.confirm) agree(form);
  });

  document.addEventListener("click", async (event) => {
    for (const menu of all(document, "[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
    if (event.target.closest("[data-print]")) print();
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = button.parentElement.querySelector("[data-copy-text]").textContent;
    await navigator.clipboard.writeText(text);
    const label = button.querySelector("span");
    const before = label.textContent;
    label.textContent = button.dataset.done;
    setTimeout(() => { label.textContent = before; }, 2000);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const menu of all(document, "[data-menu][open]")) menu.open = false;
  });

  // One press, one request: the button rests until the answer is here (the server refuses twins anyway).
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !("once" in form.dataset)) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    if (form.dataset.draft) keep(form, true);
    if (new URL(form.action).pathname === "/keluar") forget(true);
    for (const button of all(form, "[type=submit]")) button.setAttribute("aria-busy", "true");
    setTimeout(() => rest(form), 15000); // the network gave up: let the person try again
  });
  const rest = (form) => {
    delete form.dataset.sent;
    for (const button of all(form, "[aria-busy]")) button.removeAttribute("aria-busy");
  };
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of all(document, "form[data-sent]")) rest(form);
  });

  document.addEventListener("htmx:after:swap", () => wake(document));
  setInterval(tick, 1000);
  forget(false);
  wake(document);
})();
