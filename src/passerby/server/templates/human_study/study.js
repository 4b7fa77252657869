// Comforts: keys, a clock, one click for one answer. Every page works without them.
"use strict";
(() => {
  // The key is in a cookie now: keep it out of the address bar and of the history.
  if (location.search) history.replaceState(null, "", location.pathname);

  const form = document.getElementById("answer");
  if (!form) return;
  const choices = [...form.querySelectorAll("input[name=chosen]")];
  const confirm = document.getElementById("confirm");
  const status = document.getElementById("status");

  const chosen = () => choices.findIndex((choice) => choice.checked);
  const show = () => {
    const place = chosen() + 1;
    confirm.textContent = place ? `Confirm picture ${place}` : "Choose a picture";
    status.textContent = place ? `Picture ${place} of ${choices.length} chosen` : "";
  };
  const choose = (place) => {
    if (place < 0 || place >= choices.length) return;
    choices[place].checked = true;
    choices[place].focus({ preventScroll: true });
    choices[place].closest(".choice").scrollIntoView({ block: "nearest" });
    show();
  };
  form.addEventListener("change", show);
  window.addEventListener("pageshow", () => {
    form.removeAttribute("data-sent");
    show();
  });

  // Digits that follow each other within a second are one number: 1 and then 2 is picture 12.
  let typed = "", last = 0;
  const type = (digit, now) => {
    typed = (now - last < 1000 ? typed : "") + digit;
    last = now;
    if (Number(typed) > choices.length) typed = digit;
    choose(Number(typed) - 1);
  };
  const columns = () => {
    const top = (choice) => choice.closest(".choice").offsetTop;
    return choices.filter((choice) => top(choice) === top(choices[0])).length;
  };
  const steps = {
    ArrowLeft: () => -1,
    ArrowRight: () => 1,
    ArrowUp: () => -columns(),
    ArrowDown: () => columns(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (/^[0-9]$/.test(event.key)) {
      type(event.key, event.timeStamp);
    } else if (event.key in steps) {
      event.preventDefault(); // or the browser moves the choice as well, and scrolls
      choose(chosen() < 0 ? 0 : chosen() + steps[event.key]());
    } else if (event.key === "Enter" && !event.repeat && !event.target.closest("button, a")) {
      event.preventDefault();
      form.requestSubmit(confirm);
    }
  });

  // Seconds for which the question could be seen.
  let seconds = 0, since = document.hidden ? null : performance.now();
  document.addEventListener("visibilitychange", () => {
    if (since !== null) seconds += (performance.now() - since) / 1000;
    since = document.hidden ? null : performance.now();
  });
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const shown = since === null ? 0 : (performance.now() - since) / 1000;
    form.elements.seconds.value = (seconds + shown).toFixed(2);
  });
})();
