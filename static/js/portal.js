// What every page needs: drawer, dialogs, menus, drop zones, double submits, long polls. No inline handlers anywhere:
// elements say what they want with data attributes, and one listener per kind of event on the document obeys.

const find = (id) => document.getElementById(id);

function toggleRail(button) {
  const rail = find(button.dataset.toggles);
  const open = rail.classList.toggle("is-open");
  button.setAttribute("aria-expanded", String(open));
  if (open) rail.querySelector("a")?.focus();
}

function closeRail() {
  const rail = find("rail");
  if (!rail?.classList.contains("is-open")) return;
  rail.classList.remove("is-open");
  const button = document.querySelector("[data-toggles=rail]");
  button?.setAttribute("aria-expanded", "false");
  button?.focus();
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

// The second click of a double click on the opener lands on the backdrop; it must not close what the first one opened.
const SETTLING = 500;

function openDialog(dialog) {
  if (!dialog || dialog.open) return;
  dialog.dataset.openedAt = String(performance.now());
  dialog.showModal();
}

const justOpened = (dialog) => performance.now() - Number(dialog.dataset.openedAt ?? -SETTLING) < SETTLING;

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  closeMenus(target.closest("details[data-menu]"));
  const toggle = target.closest("[data-toggles]");
  if (toggle) return toggleRail(toggle);
  if (!target.closest("#rail")) closeRail();
  const opener = target.closest("[data-opens]");
  if (opener) return openDialog(find(opener.dataset.opens));
  const closer = target.closest("[data-closes]");
  if (closer) return find(closer.dataset.closes)?.close();
  if (target.closest("[data-prints]")) return window.print();
  // A click on the backdrop hits the dialog itself, never its content.
  if (target instanceof HTMLDialogElement && !justOpened(target)) target.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    closeMenus(null);
    closeRail();
  }
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing && find("search")) {
    event.preventDefault();
    find("search").focus();
  }
});

// Double submits: the first one counts. The button goes quiet only after the browser has collected the form, so that
// its name and the hidden op_id travel with it; the server answers a repeated op_id with the first result anyway.
function guard(form) {
  form.setAttribute("aria-busy", "true");
  setTimeout(() => {
    for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) {
      button.disabled = true;
      button.setAttribute("aria-busy", "true");
    }
  });
}

function release(form) {
  form.removeAttribute("aria-busy");
  for (const button of form.querySelectorAll("button[aria-busy]")) {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

// A whole ID number in a search box does not go into the address, where browsers and servers keep it: it is posted.
document.addEventListener("submit", (event) => {
  const asked = event.target.method === "get" ? event.target.elements.namedItem("q") : null;
  const number = asked?.value?.normalize("NFKC").replace(/\s/g, "").toUpperCase() ?? "";
  const form = find("number-search");
  if (!form || !/^\d{17}[\dX]$/.test(number)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  form.elements.namedItem("number").value = number;
  asked.value = "";
  form.submit();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.guard === "off") return;
  if (form.getAttribute("aria-busy") === "true") return event.preventDefault();
  guard(form);
});

// Coming back with the back button shows the page as it was left, quiet buttons included.
window.addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach(release));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[aria-busy]");
  if (form) release(form);
});

function sizeInWords(bytes) {
  return bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function showFile(zone) {
  const files = [...zone.querySelector("input").files];
  if (!files.length) return;
  const size = files.reduce((sum, file) => sum + file.size, 0);
  zone.querySelector("[data-drop-name]").textContent = files.map((file) => file.name).join("、");
  zone.querySelector("[data-drop-note]").textContent = sizeInWords(size);
}

document.addEventListener("change", (event) => {
  const zone = event.target.closest?.("[data-drop]");
  if (zone) showFile(zone);
  if (event.target.matches?.("[data-submits]")) event.target.form.requestSubmit();
});

for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("is-over", kind === "dragenter" || kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) {
      zone.querySelector("input").files = event.dataTransfer.files;
      showFile(zone);
    }
  });
}

// A poll that was answered with a whole page (signed out meanwhile) must not be laid into the fragment's place.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (/^\s*<!doctype/i.test(event.detail.xhr.responseText)) {
    event.detail.shouldSwap = false;
    window.location.reload();
  }
});

function say(text) {
  const note = document.createElement("div");
  note.className = "note note-bad";
  note.setAttribute("role", "alert");
  note.textContent = text;
  find("messages")?.replaceChildren(note);
}

document.addEventListener("htmx:sendError", () => say("连接中断，正在等待网络恢复；已经提交的处理不受影响。"));
document.addEventListener("htmx:responseError", (event) => {
  const words = {
    403: "没有权限办理这一步，请联系组织部干部教育科。",
    404: "要找的内容不存在，或不在您的范围内。",
    429: "操作过于频繁，请稍后再试。",
  };
  say(words[event.detail.xhr.status] ?? "系统暂时没有办成，请稍后再试。");
});

// On a phone a row of tabs is wider than the page: the one that is open stands in sight.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const bar = tab.closest(".tabs");
  bar.scrollLeft = tab.offsetLeft - bar.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
}
