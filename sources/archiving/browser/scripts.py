"""The JavaScript that is run in the page, in a world of its own."""

from __future__ import annotations

#: Scrolls down by ``stride`` px, at most ``steps`` times, and back to the top; returns how often.
SCROLL = """async (stride, steps, pause) => {
  const drawn = () => Promise.race([
    new Promise(done => requestAnimationFrame(() => setTimeout(done, pause))),
    new Promise(done => setTimeout(done, 4 * pause)),
  ]);
  const end = () => Math.max(document.documentElement.scrollHeight, document.body ? document.body.scrollHeight : 0);
  let taken = 0;
  for (let top = stride; taken < steps && top - stride + innerHeight < end(); top += stride, taken++) {
    scrollTo(0, top);
    await drawn();
  }
  scrollTo(0, 0);
  if (taken) await drawn();
  return taken;
}"""

#: The document as it stands: markup, shown text, title, size, and the text of a consent banner if there is one.
READ = """(limit, selectors, words) => {
  const root = document.documentElement, body = document.body;
  const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) : '';
  const shown = element => {
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    return box.width * box.height > 0 && style.visibility !== 'hidden' && style.display !== 'none';
  };
  const above = element => {
    for (let at = element; at && at !== body && at !== root; at = at.parentElement)
      if (['fixed', 'sticky', 'absolute'].includes(getComputedStyle(at).position)) return true;
    return element.tagName === 'DIALOG' || element.getAttribute('role') === 'dialog';
  };
  const wanted = new RegExp(words, 'iu');
  const banner = () => {
    for (const element of Array.from(document.querySelectorAll(selectors)).slice(0, 200)) {
      if (!shown(element) || !above(element)) continue;
      const text = (element.innerText || '').trim();
      if (text && text.length < 6000 && wanted.test(text)) return text.replace(/\\s+/g, ' ').slice(0, 200);
    }
    return '';
  };
  return {
    html: (type + (root ? root.outerHTML : '')).slice(0, limit),
    text: (body ? body.innerText || '' : '').slice(0, limit),
    title: document.title || '',
    height: Math.max(root ? root.scrollHeight : 0, body ? body.scrollHeight : 0),
    banner: banner(),
  };
}"""
