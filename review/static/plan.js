// The review screen: words that light up, the keyboard, selecting words, and where the focus goes after an action.
(() => {
  "use strict";

  const byId = (name) => document.getElementById(name);
  const work = byId("werk");
  if (!work) return;
  const here = work.dataset.here;
  const mayCorrect = work.dataset.may === "1";
  const parts = byId("delen");
  const turns = byId("beurten");
  const panel = byId("vak");
  const search = byId("zoek");
  const pickButton = byId("kies");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let current = null;
  let origin = null;

  const behavior = () => (calm.matches ? "auto" : "smooth");
  const isShown = (one) => one.getClientRects().length > 0;
  const statements = () => [...parts.querySelectorAll(".statement")].filter(isShown);
  const points = () => [...parts.querySelectorAll('.point[data-waits="1"]')].filter(isShown);
  const saidBy = (name) => [...turns.querySelectorAll(".said")].filter((one) => one.dataset.for.split(" ").includes(name));

  // Lighting up: the words of the current statement, and the turns of the current point.
  const light = (one) => {
    document.querySelectorAll(".lit").forEach((each) => each.classList.remove("lit"));
    if (!one) return;
    const names = one.matches(".statement") ? [one.id] : [...one.querySelectorAll("[data-to]")].map((each) => each.dataset.to);
    const words = names.flatMap(saidBy);
    words.forEach((each) => each.classList.add("lit"));
    let first = words[0];
    if (!first) {
      const place = one.querySelector('a.place[href^="#beurt-"]');
      first = place && byId(place.hash.slice(1));
      if (first) first.classList.add("lit");
    }
    if (first && isShown(first)) reveal(first);
  };

  const reveal = (one) => {
    const pane = one.closest(".talk, .roll");
    if (!pane || pane.scrollHeight <= pane.clientHeight) return;
    const box = one.getBoundingClientRect();
    const around = pane.getBoundingClientRect();
    if (box.top < around.top + 60 || box.bottom > around.bottom - 40) {
      // What lies far off is not laid out yet on the way there: gliding would end beside it.
      const far = Math.abs(box.top - around.top) > 2 * around.height;
      one.scrollIntoView({ block: "center", behavior: far ? "instant" : behavior() });
    }
  };

  const become = (one, focus = true) => {
    if (!one) return;
    document.querySelectorAll(".current").forEach((each) => each.classList.remove("current"));
    for (let fold = one.closest("details:not([open])"); fold; fold = fold.parentElement.closest("details:not([open])")) fold.open = true;
    current = one.id;
    one.classList.add("current");
    equip(one);
    if (focus) one.focus({ preventScroll: true });
    const pane = one.closest(".roll");
    if (pane && pane.scrollHeight > pane.clientHeight) reveal(one);
    else if (focus) one.scrollIntoView({ block: "nearest", behavior: behavior() });
    light(one);
  };
  const now = () => byId(current);

  // What can be done with the statement that one is at stands there; with the others, what one key does and "Meer".
  const acts = byId("meer-daden");
  const equip = (one) => {
    const place = acts && one.matches(".statement") && one.querySelector(".acts");
    if (!place || place.querySelector(".extra")) return;
    const extra = acts.content.cloneNode(true);
    extra.querySelectorAll("a").forEach((each) => {
      if (each.dataset.unless && one.matches(each.dataset.unless)) each.remove();
      else each.setAttribute("href", `${here}/uitspraken/${one.id}/${each.getAttribute("href")}`);
    });
    place.prepend(extra);
  };
  parts.addEventListener("pointerover", (event) => {
    const one = event.target.closest(".statement");
    if (one) equip(one);
  });

  const step = (list, by) => {
    const one = now();
    const follows = (each) => one.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING;
    const rest = list.filter((each) => each !== one && (!one || Boolean(follows(each)) === by > 0));
    // At the end one goes on at the other side.
    if (list.length) become(by > 0 ? rest[0] || list[0] : rest[rest.length - 1] || list[list.length - 1]);
  };
  const firstVisible = () => {
    const top = parts.closest(".roll").getBoundingClientRect().top;
    return statements().find((one) => one.getBoundingClientRect().top > top);
  };

  parts.addEventListener("focusin", (event) => {
    const one = event.target.closest(".statement, .point");
    if (one && one.id !== current) become(one, false);
  });
  parts.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link) return;
    const one = event.target.closest(".statement, .point");
    if (one) become(one, !event.target.closest("a, button, input, select, textarea, summary, label"));
  });

  // Every link within the page: to a statement, a point, a heading or a turn.
  work.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    const show = link.dataset.show;
    if (show) filter(show);
    const names = link.dataset.for ? link.dataset.for.split(" ") : [link.hash.slice(1)];
    // Words that are part of several statements lead to each in turn.
    const at = names.indexOf(current);
    const target = byId(names[at < 0 ? 0 : (at + 1) % names.length]);
    if (!target) return;
    event.preventDefault();
    if (target.matches(".statement, .point")) {
      if (!isShown(target)) find("");
      become(target);
    } else {
      if (target.matches(".turn")) {
        if (!isShown(target)) filter("alles");
        document.querySelectorAll(".lit").forEach((each) => each.classList.remove("lit"));
        target.classList.add("lit");
        const word = link.dataset.to && saidBy(link.dataset.to);
        if (word) word.forEach((each) => each.classList.add("lit"));
      }
      target.scrollIntoView({ block: target.matches(".turn") ? "center" : "start", behavior: "instant" });
      const focusable = target.querySelector("h2, h3, h4") || target;
      if (!focusable.hasAttribute("tabindex")) focusable.tabIndex = -1;
      focusable.focus({ preventScroll: true });
    }
  });

  // The conversation: all of it, or what no statement was made of.
  const filter = (what) => {
    document.querySelectorAll("[data-filter]").forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.filter === what)));
    turns.querySelectorAll(".turn").forEach((each) => each.classList.toggle("away", what === "ongebruikt" && !each.classList.contains("unused")));
    byId("gesprek").scrollTop = 0;
  };
  work.addEventListener("click", (event) => {
    const button = event.target.closest("[data-filter]");
    if (button) filter(button.dataset.filter);
  });

  // Searching narrows down both sides to what has the words in it.
  const find = (words) => {
    search.value = words;
    const wanted = words.trim().toLocaleLowerCase("nl");
    let count = 0;
    const keep = (one) => {
      const has = !wanted || one.textContent.toLocaleLowerCase("nl").includes(wanted);
      one.classList.toggle("away", !has);
      return has;
    };
    parts.querySelectorAll(".statement, .point").forEach((one) => { if (keep(one)) count += 1; });
    turns.querySelectorAll(".turn").forEach(keep);
    parts.querySelectorAll(".further").forEach((one) => { if (wanted) one.open = true; });
    parts.querySelectorAll(".part").forEach((one) => one.classList.toggle("away", Boolean(wanted) && !one.querySelector(".statement:not(.away), .point:not(.away)")));
    if (wanted) window.izp.say(count === 1 ? "1 uitspraak of punt gevonden." : `${count} uitspraken en punten gevonden.`);
  };
  let pause;
  search.addEventListener("input", () => {
    window.clearTimeout(pause);
    pause = window.setTimeout(() => find(search.value), 150);
  });
  search.form.addEventListener("submit", (event) => {
    event.preventDefault();
    find(search.value);
    become(statements()[0]);
  });

  // Words that were selected in one turn: a statement can be made of them. Places count code points, as the record does.
  const selected = () => {
    const selection = window.getSelection();
    if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    const within = range.startContainer.parentElement && range.startContainer.parentElement.closest(".words");
    if (!within || !within.contains(range.endContainer)) return null;
    const before = document.createRange();
    before.selectNodeContents(within);
    before.setEnd(range.startContainer, range.startOffset);
    const words = range.toString();
    const text = words.trim();
    if (!text) return null;
    const lead = words.slice(0, words.indexOf(text));
    const start = Number(within.dataset.start) + [...before.toString()].length + [...lead].length;
    return { turn: within.dataset.turn, start, end: start + [...text].length, box: range.getBoundingClientRect() };
  };
  const pick = (chosen) => {
    const query = chosen.start === undefined ? `beurt=${chosen.turn}` : `beurt=${chosen.turn}&begin=${chosen.start}&eind=${chosen.end}`;
    pickButton.hidden = true;
    open(`${here}/toevoegen?${query}`);
  };
  if (mayCorrect) {
    document.addEventListener("selectionchange", () => {
      const chosen = selected();
      pickButton.hidden = !chosen;
      if (!chosen) return;
      pickButton.style.left = `${Math.max(8, Math.min(chosen.box.left, window.innerWidth - pickButton.offsetWidth - 8))}px`;
      pickButton.style.top = `${Math.min(chosen.box.bottom + 8, window.innerHeight - pickButton.offsetHeight - 8)}px`;
    });
    pickButton.addEventListener("pointerdown", (event) => event.preventDefault());
    pickButton.addEventListener("click", () => {
      const chosen = selected();
      if (chosen) pick(chosen);
    });
  }

  // The form below the plan. What is asked for waits for what was sent before it.
  const open = (address) => window.htmx.ajax("GET", address, { source: work });
  work.addEventListener("click", (event) => {
    const link = event.target.closest(".acts a, .told a, .fill-in, .pick, .sheet .buttons a[aria-keyshortcuts]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link.href);
  });
  const isOpen = () => panel.firstElementChild !== null;
  const shut = () => {
    panel.replaceChildren();
    const back = (origin && byId(origin)) || now();
    origin = null;
    if (back) become(back);
  };
  panel.addEventListener("click", (event) => {
    if (event.target.closest(".close, [data-shut]")) {
      event.preventDefault();
      shut();
    }
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
    // Typing a number chooses the statement with that number.
    if (event.target.matches("select[size]") && /^\d$/.test(event.key)) {
      event.preventDefault();
      event.target.typed = Date.now() - (event.target.typedAt || 0) < 1000 ? event.target.typed + event.key : event.key;
      event.target.typedAt = Date.now();
      const option = [...event.target.options].find((each) => each.text.startsWith(`${event.target.typed} `));
      if (option) option.selected = true;
    }
  });

  // What is sent from the plan tells what was on screen when it was sent, not when its turn comes.
  work.addEventListener("submit", (event) => {
    if (event.target.id !== "daden") return;
    event.preventDefault();
    const button = event.submitter;
    const values = { ...Object.fromEntries(new FormData(event.target, button)), gezien: byId("toont").value };
    window.htmx.ajax("POST", button.getAttribute("formaction"), { source: work, values });
    goOn(button);
  });

  // What is decided with one key lets one go on at once with what waits next; the answer comes meanwhile.
  const goOn = (button) => {
    const one = button.closest(".statement, .point");
    if (!one || !button.matches(".do-a, .do-x, .do-v")) return;
    const list = one.matches(".point") ? points() : statements();
    const after = list.slice(list.indexOf(one) + 1);
    const next = one.matches(".point") ? after[0] : after.find((each) => each.dataset.seen === "0") || after[0];
    if (next) become(next);
  };

  // After an action: the focus stays where it was, or goes to what the action was about.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb === "get" && !isOpen()) origin = current;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (now() && !now().classList.contains("current")) {
      now().classList.add("current");
      equip(now());
      light(now());
    }
    if (event.detail.requestConfig && event.detail.requestConfig.verb === "get" && event.detail.target === panel) {
      const first = panel.querySelector("[data-first]") || byId("kop-vak");
      if (first) first.focus();
      if (now()) reveal(now());
      if (first && first.matches("textarea")) first.setSelectionRange(first.value.length, first.value.length);
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.requestConfig || event.detail.requestConfig.verb === "get") return;
    if (!event.detail.successful && event.detail.xhr.getResponseHeader("X-Fragment")) {
      const first = panel.querySelector("[role=alert]") && (panel.querySelector("[data-first]") || byId("kop-vak"));
      if (first) first.focus();
      return;
    }
    if (!event.detail.successful) return;
    if (search.value) find(search.value);
    // A form in the panel, or undoing: what it was about. Else one went on already.
    const within = event.detail.elt.closest(".panel, #ongedaan");
    const about = within && byId(event.detail.xhr.getResponseHeader("X-Now"));
    origin = null;
    if (about && about.matches(".told")) {
      about.querySelector("a").focus();
      return;
    }
    const goal = (about && about.matches(".statement, .point") && about) || now();
    if (!goal) return;
    if (document.activeElement.matches("input, textarea, select")) goal.classList.add("current");
    else become(goal);
  });

  // What was told stays long enough to be read, and does not stay in the way.
  const message = byId("melding");
  let fading;
  new MutationObserver(() => {
    window.clearTimeout(fading);
    if (message.textContent) fading = window.setTimeout(() => { message.textContent = ""; }, 10000);
  }).observe(message, { childList: true });

  // The keyboard. Letters work outside fields only, and can be switched off (WCAG 2.1.4).
  const lettersOn = byId("toetsen-aan");
  lettersOn.checked = window.localStorage.getItem("izp-toetsen") !== "uit";
  lettersOn.addEventListener("change", () => window.localStorage.setItem("izp-toetsen", lettersOn.checked ? "aan" : "uit"));

  const FURTHER = { s: "samenvoegen", d: "splitsen", o: "opmerken", f: "gezin", w: "waarom" };
  const press = (letter) => {
    const one = now();
    const button = one && one.querySelector(`.do-${letter}`);
    if (button) button.click();
    else if (one && one.matches(".statement") && mayCorrect && FURTHER[letter] && !(one.matches(".is-rejected") && "sd".includes(letter))) {
      open(`${here}/uitspraken/${one.id}/${FURTHER[letter]}`);
    }
  };
  const toWords = () => {
    const inside = document.activeElement.closest(".turn");
    if (inside) {
      if (now()) become(now());
      return;
    }
    const one = now();
    const words = one && one.matches(".statement") ? saidBy(one.id)[0] : null;
    if (words) {
      reveal(words);
      words.focus({ preventScroll: true });
    }
  };
  const fromTurn = () => {
    const chosen = selected();
    const turn = document.activeElement.closest(".turn");
    if (chosen) pick(chosen);
    else if (turn) pick({ turn: turn.id.replace("beurt-", "") });
  };
  const keys = {
    j: () => step(statements(), 1),
    k: () => step(statements(), -1),
    n: () => step(points(), 1),
    p: () => step(points(), -1),
    i: () => step(statements().filter((one) => one.dataset.seen === "0"), 1),
    t: fromTurn,
    g: toWords,
    u: () => byId("ongedaan") && byId("ongedaan").requestSubmit(),
    "/": () => search.focus(),
    "?": () => byId("hulp").showModal(),
  };
  for (const letter of "axvemrsdofwb") keys[letter] = () => press(letter);

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const typing = event.target.matches("input:not([type=radio], [type=checkbox]), textarea, select");
    if (event.key === "Escape") {
      if (isOpen()) shut();
      else if (search.value) { find(""); if (now()) become(now()); }
      else if (typing) event.target.blur();
      return;
    }
    if (event.key === "z" && (event.ctrlKey || event.metaKey) && !typing) {
      event.preventDefault();
      keys.u();
      return;
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !lettersOn.checked) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    if (!current && "aemrsdofwbg".includes(event.key)) become(firstVisible());
    act();
  });

  // Where in the plan one is, in the contents.
  if ("IntersectionObserver" in window) {
    let shown = "";
    const mark = () => document.querySelectorAll(".contents a").forEach((each) => {
      if (each.hash === shown) each.setAttribute("aria-current", "location");
      else each.removeAttribute("aria-current");
    });
    const watcher = new IntersectionObserver((entries) => {
      const top = entries.find((each) => each.isIntersecting);
      if (!top) return;
      shown = `#deel-${top.target.dataset.chapter}`;
      mark();
    }, { root: parts.closest(".roll"), rootMargin: "0px 0px -75% 0px" });
    const watch = () => { watcher.disconnect(); parts.querySelectorAll(".part[data-chapter]").forEach((each) => watcher.observe(each)); mark(); };
    watch();
    document.addEventListener("htmx:afterSettle", watch);
  }

  const target = window.location.hash && byId(window.location.hash.slice(1));
  if (target && target.matches(".statement, .point")) become(target);
})();
