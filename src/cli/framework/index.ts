/**
 * framework: commands as descriptions. One description drives parsing, help, suggestions,
 * completion and the reference, so that none of them can say something else than the others.
 *
 * Invariants: pure but for the runtime's own parser; loads nothing that a word of help does not
 * need. Not here: any command. `completion.ts` and `reference.ts` are loaded by whoever wants them.
 */
export { commandHelp, familyHelp, overview, usageLine } from './help.ts'
export {
  anyText,
  choice,
  duration,
  flag,
  leaseId,
  many,
  type Option,
  type Options,
  optional,
  size,
  spelled,
  text,
  type ValuesOf,
  wholeNumber,
  withDefault,
} from './option.ts'
export { type Environment, parse } from './parse.ts'
export {
  type Argument,
  type Call,
  type CallOf,
  type Example,
  type Exit,
  SHELLS,
  type Shell,
  type Spec,
  spec,
} from './spec.ts'
