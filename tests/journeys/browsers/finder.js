// Finds what a person would press or fill: something visible with this role and name, which holds still and is
// not covered. Answers {x, y} in the middle of it, {why} when it is not there yet. Arguments: role, name.
const ROLES = {
  button: "button, [role=button], input[type=submit], summary",
  link: "a[href], [role=link]",
  radio: "input[type=radio], [role=radio]",
  checkbox: "input[type=checkbox], [role=checkbox], [role=switch]",
  slider: "input[type=range], [role=slider]",
  textbox: "input:not([type]), input[type=text], input[type=email], input[type=tel], input[type=search], " +
    "input[type=url], input[type=number], input[type=time], input[type=date], textarea, [role=textbox]",
  select: "select, [role=combobox]",
};
const PRESSABLE = ["button", "link", "radio", "checkbox"].map((role) => ROLES[role]).join(", ");
const [role, wanted] = args;
const tidy = (text) => (text || "").replace(/\s+/g, " ").trim();
const byIds = (ids) => ids.split(/\s+/).map((id) => document.getElementById(id)?.textContent || "").join(" ");

function names(element) {
  const labels = [...(element.labels || [])].map((label) => label.innerText);
  const referred = element.getAttribute("aria-labelledby");
  return [
    referred && byIds(referred), element.getAttribute("aria-label"), ...labels,
    element.type === "submit" && element.value, element.innerText, element.getAttribute("title"),
    element.getAttribute("placeholder"),
  ].map(tidy).filter(Boolean);
}

function visible(element) {
  if (element.closest("[inert], [aria-hidden=true]") || element.disabled) return false;
  const box = element.getBoundingClientRect();
  return box.width > 1 && box.height > 1 && getComputedStyle(element).visibility !== "hidden" &&
    getComputedStyle(element).opacity !== "0";
}

// A styled radio is often one invisible pixel under its label: the label is what a finger meets.
const touchable = (element) => [element, ...(element.labels || [])].find(visible);

const found = [...document.querySelectorAll(role ? ROLES[role] || `[role=${role}]` : PRESSABLE)];
const fits = [
  (name) => name === wanted,
  (name) => name.startsWith(wanted),
  (name) => name.includes(wanted),
];
let target = null;
for (const fit of fits) {
  target = target || found.filter((element) => names(element).some(fit)).find(touchable);
}
if (!target) return { why: `nothing visible is called "${wanted}"` };
const surface = touchable(target);
surface.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
const before = surface.getBoundingClientRect();
await new Promise((resolve) => setTimeout(resolve, 40));
const box = surface.getBoundingClientRect();
if (Math.abs(before.x - box.x) > 0.5 || Math.abs(before.y - box.y) > 0.5) return { why: `"${wanted}" moves` };
const x = box.x + box.width / 2;
const y = box.y + box.height / 2;
const top = document.elementFromPoint(x, y);
if (!top || !(surface.contains(top) || top.contains(surface) || [...(target.labels || [])].some((l) => l.contains(top)))) {
  return { why: `"${wanted}" is covered by ${top ? top.outerHTML.slice(0, 80) : "nothing"}` };
}
return { x, y, checked: target.checked ?? target.getAttribute("aria-checked") ?? null };
