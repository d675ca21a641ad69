/**
 * gateway: etcd's API as JSON over HTTP/1.1, for whoever has curl and nothing else.
 *
 * It knows no more of the API than its paths: a request becomes the message of gRPC and is handled
 * by the same method, and what that answers becomes JSON (`src/wire`, json). Invariants: every
 * request ends with one answer; what a client holds of us (bodies, time, streams) has a bound; when
 * a client goes, its call is cancelled.
 */
export { Gateway, type GatewayOptions } from './gateway.ts'
export { httpStatusOf } from './http-status.ts'
export { Routes } from './routes.ts'
