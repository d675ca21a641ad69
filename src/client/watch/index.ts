/**
 * watch: hearing of changes, whatever happens to nodes and connections meanwhile.
 *
 * All watches of a client share streams of etcd's Watch service. Each knows how far it has come; so
 * it goes on at any other node, which sends it what follows, or waits until it knows of it.
 *
 * Invariants: a reader is handed exactly the events of its range from its start on, each once, in
 * the order of their revisions; or it is told that what it needs is compacted away. What waits for
 * a reader is bounded by limits.ts: who reads slower than others write is left out at the server
 * and asks again from where it stands, so that its history lies in the engines of the nodes, not in
 * the memory of the client. A reader slower than compaction is told so.
 */
export { WATCH_LIMITS, type WatchLimits } from './limits.ts'
export { openWatch } from './watch.ts'
export { WatchHub } from './watch-hub.ts'
export type { WatchSpec } from './watcher.ts'
