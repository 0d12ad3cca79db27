/** Lists that are brought up to date instead of built anew, so that focus, selection and eyes keep their place. */

/**
 * @template {HTMLElement} T
 * @typedef {object} Wanted one element of a list
 * @property {string} id
 * @property {string} [rank]  what its place follows from: an element of another rank than before is taken out and put in again, all others stay
 * @property {() => T} make
 * @property {(element: T) => void} write  writes what may have changed since
 */

/** Puts the wanted elements in their order and takes the others out. Whoever had the focus keeps it.
 * @template {HTMLElement} T @param {HTMLElement} place @param {Wanted<T>[]} wanted @param {string} [attribute] carries the id */
export function arrange(place, wanted, attribute = "data-id") {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  const there = new Map([...place.children].map((element) => [element.getAttribute(attribute), /** @type {T} */ (element)]));
  const elements = wanted.map(({ id, rank = "", make, write }) => {
    const known = there.get(id);
    there.delete(id);
    const element = known ?? make();
    if (!known) element.setAttribute(attribute, id);
    if (ranks.get(element) !== rank) {
      if (known) known.remove();
      ranks.set(element, rank);
    }
    write(element);
    return element;
  });
  for (const gone of there.values()) gone.remove();
  let next = place.firstElementChild;
  for (const element of elements) {
    if (element === next) next = next.nextElementSibling;
    else place.insertBefore(element, next);
  }
  // An element that is taken out loses the focus, though it comes back in the same breath.
  if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
}

/** @type {WeakMap<HTMLElement, string>} */
const ranks = new WeakMap();

/** Runs `write` only if the matter of this element is another than last time. @param {Element} element @param {unknown} matter @param {() => void} write */
export function whenNew(element, matter, write) {
  const text = JSON.stringify(matter);
  if (written.get(element) === text) return;
  written.set(element, text);
  write();
}

/** @type {WeakMap<Element, string>} */
const written = new WeakMap();
