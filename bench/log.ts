/**
 * How fast the log is on the real disk (`npm run bench:log`):
 *   (a) one appender that waits for each append: one sync for each;
 *   (b) many appenders, each waiting for its own append before the next: group commit;
 *   (c) the recovery of a large log by a process of its own, which is where its memory is measured.
 * (a) and (b) take turns, round by round, because a shared disk changes from second to second.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createNodeChance, createNodeClock, createNodeDisk, type Disk } from '../src/io/index.ts'
import { LOG_LIMITS, openLog, type WriteAheadLog } from '../src/log/index.ts'
import type { SnapshotMark } from '../src/raft/index.ts'

const IDENTITY = { clusterId: 1, nodeId: 1 }
/** As a node does it: a group that took a snapshot cuts what is behind it. */
const CUT_EVERY = 5_000

const { values: options } = parseArgs({
  options: {
    directory: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    appenders: { type: 'string', default: '256' },
    bytes: { type: 'string', default: '256' },
    'recovery-mib': { type: 'string', default: '1024' },
    json: { type: 'boolean', default: false },
    out: { type: 'string' },
    recover: { type: 'string' },
  },
})

interface Phase {
  readonly appendsPerSecond: number
  readonly syncs: number
  readonly meanBatch: number
  readonly p50Us: number
  readonly p99Us: number
}

interface Recovery {
  readonly mebibytes: number
  readonly records: number
  readonly seconds: number
  readonly peakRssMib: number
}

/** A disk that counts the durable writes to its files. */
function counted(inner: Disk): { readonly disk: Disk; syncs: number } {
  const counting = {
    syncs: 0,
    disk: {
      open: async (path, mode) => {
        const file = await inner.open(path, mode)
        if (mode.durable !== true) return file
        const write = file.write.bind(file)
        file.write = (source, offset, length, position) => {
          counting.syncs += 1
          return write(source, offset, length, position)
        }
        return file
      },
      makeDirectory: (path) => inner.makeDirectory(path),
      list: (path) => inner.list(path),
      rename: (from, to) => inner.rename(from, to),
      remove: (path) => inner.remove(path),
      syncDirectory: (path) => inner.syncDirectory(path),
      lock: (path) => inner.lock(path),
    } satisfies Disk,
  }
  return counting
}

function open(disk: Disk, directory: string): ReturnType<typeof openLog> {
  return openLog({
    disk,
    clock: createNodeClock(),
    chance: createNodeChance(),
    directory,
    identity: IDENTITY,
    limits: LOG_LIMITS,
    repairable: false,
    create: true,
    onFatal: (error) => {
      throw error
    },
  })
}

interface Appender {
  readonly group: number
  index: number
  startMs: number
}

/** Latencies in microseconds, counted in buckets of 1/64 of their size. */
class Histogram {
  readonly #counts = new Uint32Array(64 * 40)
  #total = 0

  add(us: number): void {
    const exponent = Math.max(0, Math.floor(Math.log2(Math.max(us, 1))))
    const fraction = Math.floor((Math.max(us, 1) / 2 ** exponent - 1) * 64)
    const bucket = exponent * 64 + fraction
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    this.#total += 1
  }

  percentile(part: number): number {
    let left = this.#total * part
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count
      if (left <= 0) return 2 ** Math.floor(bucket / 64) * (1 + (bucket % 64) / 64)
    }
    return 0
  }
}

function cutMark(index: number): SnapshotMark {
  const configuration = { voters: [1], outgoing: [], learners: [] }
  return { index, term: 1, configuration, configurationIndex: 0 }
}

/** Every appender appends, waits until that is durable, and appends again. */
function appendFor(
  log: WriteAheadLog,
  { appenders, ms, counting }: { appenders: Appender[]; ms: number; counting: { syncs: number } },
): Promise<Phase> {
  const data = new Uint8Array(Number(options.bytes)).map((_, i) => i * 7)
  const histogram = new Histogram()
  const syncsBefore = counting.syncs
  const start = performance.now()
  let total = 0
  let running = appenders.length
  return new Promise((resolve) => {
    const next = (appender: Appender, now: number): void => {
      appender.index += 1
      appender.startMs = now
      if (appender.index % CUT_EVERY === 0) log.cut(appender.group, cutMark(appender.index - 1))
      log.append({
        group: appender.group,
        hardState: null,
        entries: [{ term: 1, index: appender.index, kind: 'command', data }],
        snapshot: null,
        done: () => done(appender),
      })
    }
    const done = (appender: Appender): void => {
      const now = performance.now()
      total += 1
      histogram.add((now - appender.startMs) * 1000)
      if (now - start < ms) next(appender, now)
      else if (--running === 0) {
        const syncs = counting.syncs - syncsBefore
        resolve({
          appendsPerSecond: total / ((now - start) / 1000),
          syncs,
          meanBatch: total / syncs,
          p50Us: histogram.percentile(0.5),
          p99Us: histogram.percentile(0.99),
        })
      }
    }
    for (const appender of appenders) next(appender, performance.now())
  })
}

async function measureAppends(directory: string): Promise<{ alone: Phase[]; together: Phase[] }> {
  const counting = counted(createNodeDisk())
  const { log } = await open(counting.disk, directory)
  const count = Number(options.appenders)
  const appenders = Array.from({ length: count }, (_, i) => ({
    group: i + 1,
    index: 0,
    startMs: 0,
  }))
  const ms = Number(options.seconds) * 1000
  const alone: Phase[] = []
  const together: Phase[] = []
  // The first round warms up the code and fills the pool of segments.
  for (let round = 0; round <= Number(options.rounds); round++) {
    const one = await appendFor(log, { appenders: appenders.slice(0, 1), ms, counting })
    const many = await appendFor(log, { appenders, ms, counting })
    if (round === 0) continue
    alone.push(one)
    together.push(many)
    say(`round ${round}: ${perSecond(one)} alone, ${perSecond(many)} together`)
  }
  await log.close()
  return { alone, together }
}

/** A log of the given size, of entries as in (b), without cuts. */
async function fill(directory: string, mebibytes: number): Promise<void> {
  const { log } = await open(createNodeDisk(), directory)
  const data = new Uint8Array(Number(options.bytes)).map((_, i) => i * 5)
  const perEntry = data.length + 72
  const perWrite = 32
  const groups = 64
  const rounds = Math.ceil((mebibytes * 1024 * 1024) / (perEntry * perWrite * groups))
  for (let round = 0; round < rounds; round++) {
    await new Promise<void>((resolve) => {
      let left = groups
      for (let group = 1; group <= groups; group++) {
        const entries = Array.from({ length: perWrite }, (_, i) => {
          return { term: 1, index: round * perWrite + i + 1, kind: 'command' as const, data }
        })
        const done = (): void => {
          left -= 1
          if (left === 0) resolve()
        }
        log.append({ group, hardState: null, entries, snapshot: null, done })
      }
    })
  }
  await log.close()
}

function measureRecovery(directory: string): Recovery {
  const script = fileURLToPath(import.meta.url)
  const run = spawnSync(process.execPath, [script, '--recover', directory], { encoding: 'utf8' })
  if (run.status !== 0) throw new RangeError(`recovery failed: ${run.stderr}`)
  return JSON.parse(run.stdout) as Recovery
}

/** In a process of its own. */
async function recover(directory: string): Promise<void> {
  const start = performance.now()
  const { log, report } = await open(createNodeDisk(), directory)
  const seconds = (performance.now() - start) / 1000
  const recovery: Recovery = {
    mebibytes: report.bytes / 1024 / 1024,
    records: report.records,
    seconds,
    peakRssMib: process.resourceUsage().maxRSS / 1024,
  }
  await log.close()
  console.log(JSON.stringify(recovery))
}

function median(phases: readonly Phase[]): Phase {
  const of = (key: keyof Phase): number => {
    const sorted = phases.map((phase) => phase[key]).sort((a, b) => a - b)
    return sorted[sorted.length >> 1] ?? 0
  }
  return {
    appendsPerSecond: of('appendsPerSecond'),
    syncs: of('syncs'),
    meanBatch: of('meanBatch'),
    p50Us: of('p50Us'),
    p99Us: of('p99Us'),
  }
}

function perSecond({ appendsPerSecond }: Phase): string {
  return `${Math.round(appendsPerSecond).toLocaleString('en')}/s`
}

function say(text: string): void {
  if (!options.json) console.log(text)
}

function phaseLine(name: string, phase: Phase): string {
  const { syncs, meanBatch, p50Us, p99Us } = phase
  const latency = `p50 ${Math.round(p50Us)} us, p99 ${Math.round(p99Us)} us`
  return `${name}: ${perSecond(phase)}, ${syncs} syncs, ${meanBatch.toFixed(1)} a batch, ${latency}`
}

async function main(): Promise<void> {
  const parent = options.directory ?? tmpdir()
  const directory = mkdtempSync(join(parent, 'quorate-bench-log-'))
  try {
    const { alone, together } = await measureAppends(join(directory, 'appends'))
    rmSync(join(directory, 'appends'), { recursive: true })
    const [one, many] = [median(alone), median(together)]
    const ratio = many.appendsPerSecond / one.appendsPerSecond
    const mebibytes = Number(options['recovery-mib'])
    let recovery: Recovery | null = null
    if (mebibytes > 0) {
      say(`filling a log of ${mebibytes} MiB`)
      await fill(join(directory, 'recovery'), mebibytes)
      recovery = measureRecovery(join(directory, 'recovery'))
    }
    say(`medians of ${alone.length} rounds, entries of ${options.bytes} bytes`)
    say(phaseLine('(a) one appender', one))
    say(phaseLine(`(b) ${options.appenders} appenders`, many))
    say(`ratio: ${ratio.toFixed(1)}`)
    if (recovery !== null) say(recoveryLine(recovery))
    const result = {
      ...{ node: process.version, processors: cpus().length, bytes: Number(options.bytes) },
      ...{ appenders: Number(options.appenders), alone: one, together: many, ratio, recovery },
      rounds: { alone, together },
    }
    if (options.json) console.log(JSON.stringify(result))
    if (options.out !== undefined) {
      writeFileSync(options.out, `${JSON.stringify(result, null, 2)}\n`)
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function recoveryLine({ mebibytes, records, seconds, peakRssMib }: Recovery): string {
  const size = `${Math.round(mebibytes)} MiB, ${records.toLocaleString('en')} records`
  return `(c) recovery: ${size} in ${seconds.toFixed(2)} s, at most ${Math.round(peakRssMib)} MiB`
}

if (options.recover !== undefined) await recover(options.recover)
else await main()
