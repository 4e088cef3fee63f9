import { element } from './dom.ts';

const STORED = 'theme';

/** Binds the button that switches between light and dark colors; without a choice, the page follows the system. */
export function bindTheme(changed: () => void): void {
  const button = element('theme', HTMLButtonElement);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const isDark = (): boolean => (root.dataset['theme'] ?? (dark.matches ? 'dark' : 'light')) === 'dark';
  const update = (): void => {
    button.textContent = isDark() ? 'Light colors' : 'Dark colors';
    changed();
  };
  const stored = read();
  if (stored !== null) root.dataset['theme'] = stored;
  button.addEventListener('click', () => {
    root.dataset['theme'] = isDark() ? 'light' : 'dark';
    write(root.dataset['theme']);
    update();
  });
  dark.addEventListener('change', update);
  update();
}

/** The resolved value of a color of the style sheet. */
export function color(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color: resolved } = getComputedStyle(probe);
  probe.remove();
  return resolved;
}

/** Storage may be forbidden: then the choice lasts as long as the page. */
function read(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function write(theme: string): void {
  try {
    localStorage.setItem(STORED, theme);
  } catch {
    // See read.
  }
}
