/**
 * testing: commands without a machine: what they print is kept, files are texts, and nobody is
 * asked for a cluster.
 */
export { FakeTerminal, type FakeTerminalOptions } from './fake-terminal.ts'
