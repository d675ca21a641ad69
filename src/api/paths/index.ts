/**
 * paths: what else etcd answers over HTTP on the port of its clients: its version, its health, and
 * what it has counted.
 *
 * Invariant: every probe is answered within a bounded time, whatever the cluster does.
 */
export { type InfoParts, InfoPaths } from './info-paths.ts'
