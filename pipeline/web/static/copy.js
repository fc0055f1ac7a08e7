// Buttons that copy the text of a field or a box, named by data-copy.
"use strict";
document.addEventListener("click", async (event) => {
  const button = event.target.closest && event.target.closest("button[data-copy]");
  if (!button) return;
  const from = document.getElementById(button.dataset.copy);
  const text = "value" in from ? from.value : from.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    if (from.select) from.select();
    button.textContent = "Press Ctrl+C";
  }
});
document.addEventListener("focusin", (event) => {
  if (event.target.matches && event.target.matches(".copy input, .copy textarea")) event.target.select();
});
