/**
 * rpc: gRPC over HTTP/2, spoken directly on sockets, as server and as client.
 *
 * It is written by hand because it answers ten times as many calls as the libraries do
 * (docs/decision/0040-rpc.md), and it is what strangers talk to: everything a peer can make it hold
 * or do has a bound in `src/base/limits.ts`. Not here: what the messages mean (`src/wire`), and
 * HTTP/1.1, whose sockets are handed on.
 *
 * ```
 * port ──► grpc (calls) ──► http2 (streams, windows) ──► hpack (header blocks)
 * ```
 */
export * from './grpc/index.ts'
export * from './port/index.ts'
export * from './services/index.ts'
