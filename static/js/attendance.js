// The attendance grid: arrows move, one letter marks, Shift+arrows or dragging select, A marks the rest, Ctrl+Z undoes.
// Every cell has a version; what others change meanwhile comes by a poll, and nobody overwrites it unseen.

import { Saver, showState, warnOnLeaving } from "./attendance-saver.js";
import { Steps } from "./attendance-undo.js";

const find = (id) => document.getElementById(id);
const settings = JSON.parse(find("attendance-settings").textContent);
const table = find("att-grid");
const POLL = 3000;
const TYPING = 900;
const KEYS = {
  Space: "present", KeyC: "late", KeyZ: "early", KeyS: "personal", KeyB: "sick", KeyG: "official", KeyK: "absent",
  Delete: null, Backspace: null,
};
const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0] };

const heads = table ? [...table.querySelectorAll("[data-session]")] : [];
const rows = table ? [...table.tBodies[0].rows] : [];
const cells = rows.map((row) => [...row.querySelectorAll(".att-cell")].map((td, place) => cellOf(row, heads[place], td)));
const byKey = new Map(cells.flat().map((cell) => [cell.key, cell]));
const byTd = new Map(cells.flatMap((line, r) => line.map((cell, c) => [cell.td, [r, c]])));
const steps = new Steps();
let at = [0, 0]; // row −1 is the head of the column
let anchor = [0, 0];
let dragging = false;
let cursor = settings.cursor;
let typed = "";
let typedAt = 0;

function cellOf(row, head, td) {
  const { enrolment, name } = row.dataset;
  const { session, name: when } = head.dataset;
  const { m, v, s } = td.dataset;
  const key = `${enrolment} ${session}`;
  return { key, enrolment, session, td, who: name, when, mark: m || null, version: Number(v), source: s, shown: m || null };
}

// ---- showing ----

function draw(cell, mark, { pending = false, flash = false } = {}) {
  cell.shown = mark;
  cell.td.dataset.m = mark ?? "";
  cell.td.dataset.s = pending ? "" : cell.source;
  cell.td.textContent = mark ? settings.signs[mark] : "";
  cell.td.classList.toggle("is-pending", pending);
  cell.td.classList.toggle("is-conflict", Boolean(cell.conflict));
  if (flash) {
    cell.td.classList.add("is-fresh");
    setTimeout(() => cell.td.classList.remove("is-fresh"), 2500);
  }
}

function take(cell, told) {
  cell.mark = told.mark;
  cell.version = told.version;
  cell.source = told.source;
  cell.by = told.by;
  cell.at = told.at;
}

const wordOf = (mark) => (mark ? settings.labels[mark] : "未登记");

function tell(text) {
  const note = find("att-told");
  if (note) note.textContent = text;
}

function describe(cell) {
  const from = cell.source ? `（${settings.sources[cell.source]}${cell.by ? `，${cell.by} ${cell.at}` : ""}）` : "";
  tell(`${cell.who} ${cell.when}：${wordOf(cell.shown)}${cell.shown === cell.mark ? from : ""}`);
}

function showFigures({ sessions = {}, people = {} }) {
  for (const [key, told] of Object.entries(sessions)) {
    const foot = table.querySelector(`[data-share="${key}"]`);
    if (!foot) continue;
    foot.textContent = told.share === null ? "—" : `${told.share}%`;
    foot.dataset.heat = told.heat;
    foot.title = `${told.words || "未登记"}；已记 ${told.marked}，未记 ${told.left}`;
  }
  for (const row of rows) {
    const told = people[row.dataset.enrolment];
    if (told) showPerson(row, told);
  }
}

function showPerson(row, told) {
  row.querySelector("[data-words]").textContent = told.words;
  const share = row.querySelector(".att-share");
  share.textContent = told.share === null ? "—" : `${told.share}%`;
  share.dataset.heat = told.heat;
  const leave = row.querySelector(".att-leave");
  leave.textContent = told.missed === "0" ? "" : `缺 ${told.missed} · 假 ${told.leave}/${told.cap}`;
  leave.title = `缺课 ${told.missed} 学时；请假 ${told.leave} 学时，上限 ${told.cap}（七分之一）`;
  leave.dataset.cap = told.over ? "over" : told.near ? "near" : "";
  const bars = told.strip.map(([place, mark]) => {
    const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ x: place, width: 1, height: 4, "data-m": mark })) bar.setAttribute(name, value);
    return bar;
  });
  row.querySelector("[data-strip]").replaceChildren(...bars);
}

// ---- where one is ----

const elementAt = ([r, c]) => (r < 0 ? heads[c] : cells[r][c].td);

function selected() {
  if (at[0] < 0) return [];
  const [top, bottom] = [Math.max(0, Math.min(anchor[0], at[0])), Math.max(anchor[0], at[0])];
  const [left, right] = [Math.min(anchor[1], at[1]), Math.max(anchor[1], at[1])];
  return cells.slice(top, bottom + 1).flatMap((line) => line.slice(left, right + 1));
}

function go(place, { extend = false, focus = true } = {}) {
  elementAt(at).tabIndex = -1;
  for (const td of table.querySelectorAll("[aria-selected=true]")) td.setAttribute("aria-selected", "false");
  const lowest = extend ? 0 : -1;
  at = [Math.min(Math.max(place[0], lowest), rows.length - 1), Math.min(Math.max(place[1], 0), heads.length - 1)];
  if (!extend) anchor = at;
  const element = elementAt(at);
  element.tabIndex = 0;
  if (focus) element.focus();
  const chosen = selected();
  for (const cell of chosen) cell.td.setAttribute("aria-selected", "true");
  if (chosen.length === 1) describe(chosen[0]);
  else tell(chosen.length ? `选中 ${chosen.length} 格` : `${heads[at[1]].dataset.name} ${heads[at[1]].title}：按 A 其余全部出勤`);
}

// ---- marking ----

function write(edits, kind) {
  if (!edits.length) return;
  if (kind !== "undo") steps.add(edits.map(({ cell, over }) => ({ cell, from: cell.shown, over })));
  for (const { cell, mark, over } of edits) {
    cell.conflict = null;
    saver.put(cell, mark, { over, kind });
    draw(cell, mark, { pending: true });
  }
  find("att-undo").disabled = !steps.length;
}

const onLeave = (cell) => cell.source === "leave" && cell.shown === cell.mark;

async function mark(value) {
  if (!settings.writing) return;
  closeBubble();
  const chosen = selected().filter((cell) => cell.shown !== value);
  if (chosen.length === 1 && onLeave(chosen[0])) return overLeave(chosen[0], value);
  const free = chosen.filter((cell) => !onLeave(cell));
  write(free.map((cell) => ({ cell, mark: value })), "");
  const kept = chosen.length - free.length;
  tell(`${free.length} 格${value ? `记为${settings.labels[value]}` : "已清除"}${kept ? `；${kept} 格是准假，没有改` : ""}`);
}

function rest() {
  if (!settings.writing) return;
  const free = cells.map((line) => line[at[1]]).filter((cell) => cell.shown === null);
  write(free.map((cell) => ({ cell, mark: "present" })), "rest");
  tell(`${heads[at[1]].dataset.name}：其余 ${free.length} 人出勤，已有的记录和请假没有动`);
}

function overLeave(cell, value) {
  const dialog = find("att-leave");
  find("att-leave-text").textContent = `${cell.who} ${cell.when} 是已准的${wordOf(cell.mark)}，您要${value ? `改记为${wordOf(value)}` : "清除它"}。`;
  dialog.returnValue = "no";
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue === "yes") write([{ cell, mark: value, over: true }], "");
      cell.td.focus();
    },
    { once: true },
  );
  dialog.showModal();
}

async function undo() {
  if (!steps.length) return;
  await saver.flush();
  const step = steps.pop();
  for (const one of step) if (one.version !== null) one.cell.version = one.version;
  write(step.map(({ cell, from }) => ({ cell, mark: from, over: true })), "undo");
  tell(`撤销了 ${step.length} 格`);
}

// ---- what the server said ----

const saver = new Saver(settings.saveUrl, {
  saved(pairs, answer) {
    for (const [{ cell, kind }, told] of pairs) {
      take(cell, told);
      steps.saved(cell.key, told.version);
      if (!saver.holds(cell.key)) draw(cell, told.mark);
      if (kind === "undo" && cell === cells[at[0]]?.[at[1]]) describe(cell);
    }
    showFigures(answer);
  },
  refused(pairs) {
    const undone = pairs.filter(([{ kind }]) => kind === "undo");
    for (const [{ cell, kind }, told] of pairs) {
      if (kind !== "undo") steps.forget(cell.key);
      take(cell, told);
      cell.conflict = kind === "" ? told : null;
      draw(cell, told.mark, { flash: true });
    }
    if (undone.length) tell(`${undone.length} 格此后被他人更改，没有撤销`);
    const clashes = pairs.filter(([{ cell }]) => cell.conflict);
    if (clashes.length) {
      tell(`${clashes.length} 格没有保存：他人先登记了，请选择保留哪一个`);
      openBubble(clashes[0][0].cell);
    }
    find("att-undo").disabled = !steps.length;
  },
  stopped(edits, sentence) {
    for (const { cell } of edits) draw(cell, cell.mark);
    steps.steps = [];
    settings.writing = false;
    tell(sentence);
    find("att-state").textContent = sentence;
  },
  state: (word, count) => settings.writing && showState(find("att-state"), word, count),
});

// ---- two values in one cell ----

let bubbleOf = null;

function openBubble(cell) {
  bubbleOf = cell;
  const bubble = find("att-bubble");
  const { sentence, wanted } = cell.conflict;
  find("att-bubble-text").textContent = `${cell.who} ${cell.when}：${sentence}`;
  bubble.querySelector("[data-overwrite]").textContent = wanted ? `改为${settings.labels[wanted]}` : "仍要清除";
  bubble.hidden = false;
  const box = cell.td.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left), window.innerWidth - bubble.offsetWidth - 8);
  const below = box.bottom + 6 + bubble.offsetHeight < window.innerHeight;
  bubble.style.left = `${left}px`;
  bubble.style.top = `${below ? box.bottom + 6 : Math.max(8, box.top - 6 - bubble.offsetHeight)}px`;
}

function closeBubble() {
  find("att-bubble").hidden = true;
  bubbleOf = null;
}

function settle(overwrite) {
  const cell = bubbleOf;
  const { wanted } = cell.conflict;
  cell.conflict = null;
  closeBubble();
  if (overwrite) write([{ cell, mark: wanted, over: cell.source === "leave" }], "");
  else draw(cell, cell.mark);
  cell.td.focus();
  const next = [...byKey.values()].find((one) => one.conflict);
  if (next) openBubble(next);
}

// ---- what others changed ----

async function poll() {
  if (document.hidden || !settings.cursor) return;
  const before = saver.answers;
  const query = new URLSearchParams(window.location.search);
  query.set("week", settings.week);
  query.set("since", cursor);
  let told;
  try {
    const response = await fetch(`${settings.changesUrl}?${query}`);
    if (!response.ok || response.redirected) return;
    told = await response.json();
  } catch {
    return; // the next poll asks again
  }
  if (saver.answers !== before || saver.unsaved) return;
  for (const each of told.cells) {
    const cell = byKey.get(`${each.enrolment} ${each.session}`);
    if (!cell || cell.version === each.version) continue;
    take(cell, each);
    draw(cell, cell.mark, { flash: true });
  }
  showFigures(told);
  cursor = told.cursor;
}

async function history() {
  const cell = cells[at[0]]?.[at[1]];
  if (!cell) return;
  const response = await fetch(`${settings.cellsUrl}${cell.enrolment}/${cell.session}/`);
  if (!response.ok || response.redirected) return;
  find("att-history-in").innerHTML = await response.text();
  find("att-history").showModal();
}

// ---- keys and pointers ----

function jump(digit) {
  typed = performance.now() - typedAt < TYPING ? typed + digit : digit;
  typedAt = performance.now();
  const row = rows.findIndex((one) => one.dataset.number === typed.replace(/^0+/, ""));
  if (row >= 0) go([row, at[1]]);
}

function pressed(event) {
  if (event.altKey || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.code === "KeyZ" && !event.shiftKey) {
      event.preventDefault();
      undo();
    } else if (event.code === "KeyA") {
      event.preventDefault();
      anchor = [0, 0];
      go([rows.length - 1, heads.length - 1], { extend: true });
    }
    return;
  }
  const act = actOf(event);
  if (!act) return;
  event.preventDefault();
  if (!/^\d$/.test(event.key)) typed = "";
  act();
}

function actOf(event) {
  const { code, key, shiftKey: extend } = event;
  const move = MOVES[code];
  if (move) return () => go([at[0] + move[0], at[1] + move[1]], { extend });
  if (code === "Home") return () => go([at[0], 0], { extend });
  if (code === "End") return () => go([at[0], heads.length - 1], { extend });
  if (code in KEYS && at[0] >= 0) return () => mark(KEYS[code]);
  if (code === "KeyA") return rest;
  if (code === "KeyH" || (code === "Enter" && at[0] >= 0)) return cells[at[0]]?.[at[1]]?.conflict ? () => openBubble(cells[at[0]][at[1]]) : history;
  if (code === "Enter") return rest;
  if (code === "Escape") return () => (closeBubble(), go(at));
  return /^\d$/.test(key) ? () => jump(key) : null;
}

function start() {
  go([0, 0], { focus: false });
  table.addEventListener("keydown", pressed);
  table.addEventListener("mousedown", (event) => {
    const td = event.target.closest(".att-cell");
    if (td) {
      event.preventDefault();
      dragging = true;
      go(byTd.get(td), { extend: event.shiftKey });
    } else if (event.target.closest(".att-head")) {
      event.preventDefault();
      const column = heads.indexOf(event.target.closest(".att-head"));
      go([-1, column]);
    }
  });
  table.addEventListener("mouseover", (event) => {
    const td = dragging && event.target.closest(".att-cell");
    if (td) go(byTd.get(td), { extend: true });
  });
  document.addEventListener("mouseup", () => (dragging = false));
  table.addEventListener("dblclick", (event) => event.target.closest(".att-cell") && history());
  table.addEventListener("click", (event) => {
    const cell = byKey.get([...byKey.values()].find((one) => one.td === event.target)?.key);
    if (cell?.conflict) openBubble(cell);
  });
  table.addEventListener("scroll", closeBubble, true);
  for (const button of document.querySelectorAll("[data-marks]")) {
    button.addEventListener("click", () => mark(button.dataset.marks || null));
  }
  document.querySelector("[data-rest]")?.addEventListener("click", rest);
  find("att-undo")?.addEventListener("click", undo);
  find("att-bubble").querySelector("[data-keep]").addEventListener("click", () => settle(false));
  find("att-bubble").querySelector("[data-overwrite]").addEventListener("click", () => settle(true));
  find("att-bubble").addEventListener("keydown", (event) => event.key === "Escape" && settle(false));
  document.addEventListener("keydown", (event) => {
    const ours = event.target === document.body && (event.ctrlKey || event.metaKey) && event.code === "KeyZ";
    if (ours) pressed(event);
  });
  warnOnLeaving(saver);
  setInterval(poll, POLL);
}

if (table) start();
