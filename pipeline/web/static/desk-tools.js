// What the desk and its other pages share: the words that are marked in an article, and names of cities.
"use strict";

// The words that are marked in the article, as offsets in its text: each paragraph knows where it begins. Offsets count
// characters, while strings of scripts count halves of those beyond the first 65,536.
function place(node, offset) {
  const paragraph = (node.nodeType === 1 ? node : node.parentElement).closest("[data-start]");
  if (!paragraph) return null;
  const before = document.createRange();
  before.selectNodeContents(paragraph);
  before.setEnd(node, offset);
  return Number(paragraph.dataset.start) + [...before.toString()].length;
}

function toAdd(article) { // to the form of a claim that was missed, with the marked words
  if (!article) return;
  const marked = getSelection();
  const range = marked.rangeCount && !marked.isCollapsed ? marked.getRangeAt(0) : null;
  const within = range && range.commonAncestorContainer;
  const inside = within && (within.nodeType === 1 ? within : within.parentElement).closest(".article .text");
  const ends = inside ? [place(range.startContainer, range.startOffset), place(range.endContainer, range.endOffset)] : [null, null];
  location.href = `/-/desk/add?article=${article}` + (ends.includes(null) ? "" : `&start=${ends[0]}&end=${ends[1]}`);
}

async function suggest(field) { // names of cities that begin like what is typed
  const list = field.list;
  if (!list || list.id !== "city-names" || field.value.length < 2) return;
  const answer = await fetch(`/-/desk/places?q=${encodeURIComponent(field.value)}`);
  if (!answer.ok) return;
  const known = new Set([...list.options].map((option) => option.value));
  for (const name of (await answer.json()).cities) {
    if (known.has(name)) continue;
    const option = document.createElement("option");
    option.value = name;
    list.append(option);
  }
}

document.addEventListener("input", (event) => { if (event.target.list) suggest(event.target); });

document.addEventListener("click", (event) => { // a menu closes when something else is clicked
  for (const box of document.querySelectorAll("main details.menu[open]")) if (!box.contains(event.target)) box.open = false;
});

// The summary of the menu of reasons is its button: the focus goes where the key of the menu takes it. The event comes
// after the menu opened, perhaps after the next key: a reviewer who writes a note already is not disturbed.
function toReasons(box) {
  const now = document.activeElement;
  if (box.open && !(box.contains(now) && now.matches("input, .reasons *"))) box.querySelector(".reasons").focus();
}
