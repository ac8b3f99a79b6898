// Keeps the firewall's first page open: the practice site hears of it for as long as this runs.
// The site answers a heartbeat when something has changed, at the latest after a while, and the next one follows at once.
// So there is no timer here, which a browser would slow down while the page is in the background.

import { bring } from "./live.js";

const PAUSE = 3000; // milliseconds, after a heartbeat that got no answer

const form = document.getElementById("heartbeat");
const logins = document.getElementById("logins");
const lost = document.getElementById("lost");

async function beat() {
  form.elements.shown.value = logins.dataset.shown;
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (answer.status === 403) {
    // Whoever opened the page is logged out, or somebody else is logged in now: the page itself says which.
    location.reload();
    await new Promise(() => {});
  }
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  bring(await answer.text());
}

for (let missed = 0; ; ) {
  try {
    await beat();
    missed = 0;
  } catch {
    missed += 1;
    await new Promise((resume) => { setTimeout(resume, PAUSE); });
  }
  // One may get no answer because the page is being left.
  lost.hidden = missed < 2;
}
