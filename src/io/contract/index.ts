/**
 * contract: what every version of clock, disk and sockets must do, as tests. Each sentence of the
 * interface comments in `types.ts` has a test here; the real and the simulated parts both run them.
 * For tests only: nothing in production imports this folder.
 */
export { type Authority, createAuthority } from './certificates.ts'
export { describeClock } from './clock.ts'
export { describeDisk } from './disk.ts'
export type { ClockHarness, DiskHarness, Harness, SocketsHarness, TlsHarness } from './harness.ts'
export { describeSockets } from './sockets.ts'
export { describeTls, socketsOverTls } from './tls.ts'
