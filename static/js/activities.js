// Everybody took part, or nobody did: one click for a group instead of one for each person.

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-everybody]");
  if (!button) return;
  const scope = button.closest("[data-group]") ?? document;
  for (const choice of scope.querySelectorAll("select[name^=part-]")) {
    if (!choice.value || !button.dataset.everybody) choice.value = button.dataset.everybody;
  }
});
