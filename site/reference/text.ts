import { type Comment, type CommentDisplayPart, type DeclarationReflection, Reflection } from 'typedoc';
import { address } from '../prepare/base.ts';
import type { Places } from './places.ts';

/** The Markdown of a docstring's parts, with its links led to the pages of exports. */
export function textOf(parts: readonly CommentDisplayPart[] | undefined, places: Places): string {
  return (parts ?? [])
    .map((part) => {
      if (part.kind !== 'inline-tag') return part.text;
      const target = part.target instanceof Reflection ? places.of(part.target) : part.target;
      return typeof target === 'string' ? `[${part.text}](${target})` : `\`${part.text}\``;
    })
    .join('')
    .trim();
}

/** The docstring of an export or of its first signature. */
export function commentOf(reflection: DeclarationReflection): Comment | undefined {
  const { comment } = reflection;
  if (comment !== undefined) return comment;
  return (
    reflection.signatures?.find((signature) => signature.comment !== undefined)?.comment ??
    reflection.getSignature?.comment ??
    reflection.setSignature?.comment
  );
}

/** The first sentence of a docstring, in one line. */
export function firstSentence(reflection: DeclarationReflection, places: Places): string {
  const text = textOf(commentOf(reflection)?.summary, places);
  const paragraph = text.split('\n\n', 1)[0]?.replaceAll('\n', ' ') ?? '';
  // A sentence ends where the next one begins with a capital.
  const sentence = /^.*?(?:[.:](?= [A-Z(])|$)/.exec(paragraph)?.[0] ?? paragraph;
  return sentence.replace(/[:.]$/, '');
}

/** A type or signature as inline code with links to the exports that it names. */
export function code(text: string, places: Places, self = ''): string {
  const html = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\b[A-Z]\w+\b/g, (name) => {
      const place = name === self ? undefined : places.ofName(name);
      return place === undefined ? name : `<a href="${address(place)}">${name}</a>`;
    });
  return `<code v-pre>${html.replaceAll('|', '&#124;').replaceAll('[', '&#91;').replaceAll('*', '&#42;').replaceAll('_', '&#95;').replaceAll('`', '&#96;')}</code>`;
}

/** A text as the cell of a table. */
export function cell(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/(?<!\\)\|/g, '\\|');
}
