// Runs before the page is painted, so that a reader's choice of colours never flashes up late.
// A classic script: modules run only after the document has been read.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system's colours hold.
}
