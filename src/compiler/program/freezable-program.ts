import type { Graph } from '../graph/graph.ts';
import { type FreeGraph, Program } from './program.ts';

/**
 * A graph as two programs, each made when it is first needed: one is fed the weights, the other has them frozen in as
 * constants, which the engine packs for speed.
 */
export class FreezableProgram {
  readonly #graph: Graph | FreeGraph;
  #plain: Program | null = null;
  #frozen: Program | null = null;

  constructor(graph: Graph | FreeGraph) {
    this.#graph = graph;
  }

  get(freeze: boolean): Program {
    return freeze
      ? (this.#frozen ??= new Program(this.#graph, { freezeVariables: true }))
      : (this.#plain ??= new Program(this.#graph));
  }
}
