import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { renderFormula } from '../../../site/formulas/markdown.ts';
import { toTex } from '../../../site/formulas/to-tex.ts';

const src = fileURLToPath(new URL('../../../src', import.meta.url));

/** The indented blocks of docstrings. */
const blocks = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) => [...readFileSync(join(src, name), 'utf8').matchAll(/(?:^ *\* {5}\S.*\n)+/gm)])
  .map(([block]) => block.replaceAll(/^ *\* {5}/gm, '').trimEnd());

test.each([
  ['y = x / √(σ² + ε)', String.raw`y=\frac{x}{\sqrt{σ^{2}+ε}}`],
  ['y = γ · (x − μ) / s + β', String.raw`y=\frac{γ\cdot \left(x-μ\right)}{s}+β`],
  ['y = x / max(√Σx², 1e-12)', String.raw`y=\frac{x}{\max \mathopen{}\left(\sqrt{\sum x^{2}},\;10^{-12}\right)}`],
  ['J = ∂f / ∂x', String.raw`J=\frac{∂f}{∂x}`],
  ['s = size / given size', String.raw`s=\frac{\text{size}}{\text{given size}}`],
  ['R_s ← EMA(s)²', String.raw`R_{s}\leftarrow \operatorname{EMA}\mathopen{}\left(s\right)^{2}`],
  ['hₜ = W hₜ₋₁', String.raw`h_{t}=Wh_{t-1}`],
  ['y = e^(−x / 2)', String.raw`y=e^{-x/2}`],
  ['y  = x      over `axis`', String.raw`y=x\qquad \text{ over }\texttt{axis}`],
  ['a = b\nc ← d', String.raw`\begin{aligned}a&=b\\[0.4em]c&\leftarrow d\end{aligned}`],
])('the formula %j becomes TeX', (formula, tex) => {
  expect(toTex(formula)).toBe(tex);
});

test.each([
  "await model.save('digits.keras');",
  'const x = 1;',
  'return { velocity: 0 };',
  '[who] rule. Received: argument=value. Fix.',
  'for (i = lower; i < upper; i++) state = bodyFun(i, state)',
  'evenkeel predict model.keras x.npy',
  'y = (x',
])('the block %j stays code', (block) => {
  expect(toTex(block)).toBeNull();
});

test('KaTeX accepts every formula of the docstrings', () => {
  const formulas = blocks.filter((block) => renderFormula(block) !== null);
  expect(formulas.length).toBeGreaterThan(80);
});

test('a block of a docstring that is not typeset is code', () => {
  const rest = blocks.filter((block) => toTex(block) === null);
  const isCode = /[;{}%]|\.\.\.|^\[[a-z, /]+ of|\]\s*→/;
  expect(rest.filter((block) => !isCode.test(block))).toEqual([]);
});
