/**
 * embed: a node, or a whole cluster, inside the program that uses it: for tests, for development,
 * and for programs that keep their data themselves.
 *
 * Invariants: it prints nothing unless asked, takes no signal, and never ends the process; what it
 * opened (ports, files, timers, clients) is closed when `stop` resolves, and a directory that it
 * made for itself is gone. What a node cannot go on after stops that node and is told; the program
 * goes on. Not here: how a node is put together (`running-node.ts`).
 */
export { startCluster } from './start-cluster.ts'
export { startNode } from './start-node.ts'
export type * from './types.ts'
