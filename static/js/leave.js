// The form of a request for leave: from–to ticks half-days, a half-day ticks its sessions, and the meter runs along.
// Hours are whole tenths and compared by multiplication, exactly as the server does; without script the ticks still work.

const form = document.querySelector("form[data-leave]");
const sum = form.querySelector("[data-sum]");
const said = form.querySelector("[data-said]");
const slots = [...form.querySelectorAll("[data-slot]")];
const bounds = JSON.parse(document.getElementById("leave-bounds").textContent);
const counting = new Set(sum.dataset.counting.split(","));
const number = (name) => Number(sum.dataset[name]);
const hours = (tenths) => String(tenths / 10);

const ticks = (slot) => [...slot.querySelectorAll("input[name=sessions]:not(:disabled)")];
const isTouched = (slot) => ticks(slot).some((box) => box.checked);

function showWhole(slot) {
  const whole = slot.querySelector("[data-whole] input");
  const chosen = ticks(slot).filter((box) => box.checked).length;
  slot.classList.toggle("is-chosen", chosen > 0);
  if (!whole) return;
  whole.checked = chosen > 0 && chosen === ticks(slot).length;
  whole.indeterminate = chosen > 0 && !whole.checked;
}

function tickSpan() {
  const from = form.querySelector("[data-from]").value;
  const to = form.querySelector("[data-to]").value || from;
  if (!from) return;
  const [first, last] = [from, to].sort();
  for (const slot of slots) {
    const inside = slot.dataset.slot >= first && slot.dataset.slot <= last;
    for (const box of ticks(slot)) box.checked = inside;
    if (inside) slot.closest("details")?.setAttribute("open", "");
    showWhole(slot);
  }
}

function halfDays() {
  const days = new Map();
  for (const slot of slots.filter(isTouched)) days.set(slot.dataset.day, (days.get(slot.dataset.day) ?? 0) + 1);
  return [...days.values()].reduce((all, some) => all + Math.min(some, number("aDay")), 0);
}

function chosenTenths() {
  const boxes = slots.flatMap(ticks).filter((box) => box.checked);
  const of = (rows) => rows.reduce((all, box) => all + Number(box.dataset.tenths), 0);
  return { all: of(boxes), fresh: of(boxes.filter((box) => !("missed" in box.dataset))) };
}

function meterWords(fresh) {
  if (!sum.dataset.known) return "";
  const after = number("used") + fresh;
  const over = after * number("denominator") > number("total") * number("numerator");
  sum.classList.toggle("is-over", over);
  if (over) return `批准后共请假 ${hours(after)} 学时，超过总学时 ${hours(number("total"))} 的七分之一，将按规定作退学处理。`;
  const halves = Math.floor((number("total") * number("numerator") - after * number("denominator")) / (5 * number("denominator")));
  return `批准后共请假 ${hours(after)} 学时，还可以请 ${halves / 2} 学时。`;
}

function tell() {
  const chosen = chosenTenths();
  const length = halfDays();
  if (!length) return;
  const kind = form.querySelector("input[name=kind]:checked")?.value;
  const levels = bounds.find((bound) => length <= bound.top).levels;
  const meter = counting.has(kind) ? meterWords(chosen.fresh) : "公假不计入七分之一。";
  if (!counting.has(kind)) sum.classList.remove("is-over");
  said.textContent = `本次 ${length} 个半天、${hours(chosen.all)} 学时，须经：${levels}。${meter}`;
}

form.addEventListener("change", (event) => {
  const box = event.target;
  const slot = box.closest("[data-slot]");
  if (box.matches("[data-from], [data-to]")) tickSpan();
  if (box.closest("[data-whole]")) for (const one of ticks(slot)) one.checked = box.checked;
  if (slot) showWhole(slot);
  tell();
});

for (const hidden of form.querySelectorAll("[data-span], [data-whole]")) hidden.hidden = false;
slots.forEach(showWhole);
tell();
