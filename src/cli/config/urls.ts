/** URLs of listeners and members, with the rules of etcd. */

import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { Address } from '../../io/index.ts'

export interface MemberUrl {
  /** As it was written. */
  readonly text: string
  readonly isSecure: boolean
  readonly address: Address
}

export const LISTEN_URL_WANTED =
  'addresses to listen on (http, https or unix; numbers instead of a name; a port), ' +
  'separated by commas'
export const MEMBER_URL_WANTED = 'URLs with a port and without a path, separated by commas'

const URL_PATTERN = /^(https?):\/\/(\[[^\]]+\]|[^:/?#[\]@\s]+):(\d{1,5})\/?$/
const UNIX_PATTERN = /^(unixs?):\/\/(.+)$/
const PORT_MAX = 65_535

/** Null for what is no URL of a member. */
export function parseMemberUrl(text: string): MemberUrl | null {
  const unix = UNIX_PATTERN.exec(text)
  if (unix !== null) {
    const host = `unix:${resolve(unix[2] ?? '')}`
    return { text, isSecure: unix[1] === 'unixs', address: { host, port: 0 } }
  }
  const match = URL_PATTERN.exec(text)
  if (match === null) return null
  const host = (match[2] ?? '').replace(/^\[(.*)\]$/, '$1')
  const port = Number(match[3])
  if (port > PORT_MAX || (match[2]?.startsWith('[') === true && isIP(host) !== 6)) return null
  return { text, isSecure: match[1] === 'https', address: { host, port } }
}

/**
 * Null also for a name: which of its addresses would be meant nobody can say. `localhost` is the
 * one of IPv4, as in etcd.
 */
export function parseListenUrl(text: string): MemberUrl | null {
  const url = parseMemberUrl(text)
  if (url === null || url.address.host.startsWith('unix:')) return url
  const { host, port } = url.address
  if (host === 'localhost') return { ...url, address: { host: '127.0.0.1', port } }
  return isIP(host) === 0 ? null : url
}
