// Brings what a page shows up to date with what the practice site sent. What has not changed is left alone: the focus
// stays where it is, and a screen reader tells only what is new.

// A login that comes or goes moves what is below it: a press meant for the one must not land on the other.
const STILL = 600; // milliseconds

/** Brings every part of the page that has the class "live" up to date.
 * @param {string} html the same parts, as they are now.
 */
export function bring(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of fresh.querySelectorAll(".live")) bringPart(document.getElementById(part.id), part);
}

function bringPart(shown, fresh) {
  const wanted = new Set([...fresh.children].map((child) => child.id));
  let moved = false;
  for (const child of [...shown.children]) {
    if (!wanted.has(child.id)) {
      child.remove();
      moved = true;
    }
  }
  [...fresh.children].forEach((child, place) => {
    const there = shown.children[place];
    if (there?.id !== child.id) {
      shown.insertBefore(child, there ?? null);
      moved = true;
    } else if (!there.isEqualNode(child)) {
      there.replaceWith(child);
    }
  });
  Object.assign(shown.dataset, fresh.dataset);
  if (moved) {
    shown.inert = true;
    setTimeout(() => { shown.inert = false; }, STILL);
  }
}
