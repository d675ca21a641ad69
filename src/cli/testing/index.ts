/**
 * testing: commands without a machine: what they print is kept, files are texts, and nobody is
 * asked for a cluster.
 */
export { COMMAND_FLAGS } from './command-flags.ts'
export { FakeTerminal, type FakeTerminalOptions } from './fake-terminal.ts'
