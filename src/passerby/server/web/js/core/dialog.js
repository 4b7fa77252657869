import { h } from "./h.js";

/** Dialogs: the browser's own, which keep the focus and give it back. */

let count = 0;

/**
 * @param {string} title
 * @param {import("./h.js").Child} content
 * @param {{lead?: string, kind?: string, closable?: boolean, onclose?: () => void, onkey?: (event: KeyboardEvent) => void}} [options]
 *   kind: a further class; closable: Escape and a button close it
 * @returns {{dialog: HTMLDialogElement, close: () => void}}
 */
export function openDialog(title, content, options = {}) {
  const { lead = "", kind = "", closable = true, onclose, onkey } = options;
  const id = `dialog-${(count += 1)}`;
  const back = document.activeElement;
  const close = () => dialog.close();
  const dialog = h("dialog", {
    class: kind, "aria-labelledby": id,
    oncancel: (event) => { if (!closable) event.preventDefault(); },
    onkeydown: (event) => {
      event.stopPropagation(); // shortcuts of the page below stay asleep
      if (event.key === "Escape" && !closable) event.preventDefault();
      onkey?.(event);
    },
    onclose: () => {
      dialog.remove();
      if (back instanceof HTMLElement && back.isConnected) back.focus();
      onclose?.();
    },
  },
  h("header", null, h("h2", { id }, title),
    closable && h("button.quiet.close", { type: "button", "aria-label": "Close", onclick: close }, "×")),
  lead && h("p.lead", null, lead), content, h("div.toasts"));
  document.body.append(dialog);
  dialog.showModal();
  const first = dialog.querySelector("[autofocus], input:not([type=hidden]), select, textarea");
  if (first instanceof HTMLElement) first.focus();
  return { dialog, close };
}
