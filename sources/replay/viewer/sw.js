// ReplayWeb.page's own worker reads the archive. This narrows what its answers and its requests may do:
// an archived page must reach nothing but its own archive. Runs as service worker and as the loader's worker.

const POLICY = [
  "default-src 'self' blob: data:",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:",
  "style-src 'self' 'unsafe-inline' blob: data:",
  "frame-src 'self' blob: data:",
  "worker-src 'self' blob:",
  "form-action 'none'",
].join("; ");
const ARCHIVES = "/archives/";
const BODILESS = [101, 204, 205, 304];
const PAGES = ["document", "iframe", "frame", "object", "embed"];
const HTML = /^\s*(text\/html|application\/xhtml\+xml)/i;
const RAW = /\/\d*(id|dl|wkrf)_\//; // asked for as it was served, without the reader's script
// Content policies know nothing of peer connections, which would tell others who is reading.
const PRELUDE = "for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) delete self[name];\n";

const askNetwork = self.fetch.bind(self);
const listen = self.addEventListener.bind(self);

async function linkTo(path) {
  const links = await caches.open("links");
  const kept = await links.match(path);
  return kept ? kept.text() : "";
}

self.fetch = async (resource, options = {}) => {
  const url = new URL(resource.url ?? resource, self.location.href);
  if (url.protocol !== "data:" && url.origin !== self.location.origin) {
    throw new TypeError(`Replay asks nobody but its own origin, and was to ask ${url.origin}.`);
  }
  if (!url.pathname.startsWith(ARCHIVES)) return askNetwork(resource, options);
  const request = new Request(resource, options);
  const headers = new Headers(request.headers);
  headers.set("Sightline-Link", await linkTo(url.pathname));
  return askNetwork(new Request(request, { headers }));
};

/** What the reader's own script would not hold in check when it is opened as a page: then it may run none. */
function isUnwrapped({ destination, url }, headers) {
  if (!PAGES.includes(destination)) return false;
  return RAW.test(url) || !HTML.test(headers.get("Content-Type") ?? "");
}

function restricted(request, response) {
  if (response.status === 0) return response; // an error, which holds nothing
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  headers.set("Content-Security-Policy", isUnwrapped(request, headers) ? `${POLICY}; sandbox` : POLICY);
  headers.set("Referrer-Policy", "same-origin");
  headers.set("X-DNS-Prefetch-Control", "off");
  for (const name of ["Link", "Refresh", "Report-To", "Reporting-Endpoints", "NEL"]) headers.delete(name);
  return new Response(bodyOf(request, response), { status, statusText, headers });
}

/** The script that wraps every archived page comes first in it, so it is where to take away what no policy forbids. */
function bodyOf(request, response) {
  if (BODILESS.includes(response.status)) return null;
  if (!request.url.endsWith("/static/wombat.js")) return response.body;
  const { readable, writable } = new TransformStream({
    start: (out) => out.enqueue(new TextEncoder().encode(PRELUDE)),
  });
  response.body.pipeTo(writable);
  return readable;
}

function answering(handle) {
  return (event) => {
    const answer = event.respondWith.bind(event);
    event.respondWith = (given) => answer(Promise.resolve(given).then((response) => restricted(event.request, response)));
    handle(event);
  };
}

self.addEventListener = (type, handle, options) =>
  listen(type, type === "fetch" ? answering(handle) : handle, options);

importScripts("/replay/reader.js");
