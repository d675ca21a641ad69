/**
 * What a route is. One table of them drives routing and the checks of parameters, and is what
 * /openapi.json, the page at /api and docs/reference/rest.md are made from.
 */

import type { ErrorCode } from '../../base/index.ts'
import type { QueryName } from './query.ts'
import type { SchemaName } from './schemas.ts'

export type RestMethod = 'GET' | 'PUT' | 'POST' | 'DELETE'

/** Headers of requests that mean something; all others are ignored, as HTTP wants it. */
export const HEADERS = {
  'If-Match':
    'The revision the key must have, as its `ETag`; `*`: it must be there. Otherwise nothing ' +
    'happens, and the answer is 412.',
  'If-None-Match':
    '`*`: the key must not be there. With GET revisions: answer 304 while the key has one of them.',
  'Idempotency-Key':
    'A text of your choice, at most 200 characters of ASCII. Sent again with the same key, to ' +
    'any node, the request is not carried out again: the first answer comes again. The cluster ' +
    'remembers a key for at least two minutes (at most 65,536 keys: one more is answered with ' +
    '429) and at most an hour. What is refused for now (429, 503, 507) is not remembered: an ' +
    'attempt before it that was never answered may still be carried out.',
  'Last-Event-ID': 'The id of the last event that was seen: what came after it is told next.',
  Accept:
    '`application/octet-stream` is `?raw`; `application/x-ndjson`, or `application/json` without ' +
    '`text/event-stream`, makes a watch JSON, a line each.',
} as const satisfies Readonly<Record<string, string>>

export type HeaderName = keyof typeof HEADERS

export type BodyKind = 'bytes' | 'json' | 'text'

export interface RouteAnswer {
  readonly status: number
  readonly what: string
  /** Of JSON; absent: there is no body, or one of another type. */
  readonly schema?: SchemaName
  readonly type?: string
}

export interface RouteExample {
  readonly what: string
  /** Behind `curl`; `$URL` stands for the address of a node. Run by a test. */
  readonly curl: string
  /** What it prints; `…` stands for anything. */
  readonly prints: string
}

export interface Route {
  readonly method: RestMethod
  /** At most one part of it is a name in braces. */
  readonly path: string
  readonly group: RouteGroup
  /** What it does, for a list. */
  readonly title: string
  readonly what?: string
  /** What the part of the path in braces is. */
  readonly pathWhat?: string
  readonly query?: readonly QueryName[]
  readonly headers?: readonly HeaderName[]
  readonly body?: BodyKind
  readonly bodySchema?: SchemaName
  readonly answers: readonly RouteAnswer[]
  readonly errors?: readonly ErrorCode[]
  readonly examples?: readonly RouteExample[]
  /** Told of here, and answered by `src/api/paths`. */
  readonly isElsewhere?: boolean
  /** Only for whoever asks from the machine itself. */
  readonly isLocal?: boolean
}

export const GROUPS = {
  keys: 'Keys and values',
  many: 'Many at once',
  watch: 'Watching',
  leases: 'Leases',
  cluster: 'The cluster',
  node: 'One node',
} as const

export type RouteGroup = keyof typeof GROUPS
