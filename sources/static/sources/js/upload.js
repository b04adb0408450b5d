// Sends a file in pieces by the tus protocol, and goes on where it was after a break or a reload.
// Without this module the form sends the file whole.

const PIECE = 8 * 1024 * 1024;
const LONGEST_WAIT_S = 60;
const GIVE_UP_AFTER = 12;
const VERSION = { "Tus-Resumable": "1.0.0" };

class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Under which an unfinished upload of this file is remembered: the same file has the same name, size and date. */
function keyOf(form, file) {
  return `upload ${form.dataset.publication} ${file.name} ${file.size} ${file.lastModified}`;
}

function token(form) {
  return form.elements.csrfmiddlewaretoken.value;
}

async function ask(form, method, address, headers = {}, body = undefined) {
  const answer = await fetch(address, {
    method,
    body,
    headers: { ...VERSION, "X-CSRFToken": token(form), ...headers },
  });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Refusal(answer.status, problem.detail ?? `The server answered with status ${answer.status}.`);
}

async function begin(form, file) {
  const said = {
    publication: form.dataset.publication,
    filename: file.name,
    size: file.size,
    note: form.elements.note.value,
  };
  const headers = { "Content-Type": "application/json" };
  const answer = await ask(form, "POST", form.dataset.upload, headers, JSON.stringify(said));
  return answer.headers.get("Location");
}

/** How much of a remembered upload has arrived; null when there is none to go on with. */
async function arrived(form, address) {
  try {
    const answer = await ask(form, "HEAD", address);
    return Number(answer.headers.get("Upload-Offset"));
  } catch (error) {
    if (error instanceof Refusal && [403, 404, 410].includes(error.status)) return null;
    throw error;
  }
}

async function place(form, file) {
  const key = keyOf(form, file);
  const known = localStorage.getItem(key);
  const offset = known === null ? null : await arrived(form, known);
  if (offset !== null) return { address: known, offset };
  const address = await begin(form, file);
  localStorage.setItem(key, address);
  return { address, offset: 0 };
}

async function sendPieces(form, file, show) {
  let { address, offset } = await place(form, file);
  show(offset);
  while (offset < file.size) {
    const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
    const answer = await ask(form, "PATCH", address, headers, file.slice(offset, offset + PIECE));
    offset = Number(answer.headers.get("Upload-Offset"));
    show(offset);
  }
}

/** Whether trying again may help: the line broke, somebody else is sending, or the server is in trouble. */
function isPassing(error) {
  if (error instanceof Refusal) return [409, 423, 429].includes(error.status) || error.status >= 500;
  return error instanceof TypeError;
}

async function send(form, file, show, say) {
  for (let failures = 0; ; ) {
    try {
      return await sendPieces(form, file, (offset) => {
        failures = 0;
        show(offset);
      });
    } catch (error) {
      failures += 1;
      if (!isPassing(error) || failures > GIVE_UP_AFTER) throw error;
      const wait = Math.min(2 ** (failures - 1), LONGEST_WAIT_S);
      say(`${error.message} Trying again in ${wait} s; what has arrived is kept.`);
      await new Promise((resume) => setTimeout(resume, wait * 1000));
    }
  }
}

function inWords(bytes) {
  const megabytes = bytes / 1e6;
  return megabytes < 10 ? `${megabytes.toFixed(1)} MB` : `${Math.round(megabytes)} MB`;
}

/** Shows count, rate and time left. */
function progress(form, file) {
  const panel = form.querySelector("[data-upload-progress]");
  const bar = panel.querySelector("progress");
  const words = panel.querySelector("[data-upload-words]");
  let start = null;
  panel.hidden = false;
  const say = (text) => { words.textContent = text; };
  const show = (offset) => {
    start ??= { offset, at: performance.now() };
    bar.value = offset / file.size;
    const seconds = (performance.now() - start.at) / 1000;
    const rate = (offset - start.offset) / seconds;
    const left = rate > 0 ? `, ${inWords(rate)}/s, ${Math.ceil((file.size - offset) / rate)} s left` : "";
    say(`${inWords(offset)} of ${inWords(file.size)} sent${left}`);
  };
  return { say, show };
}

async function submit(event) {
  const form = event.currentTarget;
  const file = form.elements.file.files[0];
  if (!file) return;
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  const { say, show } = progress(form, file);
  if (file.size > Number(form.dataset.mostBytes)) return say("This file is larger than may be sent.");
  button.disabled = true;
  try {
    await send(form, file, show, say);
    localStorage.removeItem(keyOf(form, file));
    say("The file has arrived and is being preserved.");
    location.hash = "uploads";
    location.reload();
  } catch (error) {
    if (error instanceof Refusal && error.status === 460) localStorage.removeItem(keyOf(form, file));
    say(`${error.message} What has arrived is kept: choose the same file again to go on.`);
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-upload]")) form.addEventListener("submit", submit);
