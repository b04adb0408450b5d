// What the script of an archived page may try. CANARY and APP are filled in by the test.
const canary = "CANARY", app = "APP";
const XHTML = "http://www.w3.org/1999/xhtml";
const learnt = {};

async function attempt(name, act) {
  try {
    learnt[name] = String(await Promise.race([act(), new Promise((give) => setTimeout(give, 1000, "no answer"))]));
  } catch (error) {
    learnt[name] = `refused: ${error.name}`;
  }
}

function put(tag, values) {
  const made = document.createElementNS(XHTML, tag);
  for (const [name, value] of Object.entries(values)) made.setAttribute(name, value);
  (document.body ?? document.documentElement).append(made);
  return "put";
}

function submit(target) {
  const form = document.createElementNS(XHTML, "form");
  for (const [name, value] of [["method", "post"], ["action", `${app}/logout/`], ["target", target]]) form.setAttribute(name, value);
  (document.body ?? document.documentElement).append(form);
  HTMLFormElement.prototype.submit.call(form);
  return "sent";
}

function inWorker() {
  const source = `fetch("${canary}/worker", { mode: "no-cors" }).then(() => postMessage("reached"), () => postMessage("refused"))`;
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  return new Promise((give) => {
    worker.onmessage = ({ data }) => give(data);
    worker.onerror = () => give("not started");
  });
}

function socket() {
  const made = new WebSocket(`${canary.replace("http", "ws")}/socket`);
  return new Promise((give) => {
    made.onerror = () => give("closed");
    made.onopen = () => give("open");
  });
}

function sheet() {
  const made = new CSSStyleSheet();
  made.replaceSync(`* { background: url("${canary}/sheet.png") }`);
  document.adoptedStyleSheets = [made];
  return "adopted";
}

const ofTheApp = {
  "cookies": () => document.cookie,
  "cookies of the top": () => top.document.cookie,
  "text of the top": () => top.document.body.innerText,
  "script in the top": () => top.eval("document.title = 'taken over'"),
  "opener": () => window.opener.document.title,
  "storage of the top": () => top.localStorage.getItem("secret"),
  "own storage": () => JSON.stringify(localStorage),
  "api": async () => (await fetch(`${app}/api/v1/investigations/`, { credentials: "include" })).text(),
  "page": async () => (await fetch(`${app}/`, { credentials: "include", mode: "no-cors" })).type,
  "log-out": async () => (await fetch(`${app}/logout/`, { method: "POST", credentials: "include", mode: "no-cors" })).type,
  "beacon": () => navigator.sendBeacon(`${app}/logout/`, "x"),
  "picture": () => put("img", { src: `${app}/static/osint/favicon.svg` }),
  "frame": () => put("iframe", { src: `${app}/` }),
  "form": () => submit("_top"),
  "form in place": () => submit("_blank"),
  "window": () => window.open(`${app}/logout/`),
  "navigation of the top": () => { top.location.href = `${app}/logout/`; return "set"; },
};

const ofTheWeb = {
  "fetch": async () => (await fetch(`${canary}/fetch`, { mode: "no-cors" })).type,
  "beacon to the web": () => navigator.sendBeacon(`${canary}/beacon`, "x"),
  socket,
  "events": () => { new EventSource(`${canary}/events`); return "made"; },
  "image": () => put("img", { src: `${canary}/image.png` }),
  "script": () => put("script", { src: `${canary}/script.js` }),
  "style": () => put("link", { rel: "stylesheet", href: `${canary}/style.css` }),
  "icon": () => put("link", { rel: "icon", href: `${canary}/icon.png` }),
  "prefetch": () => put("link", { rel: "prefetch", href: `${canary}/prefetch` }),
  "preload": () => put("link", { rel: "preload", as: "image", href: `${canary}/preload.png` }),
  "module preload": () => put("link", { rel: "modulepreload", href: `${canary}/module.js` }),
  "manifest": () => put("link", { rel: "manifest", href: `${canary}/manifest.json` }),
  "video": () => put("video", { src: `${canary}/video.mp4`, autoplay: "" }),
  "object": () => put("object", { data: `${canary}/object` }),
  "frame of the web": () => put("iframe", { src: `${canary}/frame` }),
  "frame of data": () => put("iframe", { src: `data:text/html,<img src="${canary}/data.png"><script>fetch("${canary}/data")</` + "script>" }),
  "frame of text": () => put("iframe", { srcdoc: `<img src="${canary}/text.png">` }),
  "refresh": () => put("iframe", { srcdoc: `<meta http-equiv="refresh" content="0; url=${canary}/refresh">` }),
  "speculation": () => {
    const rules = put("script", { type: "speculationrules" });
    document.querySelector("script[type=speculationrules]").textContent = JSON.stringify({ prefetch: [{ source: "list", urls: [`${canary}/guess`] }] });
    return rules;
  },
  sheet,
  "font": async () => (await new FontFace("x", `url("${canary}/font.woff")`).load()).status,
  "worker": inWorker,
  "service worker": async () => (await navigator.serviceWorker.register(`${canary}/worker.js`)).scope,
  "window of the web": () => window.open(`${canary}/window`),
  "preconnect": () => put("link", { rel: "preconnect", href: `${canary}/` }),
  "top to the web": () => { top.location.href = `${canary}/top`; return "set"; },
};

(async () => {
  for (const [name, act] of Object.entries({ ...ofTheApp, ...ofTheWeb })) await attempt(name, act);
  await new Promise((give) => setTimeout(give, 1000));
  document.documentElement.dataset.learnt = JSON.stringify(learnt);
})();
