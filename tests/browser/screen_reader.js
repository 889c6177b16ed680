// What a screen reader makes of live regions: it says what is added to one, as urgently as the region asks, and nothing else.
const heard = (window.heard = []);
const URGENCY = { log: "polite", status: "polite", alert: "assertive" };
const HIDDEN = '[aria-hidden="true"], [hidden], style, script';

function urgency(element) {
  for (; element; element = element.parentElement) {
    const found = element.getAttribute("aria-live") ?? URGENCY[element.getAttribute("role")];
    if (found) return found;
  }
  return "off";
}

function words(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(`${HIDDEN}, [aria-live="off"]`)) return "";
  return [...node.childNodes].map(words).join(" ");
}

const observer = new MutationObserver((changes) => {
  for (const { type, target, addedNodes } of changes)
    for (const node of type === "childList" ? addedNodes : [target]) {
      const within = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
      const text = words(node).replace(/\s+/g, " ").trim();
      const how = urgency(within);
      if (text && how !== "off" && !within.closest(HIDDEN)) heard.push({ how, text });
    }
});

const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (how) {
  const root = attach.call(this, how);
  observer.observe(root, { childList: true, characterData: true, subtree: true });
  return root;
};
