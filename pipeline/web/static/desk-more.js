// Lists of claims, articles, claims to add and second opinions: forms and links do the work; this adds keys and counts.
"use strict";

const many = document.getElementById("many");
const boxes = () => [...document.querySelectorAll("#many [name^=claim-]")];

function count() {
  const chosen = boxes().filter((box) => box.checked).length;
  const approve = document.querySelector("#many .approve");
  if (approve) {
    approve.firstChild.textContent = chosen ? `Approve ${chosen} ` : "Approve ";
    approve.disabled = !chosen;
  }
  const all = document.getElementById("all-of-them");
  if (all) {
    all.checked = chosen === boxes().length;
    all.indeterminate = chosen > 0 && !all.checked;
  }
}

const article = () => { const pair = document.querySelector("[data-article]"); return pair && pair.dataset.article; };

function openEdit(field) {
  const box = document.getElementById("edit");
  if (!box) return;
  box.open = true;
  const first = document.getElementById(field ? `field-${field}` : "field-sending_state");
  first.focus();
}

function reject(key) {
  const box = document.getElementById("reject");
  const button = box.querySelector(`[data-reason="${CSS.escape(key)}"]`);
  const note = box.querySelector("[name=note]");
  if (!button) return;
  if (button.value === "other" && !note.value.trim()) note.focus();
  else button.click();
}

const click = (selector) => { const found = document.querySelector(selector); if (found && !found.disabled) found.click(); };
const KEYS = {
  a: () => click("button.approve"), e: () => openEdit(), s: () => click("#skip"), u: () => click("#undo button"), n: () => toAdd(article()),
  r: () => { const box = document.getElementById("reject"); if (box) box.open = true; },
  f: () => { const box = document.querySelector("details.filters"); if (box) { box.open = true; box.querySelector("input:not([type=hidden])").focus(); } },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") for (const box of document.querySelectorAll("details.menu[open]")) box.open = false;
  if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
  const key = event.key.toLowerCase();
  if (document.querySelector("#reject[open]")) {
    if (/^[0-9a-z]$/.test(key)) { event.preventDefault(); reject(key); }
  } else if (/^[1-9]$/.test(key) && many) {
    const box = boxes()[Number(key) - 1];
    if (box) box.click();
  } else if (KEYS[key] && !event.repeat) {
    event.preventDefault();
    KEYS[key]();
  }
});

document.addEventListener("change", (event) => {
  if (event.target.id === "all-of-them") for (const box of boxes()) box.checked = event.target.checked;
  if (many) count();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-open], button[data-field], #add");
  if (!button) return;
  if (button.id === "add") { event.preventDefault(); toAdd(article()); } else openEdit(button.dataset.field);
});
document.addEventListener("toggle", (event) => { if (event.target.id === "reject") toReasons(event.target); }, true);
if (many) count();
document.documentElement.dataset.more = "1";
