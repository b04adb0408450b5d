// Texts that stand out from their ground by less than 4.5 to 1 (WCAG 2.2, success criterion 1.4.3), each once.
() => {
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const linear = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const opaque = (color) => channels(color)[3] !== 0;

  function ground(element) {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (opaque(color)) return color;
    }
    return "rgb(255, 255, 255)";
  }

  function contrast(element) {
    const ink = getComputedStyle(element)[element.closest("svg") ? "fill" : "color"];
    const [low, high] = [ink, ground(element)].map((color) => luminance(channels(color))).sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }

  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const texts = [...document.body.querySelectorAll("*")].filter((e) => hasText(e) && e.checkVisibility());
  const faint = texts.filter((element) => contrast(element) < 4.5);
  return [...new Set(faint.map((e) => `${e.localName}.${e.getAttribute("class")}: ${e.textContent.trim().slice(0, 60)}`))];
}
