// Reviewing by keys alone. Whatever a key does, a link or a button of the page does as well.
//
// An element says by `data-keys` which keys mean it: links and buttons are pressed, radio buttons chosen, fields
// entered. `data-item` marks the links of a list to walk through.

const OFF = "sightline.review.keys.off";
const WALK = { j: 1, n: 1, k: -1, p: -1 };
const help = document.querySelector("[data-keys-help]");
const knob = document.querySelector("[data-keys-switch]");
const form = document.querySelector("[data-decision]");

/** Where letters are text, or choose an option. */
const takesLetters = (element) =>
  element.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=submit])");

function meantBy(key) {
  for (const element of document.querySelectorAll("[data-keys]")) {
    if (element.dataset.keys.split(" ").includes(key)) return element;
  }
  return form?.querySelector(`input[type=radio][value^="${CSS.escape(key)}"]`) ?? null;
}

function follow(element) {
  if (element.matches("input[type=radio]")) {
    element.checked = true;
    enter(form.querySelector("textarea"));
  } else if (takesLetters(element)) {
    enter(element);
  } else {
    element.click();
  }
}

function enter(field) {
  field.focus();
  field.scrollIntoView({ block: "center" });
}

/** Goes through a list; returns whether there is one. */
function walk(step) {
  const items = [...document.querySelectorAll("[data-item]")];
  const at = items.indexOf(document.activeElement);
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), items.length - 1);
  items[next]?.focus();
  return items.length > 0;
}

function showHelp() {
  help.open = !help.open;
  if (help.open) help.querySelector("summary").focus();
}

function pressed(event) {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Escape" && takesLetters(event.target)) {
    event.target.blur();
  } else if (isPlain && event.key.length === 1 && !takesLetters(event.target) && knob.checked) {
    if (single(event.key)) event.preventDefault();
  }
}

/** Does what a single key means; returns whether it means anything here. */
function single(key) {
  if (key === "?") {
    showHelp();
    return true;
  }
  const element = meantBy(key);
  if (element) follow(element);
  return element !== null || (key in WALK && walk(WALK[key]));
}

/** What is remembered of this browser may be forbidden to be: then the keys are on. */
function remember() {
  knob.checked = true;
  try {
    knob.checked = localStorage.getItem(OFF) === null;
    knob.addEventListener("change", () =>
      knob.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "off"),
    );
  } catch {
    // private windows
  }
}

help.hidden = false;
remember();
document.addEventListener("keydown", pressed);
