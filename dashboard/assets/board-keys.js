// Fixpoint: arrow keys move between the cards of the board. One card takes part in the tab order; up and down
// go through its lane, left and right to the lane beside, Enter to the first button of the card.
export default function () {
  const CARD = ".fx-card[role='group']";
  const cards = () => Array.from(document.querySelectorAll(CARD)).filter((card) => card.offsetParent !== null);
  const laneOf = (card) => card.closest("[data-testid='stColumn']");

  function take(card) {
    for (const other of cards()) other.tabIndex = other === card ? 0 : -1;
    card.focus();
    card.scrollIntoView({ block: "nearest" });
  }

  function beside(card, step) {
    const middle = card.getBoundingClientRect().top;
    const lanes = [];
    for (const other of cards()) {
      const lane = laneOf(other);
      if (!lanes.includes(lane)) lanes.push(lane);
    }
    const lane = lanes[lanes.indexOf(laneOf(card)) + step];
    if (!lane) return null;
    const there = cards().filter((other) => laneOf(other) === lane);
    return there.reduce((best, other) =>
      Math.abs(other.getBoundingClientRect().top - middle) < Math.abs(best.getBoundingClientRect().top - middle) ? other : best);
  }

  function onKey(event) {
    const card = event.target.closest ? event.target.closest(CARD) : null;
    if (!card || event.target !== card || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const lane = cards().filter((other) => laneOf(other) === laneOf(card));
    const at = lane.indexOf(card);
    let next = null;
    if (event.key === "ArrowDown") next = lane[at + 1];
    else if (event.key === "ArrowUp") next = lane[at - 1];
    else if (event.key === "ArrowRight") next = beside(card, 1);
    else if (event.key === "ArrowLeft") next = beside(card, -1);
    else if (event.key === "Home") next = lane[0];
    else if (event.key === "End") next = lane[lane.length - 1];
    else if (event.key === "Enter") {
      const button = card.closest("[class*='st-key-card-']")?.querySelector("button");
      if (!button) return;
      event.preventDefault();
      button.focus();
      return;
    } else return;
    event.preventDefault();
    if (next) take(next);
  }

  function oneInTabOrder() {
    const there = cards();
    if (there.length && !there.some((card) => card.tabIndex === 0)) there[0].tabIndex = 0;
  }

  // Cards are drawn anew with every run of the page: the first of them takes its place in the tab order again.
  // Once a picture at most: to ask whether a card is to be seen makes the browser lay out the page.
  let isDue = false;
  const watcher = new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      oneInTabOrder();
    });
  });
  watcher.observe(document.body, { childList: true, subtree: true });
  document.addEventListener("keydown", onKey);
  oneInTabOrder();
  return () => {
    watcher.disconnect();
    document.removeEventListener("keydown", onKey);
  };
}
