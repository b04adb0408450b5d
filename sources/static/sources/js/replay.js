// Says how far a replay is, and renews its link while the page is open. Without this script the frame works as well,
// for as long as its first link is good. Nothing here trusts the frame: what it says only picks one of our sentences.

const WORDS = {
  opening: "Opening the archive. What appears below comes from the archive alone, not from the live web.",
  shown: "What is shown below comes from the archive alone, not from the live web.",
  missing: "The archive does not hold the address that was followed. Reload this page to return to the preserved one.",
  failed: "The viewer could not start in this browser. The web archive can be downloaded instead.",
  silent: "The viewer has not answered. This browser may not reach its address; the web archive can be downloaded instead.",
};
const WRONG = new Set(["missing", "failed", "silent"]);
const PATIENCE_MS = 20_000;
const AHEAD = 0.5; // renewed when half of its time has passed

function follow(figure) {
  const frame = figure.querySelector("iframe");
  const said = figure.querySelector("[data-said]");
  const say = (state) => {
    said.textContent = WORDS[state];
    said.toggleAttribute("data-wrong", WRONG.has(state));
    figure.dataset.state = state;
  };
  const silence = setTimeout(() => say("silent"), PATIENCE_MS);
  window.addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== figure.dataset.origin) return;
    if (!Object.hasOwn(WORDS, data?.replay)) return;
    clearTimeout(silence);
    say(data.replay);
  });
  renewLater(figure, frame, figure.dataset.expires);
}

function renewLater(figure, frame, expires) {
  const left = new Date(expires) - Date.now();
  setTimeout(() => renew(figure, frame), Math.max(left * AHEAD, 1000));
}

async function renew(figure, frame) {
  try {
    const answer = await fetch(figure.dataset.renew, { headers: { Accept: "application/json" } });
    if (!answer.ok) return; // logged out, or no longer on the case: the frame ends with its link
    const { link, expires_at: expires } = await answer.json();
    frame.contentWindow.postMessage({ link }, figure.dataset.origin);
    renewLater(figure, frame, expires);
  } catch {
    renewLater(figure, frame, Date.now() + PATIENCE_MS);
  }
}

document.querySelectorAll("[data-replay]").forEach(follow);
