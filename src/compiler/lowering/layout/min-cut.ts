/**
 * A network of vertices and edges with capacities, whose minimum cut assigns each vertex to the side of the source or of the
 * sink at the minimum cost: an edge from the source's side to the sink's costs its capacity.
 *
 * The cut is found by the maximum flow (Dinic, 1970): a breadth-first search ranks the vertices, and flow is sent along
 * paths of increasing rank until none is left.
 */
export class FlowNetwork {
  static readonly SOURCE = 0;
  static readonly SINK = 1;
  readonly #edges: number[][] = [[], []];
  readonly #ends: number[] = [];
  readonly #capacities: number[] = [];

  /** Adds a vertex and returns its number. */
  addVertex(): number {
    this.#edges.push([]);
    return this.#edges.length - 1;
  }

  /** Adds an edge. A cut never contains one of infinite capacity. */
  addEdge(from: number, to: number, capacity: number): void {
    this.#edges[from]?.push(this.#ends.length);
    this.#ends.push(to);
    this.#capacities.push(capacity);
    this.#edges[to]?.push(this.#ends.length);
    this.#ends.push(from);
    this.#capacities.push(0);
  }

  /** Returns, for each vertex, whether the minimum cut leaves it on the side of the source. Consumes the network. */
  minCut(): readonly boolean[] {
    for (let ranks = this.#rank(); ; ranks = this.#rank()) {
      if ((ranks[FlowNetwork.SINK] ?? -1) < 0) return ranks.map((rank) => rank >= 0);
      this.#saturate(ranks);
    }
  }

  /** The distance of each vertex from the source over edges with capacity left; −1 if it is not reached. */
  #rank(): number[] {
    const ranks = this.#edges.map(() => -1);
    ranks[FlowNetwork.SOURCE] = 0;
    const queue = [FlowNetwork.SOURCE];
    for (const vertex of queue) {
      for (const edge of this.#edges[vertex] ?? []) {
        const end = this.#ends[edge] ?? 0;
        if ((this.#capacities[edge] ?? 0) <= EPSILON || (ranks[end] ?? 0) >= 0) continue;
        ranks[end] = (ranks[vertex] ?? 0) + 1;
        queue.push(end);
      }
    }
    return ranks;
  }

  /** Sends flow along paths of increasing rank until there is no more such path. */
  #saturate(ranks: readonly number[]): void {
    const next = this.#edges.map(() => 0);
    const path: number[] = [];
    for (let vertex: number = FlowNetwork.SOURCE; ;) {
      if (vertex === FlowNetwork.SINK) {
        this.#send(path);
        path.length = 0;
        vertex = FlowNetwork.SOURCE;
        continue;
      }
      const edge = this.#edges[vertex]?.[next[vertex] ?? 0];
      if (edge === undefined) {
        const last = path.pop();
        if (last === undefined) return;
        vertex = this.#ends[last ^ 1] ?? 0;
        next[vertex] = (next[vertex] ?? 0) + 1;
        continue;
      }
      const end = this.#ends[edge] ?? 0;
      if ((this.#capacities[edge] ?? 0) > EPSILON && ranks[end] === (ranks[vertex] ?? 0) + 1) {
        path.push(edge);
        vertex = end;
      } else {
        next[vertex] = (next[vertex] ?? 0) + 1;
      }
    }
  }

  #send(path: readonly number[]): void {
    const flow = Math.min(...path.map((edge) => this.#capacities[edge] ?? 0));
    for (const edge of path) {
      this.#capacities[edge] = (this.#capacities[edge] ?? 0) - flow;
      this.#capacities[edge ^ 1] = (this.#capacities[edge ^ 1] ?? 0) + flow;
    }
  }
}

/** Capacities below this are rounding errors. */
const EPSILON = 1e-12;
