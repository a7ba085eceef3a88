// Saves marks as they are typed: what was typed within 150 ms goes in one request, one request at a time, in order.
// A request that got no answer is sent again with its own number, so that it counts once whatever happened to it.

const PAUSE = 150;
const LONGEST_WAIT = 15_000;
const MOST = 4000;

// A UUID of version 4; crypto.randomUUID is only there over HTTPS.
export function newNumber() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

export class Saver {
  // told: saved(cells, answer), refused(cells), stopped(edits, sentence), state(word, count)
  constructor(url, told) {
    this.url = url;
    this.told = told;
    this.waiting = new Map();
    this.sending = null;
    this.timer = 0;
    this.answers = 0; // so that a poll knows whether a save came in between
  }

  get unsaved() {
    return this.waiting.size + (this.sending?.edits.length ?? 0);
  }

  holds(key) {
    return this.waiting.has(key) || Boolean(this.sending?.keys.has(key));
  }

  // A later edit of a cell that still waits takes its place; the version stays the one that was looked at first.
  put(cell, mark, { over = false, kind = "" } = {}) {
    const earlier = this.waiting.get(cell.key);
    const own = this.sending?.keys.has(cell.key);
    const version = earlier ? earlier.version : own ? null : cell.version;
    this.waiting.set(cell.key, { cell, mark, version, over: over || Boolean(earlier?.over), kind });
    this.say();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), PAUSE);
  }

  async flush() {
    clearTimeout(this.timer);
    this.send();
    while (this.unsaved) await new Promise((done) => setTimeout(done, 20));
  }

  send() {
    if (this.sending || !this.waiting.size) return;
    const edits = [...this.waiting.values()].slice(0, MOST);
    for (const edit of edits) this.waiting.delete(edit.cell.key);
    const cells = edits.map(({ cell, mark, version, over }) => ({
      enrolment: cell.enrolment,
      session: cell.session,
      mark,
      version: version ?? cell.version,
      over_leave: over,
    }));
    const body = JSON.stringify({ op_id: newNumber(), cells });
    this.sending = { edits, body, tries: 0, keys: new Set(edits.map((edit) => edit.cell.key)) };
    this.attempt();
  }

  async attempt() {
    this.say();
    let response;
    try {
      const headers = { "Content-Type": "application/json", "X-CSRFToken": token() };
      response = await fetch(this.url, { method: "POST", headers, body: this.sending.body });
    } catch {
      return this.later();
    }
    const json = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
    const answer = json ? await response.json() : {};
    if (response.ok && json) return this.done(answer);
    // Signed out, too busy, away: the same request once more. What the rules refuse is over.
    const over = [400, 403, 404, 413].includes(response.status) || answer.over;
    return over ? this.stop(answer.message ?? "") : this.later();
  }

  later() {
    this.sending.tries += 1;
    this.say();
    setTimeout(() => this.attempt(), Math.min(1000 * 2 ** (this.sending.tries - 1), LONGEST_WAIT));
  }

  done(answer) {
    const edits = new Map(this.sending.edits.map((edit) => [edit.cell.key, edit]));
    this.sending = null;
    this.answers += 1;
    const of = (cell) => edits.get(`${cell.enrolment} ${cell.session}`);
    this.told.saved(answer.saved.map((cell) => [of(cell), cell]), answer);
    this.told.refused(answer.refused.map((cell) => [of(cell), cell]));
    this.say();
    this.send();
  }

  stop(sentence) {
    const lost = [...this.sending.edits, ...this.waiting.values()];
    this.sending = null;
    this.waiting.clear();
    this.told.stopped(lost, sentence || "没有保存：您可能已无权登记，或班次已有变动，请刷新页面。");
    this.say();
  }

  say() {
    const count = this.unsaved;
    this.told.state(!count ? "saved" : this.sending?.tries ? "retrying" : "saving", count);
  }
}

export function showState(element, word, count) {
  const words = { saved: "已保存", saving: "正在保存", retrying: `未保存 ${count} 格，正在重试` };
  if (element.textContent !== words[word]) element.textContent = words[word];
  element.dataset.state = word;
}

export function warnOnLeaving(saver) {
  window.addEventListener("beforeunload", (event) => {
    if (saver.unsaved) event.preventDefault();
  });
}
