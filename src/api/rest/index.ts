/**
 * rest: Quorate's own API over HTTP/1.1, for people with curl and for every language without a
 * client.
 *
 * One table of routes (`routes-keys.ts`, `routes-other.ts`) drives routing and the checks of what
 * comes with a request, and is what /openapi.json, the page at /api and docs/reference/rest.md are
 * made from. Invariants: every request ends with one answer, and every failure with a code of the
 * error table; what a request cannot mean is refused before anything happens; a write of which
 * nobody knows whether it takes effect is never told as one that failed; what a client holds of us
 * (bodies, pages, watches, time) has a bound.
 * Not here: etcd's JSON (`api/gateway`), health and metrics (`api/paths`), what a request does
 * (`state`).
 *
 * ```
 * request ─► rest-door ─► router ─► rest-call ─► keys, listing, batch, leases, … ─► node
 *                                       │           watching ─► watch-call ◄─ hub
 *                                       └◄───────── one answer
 * ```
 */
export { openApiText } from './openapi.ts'
export { restReference } from './reference.ts'
export { RestDoor } from './rest-door.ts'
export type { RestOptions } from './rest-parts.ts'
