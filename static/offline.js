// The shared queue of forms that were sent without signal. A form that holds <template data-offline> is kept
// on this phone and sent once, under the key it was shown with, when the server answers again; a place marked
// data-outbox says what waits. Without this file forms are sent as always.
(() => {
  "use strict";
  const box = document.querySelector("[data-outbox]");
  if (!box || !("indexedDB" in window)) return;
  const says = box.dataset;
  const user = says.user;
  const DAYS = 6; // the server knows a key for seven days: what is older could be booked twice
  const PATIENCE_MS = 5000;
  const EVERY_MS = 20000;

  // The queue itself
  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("lumbung", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("outbox", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const store = async (mode, act) => {
    const db = await opened;
    return new Promise((resolve, reject) => {
      const transaction = db.transaction("outbox", mode);
      const asked = act(transaction.objectStore("outbox"));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  };
  const waiting = async () => (await store("readonly", (all) => all.getAll()))
    .filter((item) => item.user === user).sort((a, b) => a.at - b.at);
  const put = (item) => store("readwrite", (all) => all.put(item));
  const drop = (key) => store("readwrite", (all) => all.delete(key));

  const alive = async () => {
    if (!navigator.onLine) return false;
    try {
      return (await fetch(says.alive, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) })).ok;
    } catch { return false; }
  };

  // What the page says
  const made = (tag, text, classes = "") => Object.assign(document.createElement(tag), { textContent: text, className: classes });
  const link = (href, text) => Object.assign(made("a", text), { href });
  const line = (item) => {
    const row = made("li", `${item.label} · ${new Date(item.at).toLocaleString(document.documentElement.lang)} `);
    row.dataset.testid = "waiting-item";
    const why = item.problem || (Date.now() - item.at > DAYS * 864e5 ? says.old : "");
    if (!why) return row;
    row.append(made("p", why, "error"), link(item.action, says.retype), " ");
    const away = made("button", says.discard, "btn btn-quiet btn-small");
    away.type = "button";
    away.addEventListener("click", async () => { await drop(item.key); show(); });
    row.append(away);
    return row;
  };
  const show = async (sent = []) => {
    const items = await waiting();
    const list = made("ul", "");
    list.append(...items.map(line));
    const done = made("ul", "");
    for (const { item, at } of sent) {
      const row = made("li", `${item.label}: ${says.sent} `);
      row.append(link(at, says.look));
      done.append(row);
    }
    box.replaceChildren();
    box.hidden = !items.length && !sent.length;
    if (items.length) box.append(made("strong", says.waits.replace("#", items.length)), list);
    if (sent.length) box.append(done);
  };

  // Keeping
  const keep = async (form, mark) => {
    const fields = [...new FormData(form)].filter(([name]) => name !== "csrf_token");
    const key = form.elements._idem.value;
    const action = new URL(form.action).pathname;
    await put({ key, user, action, label: mark.dataset.label, at: Date.now(), fields, problem: "" });
    const said = made("div", says.kept, "note note-warn");
    said.setAttribute("role", "status");
    said.dataset.testid = "kept";
    form.replaceWith(said);
    await show();
    box.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const mark = form.querySelector("template[data-offline]");
    if (!mark || form.dataset.reachable) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.asking) return;
    form.dataset.asking = "1";
    const there = await alive();
    delete form.dataset.asking;
    if (there) {
      form.dataset.reachable = "1";
      form.requestSubmit(event.submitter);
      return;
    }
    try { await keep(form, mark); } catch { form.dataset.reachable = "1"; form.requestSubmit(event.submitter); }
  }, true);

  // Sending
  const send = async (item) => {
    const body = new FormData();
    for (const [name, value] of item.fields) body.append(name, value);
    body.append("csrf_token", document.querySelector("input[name=csrf_token]").value);
    const answer = await fetch(item.action, { method: "POST", body, credentials: "same-origin" });
    const at = new URL(answer.url).pathname;
    if (answer.ok && answer.redirected && !at.startsWith("/masuk")) return at;
    if (answer.status >= 500) throw new Error("later");
    item.problem = says.refused;
    if (at.startsWith("/masuk") || answer.status === 400) item.problem = says.again;
    if (answer.status === 422) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      item.problem = [...page.querySelectorAll("[data-testid=form-errors] li")].map((li) => li.textContent.trim()).join(" ") || says.refused;
    }
    return "";
  };
  const forgetDraft = (action) => {
    try { for (const name of Object.keys(localStorage)) if (name.startsWith("draft:") && name.endsWith(`:${action}`)) localStorage.removeItem(name); } catch { /* no storage */ }
  };
  const sendAll = async () => {
    const items = (await waiting()).filter((item) => (!item.problem || item.problem === says.again) && Date.now() - item.at <= DAYS * 864e5);
    if (!items.length && !box.hidden) await show(); // another page has sent what this one still names
    if (!items.length || !(await alive())) return;
    const sent = [];
    for (const item of items) {
      try {
        const at = await send(item);
        if (at) { await drop(item.key); forgetDraft(item.action); sent.push({ item, at }); } else await put(item);
      } catch { break; }
    }
    await show(sent);
  };
  // One page at a time; who comes second waits, for the first may be a page that is just being left.
  const oneAtATime = () => (navigator.locks ? navigator.locks.request("outbox", sendAll) : sendAll());

  // A page that sells by itself hands over what it could not send: kept first, then shown and tried.
  document.addEventListener("outbox", async (event) => {
    await put({ user, ...event.detail });
    await show();
    oneAtATime();
  });

  addEventListener("online", oneAtATime);
  setInterval(() => { if (!document.hidden && !box.hidden) oneAtATime(); }, EVERY_MS);
  show().then(oneAtATime);
})();
