// Shows what a mark of a picture says on hover and on focus; the words are the mark's own label. Unfolds the claims of a
// mission, which wait in <noscript>, so that they cost nothing before somebody looks.
"use strict";
{
  const tip = document.createElement("div");
  tip.id = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true"); // screen readers read the label itself
  document.body.append(tip);

  const show = (event) => {
    const mark = event.target.closest && event.target.closest(".picture svg [aria-label]:not(svg)");
    tip.hidden = !mark;
    if (!mark) return;
    tip.textContent = mark.getAttribute("aria-label");
    const box = mark.getBoundingClientRect();
    const left = Math.min(box.left, window.innerWidth - tip.offsetWidth - 8);
    const below = box.bottom + 6 + tip.offsetHeight < window.innerHeight;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${below ? box.bottom + 6 : Math.max(4, box.top - tip.offsetHeight - 6)}px`;
  };
  document.addEventListener("mouseover", show);
  document.addEventListener("focusin", show);
  document.addEventListener("focusout", () => { tip.hidden = true; });
  const fill = (box) => {
    const waiting = box.querySelector("noscript");
    if (!waiting) return;
    const found = waiting.firstElementChild ? waiting : new DOMParser().parseFromString(waiting.textContent, "text/html").body;
    waiting.replaceWith(...found.childNodes);
  };
  const unfold = (id) => { // the line of a claim, which may be folded
    if (!document.getElementById(id)) document.querySelectorAll("details.more").forEach(fill);
    const line = document.getElementById(id);
    const box = line && line.closest("details");
    if (box) box.open = true;
    return line;
  };
  document.addEventListener("toggle", (event) => { if (event.target.matches("details.more")) fill(event.target); }, true);
  document.addEventListener("click", (event) => { // a mark leads to its line in the table
    const link = event.target.closest && event.target.closest(".picture svg a");
    const address = link ? link.getAttribute("href") : "";
    if (address.startsWith("#")) unfold(address.slice(1));
  });
  if (location.hash.startsWith("#claim-")) { // of a board in a frame
    const line = unfold(location.hash.slice(1));
    if (line) line.scrollIntoView();
  }
}
