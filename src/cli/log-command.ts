/**
 * `quorate log check|dump|truncate DIRECTORY`: looks into the log of a node that does not run, and
 * gives up what cannot be had back.
 *
 * Exit status: 0 fine, 1 damage found or refused, 2 wrong usage.
 */

import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { KvError } from '../base/index.ts'
import { inspectLog, previewTruncation, truncateLog } from '../log/index.ts'
import type { LogCommandParts } from './command-parts.ts'
import { failureLines } from './failure-text.ts'
import { checkLines, damageText, recordLine, truncationLines } from './log-text.ts'

export const LOG_USAGE = `usage: quorate log COMMAND DIRECTORY [options]

  check     says what the log holds and whether anything is damaged
  dump      prints every record, oldest first
              --group N         of this group only
              --data            with the data of each entry, in hexadecimal
  truncate  gives up entries for good, so that a node without peers starts again;
            a copy of what is given up is kept beside the log
              --at GROUP:INDEX  this group's log ends with this entry (may be repeated)
              --at-offset SEGMENT:OFFSET
                                everything from this record on is given up, of all groups
              --alone           you promise that no other node votes in these groups: this
                                one counts as whole at once. If another does, votes are
                                cast twice and acknowledged writes are lost. Without it
                                the groups stay under repair until a leader repairs them
              --yes             really do it

  --json    for programs: one JSON value, or one for each record`

interface LogArguments {
  readonly command: string
  readonly directory: string
  readonly json: boolean
  readonly yes: boolean
  readonly alone: boolean
  readonly data: boolean
  readonly group: number | null
  readonly at: readonly string[]
  readonly atOffset: string | null
}

export async function runLogCommand(
  parameters: readonly string[],
  parts: LogCommandParts,
): Promise<number> {
  try {
    const parsed = parse(parameters)
    if (parsed.command === 'check') return await check(parsed, parts)
    if (parsed.command === 'dump') return await dump(parsed, parts)
    if (parsed.command === 'truncate') return await truncate(parsed, parts)
    throw new KvError('BAD_REQUEST', `there is no command "log ${parsed.command}"`)
  } catch (error) {
    for (const line of failureLines(error)) parts.print(line)
    if (!(error instanceof KvError) || error.code !== 'BAD_REQUEST') return 1
    parts.print(LOG_USAGE)
    return 2
  }
}

function parse(parameters: readonly string[]): LogArguments {
  const { values, positionals } = readOptions(parameters)
  const [command, directory, ...more] = positionals
  if (command === undefined || directory === undefined || more.length > 0) {
    throw new KvError('BAD_REQUEST', 'a command and a directory are needed')
  }
  return {
    command,
    directory: resolve(directory),
    json: values.json,
    yes: values.yes,
    alone: values.alone,
    data: values.data,
    group: values.group === undefined ? null : natural(values.group, '--group'),
    at: values.at ?? [],
    atOffset: values['at-offset'] ?? null,
  }
}

function readOptions(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        alone: { type: 'boolean', default: false },
        data: { type: 'boolean', default: false },
        group: { type: 'string' },
        at: { type: 'string', multiple: true },
        'at-offset': { type: 'string' },
      },
    })
  } catch (error) {
    throw new KvError('BAD_REQUEST', (error as Error).message, { cause: error })
  }
}

async function check({ directory, json }: LogArguments, parts: LogCommandParts): Promise<number> {
  const inspection = await inspectLog({ disk: parts.disk, directory })
  const { report, identity, damages } = inspection
  if (json) {
    const groups = [...inspection.groups].map(([group, { hardState, last, snapshot }]) => {
      return { group, first: (snapshot?.index ?? 0) + 1, last, hardState, snapshot }
    })
    parts.print(JSON.stringify({ identity, ...report, lost: report.groups, groups, damages }))
  } else {
    for (const line of checkLines(inspection, directory)) parts.print(line)
  }
  return report.verdict === 'damaged' ? 1 : 0
}

async function dump(parsed: LogArguments, { disk, print }: LogCommandParts): Promise<number> {
  const { directory, json, data, group } = parsed
  const { damages } = await inspectLog({
    disk,
    directory,
    onRecord: (record) => {
      if (group !== null && record.group !== group) return
      print(recordLine(record, { json, data }))
    },
  })
  for (const damage of damages) {
    print(json ? JSON.stringify({ damage }) : `damaged: ${damageText(damage)}`)
  }
  return damages.length > 0 ? 1 : 0
}

async function truncate(parsed: LogArguments, parts: LogCommandParts): Promise<number> {
  const { directory, at, atOffset, json, yes, alone } = parsed
  if ((at.length === 0) === (atOffset === null)) {
    throw new KvError('BAD_REQUEST', 'truncate needs --at or --at-offset, and not both')
  }
  const groups = new Map(at.map((text) => pair(text, '--at')))
  const place = atOffset === null ? null : pair(atOffset, '--at-offset')
  const from = place === null ? null : { segment: place[0], offset: place[1] }
  const { disk, clock, chance, print } = parts
  const options = { disk, directory, groups, from, isAlone: alone }
  const truncation = await previewTruncation(options)
  if (!yes) {
    if (json) print(JSON.stringify(truncation))
    else for (const line of truncationLines(truncation)) print(line)
    if (!json) print('nothing was changed: repeat with --yes to give this up for good')
    return 1
  }
  const report = await truncateLog({ ...options, clock, chance })
  if (json) print(JSON.stringify(report))
  else {
    for (const line of truncationLines(truncation)) print(line)
    print(`done; what was given up is kept in ${directory}/truncated-*.copy`)
  }
  return 0
}

function pair(text: string, option: string): [number, number] {
  const [first = '', second = '', ...more] = text.split(':')
  if (more.length > 0) throw new KvError('BAD_REQUEST', `${option} takes two numbers: ${text}`)
  return [natural(first, option), natural(second, option)]
}

function natural(text: string, option: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new KvError('BAD_REQUEST', `${option} takes a number, not "${text}"`)
}
