// The button by which a reader gets a profile for their own account: what `mfa-guide profile` writes, made in this browser.
(() => {
  // Two bytes for each unit, the smaller half first: as Python's utf-16-le, which Windows' registry wants.
  const wide = (text) => {
    const view = new DataView(new ArrayBuffer(2 * text.length));
    for (let at = 0; at < text.length; at += 1) view.setUint16(2 * at, text.charCodeAt(at), true);
    return view.buffer;
  };

  document.addEventListener("click", ({ target }) => {
    const button = target.closest(".download button");
    if (!button) return;
    const place = button.closest(".download");
    const field = place.querySelector(".account input");
    const said = place.querySelector(".download__said");
    const example = field.placeholder;
    const account = field.value;
    if (!account || !field.checkValidity()) {
      const amiss = account ? `“${account}” is no VSC account` : "Write your account first";
      said.textContent = `${amiss}: it looks like ${example}, with your digits.`;
      field.focus();
      return;
    }
    const { name, encoding, content } = place.dataset;
    const text = JSON.parse(content).replaceAll(example, account);
    const file = new Blob([encoding === "utf-16-le" ? wide(text) : text]);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
    said.textContent = `${name} is in your downloads, for ${account}.`;
  });
})();
