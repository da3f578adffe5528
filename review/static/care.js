// The list of children can be searched, and a file can be dropped where it is to be handed in.
(() => {
  "use strict";

  document.querySelectorAll("[data-search]").forEach((field) => {
    const rows = [...document.querySelectorAll(`#${field.dataset.search} tbody tr`)];
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLocaleLowerCase("nl");
      rows.forEach((row) => { row.hidden = !row.querySelector("th").textContent.toLocaleLowerCase("nl").includes(wanted); });
      const left = rows.filter((row) => !row.hidden).length;
      window.izp.say(left === 1 ? "1 kind gevonden." : `${left} kinderen gevonden.`);
    });
  });

  const drop = document.getElementById("vang");
  if (drop) {
    const file = document.getElementById("bestand");
    const text = document.getElementById("tekst");
    const over = (event, is) => {
      event.preventDefault();
      drop.classList.toggle("over", is);
    };
    drop.addEventListener("dragover", (event) => over(event, true));
    drop.addEventListener("dragleave", (event) => over(event, false));
    drop.addEventListener("drop", (event) => {
      over(event, false);
      if (!event.dataTransfer.files.length) return;
      file.files = event.dataTransfer.files;
      file.dispatchEvent(new Event("change", { bubbles: true }));
    });
    // A file beside a dropped one on the rest of the page would open in the browser, and the form would be gone.
    for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
    file.addEventListener("change", () => { if (file.files.length) text.value = ""; });
    text.addEventListener("input", () => { if (text.value) file.value = ""; });
  }
})();
