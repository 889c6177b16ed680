// The keys of a transcript: j next turn, k previous, r right, w wrong. Without this file all of it works by Tab.
// They do nothing while somebody types, nor together with Ctrl, Alt or Meta.

const turns = [...document.querySelectorAll("[data-turn]")];

/** The turn that has the focus, or holds what has it; else the one that the address names. */
function current() {
  const focused = document.activeElement?.closest("[data-turn]");
  return focused ?? turns.find((turn) => turn.id === location.hash.slice(1));
}

function go(step) {
  const here = turns.indexOf(current());
  const next = here < 0 ? 0 : Math.min(Math.max(here + step, 0), turns.length - 1);
  turns[next]?.focus();
  turns[next]?.scrollIntoView({ block: "start" });
}

function openForm() {
  const form = current()?.querySelector("[data-wrong]");
  if (!form) return;
  form.open = true;
  form.querySelector("input[type=radio]")?.focus();
}

const keys = {
  j: () => go(1),
  k: () => go(-1),
  r: () => current()?.querySelector("[data-right]")?.click(),
  w: openForm,
};

function isBusy(target) {
  return target.closest("input, textarea, select, [contenteditable], dialog, [role=dialog]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isBusy(event.target)) return;
  const action = keys[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

document.querySelector("[data-keys]")?.removeAttribute("hidden");
// What was refused is read first; else the turn that the address names.
(document.querySelector(".transcript [role=alert]") ?? current())?.focus();
