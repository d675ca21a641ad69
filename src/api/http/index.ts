/**
 * http: what the doors over HTTP/1.1 have in common. Node's server does the parsing, but for plain
 * requests of one handler, which are answered before it (docs/decision/0065); the bounds are ours.
 * Whoever answers requests is a handler and knows its paths.
 */
export { BodyMemory } from './body-memory.ts'
export { type BodyOutcome, BodyReader } from './body-reader.ts'
export { createDirectDoor, type DirectHandler } from './direct-door.ts'
export type { Exchange } from './exchange.ts'
export { createHttpServer, type HttpServerOptions } from './http-server.ts'
export { NodeExchange } from './node-exchange.ts'
export type { HttpHandler } from './serving.ts'
export { PROBE_MS, Upgrade } from './upgrade.ts'
