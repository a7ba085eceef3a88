// The page 分组: what a group is made of is counted again as people move; whoever goes away from moves of their own is asked.

const members = [...document.querySelectorAll("[data-member]")];
const summary = document.querySelector("#groups-summary tbody");
const levels = [...document.querySelectorAll("#groups-summary thead [data-level]")].map((head) => head.dataset.level);
const form = document.querySelector("#grouping");
let unsaved = false;

const select = (member) => member.querySelector("select");
const post = (member) => member.querySelector("input");
const isMoved = (member) => [select(member), post(member)].some((field) => field.value !== field.dataset.was);

function mostOfOneUnit(people) {
  const counts = new Map();
  for (const one of people) counts.set(one.dataset.unit, (counts.get(one.dataset.unit) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

function line(group) {
  const found = [...summary.rows].find((row) => row.dataset.group === group);
  if (found) return found;
  const row = summary.rows[0].cloneNode(true);
  row.dataset.group = group;
  row.querySelector("th").textContent = group || "未分组";
  return summary.appendChild(row);
}

function fill(row, people) {
  row.hidden = people.length === 0;
  row.querySelector("[data-people]").textContent = people.length;
  row.querySelectorAll("[data-of-level]").forEach((cell, place) => {
    cell.textContent = people.filter((one) => one.dataset.level === levels[place]).length;
  });
  row.querySelector("[data-same]").textContent = mostOfOneUnit(people);
}

function count() {
  for (const group of new Set(members.map((member) => select(member).value))) line(group);
  for (const row of summary.rows) fill(row, members.filter((member) => select(member).value === row.dataset.group));
  const moved = members.filter(isMoved).length;
  document.querySelector("#moved").textContent = moved ? `有 ${moved} 人改动，尚未保存` : "";
}

function mark(member) {
  member.classList.toggle("is-moved", isMoved(member));
  const { value, dataset } = select(member);
  member.querySelector("[data-from]").textContent = value === dataset.was ? "" : `原${dataset.was || "未分组"}`;
}

form?.addEventListener("input", (event) => {
  const member = event.target.closest("[data-member]");
  if (!member) return;
  unsaved = true;
  mark(member);
  count();
});

form?.addEventListener("submit", () => {
  unsaved = false;
});

window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
