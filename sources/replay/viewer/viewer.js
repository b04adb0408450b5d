// Opens one web archive in ReplayWeb.page, and tells the page around the frame how far it is.
// Whatever is said here can be forged by the archived page, which lives on this origin: nothing may rest on it.

const SCOPE = "/replay/";
// As ReplayWeb.page itself registers it: another address would be another worker.
const WORKER = `${SCOPE}sw.js?serveIndex=1`;
const { archive, link, parent: framer, collection, shared } = document.body.dataset;
const said = document.getElementById("said");

function tell(state, words = "") {
  said.textContent = words;
  said.hidden = !words;
  window.parent.postMessage({ replay: state }, framer);
}

/** Where all captures share this origin, as little as can be is left of those before. */
async function forgetOthers(worker) {
  const links = await caches.open("links");
  for (const { url } of await links.keys()) if (new URL(url).pathname !== archive) await links.delete(url);
  for (const { name } of await indexedDB.databases()) {
    if (name === "collDB" || name === `db:${collection}`) continue; // the reader's list, and this capture's index
    if (name.startsWith("db:")) worker.postMessage({ msg_type: "removeColl", name: name.slice("db:".length) });
    else indexedDB.deleteDatabase(name);
  }
  localStorage.clear();
  sessionStorage.clear();
}

/** The worker reads the link from here whenever it asks for the archive, also after it was put to sleep. */
async function keepLink(text) {
  const links = await caches.open("links");
  await links.put(archive, new Response(text));
}

async function activeWorker() {
  const registration = await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  if (worker.state === "activated") return worker;
  return new Promise((resolve, reject) => {
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") resolve(worker);
      if (worker.state === "redundant") reject(new Error("the worker was not accepted"));
    });
  });
}

function openArchive() {
  const reader = document.createElement("replay-web-page");
  const attributes = {
    source: new URL(archive, location.href).href,
    coll: collection,
    url: "page:0", // the page the capture was made for
    view: "replay",
    embed: "replayonly",
    replaybase: SCOPE,
    newwindowbase: SCOPE,
    nocache: "", // what was read stays in the archive, not in the reader's browser
  };
  for (const [name, value] of Object.entries(attributes)) reader.setAttribute(name, value);
  reader.addEventListener("rwp-page-loading", ({ detail }) => {
    if (!detail.loading) tell(detail.replayNotFoundError ? "missing" : "shown");
  });
  document.body.append(reader);
}

async function start() {
  if (!navigator.serviceWorker) {
    tell("failed", "This browser cannot replay here: it offers no service workers on this address.");
    return;
  }
  try {
    await keepLink(link);
    const worker = await activeWorker();
    if (shared !== undefined) await forgetOthers(worker);
    openArchive();
    tell("opening");
  } catch (error) {
    tell("failed", `The viewer could not be started: ${error.message}`);
  }
}

window.addEventListener("message", ({ origin, data }) => {
  if (origin === framer && typeof data?.link === "string") keepLink(data.link);
});

start();
