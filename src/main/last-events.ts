/** With what the events of a node end that failed, for whoever tells it and whoever reads it. */

export const DID_NOT_START = 'this node did not start'
export const CANNOT_GO_ON = 'this node cannot go on'
export const DID_NOT_STOP = 'this node did not stop in order'

const ALL: readonly unknown[] = [DID_NOT_START, CANNOT_GO_ON, DID_NOT_STOP]
const GOES_WELL: readonly unknown[] = ['debug', 'info']

/** What a person should read of a line of events; none where it only tells what goes well. */
export function linesForPeople(line: string): readonly string[] {
  if (line === '') return []
  const event = eventOf(line)
  if (event === null) return [line]
  if (GOES_WELL.includes(event['level'])) return []
  if (!ALL.includes(event['msg'])) return [line]
  const { error, advice, stack } = event
  const lines = [`quorate: ${error}`]
  if (advice !== undefined) lines.push(`  ${advice}`)
  if (typeof stack === 'string') lines.push(...stack.split('\n').map((one) => `  ${one}`))
  return lines
}

/** Null: it is not one, but what somebody else has written there. */
function eventOf(line: string): Readonly<Record<string, unknown>> | null {
  if (!line.startsWith('{"level":')) return null
  try {
    return JSON.parse(line)
  } catch {
    // It was cut off, or is no event at all.
    return null
  }
}
