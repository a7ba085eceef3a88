// Lists whose rows are ticked: one box for the whole page, a count that is said aloud, buttons that wait for a tick.

for (const form of document.querySelectorAll("form[data-picks]")) {
  const rows = [...form.querySelectorAll("input[name=row]")];
  const all = form.querySelector("[data-pick-all]");
  const said = form.querySelector("[data-picked]");
  const buttons = [...form.querySelectorAll("button[formaction]")];

  const tell = () => {
    const picked = rows.filter((row) => row.checked).length;
    said.textContent = picked ? `已勾选 ${picked} 条` : "勾选后办理";
    all.checked = picked > 0 && picked === rows.length;
    all.indeterminate = picked > 0 && picked < rows.length;
    for (const button of buttons) button.disabled = picked === 0;
  };

  all.addEventListener("change", () => {
    for (const row of rows) row.checked = all.checked;
    tell();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "row") tell();
  });
  // A page that comes back by the browser's way back has its ticks still.
  window.addEventListener("pageshow", tell);
  tell();
}
