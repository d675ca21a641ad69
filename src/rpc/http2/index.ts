/**
 * http2: one HTTP/2 connection over a socket, in either role (RFC 9113).
 *
 * It knows nothing of gRPC. Server push, priorities and CONNECT tunnels are not offered.
 */
export { Http2Connection } from './connection.ts'
export { ChunkPool } from './frame-output.ts'
export { HTTP2_CODES, PREFACE } from './frames.ts'
export type { RequestHead, ResponseHead, Trailers } from './message-head.ts'
export { Http2Stream } from './stream.ts'
export type { Http2Listener, Role } from './types.ts'
