// What every page does: the token for HTMX, signing in again over a page, closing windows, and messages read aloud.
(() => {
  "use strict";

  const meta = document.querySelector('meta[name="csrf"]');
  const dialog = document.getElementById("opnieuw");
  const message = document.getElementById("melding");

  const say = (words) => {
    message.textContent = "";
    window.setTimeout(() => { message.textContent = words; }, 50);
  };
  window.izp = { say };

  // With the token goes the place in the page; nothing of it is kept in the browser.
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRF-Token"] = meta.content;
  });

  // An answer that is no success is shown all the same where it holds a page's own words (409, 422).
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([409, 422].includes(event.detail.xhr.status) && event.detail.xhr.getResponseHeader("X-Fragment")) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  // The answer that sends for the page anew is the last: another would do that again while the page is on its way.
  let isLeaving = false;
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    isLeaving ||= event.detail.xhr.getResponseHeader("HX-Refresh") === "true";
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isLeaving) event.preventDefault();
  });

  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    if (answer.status === 401) {
      signInAgain();
      return;
    }
    const page = new DOMParser().parseFromString(answer.responseText, "text/html");
    const sentence = page.querySelector("main .lead");
    say(sentence ? sentence.textContent : "Dit is niet gelukt. Probeer het opnieuw.");
  });
  document.addEventListener("htmx:sendError", () => {
    say("Er is geen verbinding. Wat u deed, is niet opgeslagen; probeer het zo opnieuw.");
  });

  const signInAgain = async () => {
    if (!dialog || dialog.open) return;
    const answer = await fetch("/inloggen/venster");
    dialog.innerHTML = await answer.text();
    dialog.showModal();
  };

  // Somebody may sign in at another tab, with the hospital's sign-on; then this page only needs the new token.
  const takeOver = (told) => {
    if (told.user !== document.body.dataset.user) {
      window.location.assign("/");
      return;
    }
    meta.content = told.csrf;
    document.querySelectorAll('input[name="csrf"]').forEach((each) => { each.value = told.csrf; });
    dialog.close();
    say("U bent weer ingelogd. Doe nu nog eens wat u wilde doen.");
  };

  if (dialog) {
    dialog.addEventListener("submit", async (event) => {
      event.preventDefault();
      const form = event.target;
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if ((answer.headers.get("content-type") || "").startsWith("application/json")) {
        takeOver(await answer.json());
      } else {
        dialog.innerHTML = await answer.text();
        dialog.querySelector("input:not([type=hidden])")?.focus();
      }
    });
    window.addEventListener("focus", async () => {
      if (!dialog.open) return;
      const answer = await fetch("/account/sessie");
      if (answer.ok) takeOver(await answer.json());
    });
  }

  document.addEventListener("click", (event) => {
    const opens = event.target.closest("[data-open]");
    if (opens) document.getElementById(opens.dataset.open)?.showModal();
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    if (event.target.closest("[data-copy]")) {
      const source = document.getElementById(event.target.closest("[data-copy]").dataset.copy);
      navigator.clipboard?.writeText(source.textContent.trim()).then(() => say("Gekopieerd."));
    }
  });
})();
