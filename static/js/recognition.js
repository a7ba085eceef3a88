// The form for a filing shows the fields that its channel asks for; without this script all of them are shown.

const ASKED = {
  off_job: ["hours", "days", "provider"],
  online: ["platform", "minutes", "share", "provider"],
  study_group: ["sessions", "hours"],
  self_study: ["hours"],
  teaching: ["hours", "provider"],
  in_house: ["hours", "provider"],
};
const EVERY = [...new Set(Object.values(ASKED).flat())];

for (const form of document.querySelectorAll("form[data-channels]")) {
  const channel = form.elements.namedItem("channel");
  const show = () => {
    for (const name of EVERY) {
      const field = form.elements.namedItem(name)?.closest(".field");
      if (field) field.hidden = !(ASKED[channel.value] ?? EVERY).includes(name);
    }
  };
  channel.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
}
