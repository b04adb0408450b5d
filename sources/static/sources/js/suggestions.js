// One key for each decision, on the suggestion that has the focus. The page works by its buttons without this.

const items = [...document.querySelectorAll("[data-suggestions] [data-suggestion]")];

/** Moves the focus by so many suggestions, and no further than the ends. */
function move(from, by) {
  items[Math.min(Math.max(from + by, 0), items.length - 1)]?.focus();
}

/** Sends a form as if its first button had been pressed. */
function send(form) {
  if (form && !form.dataset.sent) {
    form.dataset.sent = "";
    form.requestSubmit();
  }
}

function decide(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  const item = event.target.closest("[data-suggestion]");
  if (!item) return;
  const deeds = {
    j: () => move(items.indexOf(item), 1),
    k: () => move(items.indexOf(item), -1),
    a: () => send(item.querySelector("[data-accept]")),
    x: () => send(item.querySelector("[data-reject]")),
  };
  const deed = deeds[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
}

if (items.length > 0) {
  document.querySelector("[data-suggestions]").addEventListener("keydown", decide);
  document.querySelector("#keys")?.removeAttribute("hidden");
  items[0].focus({ preventScroll: true });
}
