// The slider of the status board: asks the server for the board of another day.
"use strict";
{
  const slider = document.getElementById("slider");
  const on = document.getElementById("on");
  const said = document.getElementById("said");
  const day = 86400000;
  if (slider) start();

  function start() {
    const first = Date.parse(slider.dataset.first);
    slider.max = String(Math.round((Date.parse(slider.dataset.last) - first) / day));
    slider.value = String(Math.round((Date.parse(on.value) - first) / day));
    slider.setAttribute("aria-valuetext", on.value);
    document.getElementById("slide").hidden = false;
    let wait = 0;
    let asked = 0;
    slider.addEventListener("input", () => {
      on.value = new Date(first + Number(slider.value) * day).toISOString().slice(0, 10);
      slider.setAttribute("aria-valuetext", on.value);
      clearTimeout(wait);
      wait = setTimeout(() => show(++asked), 120);
    });

    async function show(number) {
      const query = new URLSearchParams(new FormData(document.getElementById("ask")));
      const answer = await fetch(`/-/board/part?${query}`, { headers: { accept: "text/html" } }).catch(() => null);
      if (number !== asked) return;
      if (!answer || !answer.ok) {
        said.textContent = "The server does not answer; the board shows the day before.";
        return;
      }
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("board");
      if (number !== asked) return;
      document.getElementById("part").replaceChildren(found);
      history.replaceState(null, "", `/-/board?${query}`);
      said.textContent = `The board of ${on.value}.`;
    }
  }
}
