/** Where nodes are, as people write it. */

import type { Address } from '../io/index.ts'
import { QuorateError } from './errors.ts'
import { shown } from './words.ts'

/** What `quorate dev` starts. */
export const DEFAULT_ENDPOINTS = '127.0.0.1:8081,127.0.0.1:8082,127.0.0.1:8083'

/** More than any cluster has nodes. */
const ENDPOINTS_MAX = 64
const PORT_MAX = 65_535
const ENDPOINT_ADVICE = 'Write endpoints as host:port, such as 127.0.0.1:8081.'

export interface Endpoints {
  readonly addresses: readonly Address[]
  /** One of them began with `https://`. */
  readonly isSecure: boolean
}

/** Fails with `BAD_REQUEST`, and says which one is wrong. */
export function parseEndpoints(given: string | readonly string[]): Endpoints {
  if (typeof given !== 'string' && !Array.isArray(given)) {
    const text = `endpoints are a text or a list of texts, not ${shown(given)}`
    throw new QuorateError('BAD_REQUEST', text)
  }
  const words = (typeof given === 'string' ? [given] : [...given])
    .flatMap((one) => String(one).split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '')
  if (words.length === 0) {
    const text = 'no endpoint is given: is an environment variable empty?'
    throw new QuorateError('BAD_REQUEST', text, { advice: ENDPOINT_ADVICE })
  }
  if (words.length > ENDPOINTS_MAX) {
    throw new QuorateError('BAD_REQUEST', `1 to ${ENDPOINTS_MAX} endpoints, not ${words.length}`)
  }
  const secure = words.filter((word) => word.startsWith('https://')).length
  if (secure > 0 && words.some((word) => word.startsWith('http://'))) {
    throw new QuorateError('BAD_REQUEST', 'endpoints are either all https:// or none of them')
  }
  const byName = new Map<string, Address>()
  for (const word of words) {
    const address = parseEndpoint(word)
    byName.set(nameOf(address), address)
  }
  return { addresses: [...byName.values()], isSecure: secure > 0 }
}

export function parseEndpoint(word: string): Address {
  const [, host = '', port = ''] =
    /^(?:https?:\/\/)?(\[[0-9a-fA-F:.]+\]|[^[\]:/?#@\s]+):(\d{1,5})\/?$/.exec(word) ?? []
  if (host === '' || Number(port) < 1 || Number(port) > PORT_MAX) {
    const text = `${shown(word)} is no endpoint: ${faultOf(word)}`
    throw new QuorateError('BAD_REQUEST', text, { advice: ENDPOINT_ADVICE })
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

/** What is wrong with it, as far as that can be guessed. */
function faultOf(word: string): string {
  const [, scheme, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(word) ?? []
  if (scheme !== undefined && !/^https?$/.test(scheme)) {
    return `it begins with ${scheme}:// instead of http://, https:// or nothing`
  }
  if (!rest.includes(':') || rest.endsWith(']')) return 'it has no port'
  return `a host and a port from 1 to ${PORT_MAX} are wanted, an address of IPv6 in [ ]`
}

export function nameOf({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
