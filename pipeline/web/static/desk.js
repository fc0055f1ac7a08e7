// The review desk: keys, decisions without a page load, the next claim fetched ahead.
// The server makes all HTML; nothing here builds markup from text.
"use strict";

const desk = document.getElementById("desk");
const frame = document.getElementById("place");
const said = document.getElementById("said");
const filters = location.search.replace(/([?&])claim=\d*&?/, "$1");
const trail = []; // numbers of the claims shown, in order
const passed = new Set(); // not to be offered again in this sitting
let at = -1;
let ahead = null; // promise of the next card
let busy = false; // until the next card is there, keys do nothing: no claim is decided on unseen
let written = Promise.resolve(true); // the decision on its way, and whether it was written; what follows waits for it

const card = () => document.getElementById("card");
const shown = () => Number(card().dataset.claim);

function say(words) {
  said.textContent = "";
  document.getElementById("toast").classList.toggle("idle", !words);
  requestAnimationFrame(() => { said.textContent = words; });
}

async function fetchCard(address) {
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  if (!answer.ok && answer.status !== 404) throw new Error(`the server answered ${answer.status}`);
  const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("card");
  if (!found) throw new Error("there is no such claim");
  return found;
}

function fetchNext() {
  const query = new URLSearchParams(filters);
  query.set("skip", [...new Set([...passed, ...trail])].join(","));
  return fetchCard(`/-/desk/next?${query}`);
}

const fetchClaim = (claim) => fetchCard(`/-/desk/card?claim=${claim}`);

function put(found) {
  frame.replaceChildren(found);
  document.getElementById("sentence").focus({ preventScroll: true });
  window.scrollTo(0, 0);
  toQuote();
  look();
}

function toQuote() { // on wide screens the article scrolls in its own column; on others the card shows the quote
  const column = card().querySelector(".article");
  const quote = column && column.querySelector(".quote");
  if (quote) column.scrollTop += quote.getBoundingClientRect().top - column.getBoundingClientRect().top - column.clientHeight / 3;
}

function arrive(found) {
  put(found);
  const claim = shown();
  if (claim) {
    at = trail.push(claim) - 1;
    ahead = written.then((done) => (done ? fetchNext() : null)).catch(() => null);
    ahead.then(() => { desk.dataset.ready = String(claim); });
  }
}

async function goNext(decided = []) {
  let found = ahead && (await ahead);
  if (!found || decided.includes(Number(found.dataset.claim))) found = await fetchNext();
  arrive(found);
}

async function renew() { // what was fetched ahead may tell of a mission that the last decision changed
  const claim = shown();
  const fresh = await fetchClaim(claim).catch(() => null);
  const newer = fresh && fresh.querySelector("#about");
  const about = document.getElementById("about");
  if (newer && about && shown() === claim) about.replaceWith(newer);
}

async function next() {
  if (at < trail.length - 1) {
    const claim = trail[at + 1];
    put(await fetchClaim(claim));
    at += 1;
  } else if (shown()) {
    await goNext();
  }
}

async function previous() {
  if (at < 1) return say("This is the first claim of this sitting.");
  const claim = trail[shown() ? at - 1 : at];
  put(await fetchClaim(claim));
  at = trail.lastIndexOf(claim);
}

async function skip() {
  if (!shown()) return;
  passed.add(shown());
  say("Put off.");
  await next();
}

async function post(address, form) {
  form.set("csrftoken", desk.dataset.token);
  form.set("filters", filters);
  const body = new URLSearchParams(form);
  const answer = await fetch(address, { method: "POST", headers: { accept: "application/json" }, body, keepalive: true });
  const type = answer.headers.get("content-type") || "";
  const told = type.includes("json") ? await answer.json() : { error: `the server answered ${answer.status}` };
  if (told.progress) {
    document.getElementById("progress").textContent = told.progress;
    const bar = document.getElementById("bar");
    bar.max = Math.max(1, told.done + told.here);
    bar.value = told.done;
  }
  return { status: answer.status, told };
}

async function decide(form, submitter, sure = false) {
  const given = new FormData(form);
  if (submitter) given.set(submitter.name, submitter.value);
  if (sure) given.set("sure", "1");
  const copies = card().querySelector("[name=together]");
  if (copies && copies.checked) given.set("together", "1");
  const sent = post("/-/desk/decide", given);
  const before = card();
  if (given.has("correct") || given.has("together")) { // it may be asked back about; it may decide on what is next
    const answer = await sent;
    if (answer.status !== 200) return refused(answer, form);
    saved(answer.told);
    await goNext(answer.told.claims);
    if (shown()) renew(); // not waited for: the reviewer may go on
  } else {
    const moved = goNext([shown()]);
    written = later(sent, moved, before, form);
    await moved;
  }
}

async function later(sent, moved, before, form) { // the next claim is on screen; what was not saved comes back
  const answer = await sent.catch((error) => ({ status: 0, told: { error: `the server cannot be reached: ${error.message}` } }));
  await moved.catch(() => null);
  const after = card();
  if (answer.status === 200) {
    saved(answer.told);
    if (shown() && after.dataset.pair === before.dataset.pair) renew();
    return true;
  }
  put(before);
  at = trail.lastIndexOf(shown());
  trail.length = at + 1;
  ahead = after === before ? null : Promise.resolve(after);
  await refused(answer, form).catch((error) => warn(`Not saved: ${error.message}`));
  written = Promise.resolve(true);
  return false;
}

function saved(told) {
  say(told.said + (told.claims.length > 1 ? ` (${told.message})` : ""));
}

async function refused({ status, told }, form) {
  if (status === 422) askBack(told.doubts, form);
  else if (status === 409) await collide(told.error, form);
  else warn(`Not saved: ${told.error}`);
}

function askBack(doubts, form) { // a strange correction: nothing is saved before the reviewer says so
  const box = form.querySelector(".doubts");
  const lines = document.createElement("ul");
  for (const doubt of doubts) {
    const line = document.createElement("li");
    line.textContent = `${doubt.words} `;
    for (const value of doubt.instead) {
      const choice = document.createElement("button");
      choice.type = "button";
      choice.textContent = value;
      choice.addEventListener("click", () => { form.elements[doubt.field].value = value; once(() => decide(form, form.elements.correct)); });
      line.append(choice, " ");
    }
    lines.append(line);
  }
  const anyway = document.createElement("button");
  anyway.type = "button";
  anyway.textContent = "Save it as it is";
  anyway.addEventListener("click", () => once(() => decide(form, form.elements.correct, true)));
  box.replaceChildren("Nothing is saved yet. Is this right?", lines, anyway);
  box.hidden = false;
  say("Nothing is saved yet: the correction looks strange.");
  (box.querySelector("li button") || form.elements[doubts[0].field] || anyway).focus();
}

async function collide(words, form) { // somebody was faster: show how the claim stands, keep what was typed
  const typed = [...new FormData(form)].filter(([name]) => !["claim", "revision", "csrftoken", "filters"].includes(name));
  const box = form.closest("details");
  put(await fetchClaim(shown()));
  warn(`Not saved, somebody was faster: ${words} What you typed is kept.`);
  if (!box) return;
  const again = document.getElementById(box.id);
  again.open = true;
  for (const [name, value] of typed) {
    const field = again.querySelector(`[name="${name}"]`);
    if (field && field.tagName !== "BUTTON") field.value = value;
  }
}

function warn(words) {
  const others = document.getElementById("others");
  if (others) {
    others.hidden = false;
    others.textContent = words;
  }
  say(words);
}

async function remark(form, submitter) {
  const given = new FormData(form);
  given.set(submitter.name, submitter.value);
  const { status, told } = await post("/-/desk/remark", given);
  if (status !== 200) return warn(`Not saved: ${told.error}`);
  say(told.said);
  passed.add(shown());
  await next();
}

async function settle(form, submitter) {
  const given = new FormData(form);
  given.set(submitter.name, submitter.value);
  const { status, told } = await post("/-/desk/settle", given);
  if (status !== 200) return warn(`Not saved: ${told.error}`);
  say(told.said);
  put(await fetchClaim(shown()));
}

async function undo() {
  const { status, told } = await post("/-/desk/undo", new FormData());
  if (status !== 200) return say(told.error);
  put(await fetchClaim(told.claim));
  const known = trail.lastIndexOf(told.claim);
  at = known >= 0 ? known : trail.push(told.claim) - 1;
  passed.delete(told.claim);
  say(`Taken back. Claim ${told.claim} is ${told.state}.`);
}

function open(name, field) {
  const box = document.getElementById(name);
  if (!box) return;
  for (const other of card().querySelectorAll("#edit, #reject, #unsure")) other.open = other === box;
  const first = field ? document.getElementById(`field-${field}`) : box.querySelector("select, input:not([type=hidden])");
  (name === "reject" ? box.querySelector(".reasons") : first).focus();
  if (field && first.select) first.select();
}

function note() {
  const line = document.getElementById("note-of");
  if (!line) return;
  line.hidden = false;
  document.getElementById("approve-note").focus();
}

function close() { // what was typed and not saved is dropped
  for (const box of card().querySelectorAll("#edit, #reject, #unsure")) {
    box.open = false;
    for (const form of box.querySelectorAll("form")) form.reset();
    for (const doubts of box.querySelectorAll(".doubts")) doubts.hidden = true;
  }
  document.getElementById("sentence").focus();
}

async function look() {
  const claim = shown();
  if (!claim) return;
  const form = new FormData();
  form.set("claim", claim);
  const { status, told } = await post("/-/desk/look", form).catch(() => ({ status: 0 }));
  if (status !== 200 || shown() !== claim) return;
  if (told.revision !== Number(card().dataset.revision)) {
    warn(`Meanwhile ${told.by} decided on this claim: it is ${told.state}. Press J for the next one.`);
  } else if (told.others.length) {
    warn(`${told.others.join(", ")} looks at this claim too.`);
  }
}

async function once(action) {
  if (busy) return;
  busy = true;
  try {
    if (await written) await action();
  } catch (error) {
    warn(`The server cannot be reached: ${error.message}. Nothing is lost; try again.`);
  } finally {
    busy = false;
  }
}

async function codebook() {
  const box = document.getElementById("codebook");
  const text = document.getElementById("codebook-text");
  if (!text.firstChild) {
    const answer = await fetch("/-/codebook");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    text.replaceChildren(page.querySelector("article.prose") || "The codebook cannot be read.");
    for (const named of text.querySelectorAll("[id]")) named.removeAttribute("id");
  }
  box.showModal();
}

const press = (selector) => { const button = card().querySelector(selector); if (button && !button.disabled) button.click(); };
const KEYS = {
  a: () => press("button.approve"), r: () => open("reject"), e: () => open("edit"), x: () => open("unsure"), m: note,
  s: () => once(skip), u: () => once(undo), j: () => once(next), k: () => once(previous), n: () => toAdd(card().dataset.article),
  h: () => codebook(), f: filter, "?": () => document.getElementById("help").showModal(),
  b: () => document.getElementById("to-article").click(), l: () => document.getElementById("to-list").click(),
};
for (let number = 1; number <= 7; number += 1) {
  KEYS[number] = () => { const chip = document.querySelector(`[data-show="${number}"]`); if (chip) chip.click(); };
}

function filter() {
  const box = document.querySelector("details.filters");
  box.open = true;
  box.querySelector("input:not([type=hidden])").focus();
}


function reject(key) {
  const note = card().querySelector("#reject [name=note]");
  const button = /^[0-9a-z]$/.test(key) && card().querySelector(`#reject [data-reason="${key}"]`);
  if (!button) return /^[0-9a-z]$/.test(key) ? say("No reason has this key; Esc goes back.") : undefined;
  if (button.value === "other" && !note.value.trim()) note.focus();
  else button.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    document.querySelector("details.filters").open = false;
    return close();
  }
  if (event.key === "Enter" && event.target.matches("#correction select")) { // as in any other field
    event.preventDefault();
    const form = event.target.form;
    return form.requestSubmit(form.elements.correct);
  }
  if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
  const key = event.key.toLowerCase();
  const choosing = document.querySelector("#reject[open]");
  if (choosing) { // no other key decides anything until a reason is given or Esc is pressed
    if (/^[0-9a-z]$/.test(key)) event.preventDefault();
    reject(key);
  } else if (KEYS[key] && !event.repeat) {
    event.preventDefault();
    KEYS[key]();
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!frame.contains(form)) return;
  event.preventDefault();
  const write = form.action.endsWith("/remark") ? remark : form.action.endsWith("/settle") ? settle : decide;
  once(() => write(form, event.submitter));
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-open], button[data-field], #note-open, #add, #codebook-link");
  if (!button) return;
  if (button.dataset.open) open(button.dataset.open);
  else if (button.dataset.field) open("edit", button.dataset.field);
  else if (button.id === "note-open") note();
  else {
    event.preventDefault();
    if (button.id === "add") toAdd(card().dataset.article);
    else codebook();
  }
});

document.addEventListener("toggle", (event) => { if (event.target.id === "reject") toReasons(event.target); }, true);

for (const [id, action] of [["next", next], ["previous", previous], ["skip", skip]]) {
  document.getElementById(id).addEventListener("click", () => once(action));
}
document.getElementById("undo").addEventListener("submit", (event) => { event.preventDefault(); once(undo); });
document.getElementById("help-open").addEventListener("click", KEYS["?"]);
setInterval(look, 15000);

arrive(card());
desk.dataset.started = "1";
