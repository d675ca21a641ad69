/** What calls must do over any sockets: real ones and simulated ones. For tests only. */
export { type CallsHarness, describeCalls } from './calls.ts'
