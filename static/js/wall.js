// The wall: asks every three seconds for the count and the codes of this slot and the next. When the network breaks, the
// codes it has go on as long as they hold (a code is taken during its own slot and the one after), then it says so.

const find = (id) => document.getElementById(id);
const wall = find("wall");
const EVERY = 3000;
const PATIENCE = 5000;
const MISSED = 2;

let known = null; // what the server said last
let ahead = 0; // the server's clock less this one's, milliseconds
let missed = 0;

const serverNow = () => Date.now() + ahead;

function showClock() {
  find("wall-clock").textContent = new Date(serverNow()).toLocaleTimeString("zh-CN", {
    timeZone: "Asia/Shanghai",
    hour12: false,
  });
}

// The code that is right now, or nothing where none of those at hand holds any more.
function codeNow() {
  if (known?.state !== "open") return null;
  const slots = Math.floor((serverNow() - known.until) / known.slot) + 1;
  if (slots <= 0) return known.codes[0];
  return slots <= 2 ? known.codes[1] : null;
}

function wordsNow() {
  if (!known) return "正在取二维码……";
  if (known.state === "early") return `${known.opens} 开始签到`;
  if (known.state === "over") return "签到已结束";
  return codeNow() ? (known.late ? "现在签到记为迟到" : "扫码签到") : "二维码已过期，等待网络恢复";
}

function show() {
  showClock();
  const code = codeNow();
  const picture = find("wall-code");
  if (code && picture.src !== code) picture.src = code;
  picture.hidden = !code;
  find("wall-words").textContent = wordsNow();
  wall.classList.toggle("is-over", known?.state === "over");
  wall.classList.toggle("is-late", Boolean(known?.late));
  if (known) {
    find("wall-present").textContent = known.present;
    find("wall-total").textContent = known.total;
  }
  find("wall-broken").hidden = missed < MISSED;
}

async function ask() {
  try {
    const answer = await fetch(wall.dataset.url, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(String(answer.status));
    known = await answer.json();
    ahead = known.now - Date.now();
    missed = 0;
  } catch {
    missed += 1;
  }
  show();
  setTimeout(ask, EVERY);
}

setInterval(show, 500);
ask();
