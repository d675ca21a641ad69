/**
 * grpc: gRPC over HTTP/2, the server's side and the client's.
 *
 * Invariant: a call ends with exactly one status, whatever the peer, its connection or a handler
 * does.
 */
export { CallCounts, type CallTiming } from './call-counts.ts'
export { type CallOptions, type ChannelOptions, type ChannelState, RpcChannel } from './channel.ts'
export { type CallEnd, type CallReceiver, ClientCall } from './client-call.ts'
export { LocalCall, type LocalCallOptions, type LocalReceiver } from './local-call.ts'
export { Metadata } from './metadata.ts'
export { RpcServer, type RpcServerOptions } from './server.ts'
export type { Method, ServerCall, StreamHandler, StreamMethod, UnaryMethod } from './service.ts'
export { STATUS, type Status, type StatusCode, statusName, UNEXPECTED } from './status.ts'
export { parseTimeout } from './timeout.ts'
