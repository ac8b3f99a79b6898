// The copy buttons, and the reader's own account. The theme swaps pages without loading them anew, so one listener serves them all.
(() => {
  const said = document.createElement("div");
  said.setAttribute("role", "status");
  said.className = "guide-status";
  document.body.append(said);

  let fading;

  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      said.textContent = "Copied";
      button.classList.add("copy--done");
    } catch {
      said.textContent = "Your browser did not allow copying: select the text and copy it.";
    }
    // What an earlier button has said must not take this along.
    clearTimeout(fading);
    fading = setTimeout(() => {
      said.textContent = "";
      document.querySelectorAll(".copy--done").forEach((done) => done.classList.remove("copy--done"));
    }, 2500);
  });

  // The account that the guide writes gives way to the reader's own, in text and in what is copied. It is kept in
  // this browser, for the next page, and goes nowhere else.
  const KEPT = "mfa-guide-account";
  let places = [];

  const write = (account) => places.forEach((place) => place.write(account));

  const find = (content, example) => {
    const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const text = node.data;
      if (text.includes(example)) found.push({ write: (account) => (node.data = text.replaceAll(example, account)) });
    }
    for (const button of content.querySelectorAll(".copy")) {
      const { copy } = button.dataset;
      if (!copy.includes(example)) continue;
      const name = button.getAttribute("aria-label");
      found.push({
        write: (account) => {
          button.dataset.copy = copy.replaceAll(example, account);
          button.setAttribute("aria-label", name.replaceAll(example, account));
        },
      });
    }
    return found;
  };

  const fields = () => document.querySelectorAll(".account input");

  document.addEventListener("input", ({ target }) => {
    if (!target.matches(".account input")) return;
    fields().forEach((field) => {
      if (field !== target) field.value = target.value;
    });
    const account = target.value.trim();
    const own = account && target.checkValidity();
    write(own ? account : target.placeholder);
    if (own) localStorage.setItem(KEPT, account);
    else localStorage.removeItem(KEPT);
  });

  document$.subscribe(() => {
    const [first] = fields();
    if (!first) return;
    places = find(document.querySelector(".md-content"), first.placeholder);
    const kept = localStorage.getItem(KEPT) ?? "";
    fields().forEach((field) => (field.value = kept));
    if (kept) write(kept);
  });
})();
