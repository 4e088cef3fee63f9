import { modelFromJson, utils } from 'evenkeel';
import { expect, test } from 'vitest';
import { loadGolden } from '../../../support/golden.ts';

interface Case {
  readonly name: string;
  readonly model: string;
  readonly options: Readonly<Record<string, never>>;
  readonly dot: string;
}

const camel = (key: string): string => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Replaces the names of nodes by n0, n1, … in the order of their first appearance. */
function numbered(dot: string): string {
  const ids = new Map<string, string>();
  const idOf = (name: string): string => {
    const known = ids.get(name) ?? `n${ids.size}`;
    ids.set(name, known);
    return known;
  };
  return dot
    .replaceAll(/^("[^"]*")(?= \[| ->)/gm, (_, name: string) => idOf(name))
    .replaceAll(/-> ("[^"]*")/g, (_, name: string) => `-> ${idOf(name)}`);
}

test.for(loadGolden<Case>('model-to-dot').cases.map((each) => [each.name, each] as const))(
  'modelToDot writes the graph of Keras: %s',
  ([, { model, options, dot }]) => {
    const given = Object.fromEntries(Object.entries(options).map(([key, value]) => [camel(key), value]));
    expect(numbered(utils.modelToDot(modelFromJson(model), given))).toBe(dot);
  },
);
