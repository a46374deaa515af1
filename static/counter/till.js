// The fast counter. Goods are put on it by press, letters, barcode or camera; a cash sale goes to the server
// under a key of its own and, when nothing answers, into the shared queue (offline.js) under the same key: the
// server knows a key once. Without this file every press is a form. Goods that need the line go to the pay page.
(() => {
  "use strict";
  const till = document.querySelector("[data-till]");
  if (!till) return;
  const says = till.dataset;
  const PATIENCE_MS = 8000;
  const one = (name) => till.querySelector(`[data-${name}]`);
  const rupiah = (n) => `Rp${n.toLocaleString("id-ID")}`;
  const goods = new Map([...till.querySelectorAll("button[name=code]")].map((button) => [button.value, button]));
  const find = one("find").elements.q;
  const memory = `till:${says.shift}`;

  // What lies on the counter: code -> quantity. A reload of this tab keeps it.
  let bill = new Map();
  let busy = false;
  try {
    for (const [code, quantity] of JSON.parse(sessionStorage.getItem(memory) || "[]")) if (goods.has(code)) bill.set(code, quantity);
  } catch { /* no storage */ }
  const remember = () => { try { sessionStorage.setItem(memory, JSON.stringify([...bill])); } catch { /* no storage */ } };

  const price = (code) => Number(goods.get(code).dataset.price);
  const total = () => [...bill].reduce((sum, [code, quantity]) => sum + price(code) * quantity, 0);
  const items = () => [...bill].map(([code, quantity]) => `${code}:${quantity}:${price(code)}`).join(" ");
  const warn = (text) => { const box = one("says"); box.textContent = text; box.hidden = !text; };

  const made = (tag, text, classes = "") => Object.assign(document.createElement(tag), { textContent: text, className: classes });
  const step = (code, sign, label) => {
    const button = made("button", sign);
    button.type = "button";
    button.setAttribute("aria-label", label.replace("#", goods.get(code).dataset.name));
    button.addEventListener("click", () => put(code, sign === "+" ? 1 : -1));
    return button;
  };
  const show = () => {
    const list = one("lines");
    list.replaceChildren(...[...bill].map(([code, quantity]) => {
      const row = made("li", "");
      const steps = made("span", "", "till-step");
      steps.append(step(code, "−", says.less), made("output", String(quantity)), step(code, "+", says.more));
      row.append(made("span", goods.get(code).dataset.name), steps, made("span", rupiah(price(code) * quantity), "num"));
      return row;
    }));
    one("client").hidden = !bill.size;
    if (one("empty")) one("empty").hidden = bill.size > 0;
    one("total").textContent = rupiah(total());
    one("items").value = items();
    const direct = ![...bill.keys()].some((code) => "needsLine" in goods.get(code).dataset);
    one("pay").disabled = !direct;
    if (!direct) warn(navigator.onLine ? says.line : says.offline);
    back();
    remember();
  };
  const given = () => Number(one("given").value.replace(/\D/g, "")) || 0;
  const back = () => {
    const rest = given() - total();
    one("back").textContent = !given() ? "" : rest < 0 ? says.short.replace("#", rupiah(-rest)) : says.change.replace("#", rupiah(rest));
  };

  const put = (code, more = 1) => {
    const button = goods.get(code);
    const quantity = (bill.get(code) || 0) + more;
    warn("");
    if ("needsLine" in button.dataset && more > 0 && !navigator.onLine) { warn(says.offline); return; }
    if (more > 0 && quantity > Number(button.dataset.left)) { warn(says.none.replace("#", button.dataset.left)); return; }
    one("done").hidden = true;
    if (quantity > 0) bill.set(code, quantity); else bill.delete(code);
    show();
  };

  // By letters while typing; by Enter, as a scanner ends its code and the camera (scan.js) does
  const filter = () => {
    const words = find.value.trim().toLowerCase();
    for (const button of goods.values()) button.hidden = words !== "" && !button.dataset.name.toLowerCase().includes(words);
  };
  const take = (typed) => {
    const words = typed.trim().toLowerCase();
    if (!words) return;
    const all = [...goods.values()];
    const seen = all.filter((button) => button.dataset.name.toLowerCase().includes(words));
    const found = all.find((button) => button.dataset.barcode && button.dataset.barcode.toLowerCase() === words) || (seen.length === 1 ? seen[0] : null);
    if (!found) { warn(says.unknown.replace("#", typed.trim())); return; }
    put(found.value);
    find.value = "";
    filter();
  };
  find.addEventListener("input", filter);
  one("find").addEventListener("submit", (event) => { event.preventDefault(); take(find.value); });
  document.getElementById("goods").addEventListener("submit", (event) => {
    if (!event.submitter || !goods.has(event.submitter.value)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    put(event.submitter.value);
  }, true);
  document.addEventListener("keydown", (event) => {
    // A scanner types wherever the mark is: outside a field it is the search. A good that was pressed keeps the
    // mark; without this the scanner's Enter would press it again.
    const typing = document.activeElement?.matches("input, textarea, select");
    if (/^[^\s]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey && !typing) find.focus();
  });

  // Paying in cash
  for (const note of till.querySelectorAll("[data-note]")) {
    note.addEventListener("click", () => {
      one("given").value = (note.dataset.note === "exact" ? total() : Number(note.dataset.note)).toLocaleString("id-ID");
      back();
    });
  }
  one("given").addEventListener("input", back);
  one("clear").addEventListener("click", () => { bill = new Map(); warn(""); show(); find.focus(); });

  const send = async (sale) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(sale)) body.append(name, value);
    body.append("csrf_token", document.querySelector("input[name=csrf_token]").value);
    return fetch(says.sell, { method: "POST", body, credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE_MS) });
  };
  const queue = (sale) => {
    const label = says.label.replace("#", rupiah(total()));
    const fields = Object.entries({ ...sale, offline: "1", _idem: sale.client_key });
    const detail = { key: sale.client_key, action: says.sell, label, at: Date.now(), fields, problem: "" };
    document.dispatchEvent(new CustomEvent("outbox", { detail }));
  };
  const sold = (text, at = "") => {
    for (const [code, quantity] of bill) {
      const button = goods.get(code);
      button.dataset.left = String(Math.max(0, Number(button.dataset.left) - quantity));
      const parts = button.querySelector(".till-unit").textContent.split(" · ");
      button.querySelector(".till-unit").textContent = `${parts[0]} · ${says.left.replace("#", button.dataset.left)}`;
    }
    const change = given() - total();
    const done = one("done");
    done.replaceChildren(made("span", `${text} ${change ? says.change.replace("#", rupiah(change)) : ""} `));
    if (at) done.append(Object.assign(made("a", says.receipt), { href: at }));
    done.hidden = false;
    bill = new Map();
    one("given").value = "";
    warn("");
    show();
    find.focus();
  };
  const refusal = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const said = page.querySelector("[data-testid=refusal], main .note-stop, main h1 + *, main p");
    warn((said?.textContent || "").trim() || says.failed);
  };
  const pay = async () => {
    if (busy || !bill.size) return;
    if (given() < total()) { warn(says.short.replace("#", rupiah(total() - given()))); one("given").focus(); return; }
    busy = true;
    one("pay").setAttribute("aria-busy", "true");
    const bytes = [...crypto.getRandomValues(new Uint8Array(18))];
    const key = `t${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    const sale = { client_key: key, client_at: new Date().toISOString(), items: items(), given_rp: String(given()), shift_id: says.shift, offline: "" };
    const amount = rupiah(total());
    try {
      const answer = navigator.onLine ? await send(sale) : null;
      if (answer?.ok && answer.redirected && !new URL(answer.url).pathname.startsWith("/masuk")) sold(says.sold.replace("#", amount), answer.url);
      else if (answer && answer.status >= 400 && answer.status < 500) await refusal(answer);
      else { queue(sale); sold(says.kept.replace("#", amount)); }
    } catch { queue(sale); sold(says.kept.replace("#", amount)); }
    busy = false;
    one("pay").removeAttribute("aria-busy");
  };
  one("pay").addEventListener("click", pay);
  document.getElementById("further").addEventListener("submit", () => { try { sessionStorage.removeItem(memory); } catch { /* no storage */ } });
  addEventListener("offline", show);
  addEventListener("online", () => { warn(""); show(); });
  show();
  filter();
})();
