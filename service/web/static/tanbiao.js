/* Enhancement only: every page works without this file. No dependency, no inline code, nothing from elsewhere. */
(function () {
  "use strict";
  const root = document.documentElement;

  /* Light and dark: the device decides until the reader does; the server reads the cookie on the next page. */
  const toggle = document.querySelector("[data-theme-toggle]");
  if (toggle) {
    toggle.hidden = false;
    toggle.addEventListener("click", function () {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = "tanbiao_theme=" + root.dataset.theme + "; Path=/; Max-Age=31536000; SameSite=Lax" + secure;
    });
  }

  /* On a phone the navigation scrolls: bring the current part into view without moving the page. */
  const here = document.querySelector(".top nav [aria-current]");
  if (here) { here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 16; }

  /* File fields in the page's own language. */
  document.querySelectorAll("[data-file]").forEach(function (box) {
    const input = box.querySelector("input");
    const name = box.querySelector("[data-none]");
    const show = function () { name.textContent = Array.from(input.files, function (file) { return file.name; }).join(", ") || name.dataset.none; };
    box.classList.add("ready");
    box.querySelector("label").hidden = false;
    name.hidden = false;
    input.addEventListener("change", show);
    show();
  });

  /* Drop a file onto the field. */
  document.querySelectorAll("[data-drop]").forEach(function (zone) {
    const input = zone.querySelector("input[type=file]");
    ["dragenter", "dragover"].forEach(function (name) {
      zone.addEventListener(name, function (event) { event.preventDefault(); zone.classList.add("over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      zone.addEventListener(name, function (event) { event.preventDefault(); zone.classList.remove("over"); });
    });
    zone.addEventListener("drop", function (event) {
      if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; input.dispatchEvent(new Event("change")); }
    });
  });

  /* Upload with progress; the answer is a whole page, shown as the browser itself would show it. */
  document.querySelectorAll("form[data-upload]").forEach(function (form) {
    form.addEventListener("submit", function () {
      const box = form.querySelector("[data-progress]");
      const text = box.querySelector("[data-text]");
      box.hidden = false;
      text.textContent = form.dataset.textSending;
      let share = 0;
      const bar = box.querySelector("[data-bar]");
      const timer = setInterval(function () {
        share += (1 - share) * 0.12;
        bar.setAttribute("width", Math.round(share * 950));
        if (share > 0.4) { text.textContent = form.dataset.textReading; }
      }, 150);
      form.querySelector("button:not([type=button])").disabled = true;
      addEventListener("pagehide", function () { clearInterval(timer); });
    });
  });

  /* Say that something is under way when a form takes longer than a blink; a page brought back is ready again. */
  document.querySelectorAll("form[data-busy]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      const button = event.submitter || form.querySelector("button");
      if (button.getAttribute("aria-busy")) { event.preventDefault(); return; }
      button.setAttribute("aria-busy", "true");
      button.dataset.words = button.innerHTML;
      setTimeout(function () { if (button.getAttribute("aria-busy")) { button.textContent = form.dataset.busy; } }, 250);
    });
  });
  addEventListener("pageshow", function (event) {
    if (!event.persisted) { return; }
    document.querySelectorAll("[aria-busy]").forEach(function (button) {
      button.removeAttribute("aria-busy");
      button.innerHTML = button.dataset.words;
    });
    document.querySelectorAll("form[data-upload]").forEach(function (form) {
      form.querySelector("button:not([type=button])").disabled = false;
      form.querySelector("[data-progress]").hidden = true;
    });
  });

  /* A form whose answer is a file leaves the page standing: when the file has come, go to where it is registered. */
  document.querySelectorAll("form[data-download]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (event.defaultPrevented) { return; }
      const token = Array.from(crypto.getRandomValues(new Uint8Array(12)), function (byte) { return byte.toString(16).padStart(2, "0"); }).join("");
      const field = form.querySelector("[name=token]") || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "token" }));
      field.value = token;
      const timer = setInterval(function () {
        if (document.cookie.split("; ").includes("tanbiao_arrived=" + token)) { clearInterval(timer); location.assign(form.dataset.download); }
      }, 400);
    });
  });

  /* Points in time in the reader's own zone; the server writes UTC, which stays in the title, and as it is where a verdict
     hangs on the moment (data-utc). */
  document.querySelectorAll("time[datetime]").forEach(function (time) {
    const at = new Date(time.dateTime);
    if (isNaN(at) || time.closest("[data-utc]")) { return; }
    const two = function (value) { return String(value).padStart(2, "0"); };
    time.title = time.textContent;
    time.textContent = at.getFullYear() + "-" + two(at.getMonth() + 1) + "-" + two(at.getDate()) + " " + two(at.getHours()) + ":" + two(at.getMinutes());
  });

  /* After a form came back with errors, begin at the first of them. */
  const wrong = document.querySelector("[aria-invalid=true]");
  if (wrong) { wrong.focus(); }

  /* Narrow a long table while typing. */
  document.querySelectorAll("[data-filter]").forEach(function (box) {
    const input = box.querySelector("input");
    const said = box.querySelector("[data-none]");
    const rows = Array.from(document.getElementById(box.dataset.filter).tBodies[0].rows);
    const words = rows.map(function (row) { return row.textContent.toLowerCase(); });
    box.hidden = false;
    input.addEventListener("input", function () {
      const parts = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let left = 0;
      rows.forEach(function (row, at) {
        row.hidden = !parts.every(function (part) { return words[at].includes(part); });
        left += row.hidden ? 0 : 1;
      });
      said.textContent = parts.length ? (left ? left + " / " + rows.length : said.dataset.none) : "";
    });
  });

  /* Copy a long number; the full text stands in the button. */
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    if (!navigator.clipboard) { return; }
    button.hidden = false;
    button.addEventListener("click", function () {
      const words = button.textContent;
      navigator.clipboard.writeText(button.dataset.copy).then(function () {
        button.textContent = button.dataset.copied;
        setTimeout(function () { button.textContent = words; }, 1500);
      });
    });
  });

  /* Follow a job; when it begins or ends, load its page anew. */
  const job = document.querySelector("[data-job]");
  if (job) {
    const bar = job.querySelector("[data-bar]");
    const look = function () {
      fetch(job.dataset.job, { headers: { Accept: "application/json" } })
        .then(function (answer) { return answer.ok ? answer.json() : Promise.reject(answer.status); })
        .then(function (state) {
          if (state.state !== job.dataset.state) { location.reload(); return; }
          bar.setAttribute("width", Math.round(state.progress * 1000));
          const words = job.getAttribute("data-step-" + (state.step || "waiting"));
          if (words) { job.querySelector("[data-text]").textContent = words; }
          setTimeout(look, 1000);
        })
        .catch(function () { setTimeout(look, 5000); });
    };
    setTimeout(look, 700);
  }
})();
