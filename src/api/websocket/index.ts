/**
 * websocket: the server's side of RFC 6455 on a socket that asked for it over HTTP/1.1, for pages
 * in browsers that want to watch.
 *
 * Invariants: a message is whole and within its bound before anybody sees it; whoever breaks the
 * protocol is told so and the connection ends; who does not read is not written to without end.
 */
export { acceptKeyOf } from './accept-key.ts'
export { CLOSE } from './frame-reader.ts'
export { type WebSocketListener, type WebSocketOptions, WebSocketPeer } from './peer.ts'
