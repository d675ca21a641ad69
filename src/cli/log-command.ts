/**
 * `quorate log check|dump|truncate DIRECTORY`: looks into the log of a node that does not run, and
 * gives up what cannot be had back.
 *
 * Exit status: 0 fine, 1 damage found or refused, 2 wrong usage.
 */

import { join, resolve } from 'node:path'
import { KvError } from '../base/index.ts'
import type { Disk } from '../io/index.ts'
import { inspectLog, previewTruncation, truncateLog } from '../log/index.ts'
import type { CommandParts } from './command-parts.ts'
import type { CallOf } from './framework/index.ts'
import { checkLines, damageText, recordLine, truncationLines } from './log-text.ts'
import type { LOG_CHECK, LOG_DUMP, LOG_TRUNCATE } from './specs/server.ts'

function directoryOf(words: readonly string[]): string {
  return resolve(words[0] ?? '')
}

interface Place {
  readonly disk: Disk
  readonly directory: string
}

/** What is easily mistaken is told with what is meant. */
async function advised<Result>(place: Place, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    throw (await advice(place, error)) ?? error
  }
}

async function advice({ disk, directory }: Place, error: unknown): Promise<KvError | null> {
  if (!(error instanceof KvError)) return null
  const { code, message } = error
  if (code === 'LOG_LOCKED') return new KvError(code, `${message}: stop the node first`)
  if (code !== 'LOG_MISSING') return null
  const inside = join(directory, 'log')
  try {
    if ((await disk.list(inside)).length === 0) return null
  } catch {
    // There is none inside either.
    return null
  }
  return new KvError(code, `${message}; ${inside} is meant, the log in the directory of a node`)
}

export async function runLogCheck(
  { values: { json }, words }: CallOf<typeof LOG_CHECK>,
  parts: CommandParts,
): Promise<number> {
  const directory = directoryOf(words)
  const { disk, clusterIdText } = await parts.machine()
  const inspection = await advised({ disk, directory }, inspectLog({ disk, directory }))
  const { report, identity, damages } = inspection
  if (json) {
    const groups = [...inspection.groups].map(([group, { hardState, last, snapshot }]) => {
      return { group, first: (snapshot?.index ?? 0) + 1, last, hardState, snapshot }
    })
    parts.print(JSON.stringify({ identity, ...report, lost: report.groups, groups, damages }))
  } else {
    const clusterId = identity === null ? null : await clusterIdText(identity.clusterId)
    for (const line of checkLines(inspection, { directory, clusterId })) parts.print(line)
  }
  return report.verdict === 'damaged' ? 1 : 0
}

export async function runLogDump(
  { values, words }: CallOf<typeof LOG_DUMP>,
  { machine, print }: CommandParts,
): Promise<number> {
  const { json, data, group } = values
  const directory = directoryOf(words)
  const { disk } = await machine()
  const inspecting = inspectLog({
    disk,
    directory,
    onRecord: (record) => {
      if (group !== undefined && record.group !== group) return
      print(recordLine(record, { json, data }))
    },
  })
  const { damages } = await advised({ disk, directory }, inspecting)
  for (const damage of damages) {
    print(json ? JSON.stringify({ damage }) : `damaged: ${damageText(damage)}`)
  }
  return damages.length > 0 ? 1 : 0
}

export async function runLogTruncate(
  { values, words }: CallOf<typeof LOG_TRUNCATE>,
  { machine, print }: CommandParts,
): Promise<number> {
  const { at, atOffset, json, yes, alone } = values
  const directory = directoryOf(words)
  if (at.length > 0 && atOffset !== undefined) {
    throw new KvError('BAD_REQUEST', '--at and --at-offset exclude each other')
  }
  if (at.length === 0 && atOffset === undefined) {
    throw new KvError(
      'BAD_REQUEST',
      'truncate needs --at GROUP:INDEX or --at-offset SEGMENT:OFFSET, where the log is to end: ' +
        `"quorate log check ${words[0] ?? 'DIRECTORY'}" names them when something is damaged. ` +
        'Of a log that is whole nothing has to be given up',
    )
  }
  const groups = new Map(at.map((text) => pair(text, '--at')))
  const place = atOffset === undefined ? null : pair(atOffset, '--at-offset')
  const from = place === null ? null : { segment: place[0], offset: place[1] }
  const { disk, clock, chance } = await machine()
  const options = { disk, directory, groups, from, isAlone: alone }
  const truncation = await advised(options, previewTruncation(options))
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
