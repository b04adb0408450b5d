// Small comforts. Every page works without them.

/** Offers to copy the whole of what is shown shortened. */
function offerCopy(root) {
  if (!navigator.clipboard) return;
  for (const element of root.querySelectorAll("[data-copy]:not([data-copy-offered])")) {
    element.dataset.copyOffered = "";
    element.after(copyButton(element.dataset.copy));
  }
}

function copyButton(text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy ${text}`);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed";
    }
  });
  return button;
}

offerCopy(document);
document.body.addEventListener("htmx:load", (event) => offerCopy(event.target));
document.querySelector(".problems")?.focus();
