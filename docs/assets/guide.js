// Copy buttons of transcripts. The theme swaps pages without loading them anew, so one listener serves them all.
(() => {
  const said = document.createElement("div");
  said.setAttribute("role", "status");
  said.className = "guide-status";
  document.body.append(said);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".transcript__copy");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      said.textContent = "Copied";
      button.classList.add("transcript__copy--done");
    } catch {
      said.textContent = "Your browser did not allow copying: select the command and copy it.";
    }
    setTimeout(() => {
      said.textContent = "";
      button.classList.remove("transcript__copy--done");
    }, 2500);
  });
})();
