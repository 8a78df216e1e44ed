// What htmx does not do for the console: the clock, the copy buttons, keys, the form of faults, and the token of a customer.
"use strict";

// The clock of the emulator goes on between two looks at it.
function tick() {
  for (const time of document.querySelectorAll("time[data-now]")) {
    time.ahead ??= Number(time.dataset.now) - Date.now();
    time.textContent = new Date(Date.now() + time.ahead).toISOString().slice(11, 19);
  }
  for (const left of document.querySelectorAll("[data-left]")) {
    left.until ??= Date.now() + Number(left.dataset.left) * 1000;
    const s = Math.max(0, Math.round((left.until - Date.now()) / 1000));
    const pad = (n) => String(n).padStart(2, "0");
    left.textContent = s >= 3600 ? `${Math.floor(s / 3600)}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}` : `${Math.floor(s / 60)}:${pad(s % 60)}`;
  }
}
setInterval(tick, 500);
document.addEventListener("htmx:load", tick);

// Whether the page is live.
const live = (state, title) => {
  const dot = document.getElementById("live-dot");
  if (dot) {
    dot.className = "live " + state;
    dot.title = title;
  }
};
document.addEventListener("htmx:sseOpen", () => live("on", "Live"));
document.addEventListener("htmx:sseError", () => live("off", "Not connected"));

// A browser keeps six connections to one server, so a tab that nobody sees gives up its own. When somebody does, it opens another, whose
// first messages name everything.
class Source extends EventTarget {
  #names = new Set();
  #forward = (event) => this.dispatchEvent(new MessageEvent(event.type, { data: event.data }));
  constructor(url) {
    super();
    this.url = url;
    this.open();
  }
  open() {
    this.real = new EventSource(this.url);
    this.real.onopen = (event) => this.onopen?.(event);
    this.real.onerror = (event) => this.onerror?.(event);
    for (const name of this.#names) this.real.addEventListener(name, this.#forward);
  }
  addEventListener(name, listener) {
    super.addEventListener(name, listener);
    if (!this.#names.has(name)) this.real.addEventListener(name, this.#forward);
    this.#names.add(name);
  }
  get readyState() {
    return this.real.readyState;
  }
  close() {
    this.real.close();
  }
}
let source;
htmx.createEventSource = (url) => (source = new Source(url));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) source?.close();
  else if (source?.readyState === EventSource.CLOSED) source.open();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  const copied = () => {
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  };
  // Without a secure context there is no clipboard; the text is selected then.
  navigator.clipboard?.writeText(field.value).then(copied, () => {});
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "Escape") {
    document.getElementById("clock-menu")?.removeAttribute("open");
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    const search = document.querySelector("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
    return;
  }
  document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
});

// The fields of a fault that go with its effect.
function showFields() {
  const effect = document.getElementById("effect");
  if (!effect) return;
  const { value, takes } = effect.selectedOptions[0].dataset;
  for (const label of document.querySelectorAll("[data-field]")) {
    const shown = label.dataset.field === "value" ? value !== "" : takes.split(" ").includes(label.dataset.field);
    label.hidden = !shown;
    label.querySelector("input").disabled = !shown;
  }
  for (const summary of document.querySelectorAll("[data-effect]")) summary.hidden = summary.dataset.effect !== effect.value;
}
document.addEventListener("change", (event) => event.target.id === "effect" && showFields());
showFields();

// The token of a customer is in the fragment of the address, so that no server sees it but the one that it is sent to here.
document.addEventListener("htmx:configRequest", (event) => {
  if (document.body.dataset.checkout !== undefined) event.detail.headers["Checkout-Token"] = location.hash.slice(1);
});
addEventListener("hashchange", () => document.body.dataset.checkout !== undefined && location.reload());

// After a payment the customer goes back to the shop.
let leaving;
document.addEventListener("htmx:afterSettle", () => {
  const back = document.querySelector("[data-return]");
  if (back && !leaving) leaving = setTimeout(() => location.assign(back.href), 3000);
});
