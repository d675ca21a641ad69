/**
 * port: one listening port for everything. The first bytes of a connection decide who gets it:
 * HTTP/2 with prior knowledge, TLS, or HTTP/1.1.
 *
 * Invariants: whoever gets a socket also gets every byte that was read of it; a socket that does
 * not decide is held for a bounded time, in bounded number and memory, and says nothing meanwhile.
 * What is spoken afterwards, and for how long, is the handlers' affair.
 */
export { openPort, type PortOptions } from './port.ts'
export type { ConnectionHandler, Port, PortLimits, PortTls } from './types.ts'
