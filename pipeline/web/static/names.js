// Makes the lists of names that fields offer, when such a field is entered: they wait in <noscript>, which is no element.
"use strict";
document.addEventListener("focusin", (event) => {
  if (!event.target.matches || !event.target.matches("input[list]")) return;
  for (const waiting of document.querySelectorAll("noscript.offers")) {
    const found = new DOMParser().parseFromString(waiting.textContent, "text/html");
    waiting.replaceWith(...found.querySelectorAll("datalist"));
  }
});
