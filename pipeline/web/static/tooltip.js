// Shows what a mark of a picture says on hover and on focus; the words are the mark's own label.
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
  document.addEventListener("click", (event) => { // a mark leads to its line in the table, which may be folded
    const link = event.target.closest && event.target.closest(".picture svg a");
    const address = link ? link.getAttribute("href") : "";
    if (!address.startsWith("#")) return;
    const line = document.getElementById(address.slice(1));
    const box = line && line.closest("details");
    if (box) box.open = true;
  });
}
