// A picture grows to the window's width on a click and shrinks on the next.
for (const picture of document.querySelectorAll("figure img")) {
  picture.addEventListener("click", () => picture.parentElement.classList.toggle("wide"));
}
