/** Looking into the process: only from the machine itself, and not from pages of others. */

import type { IncomingMessage } from 'node:http'
import { KvError } from '../../base/index.ts'
import { JSON_TYPE } from './answering.ts'
import { type JsonObject, oneOf, parseJson } from './json-input.ts'
import type { RestCall } from './rest-call.ts'

const PROFILE_SECONDS = 10
const LEVEL_BYTES_MAX = 256
const LOOPBACK = /^(::ffff:)?127\.|^::1$/
/** How the machine calls itself. */
const LOCAL_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i
/** What a proxy on this machine says about whoever it asks for. */
const PROXY_FIELDS = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'] as const
const OWN_SITES: readonly unknown[] = [undefined, 'none', 'same-origin']
const DISPOSITION = 'Content-Disposition'

/** Fails with `PERMISSION_DENIED`. */
export function checkLocal({ socket, headers }: IncomingMessage): void {
  const { remoteAddress } = socket
  // A socket of the file system has no address, and is of this machine.
  if (remoteAddress !== undefined && !LOOPBACK.test(remoteAddress)) {
    throw new KvError('PERMISSION_DENIED', 'this is told only on the machine of the node')
  }
  if (PROXY_FIELDS.some((name) => headers[name] !== undefined)) {
    throw new KvError('PERMISSION_DENIED', 'this is not told through a proxy')
  }
  // A name of somebody else may lead here, and then his page is of the same origin.
  if (headers.host !== undefined && !LOCAL_HOST.test(headers.host)) {
    throw new KvError('PERMISSION_DENIED', 'this is told at the address 127.0.0.1 or localhost')
  }
  // A browser on this machine asks for whatever page it shows.
  const { origin, host } = headers
  const isOwn = origin === undefined || origin.split('://')[1] === host
  // For a picture it does not say for which page it asks, but for which kind of it.
  if (isOwn && OWN_SITES.includes(headers['sec-fetch-site'])) return
  throw new KvError('PERMISSION_DENIED', 'this is not told to pages of other origins')
}

export function cpuProfile(call: RestCall): void {
  const { profiler } = call.parts
  const { seconds = PROFILE_SECONDS } = call.values
  if (profiler === undefined) throw noProfiler()
  call.later(async () => {
    const profile = await profiler.cpuProfile(seconds * 1000)
    call.json(profile, [DISPOSITION, 'attachment; filename="quorate.cpuprofile"'])
  })
}

export function heapSnapshot(call: RestCall): void {
  const { profiler } = call.parts
  if (profiler === undefined) throw noProfiler()
  const fields = [DISPOSITION, 'attachment; filename="quorate.heapsnapshot"']
  call.later(async () => {
    const { response } = call.exchange.node
    await profiler.heapSnapshot((text) => {
      // Nothing leaves before it is whole: the process stands still.
      if (!response.headersSent) call.begin({ status: 200, type: JSON_TYPE, fields })
      response.write(text)
    })
    response.end()
  })
}

function noProfiler(): KvError {
  return new KvError('PERMISSION_DENIED', 'this process cannot be looked into')
}

export function getLogLevel(call: RestCall): void {
  const { logLevel } = call.parts
  if (logLevel === undefined) throw noLevel()
  call.json(JSON.stringify({ level: logLevel.read() }))
}

/** The word alone, or in an object. */
export function putLogLevel(call: RestCall): void {
  const { logLevel } = call.parts
  if (logLevel === undefined) throw noLevel()
  call.readBody(LEVEL_BYTES_MAX, (body) => {
    const text = Buffer.from(body).toString('latin1').trim()
    logLevel.write(text.startsWith('{') ? levelOf(parseJson(body), logLevel.levels) : text)
    call.json(JSON.stringify({ level: logLevel.read() }))
  })
}

function levelOf(object: JsonObject, levels: readonly string[]): string {
  const level = object.require('level', oneOf(levels), object.choice('level', levels))
  object.end()
  return level
}

function noLevel(): KvError {
  return new KvError('PERMISSION_DENIED', 'the level of the log cannot be seen here')
}
