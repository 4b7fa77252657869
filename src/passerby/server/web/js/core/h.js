/**
 * Elements without markup: text is always text, so that no name can become a tag.
 * @typedef {Node | string | number | null | undefined | false | Child[]} Child
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An HTML element.
 * @param {string} tag its name; classes may follow, as in "p.note.small"
 * @param {Record<string, any> | null} [props] attributes; functions listen to `onclick` and the
 *   like; `style` and `dataset` are objects; false, null and undefined are left out
 * @param {...Child} children
 * @returns {any}
 */
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  const made = document.createElement(name);
  if (classes.length) made.className = classes.join(" ");
  return filled(made, props, children);
}

/**
 * An SVG element; as `h`.
 * @param {string} tag
 * @param {Record<string, any> | null} [props]
 * @param {...Child} children
 * @returns {any}
 */
export function s(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  const made = document.createElementNS(SVG, name);
  if (classes.length) made.setAttribute("class", classes.join(" "));
  return filled(made, props, children);
}

/** Put `children` in the place of whatever an element holds. @param {Element} into @param {...Child} children */
export function fill(into, ...children) {
  into.replaceChildren(...flat(children));
  return into;
}

function filled(made, props, children) {
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else if (key === "dataset") Object.assign(made.dataset, value);
    else if (key === "style") {
      for (const [rule, set] of Object.entries(value)) made.style.setProperty(rule, String(set));
    } else if (key === "value" && "value" in made) made.value = value;
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...flat(children));
  return made;
}

function flat(children) {
  return children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false)
    .map((one) => (one instanceof Node ? one : String(one)));
}
