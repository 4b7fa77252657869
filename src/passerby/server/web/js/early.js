// Before anything is painted: a theme that was chosen earlier, so that nothing flashes.
(() => {
  try {
    const chosen = localStorage.getItem("passerby-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch { /* storage is switched off: the system's theme holds */ }
})();
