/**
 * dev: `quorate dev`, a cluster on this machine with a live view of it.
 *
 * Invariants: what is drawn and what a key does are pure functions; whatever happens, the terminal
 * is given back as it was, and no node is left.
 */
export { runDev } from './run.ts'
