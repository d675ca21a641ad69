/**
 * Assertions stay on in production: a broken invariant ends the process before it can harm data.
 * The text is a constant, never a template literal, so a holding assertion costs a few nanoseconds.
 */

/** A broken invariant: a fault in Quorate itself, never in what a user sent. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant'
}

export function assert(condition: unknown, text: string): asserts condition {
  if (!condition) throw new BrokenInvariant(text)
}

/** Ends an exhaustive switch: the compiler proves that no case is missing. */
export function unreachable(value: never): never {
  throw new BrokenInvariant(`unreachable value: ${JSON.stringify(value)}`)
}
