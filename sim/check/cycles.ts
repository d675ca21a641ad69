import { assert } from '../../src/base/index.ts'
import type { Edge, ListGraph } from './list-graph.ts'

/** Nodes tried as a cycle's beginning; in a large knot any of them finds a short one. */
const BEGINNINGS_MAX = 100

/** One short cycle for each knot of the graph, at most `limit`; the edges follow each other. */
export function findCycles(graph: ListGraph, limit: number): Edge[][] {
  const knots = knotsOf(graph)
  const members = new Map<number, number[]>()
  for (let node = 0; node < graph.transactions.length; node++) {
    const knot = knots[node] as number
    const known = members.get(knot)
    if (known === undefined) members.set(knot, [node])
    else known.push(node)
  }
  const cycles: Edge[][] = []
  for (const nodes of members.values()) {
    if (nodes.length < 2) continue
    if (cycles.length >= limit) break
    cycles.push(shortestCycle(graph, knots, { nodes }))
  }
  return cycles
}

/** Strongly connected components (Tarjan 1972), without recursion: a history may be long. */
function knotsOf({ nodeCount, edges, first }: ListGraph): Int32Array {
  const knots = new Int32Array(nodeCount).fill(-1)
  const order = new Int32Array(nodeCount).fill(-1)
  const low = new Int32Array(nodeCount)
  const cursor = first.slice(0, nodeCount)
  const path: number[] = []
  const open: number[] = []
  let visited = 0
  let knotCount = 0
  const visit = (node: number) => {
    order[node] = visited
    low[node] = visited
    visited += 1
    path.push(node)
    open.push(node)
  }
  const leave = (node: number) => {
    path.pop()
    const parent = path.at(-1)
    if (parent !== undefined) lower(low, parent, low[node] as number)
    if (low[node] !== order[node]) return
    for (let member = -1; member !== node; ) {
      member = open.pop() as number
      knots[member] = knotCount
    }
    knotCount += 1
  }
  for (let root = 0; root < nodeCount; root++) {
    if (order[root] === -1) visit(root)
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const next = cursor[node] as number
      if (next === first[node + 1]) {
        leave(node)
        continue
      }
      cursor[node] = next + 1
      const target = (edges[next] as Edge).to
      if (order[target] === -1) visit(target)
      else if (knots[target] === -1) lower(low, node, order[target] as number)
    }
  }
  return knots
}

function lower(low: Int32Array, node: number, value: number): void {
  if (value < (low[node] as number)) low[node] = value
}

function shortestCycle(
  graph: ListGraph,
  knots: Int32Array,
  { nodes }: { readonly nodes: readonly number[] },
): Edge[] {
  let best: { readonly edges: Edge[]; readonly hops: number } | null = null
  for (const node of nodes.slice(0, BEGINNINGS_MAX)) {
    const cycle = cycleThrough(graph, knots, { node })
    if (best === null || cycle.hops < best.hops) best = cycle
    if (best.hops === 2) break
  }
  assert(best !== null, 'a knot of two transactions has a cycle')
  return best.edges
}

/**
 * Breadth first from the node back to itself, inside its knot. Helpers cost nothing: what counts is
 * how many transactions a reader has to follow.
 */
function cycleThrough(
  { transactions, edges, first, nodeCount }: ListGraph,
  knots: Int32Array,
  { node }: { readonly node: number },
): { edges: Edge[]; hops: number } {
  const hops = new Int32Array(nodeCount).fill(-1)
  const by = new Map<number, Edge>()
  let level = [node]
  hops[node] = 0
  for (let depth = 0; level.length > 0; depth++) {
    const next: number[] = []
    // Grows while helpers of the same depth are found.
    for (let place = 0; place < level.length; place++) {
      const from = level[place] as number
      for (let at = first[from] as number; at < (first[from + 1] as number); at++) {
        const edge = edges[at] as Edge
        if (edge.to === node) return { edges: backTo(node, by, { last: edge }), hops: depth + 1 }
        if (knots[edge.to] !== knots[node] || hops[edge.to] !== -1) continue
        const isHelper = edge.to >= transactions.length
        hops[edge.to] = isHelper ? depth : depth + 1
        by.set(edge.to, edge)
        if (isHelper) level.push(edge.to)
        else next.push(edge.to)
      }
    }
    level = next
  }
  return { edges: [], hops: Number.POSITIVE_INFINITY }
}

function backTo(
  node: number,
  by: ReadonlyMap<number, Edge>,
  { last }: { readonly last: Edge },
): Edge[] {
  const edges = [last]
  for (let edge = last; edge.from !== node; ) {
    edge = by.get(edge.from) as Edge
    edges.push(edge)
  }
  return edges.reverse()
}
