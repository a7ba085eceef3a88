// Calling a class over: a tap turns a name's mark on (出勤, 迟到, 旷课, 未记); leave stays as it is.

import { Saver, showState, warnOnLeaving } from "./attendance-saver.js";

const find = (id) => document.getElementById(id);
const settings = JSON.parse(find("call-settings").textContent);
const people = [...document.querySelectorAll(".call-person")].map((button) => {
  const { enrolment, m, v, s } = button.dataset;
  const cell = { key: `${enrolment} ${settings.session}`, enrolment, session: settings.session, button };
  return Object.assign(cell, { mark: m || null, version: Number(v), source: s, shown: m || null });
});
const FIXED = ["personal", "sick", "official"];

function draw(cell, mark) {
  cell.shown = mark;
  cell.button.dataset.m = mark ?? "";
  cell.button.dataset.s = cell.source;
  cell.button.querySelector("[data-label]").textContent = mark ? settings.labels[mark] : "未记";
}

function take(cell, told) {
  Object.assign(cell, { mark: told.mark, version: told.version, source: told.source });
  if (!saver.holds(cell.key)) draw(cell, told.mark);
}

const tell = (text) => (find("att-told").textContent = text);

const saver = new Saver(settings.saveUrl, {
  saved(pairs, answer) {
    for (const [{ cell }, told] of pairs) take(cell, told);
    const counts = answer.sessions[settings.session];
    find("call-counts").textContent = `${counts.share === null ? "" : `到课 ${counts.share}%　`}未记 ${counts.left} 人`;
  },
  refused(pairs) {
    for (const [{ cell }, told] of pairs) take(cell, told);
    const shown = pairs.filter(([{ kind }]) => kind !== "rest");
    if (shown.length) tell(`${shown[0][0].cell.button.querySelector("b").textContent}：${shown[0][1].sentence}；已显示现有的记录`);
  },
  stopped(edits, sentence) {
    for (const { cell } of edits) draw(cell, cell.mark);
    tell(sentence);
  },
  state: (word, count) => showState(find("att-state"), word, count),
});

function put(cell, mark, kind = "") {
  draw(cell, mark);
  saver.put(cell, mark, { kind });
}

for (const cell of people) {
  cell.button.addEventListener("click", () => {
    if (cell.source === "leave" || FIXED.includes(cell.shown)) {
      return tell(`${cell.button.querySelector("b").textContent} 是${settings.labels[cell.shown]}，请假的记录在考勤表里逐格更改`);
    }
    put(cell, settings.cycle[(settings.cycle.indexOf(cell.shown) + 1) % settings.cycle.length]);
  });
}

find("call-rest").addEventListener("click", () => {
  const free = people.filter((cell) => cell.shown === null);
  for (const cell of free) put(cell, "present", "rest");
  tell(`其余 ${free.length} 人出勤，已有的记录和请假没有动`);
});

warnOnLeaving(saver);
