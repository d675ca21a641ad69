/** What somebody gave, as the texts of errors show it. */

/** Of a text: enough to find it again. */
const SHOWN_UNITS_MAX = 120

/** As it would be written in a program, or what kind of thing it is. */
export function shown(given: unknown): string {
  switch (typeof given) {
    case 'string':
      return quoted(given)
    case 'bigint':
      return `${given}n`
    case 'function':
      return 'a function'
    case 'symbol':
      return 'a symbol'
    case 'object':
      return given === null ? 'null' : kindOf(given)
    default:
      return String(given)
  }
}

function kindOf(given: object): string {
  // Whoever forgets an await, or takes the method of a client for the function of its name.
  if ('then' in given && typeof given.then === 'function') return 'a promise'
  if (Array.isArray(given)) return 'a list'
  return given instanceof Uint8Array ? 'bytes' : 'an object'
}

function quoted(text: string): string {
  if (text.length <= SHOWN_UNITS_MAX) return JSON.stringify(text)
  return `${JSON.stringify(text.slice(0, SHOWN_UNITS_MAX))}…`
}

/** `db.put(…)` where `put(…)` is meant is a mistake that is made easily. */
export const OPERATION_ADVICE =
  "Use the functions that 'quorate/client' exports, such as put(…): a method such as db.put(…) " +
  'begins at once, and gives a promise.'

/** What was given in the place of an operation: its kind, when it has one. */
export function shownOperation(given: unknown): string {
  if (typeof given !== 'object' || given === null || !('kind' in given)) return shown(given)
  return typeof given.kind === 'string' ? given.kind : shown(given)
}
