/** What `quorate log` prints for people. */

import type { InspectedRecord, LogDamage, LogInspection, Truncation } from '../log/index.ts'
import { plural } from './terminal/index.ts'

/** As the events of a node name them. */
const GROUPS: ReadonlyMap<number, string> = new Map([
  [1, 'members'],
  [2, 'data'],
])

function groupText(group: number): string {
  const name = GROUPS.get(group)
  return name === undefined ? `group ${group}` : `group ${group} (${name})`
}

const VERDICTS = {
  clean: 'clean: nothing durable is damaged',
  tornTail:
    'torn tail: the last write is not whole, as after a crash; nothing shows it was acknowledged',
  damaged: 'DAMAGED: something durable is lost',
} as const

export function checkLines(
  { identity, report, groups, damages }: LogInspection,
  { directory, clusterId }: { readonly directory: string; readonly clusterId: string | null },
): string[] {
  const owner =
    identity === null || clusterId === null
      ? 'nobody can tell whose'
      : `node ${identity.nodeId}, cluster ${clusterId}, which is ${identity.clusterId} in files`
  const { segments, records, bytes } = report
  const lines = [
    `log ${directory} (${owner})`,
    [
      plural(segments, 'segment'),
      plural(records, 'record'),
      plural(bytes, 'byte'),
      `started ${plural(report.incarnation, 'time')}`,
    ].join(', '),
  ]
  for (const [group, { hardState, last, snapshot }] of groups) {
    const { term, vote, commit, recovering } = hardState
    const first = (snapshot?.index ?? 0) + 1
    const range = last < first ? `no entries behind ${first - 1}` : `entries ${first} to ${last}`
    const mark = recovering ? ', under repair' : ''
    lines.push(`${groupText(group)}: ${range}, term ${term}, vote ${vote}, commit ${commit}${mark}`)
  }
  lines.push(VERDICTS[report.verdict])
  if (report.reason !== '') lines.push(`reason: ${report.reason}`)
  for (const damage of damages) lines.push(`damaged: ${damageText(damage)}`)
  for (const group of report.groups) {
    const last = groups.get(group)?.last ?? 0
    lines.push(
      `${groupText(group)} lost entries or promises; a node with peers fetches them from there`,
      `  without peers, to keep entries up to ${last} and give up the rest:`,
      `  quorate log truncate ${directory} --at ${group}:${last} --alone`,
    )
  }
  return lines
}

export function damageText({ file, offset, reason, group, index }: LogDamage): string {
  const entry = group === null ? '' : ` (${index === null ? '' : `entry ${index}, `}group ${group})`
  return `${file} at offset ${offset}: ${reason}${entry}`
}

/** What a truncation does to each group. */
export function truncationLines({ groups, hiddenTerm }: Truncation): string[] {
  const lines: string[] = []
  for (const { group, lastBefore, lastAfter, recovering } of groups) {
    const before = lastBefore === null ? 'was dropped' : `can be read up to entry ${lastBefore}`
    const after = lastAfter === null ? 'nothing of it is kept' : `${lastAfter} is the last one kept`
    const repair = recovering ? '; it starts under repair' : ''
    lines.push(`${groupText(group)}: ${before}, ${after}${repair}`)
  }
  const isNothingLeft = groups.every(({ lastAfter }) => lastAfter === null)
  if (isNothingLeft) {
    lines.push(
      'nothing is left, so that not even --alone makes this node whole: without peers,',
      '  move the directory away and begin anew',
    )
  } else if (groups.some(({ recovering }) => recovering)) {
    lines.push(
      'under repair a group votes for nobody until a leader among its peers has made it whole;',
      '  a node that has no peers needs --alone',
    )
  }
  if (hiddenTerm !== null) {
    lines.push(`groups this log does not know may have voted: they start in term ${hiddenTerm}`)
  }
  return lines
}

export function recordLine(
  record: InspectedRecord,
  { json, data }: { json: boolean; data: boolean },
): string {
  const { file, offset, batch, type, group, index, term, kind, bytes, damaged } = record
  const hex = data && record.data !== null ? Buffer.from(record.data).toString('hex') : null
  if (json) {
    const { data: _, ...fields } = record
    return JSON.stringify(hex === null ? fields : { ...fields, data: hex })
  }
  const name = file.slice(file.lastIndexOf('/') + 1)
  const what = kind === null ? type : `${type} (${kind})`
  const words = [
    `${name}:${offset}`,
    `batch ${batch}`,
    `group ${group}`,
    what,
    `index ${index}`,
    `term ${term}`,
    `${bytes} bytes`,
  ]
  if (damaged) words.push('DAMAGED')
  if (hex !== null && hex !== '') words.push(hex)
  return words.join('  ')
}
