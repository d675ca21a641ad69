/** Watches a range as a door would, and may stop taking events. */

import type {
  WatchBatch,
  WatchHub,
  WatchNotice,
  WatchSink,
  WatchSpec,
  WatchStream,
  WatchTarget,
} from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'
import { bytesOf } from './content.ts'

export class TestWatcher implements WatchSink {
  readonly stream: WatchStream
  readonly notices: WatchNotice[] = []
  /** `key@revision=value`, with `<previous` where a previous value came along. */
  readonly seen: string[] = []
  isWritable = true

  constructor(hub: WatchHub, spec: Partial<WatchSpec> & { readonly from: string; end: string }) {
    this.stream = hub.openStream(this)
    const { from, end, ...wishes } = spec
    const request = etcd.WatchCreateRequest.create()
    const range = { key: bytesOf(from), rangeEnd: bytesOf(end) }
    this.stream.create({ ...request, ...range, ...wishes })
  }

  notice(notice: WatchNotice): void {
    this.notices.push(notice)
  }

  events(_target: WatchTarget, batch: WatchBatch): void {
    const { events } = etcd.WatchResponse.decodeBytes(batch.events)
    for (const { kv, prevKv } of events) {
      const text = new TextDecoder()
      const previous = prevKv === null ? '' : `<${text.decode(prevKv.value)}`
      this.seen.push(
        `${text.decode(kv?.key)}@${kv?.modRevision}=${text.decode(kv?.value)}${previous}`,
      )
    }
  }

  /** Takes events again. */
  goOn(): void {
    this.isWritable = true
    this.stream.writable()
  }
}
