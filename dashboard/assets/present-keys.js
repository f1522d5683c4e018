// Fixpoint: arrow keys (and those of a presenter's remote, Page Up and Page Down) go through the slides of the
// briefing; Escape leaves. Keys that are typed into something, or meant for an open list or form, are left alone.
export default function () {
  const BUTTONS = { ArrowRight: "after", PageDown: "after", ArrowLeft: "before", PageUp: "before", Escape: "leave" };

  function onKey(event) {
    const name = BUTTONS[event.key];
    if (!name || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    if (document.querySelector("[role='dialog'], [aria-expanded='true']")) return;
    const at = event.target;
    if (at.closest && at.closest("input, textarea, select, [contenteditable='true'], [role='slider']")) return;
    // A table that can be scrolled sideways keeps its arrows.
    const wide = at.closest && at.closest("[role='region'][tabindex]");
    if (wide && wide.scrollWidth > wide.clientWidth && event.key.startsWith("Arrow")) return;
    const button = document.querySelector(`.st-key-slide-${name} button`);
    if (!button || button.disabled) return;
    event.preventDefault();
    button.click();
    window.scrollTo(0, 0);
    const main = document.querySelector("[data-testid='stMain']");
    if (main) main.scrollTo(0, 0);
  }

  // Who drives the page by a program, such as a test, can see here from when on the keys are heard.
  const root = document.documentElement;
  document.addEventListener("keydown", onKey);
  root.dataset.fxKeys = "slides";
  return () => {
    document.removeEventListener("keydown", onKey);
    delete root.dataset.fxKeys;
  };
}
