// The slider of the board and of the map of the world: asks the server for another day; Play walks through time.
"use strict";
{
  const slider = document.getElementById("slider");
  const on = document.getElementById("on");
  const said = document.getElementById("said");
  const play = document.getElementById("play");
  const day = 86400000;
  const STEPS = 40; // in one run of Play
  if (slider) start();

  function start() {
    const first = Date.parse(slider.dataset.first);
    slider.max = String(Math.round((Date.parse(slider.dataset.last) - first) / day));
    slider.value = String(Math.round((Date.parse(on.value) - first) / day));
    document.getElementById("slide").hidden = false;
    let wait = 0;
    let asked = 0;
    let playing = false;
    told();
    slider.addEventListener("input", () => {
      stop();
      told();
      clearTimeout(wait);
      wait = setTimeout(() => show(++asked), 120);
    });
    play.addEventListener("click", () => (playing ? stop() : run()));

    function told() {
      on.value = new Date(first + Number(slider.value) * day).toISOString().slice(0, 10);
      const words = new Date(on.value).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
      slider.setAttribute("aria-valuetext", words);
    }

    function stop() {
      playing = false;
      play.setAttribute("aria-pressed", "false");
      play.querySelector("span").textContent = "Play";
    }

    async function run() {
      playing = true;
      play.setAttribute("aria-pressed", "true");
      play.querySelector("span").textContent = "Stop";
      const most = Number(slider.max);
      if (Number(slider.value) >= most) slider.value = "0";
      const step = Math.max(1, Math.round(most / STEPS));
      while (playing && Number(slider.value) < most) {
        slider.value = String(Math.min(most, Number(slider.value) + step));
        told();
        const pause = new Promise((done) => { setTimeout(done, 250); });
        await show(++asked);
        await pause;
      }
      stop();
    }

    async function show(number) {
      const query = new URLSearchParams(new FormData(document.getElementById("ask")));
      for (const [name, value] of [...query]) if (!value) query.delete(name);
      const answer = await fetch(`${slider.dataset.of}?${query}`, { headers: { accept: "text/html" } }).catch(() => null);
      if (number !== asked) return;
      if (!answer || !answer.ok) {
        said.textContent = "The server does not answer; what is shown is of the day before.";
        stop();
        return;
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (number !== asked) return;
      const chosen = document.querySelector("#board .tiles :checked");
      for (const old of document.querySelectorAll("[data-part]")) {
        const found = page.querySelector(`[data-part="${old.dataset.part}"]`);
        if (found) old.replaceChildren(...found.childNodes);
      }
      const again = chosen && document.getElementById(chosen.id);
      if (again) again.checked = true;
      if (slider.dataset.page) history.replaceState(null, "", `${slider.dataset.page}?${query}`);
      said.textContent = `The ${slider.dataset.said} of ${on.value}.`;
    }
  }
}
