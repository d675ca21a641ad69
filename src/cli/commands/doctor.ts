/** `quorate doctor` */

import type { CommandParts, Machine } from '../command-parts.ts'
import { failureText } from '../failure-text.ts'
import type { CallOf } from '../framework/index.ts'
import type { DOCTOR } from '../specs/cluster.ts'
import { STATUS } from '../specs/shared.ts'
import type { Style } from '../terminal/index.ts'
import { endpointsOf, openStore } from './connection.ts'
import { directoryFindings } from './doctor-directory.ts'
import { clockFindings, clusterFindings, type Finding, isUnsettled } from './doctor-findings.ts'
import { type Looked, look, lookTwice } from './look.ts'
import { pause } from './pause.ts'
import { printJson, styleFor } from './show.ts'

/** In which a cluster with the usual times finds a leader, and all hear of it. */
const ELECTION_MS = 2000

type Values = CallOf<typeof DOCTOR>['values']

export async function runDoctor(
  { values }: CallOf<typeof DOCTOR>,
  parts: CommandParts,
): Promise<number> {
  const machine = await parts.machine()
  const { findings, isReached } = await lookAtCluster(values, { parts, machine })
  if (values.data !== undefined) findings.push(...(await directoryFindings(values.data, machine)))
  const wrong = findings.filter(({ level }) => level === 'wrong').length
  if (values.json) printJson(parts, { healthy: wrong === 0, findings })
  else {
    const style = styleFor(values, parts)
    for (const finding of findings) for (const line of lines(finding, style)) parts.print(line)
    parts.print(wrong === 0 ? style.green('Nothing is wrong.') : style.red(summary(wrong)))
  }
  if (!isReached) return STATUS.unavailable
  return wrong === 0 ? STATUS.fine : STATUS.failed
}

function summary(wrong: number): string {
  return wrong === 1 ? 'One thing is wrong.' : `${wrong} things are wrong.`
}

interface Tools {
  readonly parts: CommandParts
  readonly machine: Machine
}

interface Reached {
  readonly findings: Finding[]
  readonly isReached: boolean
}

/** A cluster that is not there is a finding, and the first one. */
async function lookAtCluster(values: Values, { parts, machine }: Tools): Promise<Reached> {
  let looked: Looked
  try {
    const endpoints = await endpointsOf(values, parts)
    const store = await openStore({ ...values, endpoints: endpoints.join(',') }, parts)
    try {
      const wait = () => pause(ELECTION_MS, { machine, signal: parts.interruption() })
      looked = await lookTwice(() => look(store), { mayPass: isUnsettled, wait })
    } finally {
      await store.close()
    }
  } catch (error) {
    const what = `no node is reached: ${failureText(error)}`
    const todo = 'see whether nodes run, and what --endpoints or QUORATE_ENDPOINTS says'
    return { findings: [{ check: 'reachable', level: 'wrong', what, todo }], isReached: false }
  }
  const findings = [...clusterFindings(looked)]
  const isReached = looked.nodes.some((node) => node.isReachable)
  if (isReached) findings.push(...clockFindings(await clocks(looked, machine)))
  return { findings, isReached }
}

/** How far each node's clock is ahead of ours, in whole seconds as HTTP tells it. */
async function clocks({ members }: Looked, machine: Machine): Promise<ReadonlyMap<string, number>> {
  const offsets = new Map<string, number>()
  await Promise.all(
    members.map(async ({ name, clientUrls: [url] }) => {
      const theirs = url === undefined ? null : await machine.timeAtMs(url)
      if (theirs !== null) offsets.set(name, theirs - machine.clock.wallMs())
    }),
  )
  return offsets
}

function lines({ level, check, what, todo }: Finding, style: Style): readonly string[] {
  const mark = {
    fine: style.green('ok    '),
    advice: style.yellow('advice'),
    wrong: style.red('WRONG '),
  }
  const head = `${mark[level]}  ${style.dim(check.padEnd(9))}  ${what}`
  return todo === '' ? [head] : [head, `${' '.repeat(19)}${style.bold(`-> ${todo}`)}`]
}
