/** Returns the element with an id. @throws Error if it is missing or of another class. */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`The page has no ${type.name} with the id ${id}.`);
}

/** The attributes of a new element; `text` is its content. */
type Attributes = Readonly<Record<string, string>> & { readonly text?: string };

/** Makes an element with attributes and children. */
export function create<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { text, ...attributes }: Attributes = {},
  ...children: readonly Node[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Announces a message to screen readers. */
export function announce(message: string): void {
  element('announcer', HTMLDivElement).textContent = message;
}
