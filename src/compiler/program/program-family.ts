import { LRUCache } from 'lru-cache';
import type { Tensor } from '../../core/tensor.ts';
import { dataParallelism, world } from '../../core/world.ts';
import type { Graph } from '../graph/graph.ts';
import { type Dependencies, isCurrent } from '../graph/dependencies.ts';
import { FreezableProgram } from './freezable-program.ts';
import { type KnownType, type Sampling, SizeTemplate, samplesOf } from './size-template.ts';
import type { FreeGraph } from './program.ts';

/** A trace of a function for inputs of some types. */
export interface Traced {
  readonly graph: Graph;
  /** The layers whose settings the trace has read. */
  readonly dependencies: Dependencies;
  /** Whether no code of the user was traced, which may choose by size. */
  readonly isGeneric: boolean;
}

/** A trace and its program. */
export interface FamilyMember<T extends Traced> {
  readonly traced: T;
  readonly program: FreezableProgram;
}

/** The programs for one list of sizes each that are kept. */
const MAX_EXACT = 8;
/** The programs for all values of some sizes that are kept. */
const MAX_FREE = 4;

/** The sizes that are remembered to be right for a program that traces the user's code. */
const MAX_VERIFIED = 4096;

interface FreeMember<T extends Traced> extends FamilyMember<T> {
  readonly template: SizeTemplate;
  /** The number of which all free sizes but numbers of rows are multiples. */
  readonly multiple: number;
  /** The sizes at which the user's code has been traced again, and whether the program is right for them. */
  readonly verified: LRUCache<string, boolean>;
}

/** One function's programs for inputs of the same ranks and dtypes. */
class SizeFamily<T extends Traced> {
  readonly #exact = new LRUCache<string, FamilyMember<T>>({ max: MAX_EXACT });
  readonly #free = new LRUCache<string, FreeMember<T>>({ max: MAX_FREE });
  /** The free axes for which there is no common program. */
  readonly #refused = new Set<string>();
  #template: SizeTemplate | null = null;

  async get(types: readonly KnownType[], trace: (types: readonly KnownType[]) => T): Promise<FamilyMember<T>> {
    const exact = this.exact(types, trace, false);
    if (exact !== null) return exact;
    for (const member of this.#free.values()) {
      if (await this.#serves(member, types, trace)) {
        // Marks it as used.
        this.#free.get(member.template.key);
        return member;
      }
    }
    const template: SizeTemplate = this.#template?.including(types) ?? SizeTemplate.of(types);
    const found =
      template.free.length === 0 || this.#refused.has(template.key) ? null : await this.#makeFree(template, trace);
    this.#template = template;
    return found !== null && (await this.#serves(found, types, trace)) ? found : this.#makeExact(types, trace);
  }

  /** Whether a program is right for these sizes. Code of the user may choose by size, so it is traced at each size. */
  async #serves(
    { template, multiple, traced, program, verified }: FreeMember<T>,
    types: readonly KnownType[],
    trace: (types: readonly KnownType[]) => T,
  ): Promise<boolean> {
    const sizes = template.match(types);
    if (sizes === null || sizes.includes(0) || !isCurrent(traced.dependencies)) return false;
    if (!template.isMultiple(sizes, multiple)) return false;
    if (traced.isGeneric && template.isLargeEnough(sizes)) return true;
    const key = sizes.join();
    const known = verified.get(key);
    if (known !== undefined) return known;
    const isRight = await program.get(false).accepts(trace(types).graph, sizes);
    verified.set(key, isRight);
    return isRight;
  }

  /** The program for these sizes alone. */
  exact(types: readonly KnownType[], trace: (types: readonly KnownType[]) => T, isWanted: true): FamilyMember<T>;
  exact(
    types: readonly KnownType[],
    trace: (types: readonly KnownType[]) => T,
    isWanted: boolean,
  ): FamilyMember<T> | null;
  exact(
    types: readonly KnownType[],
    trace: (types: readonly KnownType[]) => T,
    isWanted: boolean,
  ): FamilyMember<T> | null {
    const found = this.#exact.get(keyOf(types));
    if (found !== undefined && isCurrent(found.traced.dependencies)) return found;
    return isWanted ? this.#makeExact(types, trace) : null;
  }

  #makeExact(types: readonly KnownType[], trace: (types: readonly KnownType[]) => T): FamilyMember<T> {
    const traced = trace(types);
    const made = { traced, program: new FreezableProgram(traced.graph) };
    this.#template ??= SizeTemplate.of(types);
    this.#exact.set(keyOf(types), made);
    return made;
  }

  /** Makes a program for all values of the free sizes of a template; null if there is none. */
  async #makeFree(template: SizeTemplate, trace: (types: readonly KnownType[]) => T): Promise<FreeMember<T> | null> {
    for (const sampling of samplesOf(template)) {
      const made = await tryFree(template, sampling, trace);
      if (made === null) continue;
      this.#free.set(template.key, made);
      return made;
    }
    this.#refused.add(template.key);
    return null;
  }
}

async function tryFree<T extends Traced>(
  template: SizeTemplate,
  { samples, multiple }: Sampling,
  trace: (types: readonly KnownType[]) => T,
): Promise<FreeMember<T> | null> {
  try {
    const traces = samples.map((sizes) => ({ sizes, traced: trace(template.at(sizes)) }));
    const [first] = traces;
    if (first === undefined) return null;
    const graph: FreeGraph = {
      freeSizes: template.isOnlyRows ? 'rows' : 'all',
      samples: traces.map(({ sizes, traced }) => ({ sizes, graph: traced.graph })),
      sizesOf: (feeds: readonly Tensor[]) => template.match(feeds) ?? [],
    };
    const program = new FreezableProgram(graph);
    await program.get(false).prepare();
    return { template, multiple, traced: first.traced, program, verified: new LRUCache({ max: MAX_VERIFIED }) };
  } catch {
    // The graphs differ, or the function has no trace at a sample: the exact sizes then have programs of their own, whose
    // traces throw what there is to say.
    return null;
  }
}

const keyOf = (types: readonly KnownType[]): string => types.map(({ shape }) => shape.join()).join(' ');

/**
 * The programs of a function: the first sizes of its inputs get a program of their own, further sizes one in which the axes
 * that have differed are free, if its graph depends on them through shapes only. Otherwise each list of sizes has a program,
 * of which the most recently used are kept.
 */
export class ProgramFamily<T extends Traced> {
  readonly #families = new LRUCache<string, SizeFamily<T>>({ max: MAX_EXACT });

  /** The program for inputs of these types; `structure` distinguishes inputs of the same types. */
  get(
    structure: string,
    types: readonly KnownType[],
    trace: (types: readonly KnownType[]) => T,
  ): Promise<FamilyMember<T>> {
    return this.#family(structure, types).get(types, trace);
  }

  /** The program for these sizes alone. */
  exact(structure: string, types: readonly KnownType[], trace: (types: readonly KnownType[]) => T): FamilyMember<T> {
    return this.#family(structure, types).exact(types, trace, true);
  }

  /** Drops all programs. */
  clear(): void {
    this.#families.clear();
  }

  #family(structure: string, types: readonly KnownType[]): SizeFamily<T> {
    const key = `${world().size} ${dataParallelism() === null} ${structure} ${types.map(({ dtype, shape }) => `${dtype}${shape.length}`).join(' ')}`;
    const family = this.#families.get(key) ?? new SizeFamily<T>();
    this.#families.set(key, family);
    return family;
  }
}
