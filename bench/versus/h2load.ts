/** The same bytes again and again, asked by `h2load`, which knows neither server. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Durations } from './durations.ts'
import type { Load } from './load.ts'
import type { Timing } from './meter.ts'
import type { Measured } from './order.ts'
import { runOutside } from './outside.ts'
import { fixedRequest, putBytesOf } from './requests.ts'

/** Of a gRPC message: whether it is compressed, and its length. */
const PREFIX_BYTES = 5

export interface Place {
  readonly url: string
  readonly pids: readonly number[]
}

export interface H2loadOutput {
  readonly succeeded: number
  readonly failed: number
  /** Of the messages in all answers. */
  readonly dataBytes: number
}

export async function measureH2load(
  program: string,
  { load, place, timing }: { readonly load: Load; readonly place: Place; readonly timing: Timing },
): Promise<Measured> {
  const directory = mkdtempSync(path.join(tmpdir(), 'quorate-h2load-'))
  try {
    const request = fixedRequest(load)
    const body = path.join(directory, 'body')
    const log = path.join(directory, 'log')
    writeFileSync(body, framed(request.bytes))
    const run = async (ms: number) =>
      await runOutside(
        [
          ...[program, '-D', `${Math.ceil(ms)}ms`, '-d', body, '--log-file', log],
          ...['-c', String(load.connections), '-m', String(load.inFlight), '-t', '1'],
          ...['-H', 'content-type: application/grpc', '-H', 'te: trailers'],
          `${place.url}${request.path}`,
        ],
        { pids: place.pids, expectedMs: ms },
      )
    await run(timing.warmMs)
    rmSync(log)
    const { printed, expenses } = await run(timing.measureMs)
    const output = parseH2load(printed)
    const measured = expenses.for({
      count: output.succeeded,
      durations: durationsIn(readFileSync(log, 'latin1')),
      failures: failuresOf(output, load),
      valueBytes: putBytesOf(load),
    })
    // The program begins and ends around the time in which it asks.
    return { ...measured, perSecond: (output.succeeded / timing.measureMs) * 1000 }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function framed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PREFIX_BYTES + message.length)
  new DataView(bytes.buffer).setUint32(1, message.length)
  bytes.set(message, PREFIX_BYTES)
  return bytes
}

export function parseH2load(printed: string): H2loadOutput {
  const requests = /(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/.exec(printed)
  const data = /\((\d+)\) data/.exec(printed)
  if (requests === null || data === null) {
    throw new Error(`h2load has printed what is not understood:\n${printed}`)
  }
  return { succeeded: Number(requests[1]), failed: Number(requests[2]), dataBytes: Number(data[1]) }
}

/** It sees that HTTP worked, not what gRPC says of it: an answer without a message is a failure. */
export function failuresOf(
  { succeeded, failed, dataBytes }: H2loadOutput,
  { kind, valueBytes }: Load,
): ReadonlyMap<string, number> {
  const failures = new Map<string, number>()
  if (failed > 0) failures.set('no answer', failed)
  const holds = kind === 'put' ? 1 : valueBytes
  const least = succeeded * (PREFIX_BYTES + holds)
  if (dataBytes < least) failures.set('answers are too short to be what was asked for', 1)
  return failures
}

/** A line has when a request began, the status, and how many microseconds it took. */
export function durationsIn(log: string): Durations {
  const durations = new Durations()
  for (let at = 0; at < log.length; ) {
    const end = log.indexOf('\n', at)
    const line = log.slice(at, end < 0 ? log.length : end)
    const micros = Number(line.slice(line.lastIndexOf('\t') + 1))
    if (line !== '' && !line.includes('\t-1\t')) durations.add(micros / 1000)
    at += line.length + 1
  }
  return durations
}
