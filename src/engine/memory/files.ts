/** Names in the directory of a memory engine. */

const NAME = /^checkpoint-(\d{16})\.mem$/
const DIGITS = 16

export const TEMPORARY_SUFFIX = '.tmp'

export function checkpointPath(directory: string, number: number): string {
  return `${directory}/checkpoint-${String(number).padStart(DIGITS, '0')}.mem`
}

/** The number of the checkpoint in a file of this name; null when it is no name of ours. */
export function checkpointNumber(name: string): number | null {
  const digits = NAME.exec(name)?.[1]
  return digits === undefined ? null : Number(digits)
}

/** What a crash left half-written. */
export function isTemporary(name: string): boolean {
  if (!name.endsWith(TEMPORARY_SUFFIX)) return false
  return checkpointNumber(name.slice(0, -TEMPORARY_SUFFIX.length)) !== null
}
