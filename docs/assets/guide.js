// The copy buttons. The theme swaps pages without loading them anew, so one listener serves them all.
(() => {
  const said = document.createElement("div");
  said.setAttribute("role", "status");
  said.className = "guide-status";
  document.body.append(said);

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
    setTimeout(() => {
      said.textContent = "";
      button.classList.remove("copy--done");
    }, 2500);
  });
})();
