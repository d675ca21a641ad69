import { setFlagsFromString } from 'node:v8'

/** The first Node.js with these choices; an earlier one would complain of some. */
const KNOWS_THEM = 24

const CHOICES = [
  '--invocation-count-for-maglev=100',
  '--invocation-count-for-turbofan=500',
  '--minimum-invocations-after-ic-update=50',
] as const

/**
 * From now on a function is compiled well after a quarter or less of the usual number of calls.
 * Under load a batch of a thousand commands is one call of most of the code: hours of it were too
 * few, and whoever writes alone afterwards waited for slow code for a quarter of a minute. A start,
 * which runs most of its code a few times and never again, would only become dearer.
 */
export function compileEarly(): void {
  if (Number.parseInt(process.versions.node, 10) < KNOWS_THEM) return
  for (const choice of CHOICES) setFlagsFromString(choice)
}
