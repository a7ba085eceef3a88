// Moving sessions of the week by mouse and by keys. The server decides; a refusal is said and nothing moves.

import { newNumber, token } from "./attendance-saver.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
let dragged = null;

const table = () => document.querySelector("[data-timetable]");

function say(text, tone) {
  const note = document.createElement("div");
  note.className = `note note-${tone}`;
  note.setAttribute("role", "alert");
  note.textContent = text;
  document.getElementById("messages")?.replaceChildren(note);
}

// A refusal comes as a page; its sentence stands beside 原因.
function sentence(page) {
  const read = new DOMParser().parseFromString(page, "text/html");
  const why = [...read.querySelectorAll(".facts dt")].find((one) => one.textContent.trim() === "原因");
  const found = why?.nextElementSibling ?? read.querySelector(".verdict p");
  return found?.textContent.trim().replace(/\s+/g, " ");
}

async function move(lesson, cell) {
  if (cell === lesson.closest("td")) return;
  const body = new URLSearchParams({
    csrfmiddlewaretoken: token(),
    op_id: newNumber(),
    seen: lesson.dataset.seen,
    date: cell.dataset.date,
    period: cell.dataset.period,
  });
  table().setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(lesson.dataset.move, { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok) return say(sentence(await answer.text()) || "没有移动，请刷新页面后重试。", "bad");
    await show(answer.url, lesson.dataset.move);
  } catch {
    say("连接中断，课次没有移动。", "bad");
  } finally {
    table()?.removeAttribute("aria-busy");
  }
}

async function show(url, moved) {
  const page = await (await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" })).text();
  const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("timetable");
  if (!fresh) return window.location.assign(url);
  document.getElementById("timetable").replaceWith(document.adoptNode(fresh));
  const again = document.querySelector(`[data-move="${CSS.escape(moved)}"]`);
  again?.focus();
  say(`已移动：${again?.querySelector(".lesson-title")?.textContent ?? ""}`, "good");
}

function neighbour(cell, [right, down]) {
  const row = cell.parentElement;
  const place = [...row.cells].indexOf(cell) + right;
  const rows = [...row.parentElement.rows];
  const found = rows[rows.indexOf(row) + down]?.cells[place];
  return found?.matches("[data-takes]") ? found : null;
}

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-lesson]") ?? null;
  if (dragged) event.dataTransfer.effectAllowed = "move";
});

document.addEventListener("dragover", (event) => {
  const cell = dragged && event.target.closest?.("[data-takes]");
  document.querySelectorAll("td.is-over").forEach((one) => one.classList.toggle("is-over", one === cell));
  if (!cell) return;
  event.preventDefault();
  cell.classList.add("is-over");
});

document.addEventListener("drop", (event) => {
  const cell = dragged && event.target.closest?.("[data-takes]");
  document.querySelectorAll("td.is-over").forEach((one) => one.classList.remove("is-over"));
  if (!cell) return;
  event.preventDefault();
  const lesson = dragged;
  dragged = null;
  move(lesson, cell);
});

document.addEventListener("dragend", () => {
  dragged = null;
});

document.addEventListener("keydown", (event) => {
  const step = event.altKey && STEPS[event.key];
  const lesson = event.target.closest?.("[data-lesson]");
  if (!step || !lesson) return;
  event.preventDefault();
  const cell = neighbour(lesson.closest("td"), step);
  if (cell) move(lesson, cell);
});
