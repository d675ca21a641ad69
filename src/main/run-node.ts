/** A node as the whole of a process: from its start to its exit status. */

import { flushCompileCache } from 'node:module'
import { SETTING_NAMES, settingOf } from '../cli/config/index.ts'
import { BUG_ADVICE, failureLines, failureText, isExpected, type NodeConfig } from '../cli/index.ts'
import type { ReadyNote } from './cluster-node.ts'
import { compileEarly } from './compile-early.ts'
import type { EventFields, EventLog } from './event-log.ts'
import { openEvents } from './event-outputs.ts'
import { CANNOT_GO_ON, DID_NOT_START, DID_NOT_STOP } from './last-events.ts'
import { type RunningNode, startNode } from './running-node.ts'
import { ETCD_VERSION, ownVersion } from './version.ts'

const END_MS_MAX = 1000

/** Resolves with the exit status once the node has stopped. */
export async function runNode(config: NodeConfig, remarks: readonly string[]): Promise<number> {
  let areErrorsJson = false
  try {
    const opened = openEvents(config)
    areErrorsJson = opened.areErrorsJson
    await run(config, remarks, opened.events)
    return 0
  } catch (error) {
    // As lines of JSON it was told by an event.
    if (!areErrorsJson) complain(error)
    return 1
  } finally {
    endSoon()
  }
}

/** Resolves after an orderly stop; fails with what the node cannot go on after, and has told it. */
async function run(
  config: NodeConfig,
  remarks: readonly string[],
  events: EventLog,
): Promise<void> {
  for (const remark of remarks) events.warn(remark)
  changeLevelOnSignal(events)
  const asked = whenAskedToStop()
  events.info('starting', {
    'quorate-version': ownVersion(),
    'etcd-version': ETCD_VERSION,
    pid: process.pid,
    name: config.name,
    'data-dir': config.dataDirectory,
    engine: config.engine,
  })
  events.debug('configuration', effective(config))
  const fatal = Promise.withResolvers<{ readonly error: unknown }>()
  const surroundings = { events, onFatal: (error: unknown) => fatal.resolve({ error }) }
  const running = await startNode(config, surroundings).catch((error: unknown) => {
    events.error(DID_NOT_START, reasonOf(error))
    throw error
  })
  tellStart(running, events)
  void tellReady(running, events)
  const end = await Promise.race([asked, fatal.promise])
  if (typeof end !== 'string') {
    events.error(CANNOT_GO_ON, reasonOf(end.error))
    // What is left of it is not waited for: it must not answer anybody any more.
    running.ports.destroy()
    throw end.error
  }
  events.info('stopping', { reason: end })
  await running.stop().catch((error: unknown) => {
    events.error(DID_NOT_STOP, reasonOf(error))
    throw error
  })
  events.info('stopped')
}

/** What to do, and where it comes from, is of use only when nobody has expected it. */
function reasonOf(error: unknown): EventFields {
  const text = failureText(error)
  if (isExpected(error)) return { error: text }
  return { error: text, advice: BUG_ADVICE, ...(error instanceof Error && { stack: error.stack }) }
}

/** Every setting with what holds, as `quorate config show` has it. */
function effective(config: NodeConfig): EventFields {
  return Object.fromEntries(SETTING_NAMES.map((name) => [name, settingOf(name).of(config)]))
}

/** Nothing is left to do; what still holds the process, if anything does, is not waited for. */
function endSoon(): void {
  if (process.connected) process.disconnect?.()
  setTimeout(() => process.exit(), END_MS_MAX).unref()
}

function complain(error: unknown): void {
  for (const line of failureLines(error)) process.stderr.write(`${line}\n`)
}

/** A second signal of the same kind, while the first is obeyed, ends the process at once. */
function whenAskedToStop(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve(`received ${signal}`))
    }
    // Only when it was started with a channel, as by `quorate start`.
    process.once('disconnect', () => resolve('whoever started this node is gone'))
  })
}

/** What a running program says cannot be changed by starting it again. */
function changeLevelOnSignal(events: EventLog): void {
  // There is no such signal on Windows, where the way over HTTP is left.
  if (process.platform === 'win32') return
  process.on('SIGUSR2', () => events.toggleDebug('received SIGUSR2'))
}

function tellStart({ node, identity, ports }: RunningNode, events: EventLog): void {
  const { verdict, incarnation } = node.report
  events.info('started', {
    'member-id': node.memberId.toString(16),
    'cluster-id': node.clusterId.toString(16),
    'node-id': identity.nodeId,
    members: identity.members.map(({ name }) => name).join(','),
    log: verdict,
    life: incarnation,
    'listen-client': ports.addresses.map(({ host, port }) => `${host}:${port}`).join(','),
  })
}

/** The lines that programs wait for which start an `etcd`: of 3.6, and of 3.4. */
async function tellReady(running: RunningNode, events: EventLog): Promise<void> {
  if (!(await running.ready())) return
  const { config, node, ports } = running
  const urls = config.client.advertise.join(' ')
  events.info('published local member to cluster through raft', {
    'local-member-id': node.memberId.toString(16),
    'local-member-attributes': `{Name:${config.name} ClientURLs:[${urls}]}`,
    'cluster-id': node.clusterId.toString(16),
  })
  const minor = ETCD_VERSION.split('.').slice(0, 2).join('.')
  events.info(`enabled capabilities for version ${minor}`, { 'cluster-version': minor })
  for (const { host, port } of ports.addresses) {
    const how = config.client.tls === null ? 'insecurely' : 'securely'
    events.info(`serving client traffic ${how}`, { address: `${host}:${port}` })
  }
  events.info('ready to serve client requests')
  const note: ReadyNote = { kind: 'ready', leader: node.status(node.defaultGroup).leader }
  process.send?.(note)
  // Now, for a process that is killed would leave nothing to the next (see `src/main.ts`).
  flushCompileCache()
  compileEarly()
}
