// Keeps the trainer's page up to date, and counts the seconds that somebody waits.

import { bring } from "./live.js";

const lost = document.getElementById("lost");
const news = new EventSource(new URL("../classroom/news", import.meta.url));

// An EventSource connects again by itself.
news.addEventListener("message", (message) => {
  bring(message.data);
  lost.hidden = true;
});
news.addEventListener("error", () => { lost.hidden = false; });

const loaded = new Map(); // when each waiting was brought, by this browser's clock
setInterval(() => {
  for (const waiting of document.querySelectorAll("[data-since]")) {
    const { since, now } = waiting.dataset;
    if (!loaded.has(now)) loaded.set(now, Date.now());
    // Two clocks: the practice site's may be hours ahead. Only how fast they go is the same.
    waiting.textContent = Math.floor(now - since + (Date.now() - loaded.get(now)) / 1000);
  }
}, 1000);
