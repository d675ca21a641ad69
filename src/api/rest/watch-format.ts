/** How a watch is told: as server-sent events (WHATWG HTML §9.2), or as JSON, a line each. */

import type { etcdKv } from '../../wire/index.ts'
import type { Content } from './answering.ts'
import { type Failure, failureJson } from './failure.ts'
import { entryJson } from './text-values.ts'

export interface ToldEvent {
  readonly id: string
  readonly isDelete: boolean
  readonly kv: etcdKv.KeyValue
  readonly previous: etcdKv.KeyValue | null
}

export interface WatchFormat {
  readonly content: Content & { readonly type: string }
  /** Behind this id everything is told; also when nothing happens. */
  ready(id: string): string
  event(event: ToldEvent): string
  /** Everything up to here was told. */
  progress(revision: number): string
  /** Only that there is somebody. `id`: the last one that was told. */
  heartbeat(id: string): string
  failure(failure: Failure): string
}

function eventJson({ id, isDelete, kv, previous }: ToldEvent): string {
  const type = isDelete ? 'delete' : 'put'
  const before = previous === null ? '' : `,"previous":${entryJson(previous)}`
  return `{"type":"${type}","id":"${id}","entry":${entryJson(kv, !isDelete)}${before}}`
}

function failureText(failure: Failure): string {
  return JSON.stringify({ error: failureJson(failure) })
}

/** An id alone is noted by the client and told to nobody; a line with a colon first is nothing. */
export const EVENT_STREAM: WatchFormat = {
  content: {
    status: 200,
    type: 'text/event-stream',
    // Proxies that gather would hold events back.
    fields: ['X-Accel-Buffering', 'no'],
  },
  ready: (id) => `retry: 1000\nid: ${id}\n\n`,
  event: (event) =>
    `id: ${event.id}\nevent: ${event.isDelete ? 'delete' : 'put'}\ndata: ${eventJson(event)}\n\n`,
  progress: (revision) => `id: ${revision}\n\n`,
  heartbeat: () => ': \n\n',
  failure: (failure) => `event: error\ndata: ${failureText(failure)}\n\n`,
}

export const JSON_LINES: WatchFormat = {
  content: { status: 200, type: 'application/x-ndjson' },
  ready: (id) => `{"type":"ready","id":"${id}"}\n`,
  event: (event) => `${eventJson(event)}\n`,
  progress: (revision) => `{"type":"progress","id":"${revision}"}\n`,
  // An empty line would be no JSON, and who reads line by line would have to know of it.
  heartbeat: (id) => `{"type":"progress","id":"${id}"}\n`,
  failure: (failure) => `${failureText(failure)}\n`,
}
